"""Core: the fMP4 writer: one initialisation segment per track, one moof+mdat per part.

Times: `tfdt` (version 1, 64 bits) is the decode time on the room's timeline in the track's timescale. B-frames: `trun`
is always version 1, whose composition offsets are signed (presentation minus decode time), for the whole life of every
stream. Decode times are therefore never shifted below zero by reordering, which is what makes browsers refuse
fragments, and a publisher that sends negative offsets needs no other kind of box. The two tracks are separate files in
the sense of ISO BMFF: each has its own init, feeding its own SourceBuffer.

Source: ISO/IEC 14496-12, 8.3 to 8.8; 14496-14, 5.6 (esds); 14496-15, 5.4.2 (avc1); 14496-1, 7.2.6 (descriptors).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

VIDEO_TIMESCALE_HZ = 90_000
"""Divides whole milliseconds and all usual frame rates."""
VIDEO_TRACK_ID = 1
AUDIO_TRACK_ID = 2

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_SYNC_FLAGS = 0x02000000
"""sample_depends_on = 2: on no other."""
_NON_SYNC_FLAGS = 0x01010000
"""sample_depends_on = 1: on others; sample_is_non_sync_sample."""
_TFHD_DEFAULT_BASE_IS_MOOF = 0x020000
_TFHD_DURATION_AND_FLAGS = 0x28
_TRUN_VIDEO = 0x000F01
"""Data offset; per sample: duration, size, flags, composition offset."""
_TRUN_AUDIO = 0x000201
"""Data offset; per sample: size."""
_MFHD_BYTES = 16
_TFDT_BYTES = 20


@dataclass(frozen=True, slots=True)
class VideoSample:
    """One access unit, times in ticks of VIDEO_TIMESCALE_HZ."""

    data: bytes
    duration_ticks: int
    composition_ticks: int
    """Presentation minus decode time; may be negative."""
    keyframe: bool


def box(kind: bytes, *content: bytes) -> bytes:
    """A box: size, type, content."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def video_init(avcc: bytes, width: int, height: int) -> bytes:
    """ftyp+moov of an H.264 track; `avcc` is the AVCDecoderConfigurationRecord."""
    entry = box(
        b"avc1",
        struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1),
        box(b"avcC", avcc),
    )
    header = full_box(b"vmhd", 0, 1, bytes(8))
    track = _track(VIDEO_TRACK_ID, VIDEO_TIMESCALE_HZ, b"vide", header, entry, width=width, height=height)
    return _file(VIDEO_TRACK_ID, track)


def audio_init(asc: bytes, sample_rate: int, channels: int) -> bytes:
    """ftyp+moov of an AAC track whose timescale is `sample_rate`; `asc` is the AudioSpecificConfig."""
    # The 16.16 field holds rates below 65,536 Hz; decoders take higher ones from the esds.
    rate_field = sample_rate if sample_rate < 0x10000 else 0
    entry = box(
        b"mp4a",
        struct.pack(">6xH8xHHIHH", 1, channels, 16, 0, rate_field, 0),
        full_box(b"esds", 0, 0, _es_descriptor(asc)),
    )
    header = full_box(b"smhd", 0, 0, bytes(4))
    track = _track(AUDIO_TRACK_ID, sample_rate, b"soun", header, entry, width=0, height=0)
    return _file(AUDIO_TRACK_ID, track)


def _es_descriptor(asc: bytes) -> bytes:
    specific = _descriptor(0x05, asc)
    # 0x40: MPEG-4 audio; 0x15: an audio stream; buffer size and bit rates unknown.
    decoder = _descriptor(0x04, bytes((0x40, 0x15)) + bytes(11) + specific)
    return _descriptor(0x03, bytes(3) + decoder + _descriptor(0x06, b"\x02"))


def _descriptor(tag: int, content: bytes) -> bytes:
    length = len(content)
    return (
        bytes((tag, 0x80 | length >> 21 & 0x7F, 0x80 | length >> 14 & 0x7F, 0x80 | length >> 7 & 0x7F, length & 0x7F))
        + content
    )


def _file(track_id: int, track: bytes) -> bytes:
    header = struct.pack(">IIIIIH10x", 0, 0, 1_000, 0, 0x10000, 0x0100) + _MATRIX + struct.pack(">24xI", track_id + 1)
    extends = box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">5I", track_id, 1, 0, 0, 0)))
    return box(b"ftyp", b"iso6", bytes(4), b"iso5iso6mp41") + box(
        b"moov", full_box(b"mvhd", 0, 0, header), track, extends
    )


def _track(
    track_id: int, timescale_hz: int, handler: bytes, media_header: bytes, entry: bytes, *, width: int, height: int
) -> bytes:
    volume = 0x0100 if handler == b"soun" else 0
    track_header = struct.pack(">III4xI8xhhH2x", 0, 0, track_id, 0, 0, 0, volume) + _MATRIX
    track_header += struct.pack(">II", width << 16, height << 16)
    media = struct.pack(">IIIIHH", 0, 0, timescale_hz, 0, 0x55C4, 0)  # language "und"
    sample_table = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    references = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    return box(
        b"trak",
        full_box(b"tkhd", 0, 7, track_header),
        box(
            b"mdia",
            full_box(b"mdhd", 0, 0, media),
            full_box(b"hdlr", 0, 0, struct.pack(">4x4s12x", handler), b"jishi\x00"),
            box(b"minf", media_header, references, sample_table),
        ),
    )


def video_part(sequence: int, decode_ticks: int, samples: Sequence[VideoSample]) -> bytes:
    """moof+mdat of video samples in decode order, the first at `decode_ticks`."""
    entries = b"".join(
        struct.pack(
            ">IIIi",
            sample.duration_ticks,
            len(sample.data),
            _SYNC_FLAGS if sample.keyframe else _NON_SYNC_FLAGS,
            sample.composition_ticks,
        )
        for sample in samples
    )
    track_header = full_box(b"tfhd", 0, _TFHD_DEFAULT_BASE_IS_MOOF, struct.pack(">I", VIDEO_TRACK_ID))
    payload = [sample.data for sample in samples]
    return _fragment(sequence, decode_ticks, track_header, _TRUN_VIDEO, len(samples), entries, payload)


def audio_part(sequence: int, decode_ticks: int, frame_samples: int, frames: Sequence[bytes]) -> bytes:
    """moof+mdat of AAC frames of `frame_samples` each, the first at `decode_ticks` (ticks of the sample rate)."""
    entries = struct.pack(f">{len(frames)}I", *map(len, frames))
    track_header = full_box(
        b"tfhd",
        0,
        _TFHD_DEFAULT_BASE_IS_MOOF | _TFHD_DURATION_AND_FLAGS,
        struct.pack(">III", AUDIO_TRACK_ID, frame_samples, _SYNC_FLAGS),
    )
    return _fragment(sequence, decode_ticks, track_header, _TRUN_AUDIO, len(frames), entries, frames)


def _fragment(
    sequence: int,
    decode_ticks: int,
    track_header: bytes,
    run_flags: int,
    count: int,
    entries: bytes,
    payload: Sequence[bytes],
) -> bytes:
    run_bytes = 20 + len(entries)
    moof_bytes = 8 + _MFHD_BYTES + 8 + len(track_header) + _TFDT_BYTES + run_bytes
    return b"".join(
        (
            struct.pack(">I4s", moof_bytes, b"moof"),
            struct.pack(">I4sII", _MFHD_BYTES, b"mfhd", 0, sequence & 0xFFFFFFFF),
            struct.pack(">I4s", moof_bytes - 8 - _MFHD_BYTES, b"traf"),
            track_header,
            struct.pack(">I4sIQ", _TFDT_BYTES, b"tfdt", 1 << 24, decode_ticks),
            struct.pack(">I4sIII", run_bytes, b"trun", 1 << 24 | run_flags, count, moof_bytes + 8),
            entries,
            struct.pack(">I4s", 8 + sum(map(len, payload)), b"mdat"),
            *payload,
        )
    )
