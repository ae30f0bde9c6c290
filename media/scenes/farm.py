"""Core: an orchard at sunrise: drifting clouds, trees that sway, fruit that falls, birds, and a stall with crates."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

from media.scenes.scene import DESIGN_WIDTH, STRIP_UNITS, Scene, write
from media.scenes.sprites import Colour, Paint, Picture, Sprite, glow, gradient, painted, picture_from, sprite_from

_SKY: list[tuple[float, Colour]] = [
    (0.0, (92, 132, 196)),
    (0.22, (158, 178, 212)),
    (0.40, (246, 204, 168)),
    (0.56, (255, 228, 178)),
    (1.0, (255, 240, 205)),
]
_LEAF: Colour = (62, 124, 58)
_LEAF_LIGHT: Colour = (112, 170, 76)
_LEAF_DARK: Colour = (42, 92, 52)
_ORANGE: Colour = (244, 138, 36)
_ORANGE_LIGHT: Colour = (255, 186, 92)
_WOOD: Colour = (150, 100, 58)
_WOOD_DARK: Colour = (104, 66, 40)
_SWAY_PHASES = 16
_CROWN = 132
"""Side of a crown's sprite."""
_TREES = ((74, 246, 0.0), (236, 226, 1.9), (392, 238, 3.7))
"""Foot of the trunk and phase of the sway."""
_FALL_PERIOD_S = 5.0


def build(width: int, height: int) -> Scene:
    """The scene at the given size."""
    scale = width / DESIGN_WIDTH
    background = picture_from(_background(width, height, scale))
    clouds = [sprite_from(_cloud(scale, seed, puffs)) for seed, puffs in ((1, 7), (5, 5), (9, 6))]
    crowns = [sprite_from(_crown(scale, math.sin(math.tau * k / _SWAY_PHASES))) for k in range(_SWAY_PHASES)]
    fruit = sprite_from(_fruit(scale))
    birds = [sprite_from(_bird(scale, k / 7)) for k in range(8)]

    def animate(picture: Picture, time_s: float) -> None:
        for index, (cloud, top, speed) in enumerate(zip(clouds, (26, 62, 44), (7.0, 4.6, 5.6), strict=True)):
            shift = (index * 290 + time_s * speed) % 860 - 200
            cloud.blend(picture, round(shift * scale), round(top * scale))
        _fly(picture, birds, time_s, scale)
        for foot_x, foot_y, phase in _TREES:
            turn = (time_s / 4.2 + phase / math.tau) % 1.0
            left, crown_top = foot_x - _CROWN / 2, foot_y - 62 - _CROWN * 0.78
            crowns[int(turn * _SWAY_PHASES)].blend(picture, round(left * scale), round(crown_top * scale))
        for x, y in _falling(time_s):
            fruit.blend(picture, round(x * scale), round(y * scale))

    return Scene(background, animate)


def _falling(time_s: float) -> Iterator[tuple[float, float]]:
    """Where each loose fruit is: it drops, bounces twice, and lies in the grass."""
    for index, (x, y, _) in enumerate(_TREES):
        for turn in range(2):
            age_s = (time_s + index * 1.7 + turn * _FALL_PERIOD_S / 2) % _FALL_PERIOD_S
            start, ground = y - 84.0 + turn * 14, y + 12.0 + turn * 10
            fall_s = math.sqrt(2 * (ground - start) / 260)
            rest_s = age_s - fall_s
            if rest_s < 0:
                fallen = start + 130 * age_s * age_s
            else:
                hop = abs(math.sin(min(rest_s * 5, math.tau))) * 18 * math.exp(-rest_s * 2.2)
                fallen = ground - hop
            yield x - 34 + turn * 62 + max(0.0, min(rest_s, 0.9)) * 14, fallen


def _fly(picture: Picture, birds: list[Sprite], time_s: float, scale: float) -> None:
    for index in range(4):
        x = 700 - (time_s * 21 + index * 34 + (index % 2) * 12) % 860
        y = 96 + 16 * math.sin(time_s * 0.4 + index) + index % 3 * 13
        beat = (math.sin(time_s * 7 + index * 1.3) + 1) / 2
        birds[round(beat * 7)].blend(picture, round(x * scale), round(y * scale))


def _background(width: int, height: int, scale: float) -> Image.Image:
    image = gradient(width, height, _SKY)
    for size, colour, strength in ((420, (255, 214, 140), 0.75), (170, (255, 244, 214), 1.0)):
        light = glow(round(size * scale), colour, strength)
        image.alpha_composite(light, (round((500 - size / 2) * scale), max(0, round((150 - size / 2) * scale))))
    image.alpha_composite(painted(width, height, *(_scaled(paint, scale) for paint in (_sun, _hills, _rows, _meadow))))
    image.alpha_composite(painted(width, height, *(_scaled(paint, scale) for paint in (_trunks, _stall, _strip))))
    write(image, "鲜果现摘", (537 * scale, 213 * scale), 19 * scale, (255, 246, 222))
    return image


def _scaled(paint: Paint, scale: float) -> Paint:
    return lambda draw, oversampling: paint(draw, scale * oversampling)


def _sun(draw: ImageDraw.ImageDraw, s: float) -> None:
    draw.ellipse((474 * s, 124 * s, 526 * s, 176 * s), fill=(255, 246, 216))


def _hills(draw: ImageDraw.ImageDraw, s: float) -> None:
    for base, rise, pitch, shift, colour in (
        (168, 26, 150, 0.4, (176, 172, 196)),
        (186, 22, 118, 2.1, (142, 164, 160)),
        (206, 18, 190, 4.0, (122, 162, 110)),
    ):
        line = [
            (x * s, (base - rise * (math.sin(x / pitch + shift) + 0.4 * math.sin(x / pitch * 2.7 + shift * 3))) * s)
            for x in range(0, 656, 4)
        ]
        draw.polygon([*line, (656 * s, 380 * s), (0, 380 * s)], fill=colour)


def _rows(draw: ImageDraw.ImageDraw, s: float) -> None:
    """Far rows of fruit trees, larger towards the front."""
    for row in range(5):
        y, radius = 200 + row * 9, 3.2 + row * 1.5
        for x in np.arange(-10 + row * 7, 660, radius * 3.4):
            draw.ellipse(((x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s), fill=_LEAF_DARK)
            top = (x - radius * 0.7) * s, (y - radius) * s, (x + radius * 0.5) * s, (y + radius * 0.2) * s
            draw.ellipse(top, fill=_LEAF_LIGHT if row > 1 else _LEAF)


def _meadow(draw: ImageDraw.ImageDraw, s: float) -> None:
    for base, colour in ((238, (134, 178, 84)), (268, (116, 164, 74)), (304, (98, 148, 66))):
        line = [(x * s, (base - 7 * math.sin(x / 90 + base)) * s) for x in range(0, 656, 4)]
        draw.polygon([*line, (656 * s, 380 * s), (0, 380 * s)], fill=colour)
    noise = np.random.default_rng(4)
    for x, y in zip(noise.uniform(0, 640, 220), noise.uniform(256, 346, 220), strict=True):
        blade = 3 + (y - 250) / 14
        draw.line((x * s, y * s, (x + blade / 3) * s, (y - blade) * s), fill=(158, 196, 96), width=max(1, round(s)))
    for x, y in zip(noise.uniform(0, 640, 46), noise.uniform(270, 346, 46), strict=True):
        draw.ellipse(((x - 1.6) * s, (y - 1.6) * s, (x + 1.6) * s, (y + 1.6) * s), fill=(255, 240, 210))


def _trunks(draw: ImageDraw.ImageDraw, s: float) -> None:
    for x, y, _ in _TREES:
        draw.ellipse(((x - 52) * s, (y - 4) * s, (x + 58) * s, (y + 16) * s), fill=(70, 112, 54, 150))
        draw.polygon(
            [
                ((x - 5) * s, (y - 74) * s),
                ((x + 5) * s, (y - 74) * s),
                ((x + 9) * s, (y + 6) * s),
                ((x - 9) * s, (y + 6) * s),
            ],
            fill=_WOOD_DARK,
        )
        draw.line((x * s, (y - 50) * s, (x + 22) * s, (y - 84) * s), fill=_WOOD_DARK, width=round(5 * s))
        draw.line((x * s, (y - 44) * s, (x - 24) * s, (y - 80) * s), fill=_WOOD_DARK, width=round(5 * s))


def _stall(draw: ImageDraw.ImageDraw, s: float) -> None:
    """A wooden stand with an awning, a sign, and crates of oranges."""
    draw.ellipse((440 * s, 322 * s, 634 * s, 350 * s), fill=(62, 104, 50, 160))
    for x in (458, 610):
        draw.rectangle((x * s, 186 * s, (x + 7) * s, 336 * s), fill=_WOOD_DARK)
    for index in range(9):
        left, colour = 448 + index * 20, (214, 84, 66) if index % 2 else (252, 240, 220)
        draw.polygon(
            [(left * s, 168 * s), ((left + 20) * s, 168 * s), ((left + 20) * s, 196 * s), (left * s, 196 * s)],
            fill=colour,
        )
        draw.pieslice((left * s, 186 * s, (left + 20) * s, 206 * s), 0, 180, fill=colour)
    draw.rounded_rectangle((482 * s, 200 * s, 592 * s, 226 * s), 4 * s, fill=_WOOD)
    draw.rectangle((446 * s, 284 * s, 630 * s, 336 * s), fill=_WOOD)
    for y in (300, 318):
        draw.line((446 * s, y * s, 630 * s, y * s), fill=_WOOD_DARK, width=round(2 * s))
    for crate in range(3):
        left = 450 + crate * 60
        for row, count in ((0, 5), (1, 4), (2, 3)):
            for index in range(count):
                orange_x, top = left + 9 + row * 5 + index * 9.6, 258 - row * 7
                draw.ellipse(((orange_x - 6) * s, top * s, (orange_x + 6) * s, (top + 12) * s), fill=_ORANGE)
                draw.ellipse(((orange_x - 4) * s, (top + 1) * s, orange_x * s, (top + 5) * s), fill=_ORANGE_LIGHT)
        draw.rectangle((left * s, 266 * s, (left + 56) * s, 286 * s), fill=(186, 132, 78))
        draw.line((left * s, 276 * s, (left + 56) * s, 276 * s), fill=_WOOD_DARK, width=round(1.5 * s))


def _strip(draw: ImageDraw.ImageDraw, s: float) -> None:
    draw.rectangle((0, (360 - STRIP_UNITS) * s, 640 * s, 360 * s), fill=(118, 84, 46))


def _cloud(scale: float, seed: int, puffs: int) -> Image.Image:
    def paint(draw: ImageDraw.ImageDraw, oversampling: float) -> None:
        s, noise = scale * oversampling, np.random.default_rng(seed)
        for index in range(puffs):
            x, y, r = 36 + index * 19, 36 - noise.uniform(0, 8), noise.uniform(11, 20)
            draw.ellipse(
                ((x - r * 1.5) * s, (y - r * 0.8) * s, (x + r * 1.5) * s, (y + r * 0.6) * s), fill=(255, 246, 238, 205)
            )

    return painted(round(200 * scale), round(54 * scale), paint)


def _crown(scale: float, sway: float) -> Image.Image:
    """A tree's crown leaning by `sway` (-1 to 1): what is higher moves more."""

    def lean(x: float, y: float) -> tuple[float, float]:
        height = (_CROWN - y) / _CROWN
        return x + sway * 5.5 * height * height + sway * 1.5, y

    def paint(draw: ImageDraw.ImageDraw, oversampling: float) -> None:
        s, noise = scale * oversampling, np.random.default_rng(7)

        def disc(x: float, y: float, radius: float, colour: Colour) -> None:
            cx, cy = lean(x, y)
            draw.ellipse(((cx - radius) * s, (cy - radius) * s, (cx + radius) * s, (cy + radius) * s), fill=colour)

        places = [(66 + 34 * math.cos(a), 66 + 28 * math.sin(a)) for a in np.linspace(0, math.tau, 9)]
        disc(66, 70, 34, _LEAF_DARK)
        for x, y in places:
            disc(x, y + 5, 26, _LEAF_DARK)
        disc(66, 62, 32, _LEAF)
        for x, y in places:
            disc(x + 2, y - 3, 22, _LEAF)
        for x, y in zip(noise.uniform(28, 106, 30), noise.uniform(26, 86, 30), strict=True):
            disc(float(x) + 5, float(y) - 3, 6.5, _LEAF_LIGHT)
        for x, y in zip(noise.uniform(26, 106, 13), noise.uniform(40, 104, 13), strict=True):
            disc(float(x), float(y), 5.5, _ORANGE)
            disc(float(x) - 1.5, float(y) - 2, 1.8, _ORANGE_LIGHT)

    side = round(_CROWN * scale)
    return painted(side, side, paint)


def _fruit(scale: float) -> Image.Image:
    def paint(draw: ImageDraw.ImageDraw, oversampling: float) -> None:
        s = scale * oversampling
        draw.ellipse((1 * s, 2 * s, 12 * s, 13 * s), fill=_ORANGE)
        draw.ellipse((3 * s, 3.5 * s, 7 * s, 7.5 * s), fill=_ORANGE_LIGHT)
        draw.ellipse((6 * s, 0, 11 * s, 3.4 * s), fill=_LEAF)

    return painted(round(14 * scale), round(14 * scale), paint)


def _bird(scale: float, beat: float) -> Image.Image:
    def paint(draw: ImageDraw.ImageDraw, oversampling: float) -> None:
        s, tip = scale * oversampling, 3 + 9 * beat
        wings = [(1 * s, tip * s), (6 * s, 7 * s), (9 * s, 9 * s), (12 * s, 7 * s), (17 * s, tip * s)]
        draw.line(wings, fill=(74, 84, 112), width=round(1.8 * s), joint="curve")

    return painted(round(18 * scale), round(16 * scale), paint)
