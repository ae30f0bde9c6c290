"""Core: the payloads of RTMP audio (type 8) and video (type 9) messages, which are FLV tag bodies.

AVC and AAC are read in both spellings: the classic four-bit codec ids and Enhanced RTMP's FourCC header. Anything else
comes back as `Unsupported`, a value, because the answer to it is a sentence for the host and not a failure.

Sources: Adobe Flash Video File Format 10.1, annex E.4; Enhanced RTMP v2, "Enhanced audio" and "Enhanced video".
"""

from __future__ import annotations

from dataclasses import dataclass

from media.errors import MalformedMedia
from media.part import Track

VIDEO_SUPPORTED = "H.264 (AVC)"
AUDIO_SUPPORTED = "AAC"

_VIDEO_CODECS = {
    2: "Sorenson H.263",
    3: "Screen video",
    4: "VP6",
    5: "VP6 with alpha",
    6: "Screen video 2",
    7: "H.264",
    12: "H.265 (HEVC)",
    13: "AV1",
}
_AUDIO_CODECS = {
    0: "PCM",
    1: "ADPCM",
    2: "MP3",
    3: "PCM little-endian",
    4: "Nellymoser 16 kHz",
    5: "Nellymoser 8 kHz",
    6: "Nellymoser",
    7: "G.711 A-law",
    8: "G.711 mu-law",
    10: "AAC",
    11: "Speex",
    13: "Opus",
    14: "MP3 8 kHz",
}
_CODEC_AVC = 7
_CODEC_AAC = 10
_AUDIO_EXTENDED = 9
_VIDEO_EXTENDED_BIT = 0x80
_FRAME_KEY = 1
_FRAME_COMMAND = 5


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """An AVC sequence header."""

    avcc: bytes
    """AVCDecoderConfigurationRecord."""


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One access unit."""

    keyframe: bool
    """What the tag claims; the NAL units decide."""
    composition_ms: int
    """Presentation minus decode time."""
    data: bytes
    """Length-prefixed NAL units."""


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """An AAC sequence header."""

    asc: bytes
    """AudioSpecificConfig."""


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """One raw AAC frame."""

    data: bytes


@dataclass(frozen=True, slots=True)
class EndOfSequence:
    """The encoder says that its stream ends here."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that carries no media: empty, a player command, or metadata."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A codec or packaging that the server doesn't take."""

    track: Track
    sent: str
    supported: str


VideoMessage = VideoConfig | VideoFrame | EndOfSequence | Ignored | Unsupported
AudioMessage = AudioConfig | AudioFrame | EndOfSequence | Ignored | Unsupported


def parse_video(payload: bytes) -> VideoMessage:
    """Read the payload of a type 9 message.

    Raises: MalformedMedia when it is shorter than its header says.
    """
    if not payload:
        return Ignored()
    if payload[0] & _VIDEO_EXTENDED_BIT:
        return _parse_extended_video(payload)
    frame_type, codec = payload[0] >> 4, payload[0] & 0x0F
    if frame_type == _FRAME_COMMAND:
        return Ignored()
    if codec != _CODEC_AVC:
        return Unsupported("video", _VIDEO_CODECS.get(codec, f"video codec {codec}"), VIDEO_SUPPORTED)
    if len(payload) < 5:
        raise MalformedMedia("AVC video tag", f"{len(payload)} bytes, needs at least 5")
    match payload[1]:
        case 0:
            return VideoConfig(payload[5:])
        case 1:
            return VideoFrame(frame_type == _FRAME_KEY, _int24(payload, 2), payload[5:])
        case 2:
            return EndOfSequence()
        case other:
            raise MalformedMedia("AVC video tag", f"packet type {other}")


def _parse_extended_video(payload: bytes) -> VideoMessage:
    frame_type, packet_type = payload[0] >> 4 & 0x07, payload[0] & 0x0F
    if frame_type == _FRAME_COMMAND:
        return Ignored()
    if len(payload) < 5:
        raise MalformedMedia("enhanced video tag", f"{len(payload)} bytes, needs at least 5")
    if packet_type in (6, 7):
        return Unsupported("video", "Enhanced RTMP multitrack or extension", VIDEO_SUPPORTED)
    fourcc = payload[1:5]
    if fourcc != b"avc1":
        return Unsupported("video", _printable(fourcc), VIDEO_SUPPORTED)
    keyframe = frame_type == _FRAME_KEY
    match packet_type:
        case 0:
            return VideoConfig(payload[5:])
        case 1:
            if len(payload) < 8:
                raise MalformedMedia("enhanced video tag", f"{len(payload)} bytes, needs at least 8")
            return VideoFrame(keyframe, _int24(payload, 5), payload[8:])
        case 2:
            return EndOfSequence()
        case 3:
            return VideoFrame(keyframe, 0, payload[5:])
        case 4:
            return Ignored()
        case other:
            raise MalformedMedia("enhanced video tag", f"packet type {other}")


def parse_audio(payload: bytes) -> AudioMessage:
    """Read the payload of a type 8 message.

    Raises: MalformedMedia when it is shorter than its header says.
    """
    if not payload:
        return Ignored()
    codec = payload[0] >> 4
    if codec == _AUDIO_EXTENDED:
        return _parse_extended_audio(payload)
    if codec != _CODEC_AAC:
        return Unsupported("audio", _AUDIO_CODECS.get(codec, f"audio codec {codec}"), AUDIO_SUPPORTED)
    if len(payload) < 2:
        raise MalformedMedia("AAC audio tag", "1 byte, needs at least 2")
    match payload[1]:
        case 0:
            return AudioConfig(payload[2:])
        case 1:
            return AudioFrame(payload[2:]) if len(payload) > 2 else Ignored()
        case other:
            raise MalformedMedia("AAC audio tag", f"packet type {other}")


def _parse_extended_audio(payload: bytes) -> AudioMessage:
    packet_type = payload[0] & 0x0F
    if len(payload) < 5:
        raise MalformedMedia("enhanced audio tag", f"{len(payload)} bytes, needs at least 5")
    if packet_type in (5, 7):
        return Unsupported("audio", "Enhanced RTMP multitrack or extension", AUDIO_SUPPORTED)
    fourcc = payload[1:5]
    if fourcc != b"mp4a":
        return Unsupported("audio", _printable(fourcc), AUDIO_SUPPORTED)
    match packet_type:
        case 0:
            return AudioConfig(payload[5:])
        case 1:
            return AudioFrame(payload[5:]) if len(payload) > 5 else Ignored()
        case 2:
            return EndOfSequence()
        case 4:
            return Ignored()
        case other:
            raise MalformedMedia("enhanced audio tag", f"packet type {other}")


def _int24(payload: bytes, at: int) -> int:
    return int.from_bytes(payload[at : at + 3], "big", signed=True)


def _printable(fourcc: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in fourcc)
