"""Core: the AudioSpecificConfig of an AAC sequence header: codec string, rate, channels, frame length.

The bytes go into the fMP4 esds unchanged. Object types taken are AAC-LC and its SBR and PS extensions (HE-AAC), which
are what encoders send and browsers play.

Source: ISO/IEC 14496-3, 1.6.2.1 and 4.4.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.bits import BitReader
from media.errors import MalformedMedia
from media.flv import AUDIO_SUPPORTED, Unsupported

ASC_BYTES_MAX = 64
SAMPLE_RATE_HZ_MIN = 7_350
SAMPLE_RATE_HZ_MAX = 96_000

_RATES_HZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_CHANNELS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8}
_OBJECT_LC = 2
_OBJECT_SBR = 5
_OBJECT_PS = 29
_RATE_EXPLICIT = 15


@dataclass(frozen=True, slots=True)
class AacConfig:
    """A validated AudioSpecificConfig."""

    asc: bytes
    codec: str
    sample_rate: int
    """Of the core coder: what `frame_samples` counts in."""
    channels: int
    frame_samples: int


def parse_asc(asc: bytes) -> AacConfig | Unsupported:
    """Validate a configuration; an object type or channel layout that is not taken comes back as `Unsupported`.

    Raises: MalformedMedia.
    """
    if not 2 <= len(asc) <= ASC_BYTES_MAX:
        raise MalformedMedia("AudioSpecificConfig", f"{len(asc)} bytes")
    reader = BitReader(asc, "AudioSpecificConfig")
    object_type = _take_object_type(reader)
    if object_type not in (_OBJECT_LC, _OBJECT_SBR, _OBJECT_PS):
        return Unsupported("audio", f"AAC object type {object_type}", f"{AUDIO_SUPPORTED}-LC or HE-AAC")
    sample_rate = _take_rate(reader)
    layout = reader.take(4)
    if layout not in _CHANNELS:
        return Unsupported("audio", f"AAC channel layout {layout}", "a standard channel layout")
    core_type = object_type
    if object_type != _OBJECT_LC:
        _take_rate(reader)
        core_type = _take_object_type(reader)
    if core_type != _OBJECT_LC:
        return Unsupported("audio", f"AAC core object type {core_type}", f"{AUDIO_SUPPORTED}-LC or HE-AAC")
    short_frame = reader.take(1)
    return AacConfig(
        asc=bytes(asc),
        codec=f"mp4a.40.{object_type}",
        sample_rate=sample_rate,
        channels=_CHANNELS[layout],
        frame_samples=960 if short_frame else 1024,
    )


def _take_object_type(reader: BitReader) -> int:
    object_type = reader.take(5)
    return 32 + reader.take(6) if object_type == 31 else object_type


def _take_rate(reader: BitReader) -> int:
    index = reader.take(4)
    if index == _RATE_EXPLICIT:
        rate = reader.take(24)
    elif index < len(_RATES_HZ):
        rate = _RATES_HZ[index]
    else:
        raise MalformedMedia("AudioSpecificConfig", f"sampling frequency index {index}")
    if not SAMPLE_RATE_HZ_MIN <= rate <= SAMPLE_RATE_HZ_MAX:
        raise MalformedMedia("AudioSpecificConfig", f"{rate} Hz")
    return rate
