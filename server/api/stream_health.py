"""Core: a stream's figures as its host reads them, and what in them calls for doing something.

A warning is told only when the figures say so: where nothing was measured yet (the first second of a publisher), no
figure is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from server.live.air import HeardAir

SETTLED_S: Final = 4.0
"""A publisher's figures are judged once it has been on air so long: three full seconds are measured."""

KEYFRAME_INTERVAL_S_MAX: Final = 4.0
"""A viewer who joins waits for a keyframe where the newest is not kept; on a slow line each skip costs so much."""

PART_AGE_MS_MAX: Final = 2_000
"""Parts are 0.2 s long: ten of them missing is a standstill."""

BITS_PER_PIXEL_MIN: Final = 0.02
"""H.264 below this falls into blocks with anything that moves: 280 kb/s for 640 × 360 × 30, 1.2 Mb/s for 1080p30."""

VIDEO_KBPS_MAX: Final = 6_000
"""More than a phone's line in the country carries; every viewer gets what the host sends."""

FPS_MIN: Final = 15.0
SOUND_KBPS_MIN: Final = 24


def stream_health(heard: HeardAir | None, now: datetime) -> dict[str, Any]:
    """The value of a `HealthView`."""
    view = _view(heard, now)
    if heard is not None and heard.air.on_air and heard.heard_at - heard.air.since_us / 1e6 >= SETTLED_S:
        view["warnings"] = list(_warnings(view, heard.air.health))
    return view


def _view(heard: HeardAir | None, now: datetime) -> dict[str, Any]:
    health = {} if heard is None else heard.air.health
    on_air = heard is not None and heard.air.on_air
    since = datetime.fromtimestamp(heard.air.since_us / 1e6, UTC) if heard is not None and on_air else None
    age_us = health.get("last_part_age_us")
    return {
        "on_air": on_air,
        "since": since,
        "uptime_s": 0 if since is None else max(0, int((now - since).total_seconds())),
        "measured_at": None if heard is None else datetime.fromtimestamp(heard.heard_at, UTC),
        "video": _video(health) if on_air and health.get("video_bps") else None,
        "sound": _sound(health) if on_air and health.get("audio_bps") else None,
        "last_part_age_ms": None if age_us is None else age_us // 1_000,
        "parts": health.get("parts", 0),
        "publisher_reconnects": max(0, health.get("publishers", 0) - 1),
        "rejected": health.get("rejected", 0),
        "warnings": [],
    }


def _video(health: dict[str, Any]) -> dict[str, Any]:
    return {
        "codec": health["video_codec"],
        "width": health["width"],
        "height": health["height"],
        "fps": health["fps"],
        "bitrate_kbps": round(health["video_bps"] / 1_000),
        "keyframe_interval_s": round(health["keyframe_interval_us"] / 1e6, 2),
    }


def _sound(health: dict[str, Any]) -> dict[str, Any]:
    return {
        "codec": health["audio_codec"],
        "sample_rate": health["sample_rate"],
        "channels": health["channels"],
        "bitrate_kbps": round(health["audio_bps"] / 1_000),
    }


def _warnings(view: dict[str, Any], health: dict[str, Any]) -> Iterator[str]:
    video, sound = view["video"], view["sound"]
    if view["last_part_age_ms"] is None or view["last_part_age_ms"] > PART_AGE_MS_MAX:
        yield "stalled"
    if video is None:
        yield "no_picture"
    else:
        if max(health["keyframe_interval_us"], health["keyframe_age_us"] or 0) > KEYFRAME_INTERVAL_S_MAX * 1e6:
            yield "keyframes_sparse"
        if video["fps"] < FPS_MIN:
            yield "frame_rate_low"
        if video["bitrate_kbps"] * 1_000 < BITS_PER_PIXEL_MIN * video["width"] * video["height"] * video["fps"]:
            yield "bitrate_low"
        if video["bitrate_kbps"] > VIDEO_KBPS_MAX:
            yield "bitrate_high"
    if sound is None:
        yield "no_sound"
    elif sound["bitrate_kbps"] < SOUND_KBPS_MIN:
        yield "sound_thin"
    if view["rejected"]:
        yield "messages_rejected"
