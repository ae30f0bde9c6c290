"""A day at the desk, told in the audit log: everything that was decided is in it, and nothing is found wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from moderation.audit.heads import TrustedKeys
from moderation.audit.verifying import Report, verify
from server.casework.audit_signing import HEADS_FILE, AuditKeeper, kept_heads
from server.database.database import Database
from tests.audit_scene import KEY
from tests.casework_scene import FLAGGED, SLUG, Scene, open_desk
from tests.http_edge import PASSWORD

HELD = "纯天然根治高血压"


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        await scene.person("second", "moderator")
        yield scene


async def post(desk: Scene, who: str, path: str, body: Any) -> Any:
    answer = await desk.call(who, "POST", path, body)
    assert answer.status in (200, 201), answer
    return answer.body


async def report_of(desk: Scene, folder: Path) -> Report:
    async with desk.database.transaction(platform=True) as connection:
        return await verify(
            connection,
            keys=TrustedKeys([KEY.public_key]),
            kept=kept_heads(folder / HEADS_FILE),
            progress=lambda done, total: None,
        )


async def test_a_day_at_the_desk_is_told_and_well(
    desk: Scene, tmp_path: Path, owner_connection: asyncpg.Connection
) -> None:
    for text in (HELD, FLAGGED):
        await desk.say("viewer", text)
    held, flagged = sorted(await desk.queue(), key=lambda case: str(case["text"] != HELD))
    assert (await desk.decide(held["case_id"], "approve")).status == 200
    removed = await desk.decide(flagged["case_id"], "remove")
    assert (await desk.undo(removed.body["actions"][0]["action_id"])).status == 200
    await desk.settle()
    viewer = {"person_id": str(desk.ids["viewer"]), "reason": "引流"}
    muted = await post(desk, "moderator", "/api/moderation/sanctions", {**viewer, "kind": "mute_room", "slug": SLUG})
    appeal = await post(desk, "viewer", f"/api/me/decisions/{muted['action_id']}/appeal", {"words": "我没有"})
    answer = {"decision": "uphold", "reason": "复核过了"}
    await post(desk, "second", f"/api/moderation/appeals/{appeal['appeal_id']}/decision", answer)
    await post(desk, "moderator", "/api/moderation/sanctions", {**viewer, "kind": "close_account"})

    keeper = AuditKeeper(desk.database, KEY, tmp_path)
    await keeper.step(datetime.now(UTC))
    report = await report_of(desk, tmp_path)
    assert report.findings == []
    assert (report.entries, report.kept_heads) == (report.signed, 1)
    told = await owner_connection.fetch(
        "SELECT source, body::jsonb -> 'fields' ->> 'kind' AS kind, body FROM moderation.audit_entry"
    )
    counted = Counter((row["source"], row["kind"]) for row in told)
    assert counted[("verdict", None)] >= 1
    assert counted[("appeal", None)] == counted[("appeal_answer", None)] == 1
    assert counted[("action", "undo")] == 2
    for kind in ("approve", "remove", "mute_room", "close_account"):
        assert counted[("action", kind)] == 1, kind
    everything = "".join(row["body"] for row in told)
    for personal in (HELD, FLAGGED, "引流", "我没有", "复核过了", *map(str, desk.ids.values())):
        assert personal not in everything, personal


async def test_a_person_who_leaves_takes_their_salts(desk: Scene, tmp_path: Path) -> None:
    body = {"login": "leaving", "display_name": "Leaving", "password": PASSWORD}
    signed_up = await desk.edge.call("POST", "/api/sign-up", body)
    desk.tokens["leaving"] = signed_up.body["token"]
    desk.ids["leaving"] = await desk.edge.person_id(signed_up.body["token"])
    await desk.say("leaving", HELD)
    [case] = await desk.queue()
    assert (await desk.decide(case["case_id"], "remove")).status == 200
    keeper = AuditKeeper(desk.database, KEY, tmp_path)
    await keeper.step(datetime.now(UTC))
    gone = await desk.call("leaving", "DELETE", "/api/me", {"password": PASSWORD})
    assert gone.status == 204, gone
    report = await report_of(desk, tmp_path)
    assert (report.findings, report.signed) == ([], report.entries - 1)
