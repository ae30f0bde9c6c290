"""Core: what ingest hands to everything that sends video: codec configurations and parts of a track.

A part is one moof+mdat of one track. Its `data` is one immutable bytes object that WebSocket, HLS and recording all
send as it is. An `Init` belongs to all later parts of its track that carry its `init_id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Track = Literal["audio", "video"]

INIT_ID_BITS = 48


@dataclass(frozen=True, slots=True)
class Init:
    """One track's codec configuration, as an fMP4 initialisation segment."""

    init_id: int
    """New for each codec change of its track, unique within the room's life; below 2^48."""
    rendition: str
    track: Track
    codec: str
    """RFC 6381, e.g. "avc1.64001f" or "mp4a.40.2"."""
    width: int
    height: int
    """Pixels as displayed; 0 for audio."""
    sample_rate: int
    channels: int
    """0 for video."""
    data: bytes
    """ftyp+moov."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some hundred milliseconds of one track, in decode order, beginning with a keyframe or holding none."""

    init_id: int
    rendition: str
    track: Track
    sequence: int
    """One more than the part before it of the same track; the first is the caller's choice."""
    keyframe: bool
    """Whether it begins with a keyframe; true for all audio."""
    pts_us: int
    """Presentation time of its first sample (in decode order) on the room's timeline."""
    duration_us: int
    """Sum of its samples' durations. The next part's decode time is this part's end."""
    wall_us: int
    """Unix time in microseconds at which its first sample was received."""
    data: bytes
    """moof+mdat."""


RejectionCode = Literal[
    "codec_unsupported",
    "message_malformed",
    "sample_too_large",
    "frame_before_configuration",
    "frame_before_keyframe",
    "keyframes_too_rare",
    "configuration_changes_too_often",
]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something the publisher sent was left out; `reason` is fit to be shown to the host."""

    code: RejectionCode
    track: Track
    sent: str
    """What came, e.g. "VP6" or "sample of 9000000 bytes"."""
    supported: str
    """What is taken instead, e.g. "H.264 (AVC)"; may be empty."""
    fatal: bool
    """Whether going on is pointless: the publisher should be refused with this reason."""

    @property
    def reason(self) -> str:
        advice = f"; supported: {self.supported}" if self.supported else ""
        return f"{self.track}: {self.code.replace('_', ' ')}: {self.sent}{advice}"
