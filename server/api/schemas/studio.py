"""Core: the host's studio, as the API takes and shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from server.api.schemas.rooms import RoomView


class MyRoomView(RoomView, frozen=True, kw_only=True):
    """A room, for its host."""

    state: Literal["open", "closed"]
    org_id: UUID
    publish_url: str
    """Where encoders publish to, without the key."""


class MyRoomList(Struct, frozen=True):
    rooms: list[MyRoomView]


class VideoHealth(Struct, frozen=True):
    """The picture as it arrives."""

    codec: str
    """RFC 6381."""
    width: int
    height: int
    fps: float
    """Over the last full seconds."""
    bitrate_kbps: int
    keyframe_interval_s: float
    """Between the last two keyframes; 0 before the second."""


class SoundHealth(Struct, frozen=True):
    """The sound as it arrives."""

    codec: str
    sample_rate: int
    channels: int
    bitrate_kbps: int


class HealthView(Struct, frozen=True):
    """How a room's stream does; docs/operations.md says what each warning means and what helps."""

    on_air: bool
    since: datetime | None
    """Since when this publisher is on air."""
    uptime_s: int
    measured_at: datetime | None
    """When the figures were taken: about every two seconds. None: nothing is known of a stream."""
    video: VideoHealth | None
    sound: SoundHealth | None
    last_part_age_ms: int | None
    """When measured, how long ago the newest piece had left for the viewers."""
    parts: int
    """Pieces sent to viewers since the media worker first saw this room."""
    publisher_reconnects: int
    """How often another connection went on air after the first, in that time."""
    rejected: int
    """Messages of this publisher that could not be used."""
    warnings: list[str]
    """Codes, most pressing first."""
