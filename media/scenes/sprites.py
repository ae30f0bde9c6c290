"""Core: painting in YUV 4:2:0: still layers are drawn once with anti-aliasing, moving sprites are blended per frame.

The encoder takes YUV, so nothing is converted per frame: a picture starts as a copy of its background's planes, and a
sprite costs a few operations on the pixels that it covers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Plane = npt.NDArray[np.uint8]
Weights = npt.NDArray[np.int16]
Paint = Callable[[ImageDraw.ImageDraw, float], None]
"""Draws in final pixels times the given scale."""
Colour = tuple[int, int, int] | tuple[int, int, int, int]

_OVERSAMPLING = 3
_OPAQUE = 128
"""Full coverage: products of a byte difference and a weight stay within 16 bits."""


class Picture:
    """A frame being painted: three planes that are views of one packed array, as encoders take yuv420p."""

    __slots__ = ("packed", "u", "v", "y")

    def __init__(self, width: int, height: int) -> None:
        assert width % 2 == 0, "chroma is halved both ways"
        assert height % 4 == 0, "a chroma plane fills whole rows of the packed array"
        self.packed: Plane = np.empty((height * 3 // 2, width), dtype=np.uint8)
        chroma_rows = height // 4
        self.y = self.packed[:height]
        self.u = self.packed[height : height + chroma_rows].reshape(height // 2, width // 2)
        self.v = self.packed[height + chroma_rows :].reshape(height // 2, width // 2)

    def restore(self, background: Picture) -> None:
        """Paint over everything with `background`."""
        np.copyto(self.packed, background.packed)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A painted shape with soft edges; sides are even."""

    y: Weights
    u: Weights
    v: Weights
    cover_y: Weights
    cover_uv: Weights

    def blend(self, picture: Picture, left: int, top: int) -> None:
        """Paint onto `picture`, cut at its edges; positions are rounded to even pixels, as the chroma planes need."""
        left, top = left & ~1, top & ~1
        _blend(picture.y, self.y, self.cover_y, left, top)
        _blend(picture.u, self.u, self.cover_uv, left // 2, top // 2)
        _blend(picture.v, self.v, self.cover_uv, left // 2, top // 2)


def _blend(target: Plane, source: Weights, cover: Weights, left: int, top: int) -> None:
    rows, columns = source.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + columns, target.shape[1]), min(top + rows, target.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    window = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    place = target[y0:y1, x0:x1]
    change = source[window] - place
    change *= cover[window]
    change >>= 7
    place += change.astype(np.uint8)


def canvas(width: int, height: int) -> Image.Image:
    """An empty transparent image, oversampled, to paint on with `paint_on`."""
    return Image.new("RGBA", (width * _OVERSAMPLING, height * _OVERSAMPLING), (0, 0, 0, 0))


def painted(width: int, height: int, *paints: Paint) -> Image.Image:
    """An image of the given size with each of `paints` blended over the one before."""
    image = canvas(width, height)
    for paint in paints:
        layer = canvas(width, height)
        paint(ImageDraw.Draw(layer), float(_OVERSAMPLING))
        image.alpha_composite(layer)
    return image.resize((width, height), Image.Resampling.BOX)


def gradient(width: int, height: int, stops: Sequence[tuple[float, Colour]]) -> Image.Image:
    """A vertical gradient; `stops` are (fraction of the height, colour) from 0 to 1."""
    at = np.linspace(0, 1, height)
    fractions = [fraction for fraction, _ in stops]
    channels = [np.interp(at, fractions, [colour[index] for _, colour in stops]) for index in range(3)]
    column = np.stack([*channels, np.full(height, 255.0)], axis=-1).astype(np.uint8)
    return Image.fromarray(np.repeat(column[:, None, :], width, axis=1))


def glow(size: int, colour: Colour, strength: float) -> Image.Image:
    """A soft round light."""
    axis = np.linspace(-1, 1, size)
    away = np.hypot(axis[:, None], axis[None, :])
    cover = np.clip(1 - away, 0, 1) ** 2 * strength * 255
    rgba = np.empty((size, size, 4), dtype=np.uint8)
    rgba[..., :3] = colour[:3]
    rgba[..., 3] = cover.astype(np.uint8)
    return Image.fromarray(rgba)


def picture_from(image: Image.Image) -> Picture:
    """An opaque image as planes."""
    picture = Picture(image.width, image.height)
    y, u, v = _planes(np.asarray(image.convert("RGB"), dtype=np.float32))
    picture.y[:], picture.u[:], picture.v[:] = y, _halved(u), _halved(v)
    return picture


def sprite_from(image: Image.Image) -> Sprite:
    """A transparent image as a sprite; an odd side gets one more transparent row or column."""
    width, height = image.width + image.width % 2, image.height + image.height % 2
    padded = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    padded.paste(image, (0, 0))
    rgba = np.asarray(padded, dtype=np.float32)
    y, u, v = _planes(rgba[..., :3])
    cover = rgba[..., 3] * (_OPAQUE / 255)
    cover_uv = _halved(cover)
    # Transparent pixels have no colour: they must not bleed into the chroma of the edge.
    visible = np.maximum(cover_uv, 1e-3)
    u, v = (np.where(cover_uv > 0, _halved(plane * cover) / visible, 128) for plane in (u, v))
    weights = [np.rint(plane).astype(np.int16) for plane in (y, u, v, cover, cover_uv)]
    return Sprite(*weights)


def _planes(rgb: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
    """BT.601, limited range, chroma in full resolution."""
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    y = 16 + 0.257 * r + 0.504 * g + 0.098 * b
    u = 128 - 0.148 * r - 0.291 * g + 0.439 * b
    v = 128 + 0.439 * r - 0.368 * g - 0.071 * b
    return y, u, v


def _halved(plane: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    rows, columns = plane.shape
    halved: npt.NDArray[np.float32] = plane.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
    return halved
