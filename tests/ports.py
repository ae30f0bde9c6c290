"""TCP ports for servers that can't be told to take any and say which."""

from __future__ import annotations

import random
import socket

# Below the range from which the kernel gives ports out: between the asking and the server's own bind, another test's
# server, client or browser could be given the same one.
FIRST, LAST = 12_000, 31_999


def free_port() -> int:
    """A TCP port that nothing listened on a moment ago, and that nobody is given who doesn't ask for it."""
    while True:
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
