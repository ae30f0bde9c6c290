"""Edge: one child process: started through `launch.py`, ready, ended, stopped.

A child leads its own process group (a Ctrl-C at the terminal reaches the supervisor alone, which stops everything in
order) and dies with the supervisor. Its start-up values come on standard input and never on the command line, where
`ps` would show them. Its end is learned from a pidfd; whatever is left of its group is killed before it is reaped.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

READY_FD = "READY_FD"
"""Name of the variable that tells a child on which descriptor to write one byte when it is ready."""

KILL_GRACE_S = 5.0
"""How long the kernel may take to end a process after SIGKILL."""
PROBE_INTERVAL_S = 0.02
TAIL_BYTES = 4_000
STDERR_FD = 2
LAUNCHER = str(Path(__file__).with_name("launch.py"))

# What a child must not inherit: its Config comes on standard input, secrets included.
_PRIVATE_NAMES = ("DATABASE_URL", "VALKEY_URL", "DATABASE_URL_FILE", "VALKEY_URL_FILE", READY_FD)


class Readiness(enum.Enum):
    """How one knows that a child is ready."""

    AT_ONCE = "at once"
    BYTE = "a byte on READY_FD"
    PROBE = "its probe answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    """What to run and how to treat it."""

    name: str
    argv: tuple[str, ...]
    """Program (absolute path) and arguments; nothing secret."""
    stdin_json: bytes = b""
    """What the child reads from standard input to its end."""
    ready: bool = True
    """Whether the child writes a byte to READY_FD when it is ready; without it (and `probe`) it is ready at once."""
    probe: Callable[[], Awaitable[bool]] | None = None
    """Asked again and again until true, instead of waiting for a byte. Must not raise."""
    ready_timeout_s: float | None = 60.0
    """After this the child counts as failed; None waits as long as it lives (crash recovery takes what it takes)."""
    stop_timeout_s: float = 10.0
    """From the stop signal to SIGKILL."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Also what the kernel sends it when the supervisor dies."""
    env: Mapping[str, str] = field(default_factory=dict)
    """On top of the supervisor's environment without `JISHI_*` and the engines' URLs."""
    log_path: Path | None = None
    """Where its output goes, emptied at each start; None: the supervisor's standard error."""
    identity: str = "self"
    """`self`, `namespace` or `UID:GID`; see launch.py."""
    is_needed: bool = True
    """Whether the node stops when this child keeps dying, and waits for it at the start; otherwise the others go on."""
    last_words: Callable[[int], str] | None = None
    """The line that says why the process of this id ended, or '', where that isn't the last of `log_path`."""
    before_start: Callable[[], Awaitable[None]] | None = None
    """Done before each start: what a predecessor that was killed may have left."""

    @property
    def readiness(self) -> Readiness:
        if self.probe is not None:
            return Readiness.PROBE
        return Readiness.BYTE if self.ready else Readiness.AT_ONCE


def python_argv(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module of ours in this interpreter."""
    return (sys.executable, "-m", module, *arguments)


def launch_argv(death_signal: signal.Signals, identity: str) -> tuple[str, ...]:
    """What goes before a program's own command so that launch.py starts it for this process."""
    return (sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), str(int(death_signal)), identity)


class Child:
    """One run of a spec. `start` once; `exit_code` is set when it has ended."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.exit_code: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pidfd = -1
        self._ready_fd = -1
        self._ended: asyncio.Future[int]
        self._byte: asyncio.Future[int]

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Spawn it.

        Raises: OSError where no process can be made.
        """
        loop = asyncio.get_running_loop()
        self._ended, self._byte = loop.create_future(), loop.create_future()
        if self.spec.before_start is not None:
            await self.spec.before_start()
        with contextlib.ExitStack() as given:
            self._process = self._spawn(given)
        self._pidfd = os.pidfd_open(self._process.pid)
        loop.add_reader(self._pidfd, self._on_exit)
        if self._ready_fd >= 0:
            os.set_blocking(self._ready_fd, False)
            loop.add_reader(self._ready_fd, self._on_ready_fd)

    def _spawn(self, given: contextlib.ExitStack) -> subprocess.Popen[bytes]:
        """Open what the child gets, start it, and close our copies."""
        spec = self.spec
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("JISHI_") and name not in _PRIVATE_NAMES
        } | dict(spec.env)
        keep: tuple[int, ...] = ()
        if spec.readiness is Readiness.BYTE:
            self._ready_fd, theirs = os.pipe2(os.O_CLOEXEC)
            given.callback(os.close, theirs)
            environment[READY_FD] = str(theirs)
            keep = (theirs,)
        stdin = os.memfd_create("start-up values", os.MFD_CLOEXEC)
        given.callback(os.close, stdin)
        os.write(stdin, spec.stdin_json)
        os.lseek(stdin, 0, os.SEEK_SET)
        output = given.enter_context(_private_file(spec.log_path)) if spec.log_path else None
        return subprocess.Popen(
            [*launch_argv(spec.stop_signal, spec.identity), *spec.argv],
            stdin=stdin,
            stdout=output or STDERR_FD,
            stderr=output or STDERR_FD,
            pass_fds=keep,
            env=environment,
            start_new_session=True,
            umask=0o077,
        )

    def _on_ready_fd(self) -> None:
        try:
            is_ready = bool(os.read(self._ready_fd, 16))
        except BlockingIOError:
            return
        self._drop_ready_fd()
        if is_ready and not self._byte.done():
            self._byte.set_result(0)

    def _drop_ready_fd(self) -> None:
        if self._ready_fd >= 0:
            asyncio.get_running_loop().remove_reader(self._ready_fd)
            os.close(self._ready_fd)
            self._ready_fd = -1

    def _on_exit(self) -> None:
        assert self._process is not None
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        # While the child isn't reaped its number can't be given to another group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.exit_code = self._process.wait()
        self._drop_ready_fd()
        if not self._ended.done():
            self._ended.set_result(self.exit_code)

    async def until_ready(self) -> bool:
        """Whether it became ready: False when it ended or its time ran out first."""
        try:
            async with asyncio.timeout(self.spec.ready_timeout_s):
                match self.spec.readiness:
                    case Readiness.AT_ONCE:
                        return True
                    case Readiness.BYTE:
                        await asyncio.wait({self._byte, self._ended}, return_when=asyncio.FIRST_COMPLETED)
                        return self._byte.done()
                    case Readiness.PROBE:
                        return await self._until_probe_answers()
        except TimeoutError:
            return False

    async def _until_probe_answers(self) -> bool:
        assert self.spec.probe is not None
        while self.exit_code is None:
            if await self.spec.probe():
                return self.exit_code is None
            await asyncio.wait({self._ended}, timeout=PROBE_INTERVAL_S)
        return False

    async def wait(self) -> int:
        """Its exit code, when it has ended; negative for the signal that ended it."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: signal.Signals) -> None:
        if self.exit_code is None and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def stop(self) -> None:
        """Ask it to stop, wait its time, then kill its group; returns when it has ended. May be repeated."""
        if self._process is None or self.exit_code is not None:
            return
        self.send_signal(self.spec.stop_signal)
        await asyncio.wait({self._ended}, timeout=self.spec.stop_timeout_s)
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await asyncio.wait({self._ended}, timeout=KILL_GRACE_S)

    def last_words(self) -> str:
        """The line of its own log that says why it ended, or ''."""
        was_killed = self.exit_code is not None and self.exit_code < 0
        if self.spec.last_words is not None and not was_killed and (words := self.spec.last_words(self.pid)):
            return words
        if self.spec.log_path is None or not self.spec.log_path.exists():
            return ""
        lines = tail(self.spec.log_path)
        return lines[-1] if lines else ""


def tail(log_path: Path) -> list[str]:
    """The last lines of a log."""
    with log_path.open("rb") as log:
        log.seek(max(0, log_path.stat().st_size - TAIL_BYTES))
        return log.read().decode("utf-8", "replace").strip().splitlines()


def _private_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")


def exit_words(exit_code: int) -> str:
    """An exit code as a person says it."""
    if exit_code < 0:
        return f"killed by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"
