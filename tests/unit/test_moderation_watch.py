"""Packs changed while the filter works."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from moderation.filter import Filter
from moderation.folder import engine_of
from moderation.verdict import Action, Utterance
from moderation.watch import PackWatch
from tests.unit.test_moderation_folder import RULE, folder

__all__ = ["folder"]
TOLD_TIMEOUT_S = 60.0


class Watched:
    """A filter whose folder is watched, and what was told of it."""

    def __init__(self, packs: Path) -> None:
        self.folder = packs
        self.filter = Filter(engine_of(packs))
        self.told: asyncio.Queue[tuple[str, list[str]]] = asyncio.Queue()
        self.watch = PackWatch(
            packs, self.filter, poll_s=0.01, told=lambda *change: self.told.put_nowait((change[0], change[1]))
        )

    async def change(self, text: str) -> tuple[str, list[str]]:
        """Write the pack as an editor does, and wait for what is told."""
        draft = self.folder / "draft"
        draft.write_text(text, "utf-8")
        os.replace(draft, self.folder / "small.toml")
        return await asyncio.wait_for(self.told.get(), TOLD_TIMEOUT_S)

    def action(self, text: str) -> Action:
        return self.filter.decide(Utterance(text), 0.0).action


@contextlib.asynccontextmanager
async def watching(packs: Path) -> AsyncIterator[Watched]:
    watched = Watched(packs)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(watched.watch.serve())
        yield watched
        task.cancel()


async def test_changed_packs_are_in_force_as_a_whole_with_a_version(folder: Path) -> None:
    async with watching(folder) as watched:
        before = watched.filter.engine.version
        assert watched.action("交服装费") is Action.ALLOW
        version, faults = await watched.change(RULE.replace('["押金"]', '["押金", "服装费"]'))
        assert faults == []
        assert version == watched.filter.engine.version != before
        assert watched.action("交服装费") is Action.BLOCK
        assert watched.filter.decide(Utterance("交押金"), 0.0).pack_version == version


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pack = ", "small.toml"),
        (RULE.replace("0.5", "7"), "rule TT001"),
        (RULE.replace('hits = ["交押金"]', 'hits = ["交钱"]'), "rule TT001 misses"),
    ],
)
async def test_broken_packs_are_refused_and_the_old_ones_stay(folder: Path, text: str, fault: str) -> None:
    async with watching(folder) as watched:
        before = watched.filter.engine
        version, faults = await watched.change(text)
        assert version == before.version
        assert faults
        assert fault in faults[0]
        assert watched.watch.refused == faults
        assert watched.filter.engine is before
        assert watched.action("交押金") is Action.BLOCK
        assert (await watched.change(RULE.replace("收费", "乱收费")))[1] == []
        assert watched.watch.refused == []
        assert watched.filter.engine is not before
