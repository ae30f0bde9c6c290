"""Edge: one channel's child process as its parent sees it: asked one thing at a time, and begun anew when it died.

A child that dies or takes too long costs what it was reading. What it answers is checked as if a stranger had sent it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

import msgspec

from media.senses.wire import HEAD, Answer, Channel, Job, answer_decoder, clean, frame

log = logging.getLogger("jishi.senses")

LOAD_TIMEOUT_S: Final = 60.0
"""For a model to be loaded on a busy machine."""

READ_TIMEOUT_S: Final[dict[Channel, float]] = {"qr": 10.0, "screen": 20.0, "speech": 30.0}
ANSWER_BYTES_MAX: Final = 1 << 20
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}
"""All that a child is given. onnxruntime would else keep an id of this machine, and events for its maker, at home."""

PAUSE_FIRST_S: Final = 0.5
PAUSE_MAX_S: Final = 60.0


class Sense:
    """Reads one channel."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.deaths = 0
        """Of children, since the start."""
        self._process: Process | None = None
        self._misses = 0
        """Deaths, and children that could not be begun, since the last answer."""

    async def start(self) -> bool:
        """See that there is a child that can read; False where there is none, after a pause that grows."""
        if self._process is not None:
            return True
        if self._misses:
            await asyncio.sleep(min(PAUSE_MAX_S, PAUSE_FIRST_S * 2 ** (self._misses - 1)))
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-E", "-s", "-B", "-m", "media.senses.child", self.channel),
                stdin=PIPE,
                stdout=PIPE,
                env=ENVIRONMENT,
                start_new_session=True,
            )
        except OSError as error:  # too many processes, or no memory for one more
            self._misses += 1
            log.warning("no child can be begun that reads %s: %s", self.channel, error.strerror)
            return False
        return await self._exchange(None, LOAD_TIMEOUT_S) is not None

    async def ask(self, job: Job) -> Answer | None:
        """What is read of a job; None where the child died of it, or there is none."""
        if not await self.start():
            return None
        answer = await self._exchange(job, READ_TIMEOUT_S[self.channel])
        if answer is not None:
            self._misses = 0
        return answer

    def rss_bytes(self) -> int:
        """What the child holds in memory now; 0 while there is none."""
        if self._process is None:
            return 0
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    async def stop(self) -> None:
        """End the child; returns when it has ended."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _exchange(self, job: Job | None, timeout_s: float) -> Answer | None:
        """Give the child a job, if there is one, and take its answer; None: it was buried."""
        assert self._process is not None
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                if job is not None:
                    stdin.write(frame(job))
                    await stdin.drain()
                (size,) = HEAD.unpack(await stdout.readexactly(HEAD.size))
                if size > ANSWER_BYTES_MAX:
                    raise ValueError(f"an answer of {size} bytes")
                told = answer_decoder.decode(await stdout.readexactly(size))
        except TimeoutError:
            await self._bury(f"took longer than {timeout_s:g} s")
        except (asyncio.IncompleteReadError, OSError, ValueError, msgspec.DecodeError) as error:
            await self._bury(f"died: {error}")
        except asyncio.CancelledError:
            await self.stop()  # or its answer would be taken for the next one's
            raise
        else:
            return Answer(clean(told.texts), told.looked, max(0, told.cpu_us))
        return None

    async def _bury(self, why: str) -> None:
        self.deaths += 1
        self._misses += 1
        log.warning("the child that reads %s %s", self.channel, why)
        await self.stop()
