"""Core: what can fail in the world around the server, one base and a leaf for each thing that happened.

    ServerError
    ├── ConfigError            the environment is wrong; every fault at once
    ├── NodeError              the node can't start or go on
    │   ├── BinaryMissing      an engine's program isn't on this machine
    │   ├── DataFolderInUse    another node holds the data folder
    │   ├── PortInUse          somebody else listens there
    │   ├── EngineFailed       an embedded engine can't be set up or reached
    │   └── ChildFailed        a child keeps dying, or was never ready
    └── DatabaseError
        ├── DatabaseUnavailable  the link to PostgreSQL is lost, refused or not to be had in time
        └── MigrationError       the schema can't be brought to what this version needs

Bugs are asserts and refusals are values: neither is here.
"""

from __future__ import annotations

from collections.abc import Sequence


class ServerError(Exception):
    """Base of everything here; its text is one line that a person can act on."""


class ConfigError(ServerError):
    """The environment has faults. `faults` lists them all, one line each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class NodeError(ServerError):
    """The node can't start or go on."""


class BinaryMissing(NodeError):
    """An engine's program isn't on this machine."""


class DataFolderInUse(NodeError):
    """Another node holds the data folder."""


class PortInUse(NodeError):
    """Somebody else listens on a port that the node needs."""


class EngineFailed(NodeError):
    """An embedded engine can't be set up or reached."""


class ChildFailed(NodeError):
    """The child `name` keeps dying or was never ready; `reason` is the last thing known of it."""

    def __init__(self, name: str, reason: str, exit_code: int | None = None) -> None:
        self.name = name
        self.reason = reason
        self.exit_code = exit_code
        super().__init__(f"{name}: {reason}")


class DatabaseError(ServerError):
    """PostgreSQL can't do what was asked for a reason that lies outside the request."""


class DatabaseUnavailable(DatabaseError):
    """The link to PostgreSQL is lost, refused or not to be had in time.

    `outcome_unknown` is true when the link broke during COMMIT: the transaction may or may not have happened, and only
    a look-up by its idempotency key can tell. It is never run again blindly.
    """

    def __init__(self, reason: str, *, outcome_unknown: bool = False) -> None:
        self.reason = reason
        self.outcome_unknown = outcome_unknown
        super().__init__(f"the database is unavailable: {reason}")


class MigrationError(DatabaseError):
    """The schema can't be brought to what this version of the program needs."""
