"""Media for tests: FLV made by a real ffmpeg, its tags, hand-made H.264 and AAC messages, and an fMP4 part reader."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import imageio_ffmpeg

from media.part import Init, Part, Rejected
from media.stream import MessageKind, Stream

START_US = 1_700_000_000_000_000
TAG_KINDS: dict[int, MessageKind] = {8: "audio", 9: "video", 18: "data"}

# As x264 writes them: Constrained Baseline, the timing in the VUI 25 frames a second.
SPS_640X360 = bytes.fromhex("6742c01eda0280bfe584000003000400000300c83c58ba80")
SPS_1920X1080 = bytes.fromhex("6742c028da01e0089f961000003e90000ea600f1832a")
PPS = bytes.fromhex("68ce0fc8")
ASC_48K_STEREO = bytes.fromhex("1190")


@dataclass(frozen=True)
class Tag:
    """One FLV tag, which is one RTMP message."""

    kind: MessageKind
    timestamp_ms: int
    payload: bytes


def avcc(sps: bytes = SPS_640X360, pps: bytes = PPS) -> bytes:
    """A configuration record with one SPS and one PPS."""
    return (
        bytes((1, *sps[1:4], 0xFF, 0xE1))
        + struct.pack(">H", len(sps))
        + sps
        + b"\x01"
        + struct.pack(">H", len(pps))
        + pps
    )


def video_config_message(record: bytes) -> bytes:
    return b"\x17\x00\x00\x00\x00" + record


def video_message(nal: bytes, *, keyframe: bool, composition_ms: int = 0) -> bytes:
    """A frame of one NAL unit behind the given one-byte type."""
    head = bytes((0x17 if keyframe else 0x27, 1)) + composition_ms.to_bytes(3, "big", signed=True)
    return head + struct.pack(">I", len(nal)) + nal


def idr(size: int = 40, *, composition_ms: int = 0) -> bytes:
    return video_message(b"\x65" + bytes(size - 1), keyframe=True, composition_ms=composition_ms)


def inter(size: int = 20, *, composition_ms: int = 0) -> bytes:
    return video_message(b"\x41" + bytes(size - 1), keyframe=False, composition_ms=composition_ms)


def audio_config_message(asc: bytes = ASC_48K_STEREO) -> bytes:
    return b"\xaf\x00" + asc


def audio_message(size: int = 30) -> bytes:
    return b"\xaf\x01" + bytes(size)


def ffmpeg_flv(
    *,
    seconds: float,
    size: str = "320x180",
    fps: str = "25",
    keyframe_frames: int = 25,
    b_frames: int = 2,
    rate: int = 48_000,
) -> bytes:
    """An FLV file with H.264 and stereo AAC."""
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"),
        *("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={fps}"),
        *("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate={rate}"),
        *("-t", str(seconds), "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1"),
        *("-bf", str(b_frames), "-g", str(keyframe_frames), "-sc_threshold", "0"),
        *("-c:a", "aac", "-ac", "2", "-f", "flv", "-flvflags", "no_duration_filesize", "pipe:1"),
    ]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def flv_tags(flv: bytes) -> list[Tag]:
    """The tags of an FLV file, timestamps with their extension byte."""
    assert flv[:3] == b"FLV"
    at, tags = int.from_bytes(flv[5:9], "big") + 4, []
    while at + 11 <= len(flv):
        size = int.from_bytes(flv[at + 1 : at + 4], "big")
        timestamp_ms = int.from_bytes(flv[at + 4 : at + 7], "big") | flv[at + 7] << 24
        tags.append(Tag(TAG_KINDS[flv[at] & 0x1F], timestamp_ms, flv[at + 11 : at + 11 + size]))
        at += 11 + size + 4
    return tags


def feed(stream: Stream, tags: Iterable[Tag], opened_us: int = START_US) -> list[Init | Part | Rejected]:
    """One publisher's life in `stream`: each tag received at its timestamp."""
    items: list[Init | Part | Rejected] = [*stream.publisher_opened(opened_us)]
    now_us = opened_us
    for tag in tags:
        now_us = max(now_us, opened_us + tag.timestamp_ms * 1_000)
        items += stream.feed_message(tag.kind, tag.timestamp_ms, tag.payload, now_us)
    return items + list(stream.publisher_closed(now_us))


def parts_of(items: Iterable[Init | Part | Rejected], track: str) -> list[Part]:
    return [item for item in items if isinstance(item, Part) and item.track == track]


def inits_of(items: Iterable[Init | Part | Rejected], track: str) -> list[Init]:
    return [item for item in items if isinstance(item, Init) and item.track == track]


def boxes_in(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Type and content of each box at the top of `data`."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        assert 8 <= size <= len(data) - at, "a box runs over its parent"
        yield data[at + 4 : at + 8].decode("latin-1"), data[at + 8 : at + size]
        at += size


@dataclass(frozen=True)
class ReadSample:
    """A sample as its part's boxes describe it; times in ticks."""

    dts: int
    duration: int
    composition: int
    keyframe: bool
    data: bytes


def read_part(data: bytes) -> list[ReadSample]:
    """The samples of moof+mdat, checking that the boxes agree with each other."""
    (moof_kind, moof), (mdat_kind, mdat) = boxes_in(data)
    assert (moof_kind, mdat_kind) == ("moof", "mdat")
    traf = dict(boxes_in(dict(boxes_in(moof))["traf"]))
    tfhd_flags = int.from_bytes(traf["tfhd"][1:4], "big")
    assert tfhd_flags & 0x020000
    default_duration, default_flags = struct.unpack(">II", traf["tfhd"][8:16]) if tfhd_flags & 0x28 == 0x28 else (0, 0)
    assert traf["tfdt"][0] == 1
    dts = int.from_bytes(traf["tfdt"][4:12], "big")
    trun = traf["trun"]
    flags = int.from_bytes(trun[1:4], "big")
    count, data_offset = struct.unpack(">Ii", trun[4:12])
    assert data_offset == len(moof) + 8 + 8
    at, offset, samples = 12, 0, []
    for _ in range(count):
        fields: dict[int, int] = {0x100: default_duration, 0x400: default_flags, 0x800: 0}
        for flag in (0x100, 0x200, 0x400, 0x800):
            if flags & flag:
                fields[flag] = struct.unpack(">i" if flag == 0x800 else ">I", trun[at : at + 4])[0]
                at += 4
        duration, size = fields[0x100], fields[0x200]
        samples.append(
            ReadSample(dts, duration, fields[0x800], not fields[0x400] & 0x10000, mdat[offset : offset + size])
        )
        dts += duration
        offset += size
    assert at == len(trun)
    assert offset == len(mdat)
    return samples
