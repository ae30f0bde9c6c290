from __future__ import annotations

import struct

import pytest

from media.photos.darkroom import Photo, read_answer
from media.photos.rules import EDGE_PX_MAX, WEBP_BYTES_MAX, fitted, format_of

WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 rest"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (b"\xff\xd8\xff\xe0rest", "JPEG"),
        (b"\x89PNG\r\n\x1a\nrest", "PNG"),
        (WEBP, "WEBP"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
        (b"GIF89a", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_what_a_file_is_stands_in_its_first_bytes(image: bytes, expected: str | None) -> None:
    assert format_of(image) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((800, 600), (800, 600)),
        ((4000, 3000), (1200, 900)),
        ((3000, 4000), (900, 1200)),
        ((1200, 1200), (1200, 1200)),
        ((60_000, 10), (1200, 1)),
        ((1, 1), (1, 1)),
    ],
)
def test_pictures_are_made_smaller_and_never_larger(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fitted(*size) == expected


def test_what_a_child_answers_is_not_believed() -> None:
    assert read_answer(struct.pack(">II", 30, 20) + WEBP) == Photo(30, 20, WEBP)
    for answer in (
        b"",
        struct.pack(">II", 30, 20),
        struct.pack(">II", 0, 20) + WEBP,
        struct.pack(">II", 30, EDGE_PX_MAX + 1) + WEBP,
        struct.pack(">II", 30, 20) + b"<html>",
        struct.pack(">II", 30, 20) + WEBP + bytes(WEBP_BYTES_MAX),
    ):
        assert read_answer(answer) is None
