"""Core: the base of every failure that the package `media` raises, and what is wrong with media bytes.

MediaError
├── MalformedMedia   bytes break the format they claim to be
└── RtmpError        media/rtmp/errors.py
"""


class MediaError(Exception):
    """Something outside the program failed or sent what cannot be read."""


class MalformedMedia(MediaError):
    """Bytes break the format they claim to be."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(f"{what}: {detail}")
        self.what = what
        """The structure that was being read, e.g. "avcC"."""
        self.detail = detail
