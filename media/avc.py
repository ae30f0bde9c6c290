"""Core: H.264 configuration records and access units, as far as packaging needs to understand them.

The record (avcC) of an RTMP sequence header goes into the fMP4 sample entry unchanged; its SPS gives the picture's
size and the RFC 6381 codec string. A frame's NAL unit types say whether it is a keyframe: browsers believe the NAL
units over the container, so only an IDR picture counts, whatever the publisher's flag claims.

Sources: ISO/IEC 14496-15, 5.3.3.1 (avcC) and 5.3.2 (samples); ITU-T H.264, 7.3.1, 7.3.2.1.1 and annex E.1.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from media.bits import BitReader
from media.errors import MalformedMedia

AVCC_BYTES_MAX = 16 * 1024
SPS_BYTES_MAX = 1024
SIDE_PIXELS_MAX = 8192
NAL_UNITS_MAX = 512
"""Per access unit; one slice per macroblock row of a large picture is far below."""

_NAL_IDR = 5
_NAL_SPS = 7
_NAL_PPS = 8
_NAL_VCL = (1, 2, 3, 4, 5)
_PROFILES_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_EMULATION_PREVENTION = re.compile(rb"\x00\x00\x03")


@dataclass(frozen=True, slots=True)
class Sps:
    """What packaging needs of a sequence parameter set."""

    profile: int
    constraints: int
    level: int
    width: int
    height: int
    frame_interval_us: int
    """From the VUI's timing; 0 when it isn't there."""


@dataclass(frozen=True, slots=True)
class AvcConfig:
    """A validated AVCDecoderConfigurationRecord."""

    avcc: bytes
    nal_length_bytes: int
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    codec: str
    width: int
    height: int
    frame_interval_us: int


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """What the NAL units of one frame say."""

    keyframe: bool
    """It holds an IDR slice."""
    picture: bool
    """It holds any slice at all."""
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    """Parameter sets repeated in band."""


def parse_avcc(avcc: bytes) -> AvcConfig:
    """Validate a configuration record.

    Raises: MalformedMedia.
    """
    if not 7 <= len(avcc) <= AVCC_BYTES_MAX:
        raise MalformedMedia("avcC", f"{len(avcc)} bytes")
    if avcc[0] != 1:
        raise MalformedMedia("avcC", f"version {avcc[0]}")
    nal_length_bytes = (avcc[4] & 0x03) + 1
    if nal_length_bytes == 3:
        raise MalformedMedia("avcC", "NAL lengths of 3 bytes")
    sps, at = _take_sets(avcc, 6, avcc[5] & 0x1F, _NAL_SPS)
    if at >= len(avcc):
        raise MalformedMedia("avcC", "ends before its PPS count")
    pps, _ = _take_sets(avcc, at + 1, avcc[at], _NAL_PPS)
    if not sps or not pps:
        raise MalformedMedia("avcC", "no SPS or no PPS")
    first = parse_sps(sps[0])
    return AvcConfig(
        avcc=bytes(avcc),
        nal_length_bytes=nal_length_bytes,
        sps=sps,
        pps=pps,
        codec=f"avc1.{avcc[1]:02x}{avcc[2]:02x}{avcc[3]:02x}",
        width=first.width,
        height=first.height,
        frame_interval_us=first.frame_interval_us,
    )


def _take_sets(avcc: bytes, at: int, count: int, nal_type: int) -> tuple[tuple[bytes, ...], int]:
    sets = []
    for _ in range(count):
        end = at + 2 + int.from_bytes(avcc[at : at + 2], "big")
        nal = avcc[at + 2 : end]
        if end > len(avcc) or not nal or nal[0] & 0x1F != nal_type:
            raise MalformedMedia("avcC", f"parameter set of NAL type {nal_type} is broken")
        sets.append(nal)
        at = end
    return tuple(sets), at


def with_parameter_sets(config: AvcConfig, sps: tuple[bytes, ...], pps: tuple[bytes, ...]) -> AvcConfig:
    """The configuration that in-band parameter sets amount to, or `config` itself if they say nothing new.

    Raises: MalformedMedia.
    """
    new_sps, new_pps = sps or config.sps, pps or config.pps
    if set(new_sps) <= set(config.sps) and set(new_pps) <= set(config.pps):
        return config
    if min(map(len, new_sps)) < 4 or len(new_sps) > 31 or len(new_pps) > 255:
        raise MalformedMedia("in-band parameter sets", f"{len(new_sps)} SPS, {len(new_pps)} PPS")
    record = bytearray((1, *new_sps[0][1:4], 0xFC | config.nal_length_bytes - 1, 0xE0 | len(new_sps)))
    for nal in new_sps:
        record += len(nal).to_bytes(2, "big") + nal
    record.append(len(new_pps))
    for nal in new_pps:
        if len(nal) > SPS_BYTES_MAX:
            raise MalformedMedia("PPS", f"{len(nal)} bytes")
        record += len(nal).to_bytes(2, "big") + nal
    profile = new_sps[0][1]
    if profile in _PROFILES_WITH_CHROMA:
        reader = BitReader(_unescape(new_sps[0]), "SPS")
        reader.take(32)
        reader.take_ue()
        chroma, luma_depth, chroma_depth = reader.take_ue(), reader.take_ue(), reader.take_ue()
        record += bytes((0xFC | chroma & 3, 0xF8 | luma_depth & 7, 0xF8 | chroma_depth & 7, 0))
    return parse_avcc(bytes(record))


def parse_sps(nal: bytes) -> Sps:
    """Read a sequence parameter set, with its NAL header byte and its emulation prevention bytes.

    Raises: MalformedMedia, also for a picture larger than SIDE_PIXELS_MAX.
    """
    if not 4 <= len(nal) <= SPS_BYTES_MAX:
        raise MalformedMedia("SPS", f"{len(nal)} bytes")
    reader = BitReader(_unescape(nal), "SPS")
    reader.take(8)
    profile, constraints, level = reader.take(8), reader.take(8), reader.take(8)
    reader.take_ue()
    chroma_format = 1
    if profile in _PROFILES_WITH_CHROMA:
        chroma_format = _skip_chroma(reader)
    reader.take_ue()
    _skip_picture_order(reader)
    reader.take_ue()
    reader.take(1)
    width_mbs, height_units = reader.take_ue() + 1, reader.take_ue() + 1
    frame_mbs_only = reader.take(1)
    if not frame_mbs_only:
        reader.take(1)
    reader.take(1)
    crop_x, crop_y = _take_crop(reader, chroma_format, frame_mbs_only)
    width = width_mbs * 16 - crop_x
    height = height_units * 16 * (2 - frame_mbs_only) - crop_y
    if not (0 < width <= SIDE_PIXELS_MAX and 0 < height <= SIDE_PIXELS_MAX):
        raise MalformedMedia("SPS", f"picture of {width}x{height}")
    return Sps(profile, constraints, level, width, height, _take_frame_interval_us(reader))


def _unescape(nal: bytes) -> bytes:
    return _EMULATION_PREVENTION.sub(b"\x00\x00", nal)


def _skip_chroma(reader: BitReader) -> int:
    """Skip the fields that only high profiles have; the chroma format, with separate planes counted as 0."""
    chroma_format = reader.take_ue()
    if chroma_format > 3:
        raise MalformedMedia("SPS", f"chroma format {chroma_format}")
    separate_planes = reader.take(1) if chroma_format == 3 else 0
    reader.take_ue()
    reader.take_ue()
    reader.take(1)
    if reader.take(1):
        for index in range(12 if chroma_format == 3 else 8):
            if reader.take(1):
                _skip_scaling_list(reader, 16 if index < 6 else 64)
    return 0 if separate_planes else chroma_format


def _skip_scaling_list(reader: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + reader.take_se()) % 256
        last = following or last


def _skip_picture_order(reader: BitReader) -> None:
    kind = reader.take_ue()
    if kind == 0:
        reader.take_ue()
    elif kind == 1:
        reader.take(1)
        reader.take_se()
        reader.take_se()
        for _ in range(min(reader.take_ue(), 256)):
            reader.take_se()
    elif kind > 2:
        raise MalformedMedia("SPS", f"picture order count type {kind}")


def _take_crop(reader: BitReader, chroma_format: int, frame_mbs_only: int) -> tuple[int, int]:
    """Pixels cut off the width and the height. Source: H.264, equations 7-19 to 7-22."""
    if not reader.take(1):
        return 0, 0
    left, right, top, bottom = (reader.take_ue() for _ in range(4))
    unit_x = 2 if chroma_format in (1, 2) else 1
    unit_y = (2 if chroma_format == 1 else 1) * (2 - frame_mbs_only)
    return (left + right) * unit_x, (top + bottom) * unit_y


def _take_frame_interval_us(reader: BitReader) -> int:
    """Skip through the VUI to its timing; 0 when it is absent, cut short or absurd: it is only a hint."""
    try:
        if not reader.take(1):
            return 0
        if reader.take(1) and reader.take(8) == 255:
            reader.take(32)
        if reader.take(1):
            reader.take(1)
        if reader.take(1):
            reader.take(4)
            if reader.take(1):
                reader.take(24)
        if reader.take(1):
            reader.take_ue()
            reader.take_ue()
        if not reader.take(1):
            return 0
        units, scale = reader.take(32), reader.take(32)
    except MalformedMedia:
        return 0
    # time_scale counts fields: two to a frame.
    interval_us = 2_000_000 * units // scale if scale else 0
    return interval_us if 1_000 <= interval_us <= 1_000_000 else 0


def scan_access_unit(data: bytes, nal_length_bytes: int) -> AccessUnit:
    """Walk over the NAL units of a length-prefixed frame.

    Raises: MalformedMedia when the lengths don't add up to the frame.
    """
    keyframe = picture = False
    sps: list[bytes] = []
    pps: list[bytes] = []
    at, end, units = 0, len(data), 0
    while at < end:
        body = at + nal_length_bytes
        at = body + int.from_bytes(data[at:body], "big")
        units += 1
        if at > end or at == body or units > NAL_UNITS_MAX:
            raise MalformedMedia("H.264 frame", "NAL unit lengths don't fit the frame (Annex B start codes?)")
        nal_type = data[body] & 0x1F
        if nal_type in _NAL_VCL:
            picture = True
            keyframe = keyframe or nal_type == _NAL_IDR
        elif nal_type == _NAL_SPS:
            sps.append(data[body:at])
        elif nal_type == _NAL_PPS:
            pps.append(data[body:at])
    return AccessUnit(keyframe, picture, tuple(sps), tuple(pps))
