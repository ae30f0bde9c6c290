"""Edge: all that the HTTP API is given by the composition root, as one frozen value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from prometheus_client import REGISTRY, CollectorRegistry

from commerce.jobs.intake import Intake
from commerce.order.checkout import Checkout
from commerce.payment.providers import Provider
from media.photos.darkroom import Darkroom
from server.api.filtering import DecideText
from server.bus.contract import Bus
from server.bus.requests import Requests
from server.casework.restrictions import Restrictions
from server.database.database import Database
from server.live.air import HeardAir
from server.live.desk import RemoveComment
from server.lookout.clips import ClipFolder
from server.people.accounts import Accounts
from server.people.revocations import Revocations
from server.people.rooms import Rooms
from server.people.tokens import Tokens

Check = Callable[[], Awaitable[str | None]]
"""Looks at one thing this process needs; None when it is well, else one line on what is wrong."""

Retract = Callable[[str, list[str], str], Awaitable[None]]
"""(room_id, comment_ids, code): take recorded removals off every screen."""


@dataclass(frozen=True, slots=True)
class RoomLive:
    """What a room is at this moment, as its owner knows it."""

    on_air: bool
    viewers: int
    likes: int = 0


RoomsLive = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, RoomLive]]]
"""The present state of rooms; one that nobody knows of is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Commerce, as the API uses it."""

    checkout: Checkout
    intake: Intake
    provider: Provider
    webhook_secrets: Sequence[str]


AirOf = Callable[[UUID], HeardAir | None]
"""What the media worker last said of a room; None where it said nothing lately."""


def _nothing_heard(room_id: UUID) -> HeardAir | None:
    return None


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _no_peers() -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What one edge worker's API works with."""

    database: Database
    accounts: Accounts
    rooms: Rooms
    tokens: Tokens
    revocations: Revocations
    restrictions: Restrictions
    market: Market
    darkroom: Darkroom = field(default_factory=Darkroom)
    """Opens pictures that people send."""
    decide_text: DecideText
    rooms_live: RoomsLive
    air_of: AirOf = _nothing_heard
    remove_comment: RemoveComment
    """Records the removal of a line (the same the live edge's desk is given)."""
    retract: Retract
    """`Desk.retract`."""
    bus: Bus
    requests: Requests
    worker: str
    """This worker's name; its metrics are served to the others on the bus under it."""
    peers: Callable[[], Iterable[str]] = _no_peers
    """Names of the node's other members that serve metrics."""
    clips: ClipFolder | None = None
    """Clips of moments that this node filmed; None: it keeps none."""
    web_root: Path
    """server/web."""
    data_key: bytes
    """Seals personal fields (commerce/sealing.py)."""
    checks: Mapping[str, Check] = field(default_factory=dict)
    """What /readyz looks at, by name."""
    trusted_proxies: Sequence[str] = ()
    rtmp_port: int = 1935
    """Where hosts send to."""
    """JISHI_TRUSTED_PROXIES."""
    registry: CollectorRegistry = REGISTRY
    now: Callable[[], datetime] = _utc_now
