from __future__ import annotations

import pytest

from media.errors import MalformedMedia
from media.flv import (
    AudioConfig,
    AudioFrame,
    AudioMessage,
    EndOfSequence,
    Ignored,
    Unsupported,
    VideoConfig,
    VideoFrame,
    VideoMessage,
    parse_audio,
    parse_video,
)

VIDEO: list[tuple[bytes, VideoMessage]] = [
    (b"\x17\x00\x00\x00\x00\x01\x64", VideoConfig(b"\x01\x64")),
    (b"\x17\x01\x00\x00\x50NAL", VideoFrame(True, 80, b"NAL")),
    (b"\x27\x01\xff\xff\xd8NAL", VideoFrame(False, -40, b"NAL")),
    (b"\x37\x01\x00\x00\x00NAL", VideoFrame(False, 0, b"NAL")),
    (b"\x17\x02\x00\x00\x00", EndOfSequence()),
    (b"\x57\x00", Ignored()),
    (b"", Ignored()),
    (b"\x14\x00", Unsupported("video", "VP6", "H.264 (AVC)")),
    (b"\x1c\x00\x00\x00\x00", Unsupported("video", "H.265 (HEVC)", "H.264 (AVC)")),
    (b"\x1f", Unsupported("video", "video codec 15", "H.264 (AVC)")),
    # Enhanced RTMP.
    (b"\x90avc1\x01\x64", VideoConfig(b"\x01\x64")),
    (b"\x91avc1\x00\x00\x28NAL", VideoFrame(True, 40, b"NAL")),
    (b"\xa1avc1\xff\xff\xffNAL", VideoFrame(False, -1, b"NAL")),
    (b"\xa3avc1NAL", VideoFrame(False, 0, b"NAL")),
    (b"\x92avc1", EndOfSequence()),
    (b"\x94avc1AMF", Ignored()),
    (b"\xd0avc1", Ignored()),
    (b"\x90hvc1\x01", Unsupported("video", "hvc1", "H.264 (AVC)")),
    (b"\x90av\x001\x01", Unsupported("video", "av?1", "H.264 (AVC)")),
    (b"\x96\x00avc1", Unsupported("video", "Enhanced RTMP multitrack or extension", "H.264 (AVC)")),
]
AUDIO: list[tuple[bytes, AudioMessage]] = [
    (b"\xaf\x00\x11\x90", AudioConfig(b"\x11\x90")),
    (b"\xaf\x01AAC", AudioFrame(b"AAC")),
    (b"\xaf\x01", Ignored()),
    (b"", Ignored()),
    (b"\x2f\xff\xfb", Unsupported("audio", "MP3", "AAC")),
    (b"\xcf", Unsupported("audio", "audio codec 12", "AAC")),
    (b"\x90mp4a\x11\x90", AudioConfig(b"\x11\x90")),
    (b"\x91mp4aAAC", AudioFrame(b"AAC")),
    (b"\x91mp4a", Ignored()),
    (b"\x92mp4a", EndOfSequence()),
    (b"\x94mp4a\x00", Ignored()),
    (b"\x90Opus", Unsupported("audio", "Opus", "AAC")),
    (b"\x95\x00mp4a", Unsupported("audio", "Enhanced RTMP multitrack or extension", "AAC")),
]


@pytest.mark.parametrize(("payload", "expected"), VIDEO)
def test_video(payload: bytes, expected: VideoMessage) -> None:
    assert parse_video(payload) == expected


@pytest.mark.parametrize(("payload", "expected"), AUDIO)
def test_audio(payload: bytes, expected: AudioMessage) -> None:
    assert parse_audio(payload) == expected


@pytest.mark.parametrize(
    "payload", [b"\x17", b"\x17\x01\x00\x00", b"\x17\x03\x00\x00\x00", b"\x90avc", b"\x91avc1\x00", b"\x98avc1"]
)
def test_broken_video(payload: bytes) -> None:
    with pytest.raises(MalformedMedia):
        parse_video(payload)


@pytest.mark.parametrize("payload", [b"\xaf", b"\xaf\x02", b"\x90mp4", b"\x98mp4a"])
def test_broken_audio(payload: bytes) -> None:
    with pytest.raises(MalformedMedia):
        parse_audio(payload)
