"""The database knows the words of the desk's cores: every CHECK that lists some lists the same."""

from __future__ import annotations

import re

import asyncpg
import pytest

from moderation.cases.states import MUTES, CaseState, Decision, Kind, Reason, Sanction, Why

SANCTIONS = {sanction.value for sanction in Sanction}
TOLD_ONLY = {Sanction.WARN, Sanction.CLOSE_ACCOUNT} | MUTES
"""Sanctions that are no restriction's kind: they forbid nothing, or are kept elsewhere."""


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("case_file", "kind", {kind.value for kind in Kind}),
        ("case_file", "action", {why.value for why in Why}),
        ("case_file", "state", {state.value for state in CaseState}),
        ("report", "reason", {reason.value for reason in Reason}),
        ("action", "kind", {decision.value for decision in Decision} | SANCTIONS | {"undo"}),
        ("restriction", "kind", {each.value for each in set(Sanction) - TOLD_ONLY}),
    ],
)
async def test_the_database_knows_the_same_words(
    owner_connection: asyncpg.Connection, table: str, column: str, words: set[str]
) -> None:
    definition = await owner_connection.fetchval(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1 AND conrelid = $2::regclass",
        f"{table}_{column}_check",
        f"moderation.{table}",
    )
    assert set(re.findall(r"'(\w+)'", definition)) == words
