"""Core: how a simpay is set up, and which of its charges misbehave how."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

SETTLE_MS_DEFAULT: Final = 300
RETRY_MS_DEFAULT: Final = (200, 500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000)
"""The waits before a notification that was not taken is sent again; the last one repeats."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How often, of all charges, each thing happens: 0 never, 1 always."""

    decline: float = 0.0
    """The charge fails."""
    slow: float = 0.0
    """It takes `slow_ms` longer."""
    late_after_close: float = 0.0
    """It is taken after all, `late_ms` after simpay said that it is closed."""
    duplicate: float = 0.0
    """Its notification comes twice, and once more under another id."""
    reorder: float = 0.0
    """That it is pending is told after how it ended."""
    lost: float = 0.0
    """How it ended is never told."""
    forge: float = 0.0
    """Somebody without the secret says first that it succeeded."""

    def strikes(self, fault: str, seed: int, charge_id: str) -> bool:
        """Whether `fault` happens to this charge: the same for the same seed, whatever else goes on."""
        drawn = hashlib.sha256(f"{seed}/{fault}/{charge_id}".encode()).digest()
        rate: float = getattr(self, fault)
        return int.from_bytes(drawn[:8], "big") < rate * 2**64


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a simpay is told, as JSON on its standard input."""

    api_key: str
    webhook_secret: str
    webhook_url: str
    data_file: str
    """Its SQLite database: what survives `kill -9`."""
    host: str = "127.0.0.1"
    port: int = 0
    """0: any free one, told when ready."""
    socket: str | None = None
    """Path of a Unix socket to listen on instead of the port."""
    seed: int = 0
    settle_ms: int = SETTLE_MS_DEFAULT
    """From a charge to its end."""
    slow_ms: int = 3_000
    late_ms: int = 1_000
    retry_ms: tuple[int, ...] = RETRY_MS_DEFAULT
    faults: Faults = field(default_factory=Faults)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises: ValueError naming what is unknown or missing."""
        known = {item.name for item in fields(cls)}
        if unknown := set(value) - known:
            raise ValueError(f"simpay knows no setting {', '.join(sorted(unknown))}")
        given = dict(value)
        try:
            given["faults"] = Faults(**value.get("faults", {}))
            given["retry_ms"] = tuple(value.get("retry_ms", RETRY_MS_DEFAULT))
            return cls(**given)
        except TypeError as fault:
            raise ValueError(str(fault)) from None

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        value = {item.name: getattr(self, item.name) for item in fields(self)}
        value["faults"] = {item.name: getattr(self.faults, item.name) for item in fields(self.faults)}
        return value | {"retry_ms": list(self.retry_ms)}
