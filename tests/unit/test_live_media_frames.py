"""Media on the bus comes out as it went in."""

from __future__ import annotations

import msgspec
import pytest

from media.part import Init, Part
from server.live.media_frames import decode_media, encode_media

INIT = Init(2**47, "source", "video", "avc1.64001f", 1280, 720, 0, 0, b"ftypmoov")
PART = Part(2**47, "source", "audio", 2**40, True, -5, 21_333, 1_700_000_000_000_000, bytes(70_000))


@pytest.mark.parametrize("item", [INIT, PART])
def test_round_trip(item: Init | Part) -> None:
    assert decode_media(encode_media(item)) == item


def test_encoding_adds_little() -> None:
    assert len(encode_media(PART)) - len(PART.data) < 80


@pytest.mark.parametrize("publication", [b"", b"\x91\xa4part", b"\xc0"])
def test_what_is_no_media(publication: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_media(publication)
