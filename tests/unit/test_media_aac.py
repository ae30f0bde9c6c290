from __future__ import annotations

import pytest

from media.aac import AacConfig, parse_asc
from media.errors import MalformedMedia
from media.flv import Unsupported

CONFIGS = [
    ("1190", "mp4a.40.2", 48_000, 2, 1024),
    ("1210", "mp4a.40.2", 44_100, 2, 1024),
    ("119056e500", "mp4a.40.2", 48_000, 2, 1024),
    ("1208", "mp4a.40.2", 44_100, 1, 1024),
    ("1194", "mp4a.40.2", 48_000, 2, 960),
    ("11b0", "mp4a.40.2", 48_000, 6, 1024),
    ("17802af810", "mp4a.40.2", 22_000, 2, 1024),
    ("2b118800", "mp4a.40.5", 24_000, 2, 1024),
    ("eb098800", "mp4a.40.29", 24_000, 1, 1024),
]


@pytest.mark.parametrize(("text", "codec", "rate", "channels", "samples"), CONFIGS)
def test_configurations(text: str, codec: str, rate: int, channels: int, samples: int) -> None:
    asc = bytes.fromhex(text)
    assert parse_asc(asc) == AacConfig(asc, codec, rate, channels, samples)


@pytest.mark.parametrize(
    ("text", "sent"),
    [("0990", "AAC object type 1"), ("1180", "AAC channel layout 0"), ("f9488000", "AAC object type 42")],
)
def test_what_browsers_cannot_play_is_named(text: str, sent: str) -> None:
    verdict = parse_asc(bytes.fromhex(text))
    assert isinstance(verdict, Unsupported)
    assert verdict.sent == sent


@pytest.mark.parametrize("asc", [b"", b"\x11", b"\x16\x90", b"\x17\x80\x00\x00", b"\x17\x80\x00\x00\x10", bytes(65)])
def test_broken_configurations_are_refused(asc: bytes) -> None:
    with pytest.raises(MalformedMedia):
        parse_asc(asc)
