"""Core: the base of every failure that the package `media` raises, and what is wrong with media bytes.

MediaError
├── MalformedMedia   bytes break the format they claim to be
├── OtherModel       the installed model is not the one that was looked at
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


class OtherModel(MediaError):
    """The packages of a model hold another one than that which was looked at."""

    def __init__(self, packages: list[str]) -> None:
        super().__init__(f"the model in {' and '.join(packages)} is another one than was looked at")
        self.packages = packages
