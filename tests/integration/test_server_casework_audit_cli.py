"""`jishi moderation audit`: verified, proven to an outsider, exported, and truthful by its exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from moderation.audit.heads import HeadKey, read_head
from moderation.audit.proofs import Consistency, is_later
from moderation.audit.tree import hash_leaf, root_of
from server.casework import audit_cli
from server.config import Config
from server.database.database import Database
from tests.audit_scene import KEY, ROWS, SECRET_KEY, Log, open_log


class Command:
    """The command on the test's database."""

    def __init__(self, log: Log, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._config = Config(database_url=url, secret_key=SECRET_KEY, data_dir=log.data_dir)
        self._capsys = capsys
        self.log = log

    async def __call__(self, *argv: str) -> tuple[int, str]:
        """The exit code, and what was answered."""
        given = audit_cli.parser().parse_args(argv)
        needs_database = given.audit_command in audit_cli.NEEDS_DATABASE
        code = await audit_cli.main(given, self._config) if needs_database else audit_cli.check_proof(given)
        return code, self._capsys.readouterr().out

    async def json(self, *argv: str) -> Any:
        code, out = await self(*argv)
        assert code == 0, out
        return json.loads(out)


@pytest.fixture
async def command(
    database: Database,
    database_url: str,
    owner_connection: asyncpg.Connection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    return Command(await open_log(database, owner_connection, tmp_path), database_url, capsys)


async def test_a_whole_log_and_one_that_was_edited(command: Command, tmp_path: Path) -> None:
    told = await command.json("verify", "--json")
    assert (told["ok"], told["entries"], told["signed"], told["kept_heads"]) == (True, ROWS, ROWS, 2)
    _, line = await command("head")
    (tmp_path / "kept.jsonl").write_text(line)
    row = command.log.actions[5]
    await command.log.owner.execute("UPDATE moderation.action SET text = '没说过' WHERE action_id = $1", row)
    code, out = await command("verify", "--head", str(tmp_path / "kept.jsonl"))
    assert code == 1
    assert f"edited: leaf 5, action {row}, the action was edited: text" in out
    assert "NOT ok: 12 rows, 12 of them signed, 2 heads, 3 kept heads compared" in out
    code, out = await command("verify", "--json")
    (finding,) = json.loads(out)["findings"]
    assert (code, finding["fault"], finding["row_id"], finding["fields"]) == (1, "edited", str(row), ["text"])


async def test_a_row_is_proven_to_somebody_without_the_database(command: Command, tmp_path: Path) -> None:
    key = KEY.public_key.hex()
    proof, kept = tmp_path / "proof.json", tmp_path / "kept.jsonl"
    proof.write_text((await command("prove", "--row", str(command.log.actions[3])))[1])
    kept.write_text((await command("head"))[1])
    assert await command("check", str(proof), "--public-key", key, "--head", str(kept)) == (0, "ok: 1 proven\n")
    (told,) = json.loads(proof.read_text())
    leaf = json.loads(told["leaf"])
    assert (leaf["source"], leaf["fields"]["kind"]) == ("action", "remove")
    assert str(command.log.subject_id) not in proof.read_text()

    told["leaf"] = told["leaf"].replace("remove", "approve")
    proof.write_text(json.dumps(told))
    assert (await command("check", str(proof), "--public-key", key))[0] == 1
    assert (await command("check", str(proof), "--public-key", HeadKey(bytes(32)).public_key.hex()))[0] == 1
    proof.write_text("[]")
    assert (await command("check", str(proof), "--public-key", key))[0] == 1
    assert (await command("prove", "--row", str(uuid4())))[0] == 1


async def test_a_newer_head_is_proven_to_go_on_from_an_older_one(command: Command) -> None:
    old = read_head((await command("head"))[1])
    await command.log.act("之后")
    await command.log.sign()
    _, out = await command("head", "--since", str(ROWS))
    proof = msgspec.json.decode(out, type=Consistency)
    assert is_later(proof, old)
    assert not is_later(proof, HeadKey(bytes(32)).sign(ROWS, bytes(32), 1))
    assert (await command("head", "--since", "99"))[0] == 1


async def test_the_export_gives_the_signed_root_and_names_nobody(command: Command) -> None:
    _, out = await command("export")
    lines = [json.loads(line) for line in out.splitlines()]
    leaves = [line["leaf"] for line in lines if "leaf" in line]
    heads = [line["head"] for line in lines if "head" in line]
    assert root_of(hash_leaf(leaf.encode()) for leaf in leaves).hex() == heads[-1]["root"]
    assert [UUID(json.loads(leaf)["row"]) for leaf in leaves] == command.log.actions
    for personal in ("句", "看过了", str(command.log.subject_id), str(command.log.actor_id)):
        assert personal not in out
