"""Exact bytes: what is written here was accepted by Chromium, ffmpeg and PyAV (integration and browser tests)."""

from __future__ import annotations

from media import boxes
from media.boxes import VideoSample
from tests.media_sources import ASC_48K_STEREO, ReadSample, avcc, boxes_in, read_part

VIDEO_PART = """
00000078 6d6f6f66
  00000010 6d666864 00000000 00000007
  00000060 74726166
    00000010 74666864 00020000 00000001
    00000014 74666474 01000000 0000000000015f90
    00000034 7472756e 01000f01 00000002 00000080
      00000e10 00000003 02000000 00001c20
      00000e10 00000001 01010000 ffffffff
0000000c 6d646174 4b455942
"""
AUDIO_PART = """
00000068 6d6f6f66
  00000010 6d666864 00000000 00000009
  00000050 74726166
    00000018 74666864 00020028 00000002 00000400 02000000
    00000014 74666474 01000000 000000000000bb80
    0000001c 7472756e 01000201 00000002 00000070 00000002 00000001
0000000b 6d646174 616263
"""


def test_a_video_part_to_the_byte() -> None:
    samples = [VideoSample(b"KEY", 3600, 7200, True), VideoSample(b"B", 3600, -1, False)]
    data = boxes.video_part(7, 90_000, samples)
    assert data == bytes.fromhex("".join(VIDEO_PART.split()))
    assert read_part(data) == [
        ReadSample(90_000, 3600, 7200, True, b"KEY"),
        ReadSample(93_600, 3600, -1, False, b"B"),
    ]


def test_an_audio_part_to_the_byte() -> None:
    data = boxes.audio_part(9, 48_000, 1024, [b"ab", b"c"])
    assert data == bytes.fromhex("".join(AUDIO_PART.split()))
    assert read_part(data) == [ReadSample(48_000, 1024, 0, True, b"ab"), ReadSample(49_024, 1024, 0, True, b"c")]


def test_decode_times_and_sequences_may_be_large() -> None:
    data = boxes.video_part((1 << 40) + 5, 1 << 40, [VideoSample(b"x", 1, -(1 << 20), False)])
    assert read_part(data) == [ReadSample(1 << 40, 1, -(1 << 20), False, b"x")]
    assert data[20:24] == b"\x00\x00\x00\x05"


def within(data: bytes, *path: str) -> bytes:
    for kind in path:
        data = dict(boxes_in(data))[kind]
    return data


def test_the_video_init_holds_the_record_and_the_size() -> None:
    init = boxes.video_init(avcc(), 640, 360)
    assert [kind for kind, _ in boxes_in(init)] == ["ftyp", "moov"]
    assert [kind for kind, _ in boxes_in(within(init, "moov"))] == ["mvhd", "trak", "mvex"]
    entry = within(init, "moov", "trak", "mdia", "minf", "stbl", "stsd")[8:]
    ((kind, content),) = boxes_in(entry)
    assert (kind, content[24:28]) == ("avc1", b"\x02\x80\x01\x68")
    assert list(boxes_in(content[78:])) == [("avcC", avcc())]
    assert within(init, "moov", "trak", "tkhd")[-8:] == b"\x02\x80\x00\x00\x01\x68\x00\x00"
    assert within(init, "moov", "trak", "mdia", "mdhd")[12:16] == (90_000).to_bytes(4, "big")


def test_the_audio_init_holds_the_configuration_and_the_rate() -> None:
    init = boxes.audio_init(ASC_48K_STEREO, 48_000, 2)
    ((kind, content),) = boxes_in(within(init, "moov", "trak", "mdia", "minf", "stbl", "stsd")[8:])
    assert (kind, content[16:18], content[24:28]) == ("mp4a", b"\x00\x02", b"\xbb\x80\x00\x00")
    assert dict(boxes_in(content[28:]))["esds"] == bytes.fromhex(
        "00000000 03808080220000000480808014401500000000000000000000000580808002119006808080 0102".replace(" ", "")
    )
    assert within(init, "moov", "trak", "mdia", "mdhd")[12:16] == (48_000).to_bytes(4, "big")


def test_rates_too_large_for_the_entry_stay_in_the_timescale() -> None:
    init = boxes.audio_init(bytes.fromhex("1010"), 96_000, 2)
    assert within(init, "moov", "trak", "mdia", "mdhd")[12:16] == (96_000).to_bytes(4, "big")
