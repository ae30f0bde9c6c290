"""Codecs: first bytes → the sentence for the host, or nothing."""

from __future__ import annotations

import pytest

from media.rtmp.codecs import refuse_audio, refuse_video


@pytest.mark.parametrize("payload", [b"\x17\x01", b"\x27\x01", b"\x57\x00", b"\x90avc1", b"\xa1avc1\0", b"\x17"])
def test_video_taken(payload: bytes) -> None:
    assert refuse_video(payload) is None


@pytest.mark.parametrize("payload", [b"\xaf\x00", b"\xae\x01", b"\x90mp4a", b"\xaf"])
def test_audio_taken(payload: bytes) -> None:
    assert refuse_audio(payload) is None


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (b"\x90hvc1", "H.265 (HEVC)"),
        (b"\x91av01", "AV1"),
        (b"\x90vp09", "VP9"),
        (b"\x90zzzz", "this video codec"),
        (b"\x90", "this video codec"),
        (b"\x96\x10avc1", "several video tracks"),
        (b"\x97", "several video tracks"),
        (b"\x12", "Sorenson H.263"),
        (b"\x1c", "H.265 (HEVC)"),
        (b"\x1f", "this video codec"),
    ],
)
def test_video_refused(payload: bytes, word: str) -> None:
    reason = refuse_video(payload)
    assert reason is not None
    assert reason.startswith(word)
    assert "H.264" in reason
    assert "AAC" in reason


@pytest.mark.parametrize(
    ("payload", "word"),
    [(b"\x2f", "MP3"), (b"\xb2", "Speex"), (b"\x90Opus", "Opus"), (b"\x95", "several audio"), (b"\x00", "this audio")],
)
def test_audio_refused(payload: bytes, word: str) -> None:
    reason = refuse_audio(payload)
    assert reason is not None
    assert "H.264" in reason
    assert "AAC" in reason
    if payload != b"\x95":
        assert reason.startswith(word)
