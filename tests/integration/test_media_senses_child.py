"""The children that read what is seen and heard: confined, asked one thing at a time, begun anew when they die.

Codes are read in every run; words in the picture and in the sound where their extras are installed.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from media.part import Init, Part
from media.senses import sense as senses
from media.senses.child import answer
from media.senses.installed import missing
from media.senses.sense import Sense
from media.senses.warming import job_of_our_own
from media.senses.wire import Job
from tests.picture_sources import FPS, film, scene

CODE = "wxp://f2f0abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def shown() -> Job:
    """A keyframe with a code in it."""
    items = film([scene(CODE)] * FPS, sound=False)
    init = next(item for item in items if isinstance(item, Init))
    part = next(item for item in items if isinstance(item, Part))
    return Job("room", init.data, [part.data])


@pytest.fixture
async def eye(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sense]:
    monkeypatch.setattr(senses, "PAUSE_FIRST_S", 0.01)
    sense = Sense("qr")
    yield sense
    await sense.stop()


def pid_of(sense: Sense) -> int:
    assert sense._process is not None
    return sense._process.pid


async def test_a_code_is_read_by_a_child_and_its_time_is_told(eye: Sense, shown: Job) -> None:
    told = await eye.ask(shown)
    assert told is not None
    assert (told.texts, told.looked) == ([CODE], True)
    assert 0 < told.cpu_us < 5_000_000
    assert (await eye.ask(shown)) is not None
    assert eye.deaths == 0


async def test_what_cant_be_decoded_shows_nothing_and_harms_nobody(eye: Sense, shown: Job) -> None:
    for spoilt in (
        Job("room", shown.init, [b""]),
        Job("room", shown.init, [bytes(5_000)]),
        Job("room", b"no file", shown.parts),
        Job("room", shown.init, [shown.parts[0][: len(shown.parts[0]) // 2]]),
        Job("room", shown.init, []),
    ):
        told = await eye.ask(spoilt)
        assert told is not None
        assert told.texts in ([], [CODE])
    told = await eye.ask(shown)
    assert told is not None
    assert told.texts == [CODE]
    assert eye.deaths == 0


async def test_the_child_has_no_network_no_new_files_and_the_lowest_rank(eye: Sense) -> None:
    assert await eye.start()
    folder = Path(f"/proc/{pid_of(eye)}")
    limits = (folder / "limits").read_text()
    assert [line.split()[3:5] for line in limits.splitlines() if line.startswith("Max open files")] == [["0", "0"]]
    nice = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[16])
    assert nice >= 15
    try:
        assert os.readlink(folder / "ns/net") != os.readlink("/proc/self/ns/net")
    except PermissionError:
        return  # it can't be dumped, and nobody but root may look


async def test_a_child_that_dies_costs_what_it_was_reading(eye: Sense, shown: Job) -> None:
    assert await eye.start()
    os.kill(pid_of(eye), signal.SIGKILL)
    assert await eye.ask(shown) is None
    assert eye.deaths == 1
    told = await eye.ask(shown)
    assert told is not None
    assert told.texts == [CODE]


@pytest.mark.parametrize("parts", [1, 200])
async def test_a_child_that_hangs_is_ended(eye: Sense, shown: Job, monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    job = Job("room", shown.init, shown.parts * parts)  # more than a pipe holds, where they are many
    assert await eye.start()
    hung = pid_of(eye)
    monkeypatch.setitem(senses.READ_TIMEOUT_S, "qr", 0.2)
    os.kill(hung, signal.SIGSTOP)
    assert await eye.ask(job) is None
    with pytest.raises(ProcessLookupError):
        os.kill(hung, 0)
    assert eye.deaths == 1


async def test_an_answer_that_nobody_waits_for_is_not_taken_for_the_next(eye: Sense, shown: Job) -> None:
    assert await eye.start()
    os.kill(pid_of(eye), signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await eye.ask(shown)
    empty = await eye.ask(Job("room", shown.init, [b""]))
    assert empty is not None
    assert empty.texts == []


def test_what_a_reader_says_of_bytes_it_cant_read() -> None:
    class Choking:
        def read(self, job: Job) -> list[str] | None:
            raise ValueError("not a picture")

    told = answer(Choking(), Job("room", b"", [b""]))
    assert (told.texts, told.looked) == ([], False)


# ---- Where their extras are installed --------------------------------------------------------------------------------

if not missing("screen"):

    async def test_words_in_a_picture_are_read_once() -> None:
        sense = Sense("screen")
        try:
            first, second = [await sense.ask(job) for job in worded_twice()]
        finally:
            await sense.stop()
        assert first is not None
        assert second is not None
        assert "12345" in "".join(first.texts)
        assert (second.texts, second.looked) == ([], False), "the same picture is passed by"
        assert sense.deaths == 0


if not missing("speech"):

    async def test_where_nobody_speaks_nothing_is_written_down() -> None:
        sense = Sense("speech")
        try:
            told = await sense.ask(job_of_our_own("speech"))
        finally:
            await sense.stop()
        assert told is not None
        assert (told.texts, told.looked, sense.deaths) == ([], False, 0)


def worded_twice() -> list[Job]:
    """Two keyframes of one room with the same words."""
    image = Image.fromarray(scene())
    font = ImageFont.load_default(36)
    ImageDraw.Draw(image).text((60, 60), "WeChat vx12345", font=font, fill="white", stroke_width=2, stroke_fill="black")
    items = film([np.asarray(image)] * (2 * FPS), keyframe_every=FPS, sound=False)
    init = next(item for item in items if isinstance(item, Init))
    parts = [item for item in items if isinstance(item, Part) and item.keyframe]
    return [Job("room", init.data, [part.data]) for part in parts]
