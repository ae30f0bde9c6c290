"""Edge: what every worker process does around its work: settings in, ready out, stop on a signal, end in time.

A worker's module is its composition and one line at its end:

    if __name__ == "__main__":
        worker.main(run)

where `async def run(own: Worker) -> None` sets everything up, calls `own.ready()` once it can be used, goes on until
`own.stop` is set, and drains. Its parent's death stops it like a signal does (launch.py).
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import msgspec
import uvloop

from server import logs
from server.config import Config, decode_path, encode_path
from server.node.child import READY_FD, ChildSpec, python_argv

STOP_TIMEOUT_S = 10.0
HARD_STOP_GRACE_S = 2.0
"""After its stop timeout and this, a worker that is still there is ended by the kernel, supervisor or no supervisor."""

log = logging.getLogger("jishi.worker")


class WorkerInput(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker reads from standard input."""

    config: Config
    name: str
    index: int = 0
    count: int = 1
    """How many of this name there are; `index` is below it."""
    stop_timeout_s: float = STOP_TIMEOUT_S
    options: dict[str, Any] = msgspec.field(default_factory=dict)
    """Whatever else this kind of worker wants to know, in JSON's values."""

    @property
    def process_name(self) -> str:
        return f"{self.name}-{self.index}" if self.count > 1 else self.name


@dataclass(slots=True)
class Worker:
    """One worker as its work sees it."""

    given: WorkerInput
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the worker is to drain and return."""
    _ready_fd: int = -1

    @property
    def config(self) -> Config:
        return self.given.config

    @property
    def index(self) -> int:
        return self.given.index

    @property
    def count(self) -> int:
        return self.given.count

    def ready(self) -> None:
        """Tell the supervisor, who then starts the next child. May be called more than once."""
        if self._ready_fd >= 0:
            os.write(self._ready_fd, b"\n")
            os.close(self._ready_fd)
            self._ready_fd = -1


Run = Callable[[Worker], Awaitable[None]]


def spec(
    module: str,
    config: Config,
    name: str,
    *,
    index: int = 0,
    count: int = 1,
    stop_timeout_s: float = STOP_TIMEOUT_S,
    options: dict[str, Any] | None = None,
    is_needed: bool = True,
) -> ChildSpec:
    """The child that runs a worker's module."""
    given = WorkerInput(
        config=config, name=name, index=index, count=count, stop_timeout_s=stop_timeout_s, options=options or {}
    )
    return ChildSpec(
        name=given.process_name,
        argv=python_argv(module),
        stdin_json=msgspec.json.encode(given, enc_hook=encode_path),
        # The kernel's deadline falls inside the supervisor's, so that a hung worker ends the same way under both.
        stop_timeout_s=stop_timeout_s + HARD_STOP_GRACE_S,
        is_needed=is_needed,
    )


def main(run: Run) -> NoReturn:
    """Read the input, run until the stop, and exit: 0 when it was asked to stop, 1 for anything else."""
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=WorkerInput, dec_hook=decode_path)
    logs.setup(given.process_name, level=given.config.log_level, secrets=given.config.secrets())
    try:
        uvloop.run(_serve(run, given))
    except Exception as error:  # the supervision boundary: the supervisor starts this worker again
        log.critical("%s: %s", type(error).__name__, error, exc_info=error)
        sys.exit(1)
    sys.exit(0)


async def _serve(run: Run, given: WorkerInput) -> None:
    own = Worker(given, _ready_fd=int(os.environ.pop(READY_FD, "-1")))

    def on_signal() -> None:
        own.stop.set()
        # A real timer and the default action: it works when the loop is stuck, which is when it is needed.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, given.stop_timeout_s + HARD_STOP_GRACE_S)

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    await run(own)
    if not own.stop.is_set():
        raise RuntimeError("the work ended though nobody asked it to")
