"""The audit log on a real database: what is decided stands in it, and whoever changes that is found out and named.

Each tampering is done as the owner of the database, who may change anything but what was signed and kept outside.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from moderation.audit.entries import Fault
from moderation.audit.heads import HeadKey
from moderation.audit.tree import hash_leaf
from moderation.cases.log import NewAction, add_action
from server.casework.audit_signing import HEADS_FILE, AuditKeeper, append_head, kept_heads
from server.database.database import Database
from tests.audit_scene import KEY, ROWS, Log, open_log

_INSERT_VERDICT = """
INSERT INTO moderation.verdict (verdict_id, sender_id, role, text, action, rules, spans, score, pack_version)
VALUES ($1, $2, 'viewer', $3, $4, '[{"id": "r1"}]', '[[0, 2, "r1"]]', 0.1, 'v1')
"""


@pytest.fixture
async def log(database: Database, owner_connection: asyncpg.Connection, tmp_path: Path) -> Log:
    return await open_log(database, owner_connection, tmp_path)


async def test_what_is_decided_is_told_and_signed(log: Log) -> None:
    report = await log.verify()
    assert (report.entries, report.signed, report.heads, report.kept_heads) == (ROWS, ROWS, 2, 2)
    assert report.last_head is not None
    await log.act("还没有签")
    async with log.database.transaction(platform=True) as connection:
        rows = await connection.fetch("SELECT leaf_index, body FROM moderation.audit_entry ORDER BY entry_no")
    assert [row["leaf_index"] for row in rows] == [*range(ROWS), None]
    for row in rows:
        for personal in ("句", "看过了", str(log.subject_id), str(log.actor_id)):
            assert personal not in row["body"]
    report = await log.verify()
    assert (report.ok, report.entries, report.signed) == (True, ROWS + 1, ROWS)


async def test_verdicts_that_hide_words_are_told_and_others_are_not(log: Log) -> None:
    for action in ("allow", "flag", "hold", "block", "mask", "ratelimit"):
        await log.owner.execute(_INSERT_VERDICT, uuid7(), log.subject_id, "加我微信", action)
    told = await log.owner.fetch(
        "SELECT body::jsonb -> 'fields' ->> 'action' AS a FROM moderation.audit_entry WHERE source = 'verdict'"
    )
    assert [row["a"] for row in told] == ["hold", "block", "mask", "ratelimit"]
    await log.sign()
    assert await log.faults() == []
    await log.owner.execute("UPDATE moderation.verdict SET score = 0.2 WHERE action = 'hold'")
    (finding,) = (await log.verify()).findings
    assert (finding.fault, finding.source, finding.fields) == (Fault.EDITED, "verdict", ("score",))


async def test_a_change_that_is_undone_leaves_no_row_and_no_gap(log: Log) -> None:
    async with log.database.transaction(platform=True) as connection:
        undone = connection.transaction()
        await undone.__aenter__()
        await connection.execute(_INSERT_VERDICT, uuid7(), log.subject_id, "x", "hold")
        await undone.__aexit__(ValueError, None, None)
    await log.act("之后")
    await log.sign()
    report = await log.verify()
    assert (report.ok, report.signed) == (True, ROWS + 1)


async def test_rows_are_placed_as_they_commit(log: Log) -> None:
    early, late = uuid7(), uuid7()
    async with log.database.transaction(platform=True) as slow:
        await slow.execute(_INSERT_VERDICT, early, log.subject_id, "先写的", "hold")
        async with log.database.transaction(platform=True) as quick:
            await quick.execute(_INSERT_VERDICT, late, log.subject_id, "先提交的", "hold")
        await log.sign()
        assert await log.index_of(late) == ROWS
    await log.sign()
    assert await log.index_of(early) == ROWS + 1
    assert await log.faults() == []


async def test_the_application_cannot_change_the_log(log: Log) -> None:
    for statement in (
        "UPDATE moderation.audit_entry SET body = ''",
        "DELETE FROM moderation.audit_entry",
        "INSERT INTO moderation.audit_entry (source, row_id, body, leaf_hash) VALUES ('x', gen_random_uuid(), '', '')",
        "UPDATE moderation.audit_head SET signed_ms = 1",
        "DELETE FROM moderation.audit_head",
        "SELECT moderation.audit_forget(gen_random_uuid())",
        "SELECT moderation.audit_append('x', gen_random_uuid(), '{}', '', '{}', '', '{}')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with log.database.transaction(platform=True) as connection:
                await connection.execute(statement)
    async with log.database.transaction(person_id=log.subject_id) as connection:
        assert await connection.fetch("SELECT FROM moderation.audit_entry") == []


# ---- What the owner of the database does ----------------------------------------------------------------------------

Tampering = Callable[[Log, UUID], Awaitable[Any]]


async def edit(log: Log, row: UUID) -> None:
    await log.owner.execute("UPDATE moderation.action SET reason = '另一个理由' WHERE action_id = $1", row)


async def edit_in_the_clear(log: Log, row: UUID) -> None:
    await log.owner.execute("UPDATE moderation.action SET kind = 'approve' WHERE action_id = $1", row)


async def edit_with_its_leaf(log: Log, row: UUID) -> None:
    await edit_in_the_clear(log, row)
    await log.forge_leaf(row, '"kind": "remove"', '"kind": "approve"')


async def edit_who(log: Log, row: UUID) -> None:
    await log.owner.execute("UPDATE moderation.action SET actor_id = subject_id WHERE action_id = $1", row)


async def blank_as_if_erased(log: Log, row: UUID) -> None:
    await log.owner.execute("UPDATE moderation.action SET text = '', facts = '{}' WHERE action_id = $1", row)
    await log.owner.execute("UPDATE moderation.audit_entry SET subject_salt = NULL WHERE row_id = $1", row)


async def delete(log: Log, row: UUID) -> None:
    await log.owner.execute("DELETE FROM moderation.action WHERE action_id = $1", row)


TAMPERINGS: list[tuple[Tampering, Fault]] = [
    (edit, Fault.EDITED),
    (edit_in_the_clear, Fault.EDITED),
    (edit_with_its_leaf, Fault.EDITED),
    (edit_who, Fault.EDITED),
    (blank_as_if_erased, Fault.ERASED),
    (delete, Fault.DELETED),
]


async def test_an_edited_or_deleted_row_is_named(log: Log) -> None:
    row = log.actions[ROWS - 2]
    for tamper, fault in TAMPERINGS:
        async with log.undone():
            await tamper(log, row)
            assert await log.faults() == [(fault, row)], tamper.__name__
    assert await log.faults() == []


async def test_a_sanction_that_is_lifted_behind_the_desk_is_named(log: Log) -> None:
    closing, muting = uuid7(), uuid7()
    for action_id, kind in ((closing, "close_account"), (muting, "mute_1d")):
        action = NewAction(
            action_id=action_id, kind=kind, actor_id=log.actor_id, subject_id=log.subject_id, reason="冒充平台"
        )
        async with log.database.transaction(platform=True) as connection:
            await add_action(connection, action, now=datetime.now(UTC))
    assert set(await log.faults()) == {(Fault.LIFTED, closing), (Fault.LIFTED, muting)}
    await log.owner.execute("UPDATE people.person SET state = 'closed' WHERE person_id = $1", log.subject_id)
    assert await log.faults() == [(Fault.LIFTED, muting)]


async def test_a_row_deleted_from_the_log_too_is_named_by_its_place(log: Log) -> None:
    await delete(log, log.actions[3])
    await log.owner.execute("DELETE FROM moderation.audit_entry WHERE row_id = $1", log.actions[3])
    (finding,) = (await log.verify()).findings
    assert (finding.fault, finding.leaf_index) == (Fault.DELETED, 3)


async def test_a_row_deleted_from_the_log_alone_is_named(log: Log) -> None:
    await log.owner.execute("DELETE FROM moderation.audit_entry WHERE row_id = $1", log.actions[3])
    assert await log.faults() == [(Fault.DELETED, None), (Fault.ADDED, log.actions[3])]


async def test_reordered_rows_are_named(log: Log) -> None:
    for places in ((1, 4), (2, ROWS - 1)):  # between two heads, and across one
        rows = [log.actions[place] for place in places]
        async with log.undone():
            swap = "UPDATE moderation.audit_entry SET leaf_index = $2 WHERE row_id = $1"
            for row, index in ((rows[0], 10_000), (rows[1], places[0]), (rows[0], places[1])):
                await log.owner.execute(swap, row, index)
            assert set(await log.faults()) == {(Fault.REORDERED, row) for row in rows}


async def test_a_cut_log_is_found(log: Log) -> None:
    gone = log.actions[-3:]
    await log.owner.execute("DELETE FROM moderation.action WHERE action_id = ANY ($1)", gone)
    await log.owner.execute("DELETE FROM moderation.audit_entry WHERE row_id = ANY ($1)", gone)
    (finding,) = (await log.verify()).findings
    assert (finding.fault, finding.leaf_index) == (Fault.TRUNCATED, ROWS - 3)
    assert "last 3 rows" in finding.what


async def cut_with_its_heads(log: Log) -> None:
    gone = log.actions[ROWS // 2 + 1 :]
    await log.owner.execute("DELETE FROM moderation.action WHERE action_id = ANY ($1)", gone)
    await log.owner.execute("DELETE FROM moderation.audit_entry WHERE row_id = ANY ($1)", gone)
    await log.owner.execute("DELETE FROM moderation.audit_head WHERE tree_size > $1", ROWS // 2 + 1)


async def test_a_log_cut_with_its_heads_is_found_by_one_that_was_kept(log: Log) -> None:
    await cut_with_its_heads(log)
    assert await log.faults(kept=[]) == []  # nothing within the database can tell
    assert await log.faults() == [(Fault.TRUNCATED, None)]


async def test_nothing_is_signed_over_a_log_that_was_cut(log: Log) -> None:
    await cut_with_its_heads(log)
    await log.act("之后")
    another = AuditKeeper(log.database, KEY, log.data_dir)
    assert not await another.step(datetime.now(UTC))
    assert another.figures()["jishi_audit_signing_refused"] == 1
    assert another.signed == 0
    unaware = AuditKeeper(log.database, KEY, log.data_dir / "elsewhere")
    (log.data_dir / "elsewhere").mkdir()
    await unaware.step(datetime.now(UTC))
    assert unaware.signed == 1
    assert (Fault.TRUNCATED, None) in await log.faults()  # the file still tells


async def test_a_log_that_was_written_anew_is_found(log: Log) -> None:
    """Row, leaf, and the hashes that the head carries: the signature over the root is left."""
    row = log.actions[2]
    await edit_with_its_leaf(log, row)
    bodies = await log.owner.fetch("SELECT body FROM moderation.audit_entry ORDER BY leaf_index")
    hashes = [hash_leaf(each["body"].encode()) for each in bodies]
    await log.owner.execute(
        "UPDATE moderation.audit_head SET leaves = $2 WHERE tree_size = $1",
        ROWS // 2 + 1,
        b"".join(hashes[: ROWS // 2 + 1]),
    )
    faults = await log.faults()
    assert faults[0] == (Fault.TREE, None)
    forged = HeadKey(bytes(32)).sign(ROWS, bytes(32), 1)
    await log.owner.execute(
        "UPDATE moderation.audit_head SET root = $2, signature = $3 WHERE tree_size = $1",
        ROWS,
        forged.root,
        forged.signature,
    )
    assert Fault.HEAD in {fault for fault, _ in await log.faults()}


async def test_hashes_of_a_head_that_were_edited_accuse_no_row(log: Log) -> None:
    await log.owner.execute("UPDATE moderation.audit_head SET leaves = sha256(leaves) || substr(leaves, 33)")
    assert {fault for fault, _ in await log.faults()} == {Fault.HEAD}


async def test_a_row_that_was_slipped_in_is_named(log: Log) -> None:
    await log.owner.execute("ALTER TABLE moderation.action DISABLE TRIGGER audit")
    slipped = await log.act("没有人说过")
    await log.owner.execute("ALTER TABLE moderation.action ENABLE TRIGGER audit")
    assert await log.faults() == [(Fault.ADDED, slipped)]


async def test_a_kept_head_of_another_log_does_not_fit(log: Log) -> None:
    foreign = KEY.sign(4, bytes(32), 1)
    assert await log.faults(kept=[foreign]) == [(Fault.TREE, None)]
    unsigned = HeadKey(bytes(32)).sign(4, bytes(32), 1)
    assert await log.faults(kept=[unsigned]) == [(Fault.HEAD, None)]


# ---- Erasure --------------------------------------------------------------------------------------------------------


async def erase(log: Log) -> None:
    async with log.database.transaction(platform=True) as connection:
        await connection.execute(
            "UPDATE people.person SET erased_at = now(), state = 'closed' WHERE person_id = $1", log.subject_id
        )
        await connection.execute("SELECT moderation.forget_person($1)", log.subject_id)


async def test_an_erasure_takes_the_salts_and_leaves_the_proofs(log: Log) -> None:
    await log.act("最后一句")
    before = await log.verify()
    await erase(log)
    await log.sign()
    after = await log.verify(kept=[head for head in [before.last_head] if head is not None])
    assert (after.ok, after.entries) == (True, ROWS + 2)
    left = await log.owner.fetchrow(
        "SELECT count(subject_salt) AS salts, count(subject_id) AS subjects, count(actor_salt) AS actors"
        " FROM moderation.audit_entry WHERE source = 'action'"
    )
    assert tuple(left) == (0, 0, ROWS + 1)


async def test_words_put_into_an_erased_row_are_found(log: Log) -> None:
    await erase(log)
    await log.owner.execute("UPDATE moderation.action SET text = '他说过的' WHERE action_id = $1", log.actions[1])
    assert await log.faults() == [(Fault.EDITED, log.actions[1])]


async def test_an_erasure_covers_no_other_row(log: Log) -> None:
    await erase(log)
    number = await log.owner.fetchval("SELECT entry_no FROM moderation.audit_entry WHERE source = 'erasure'")
    await log.owner.execute(
        "UPDATE moderation.audit_entry SET actor_salt = NULL, actor_erased_by = $2 WHERE row_id = $1",
        log.actions[1],
        number,
    )
    assert [fault for fault, _ in await log.faults()] == [Fault.ERASED]


async def test_old_words_go_after_years_and_not_before(log: Log) -> None:
    now = datetime.now(UTC)
    keeper = AuditKeeper(log.database, KEY, log.data_dir, retention_years=3)
    await keeper.expire(now)
    assert await log.owner.fetchval("SELECT count(*) FROM moderation.action WHERE text <> ''") == ROWS
    with pytest.raises(asyncpg.CheckViolationError):
        async with log.database.transaction(platform=True) as connection:
            await connection.execute("SELECT moderation.audit_expire(now() - interval '2 years', 10)")
    await log.owner.execute(
        "UPDATE moderation.audit_entry SET created_at = now() - interval '4 years' WHERE row_id = ANY ($1)",
        log.actions[:5],
    )
    await keeper.expire(now)
    await log.sign()
    report = await log.verify()
    assert (report.ok, report.entries) == (True, ROWS + 1)
    left = await log.owner.fetch("SELECT action_id, text, reason FROM moderation.action ORDER BY action_id")
    assert [row["text"] != "" for row in left] == [row["reason"] != "" for row in left] == [False] * 5 + [True] * 7


async def test_appeals_and_their_answers_are_told(log: Log) -> None:
    appeal, action, now = uuid7(), log.actions[0], datetime.now(UTC)
    await log.owner.execute(
        "INSERT INTO moderation.appeal VALUES ($1, $2, $3, '我没有说过', $4, $4)", appeal, action, log.subject_id, now
    )
    await log.owner.execute(
        "INSERT INTO moderation.appeal_answer VALUES ($1, 'reject', $2, '再看过了', $3)", appeal, log.actor_id, now
    )
    await log.owner.execute("INSERT INTO moderation.second VALUES ($1, 'lapsed', NULL, '', $2)", action, now)
    await log.sign()
    assert await log.faults() == []
    for table, column in (("appeal", "words"), ("appeal_answer", "reason")):
        async with log.undone():
            await log.owner.execute(f"UPDATE moderation.{table} SET {column} = '别的'")
            assert await log.faults() == [(Fault.EDITED, appeal)]
    await erase(log)
    assert await log.faults() == []


# ---- The file of heads ----------------------------------------------------------------------------------------------


async def test_signing_goes_on_where_another_stopped(log: Log) -> None:
    another = AuditKeeper(log.database, KEY, log.data_dir)
    await log.act("换了一个书记员")
    assert not await another.step(datetime.now(UTC))
    assert another.signed == 1
    report = await log.verify()
    assert (report.ok, report.signed, report.kept_heads) == (True, ROWS + 1, 3)


def test_a_line_cut_off_by_a_power_cut_is_replaced(tmp_path: Path) -> None:
    file, heads = tmp_path / HEADS_FILE, [KEY.sign(size, bytes(32), size) for size in (1, 2)]
    append_head(file, heads[0])
    with file.open("a") as opened:
        opened.write('{"tree_size": 2, "ro')
    assert kept_heads(file) == heads[:1]
    append_head(file, heads[1])
    assert kept_heads(file) == heads
    assert file.stat().st_mode & 0o777 == 0o600
