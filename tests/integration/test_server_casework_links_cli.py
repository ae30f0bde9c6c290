"""`jishi moderation links`: a list checked without being repeated, and leads that nobody can change unnoticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from moderation.cases.log import NewAction, add_action
from moderation.links.identifiers import Hasher, Kind
from moderation.links.leads import write_csv
from moderation.links.sightings import forget_old_sightings, note
from server.casework import links_cli
from server.config import Config
from server.database.database import Database

DATA_KEY, SECRET_KEY = bytes(range(32, 64)), bytes(range(32))
HASHER = Hasher(DATA_KEY)
NOW = datetime.now(UTC)
Run = Callable[..., Any]
_INSERT_PERSON = "INSERT INTO people.person (person_id, login, display_name) VALUES ($1, $2, $3)"
_INSERT_VERDICT = """
INSERT INTO moderation.verdict (verdict_id, sender_id, role, text, action, rules, spans, score, pack_version)
VALUES ($1, $2, 'viewer', '=加我微信', 'block', '[{"id": "CT-WECHAT"}]', '[]', 0.9, 'v1')
"""


@pytest.fixture
async def people(database: Database, owner_connection: asyncpg.Connection) -> dict[str, UUID]:
    """A cheat who was closed, with words on record; an accomplice on the same device; somebody else."""
    made = {login: uuid7() for login in ("cheat", "friend", "other")}
    for login, person_id in made.items():
        await owner_connection.execute(_INSERT_PERSON, person_id, login, login.title())
    seen = [
        ("cheat", Kind.PHONE, "13800000001"),
        ("cheat", Kind.DEVICE, "A" * 22),
        ("friend", Kind.DEVICE, "A" * 22),
        ("other", Kind.ADDRESS_PHONE, "13900000002"),
    ]
    async with database.transaction(platform=True) as connection:
        for login, kind, value in seen:
            identifier = HASHER.identifier(kind, value)
            assert identifier is not None
            assert await note(connection, made[login], [identifier], now=NOW)
        await connection.execute(_INSERT_VERDICT, uuid7(), made["cheat"])
        closing = NewAction(
            action_id=uuid7(),
            kind="close_account",
            actor_id=made["other"],
            subject_id=made["cheat"],
            reason="冒充平台收押金",
        )
        await add_action(connection, closing, now=NOW)
    await owner_connection.execute("UPDATE people.person SET state = 'closed' WHERE person_id = $1", made["cheat"])
    return made


@pytest.fixture
def run(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command: exit code, answer, and what stood beside it."""
    config = Config(database_url=database_url, secret_key=SECRET_KEY, data_key=DATA_KEY, data_dir=tmp_path)

    async def command(*argv: str) -> tuple[int, str, str]:
        given = links_cli.parser().parse_args(argv)
        needs_database = given.links_command in links_cli.NEEDS_DATABASE
        code = await links_cli.main(given, config) if needs_database else links_cli.verify(given)
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


async def test_a_list_is_checked_line_by_line(run: Run, people: dict[str, UUID], tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    lines = ["13700000000", "+86 138-0000-0001", "", "nonsense\t\x01", "phone:13900000002", "device:" + "A" * 22]
    file.write_bytes("\n".join(lines).encode() + b"\n\xff\xfe\n" + b"1" * 5_000 + b"\n13800000001")
    code, out, _ = await run("check", "--file", str(file), "--json")
    *matches, totals = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert sorted((match["line"], match["person_id"], match["kind"], match["state"]) for match in matches) == sorted(
        [
            (2, str(people["cheat"]), "phone", "closed"),
            (5, str(people["other"]), "address_phone", "active"),
            (6, str(people["cheat"]), "device", "closed"),
            (6, str(people["friend"]), "device", "active"),
            (9, str(people["cheat"]), "phone", "closed"),
        ]
    )
    assert {name: totals[name] for name in ("lines", "unreadable", "matched_lines", "matches")} == {
        "lines": 9,
        "unreadable": 3,
        "matched_lines": 4,
        "matches": 5,
    }
    assert "13800000001" not in out


async def test_leads_are_signed_and_on_record(
    run: Run, people: dict[str, UUID], tmp_path: Path, owner_connection: asyncpg.Connection
) -> None:
    code, out, _ = await run("export", "--person", str(people["cheat"]), "--folder", str(tmp_path), "--json")
    assert code == 0
    told = json.loads(out)
    lead_file, _, csv_file, _ = (Path(name) for name in told["files"])
    lead = json.loads(lead_file.read_text())
    assert (lead["account"]["login"], lead["account"]["closed_reason"]) == ("cheat", "冒充平台收押金")
    assert [link["person"]["person_id"] for link in lead["linked"]] == [str(people["friend"])]
    assert [words["text"] for words in lead["words"]] == ["=加我微信"]
    assert {identifier["kind"] for identifier in lead["identifiers"]} == {"device", "phone"}
    table = csv_file.read_text("utf-8-sig")
    assert "'=加我微信" in table
    assert "13800000001" not in table + lead_file.read_text()

    for file in (lead_file, csv_file):
        assert (await run("verify", str(file), "--public-key", told["public_key"]))[0] == 0
        assert file.stat().st_mode & 0o777 == 0o600
    lead_file.write_text(lead_file.read_text().replace("cheat", "saint"))
    code, out, _ = await run("verify", str(lead_file), "--public-key", told["public_key"], "--json")
    assert (code, json.loads(out)) == (1, {"ok": False})
    assert (await run("verify", str(csv_file), "--public-key", "00"))[0] == 1

    row = await owner_connection.fetchrow(
        "SELECT row_id, body FROM moderation.audit_entry WHERE source = 'lead_export'"
    )
    assert told["sha256"] in row["body"]
    assert str(people["cheat"]) not in row["body"]


async def test_only_closed_accounts_leave_leads(run: Run, people: dict[str, UUID], tmp_path: Path) -> None:
    for person_id in (people["friend"], uuid4()):
        code, _, error = await run("export", "--person", str(person_id), "--folder", str(tmp_path))
        assert code == 1
        assert "is no closed account" in error
    assert not any(path.name.startswith("lead-") for path in tmp_path.iterdir())  # noqa: ASYNC240


async def test_old_sightings_are_forgotten(
    database: Database, people: dict[str, UUID], owner_connection: asyncpg.Connection
) -> None:
    network = HASHER.identifier(Kind.NETWORK, "203.0.113.9")
    assert network is not None
    async with database.transaction(platform=True) as connection:
        await note(connection, people["other"], [network], now=NOW)
        assert not await note(connection, people["other"], [network], now=NOW)
    await owner_connection.execute("UPDATE moderation.sighting SET last_at = last_at - interval '40 days'")
    await owner_connection.execute(
        "UPDATE moderation.sighting SET last_at = last_at - interval '4 years' WHERE kind = 'phone'"
    )
    async with database.transaction(platform=True) as connection:
        await forget_old_sightings(connection, now=NOW)
    left = await owner_connection.fetch("SELECT kind FROM moderation.sighting ORDER BY kind")
    assert [row["kind"] for row in left] == ["address_phone", "device", "device"]


def test_a_table_runs_nothing() -> None:
    lead: dict[str, Any] = {
        "account": dict.fromkeys(("person_id", "closed_at", "closed_reason", "login"), "@x") | {"display_name": "+1"},
        "identifiers": [],
        "linked": [],
        "rooms": [{"kind": "farm", "slug": "s", "title": "=HYPERLINK(1)"}],
        "decisions": [],
        "words": [],
    }
    cells = write_csv(lead).decode("utf-8-sig").replace("\r\n", ",").split(",")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=HYPERLINK(1)" in cells
