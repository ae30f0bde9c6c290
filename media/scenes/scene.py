"""Core: what a scene is: a still background and things that move over it as a function of time alone.

One look outside: `write` uses a Chinese font if the machine has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from media.scenes.sprites import Picture

SceneName = Literal["farm", "jobs"]

DESIGN_WIDTH = 640
"""Scenes are drawn in units of 1/640 of the picture's width; the picture is 16:9."""
STRIP_UNITS = 8
"""At the bottom, covered by the clock."""

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Something to film."""

    background: Picture
    animate: Callable[[Picture, float], None]
    """Paints everything that moves, at a time in seconds, over a fresh background."""

    def paint(self, picture: Picture, time_s: float) -> None:
        """The whole picture at `time_s`."""
        picture.restore(self.background)
        self.animate(picture, time_s)


Builder = Callable[[int, int], Scene]
"""Draws the layers of a scene at a width and height."""


def write(
    image: Image.Image, text: str, centre: tuple[float, float], size: float, colour: tuple[int, int, int]
) -> None:
    """Write Chinese on a layer if this machine has a font for it; scenes are whole without."""
    path = next((path for path in _FONTS if Path(path).exists()), None)
    if path is not None:
        font = ImageFont.truetype(path, round(size))
        ImageDraw.Draw(image).text(centre, text, font=font, fill=colour, anchor="mm")
