"""Core: what can fail on a bus.

BusError
├── NameTaken        another living member has this name
├── PathTooLong      a socket's path does not fit in a Unix address
├── RequestTimeout   nobody answered in time; the request may have been carried out
└── RequestFailed    the member that serves the topic answered that it failed
"""

from __future__ import annotations


class BusError(Exception):
    """Base of all failures of the bus."""


class NameTaken(BusError):
    """Another living member of the bus has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"another living member of the bus is named {name}")
        self.name = name


class PathTooLong(BusError):
    """A member's socket would have a longer path than a Unix address holds."""

    def __init__(self, path: str, bytes_max: int) -> None:
        super().__init__(f"socket path of {len(path.encode())} bytes, at most {bytes_max} fit: {path}")
        self.path = path


class RequestTimeout(BusError):
    """Nobody answered in time; the request may have been carried out all the same."""

    def __init__(self, topic: str, timeout_s: float) -> None:
        super().__init__(f"no answer on {topic} within {timeout_s} s")
        self.topic = topic


class RequestFailed(BusError):
    """The member that serves the topic answered that it failed; `reason` is `busy`, `failed`, or `stopped` here."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(f"request on {topic}: {reason}")
        self.topic = topic
        self.reason = reason
