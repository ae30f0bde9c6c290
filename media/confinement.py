"""Edge: what a child process gives up before it opens what strangers wrote.

Decoders of pictures and sound are C, and what they read was written by anybody. So the programs that run them
(media/photos/child.py, media/senses/child.py) give up, before the first byte, what they do not need: no descriptor can
be opened any more (no file, no socket), no memory beyond a bound, no new privileges, and where the kernel lets it, a
network of their own that leads nowhere.
"""

from __future__ import annotations

import ctypes
import resource
import signal
from typing import Final

_CLONE_NEWNET: Final = 0x40000000
_CLONE_NEWUSER: Final = 0x10000000
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38


def leave_network() -> None:
    """Go into a network of one's own that leads nowhere, where the kernel lets this user."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def confine(*, memory_bytes_max: int, cpu_s_max: int | None) -> None:
    """Give up everything but the open pipes, so much address space and, where it is bounded, processor time.

    Without a bound on its time, whoever started the process has to see to it that it ends.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    leave_network()  # where it can't, that no descriptor can be opened holds everywhere
    limits = [
        (resource.RLIMIT_AS, memory_bytes_max),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ]
    if cpu_s_max is not None:
        limits.append((resource.RLIMIT_CPU, cpu_s_max))
    for limit, most in limits:
        resource.setrlimit(limit, (most, most))
