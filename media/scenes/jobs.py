"""Core: a job fair in the evening: a skyline behind tall windows, glowing booths, and people who walk among them."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from media.scenes.scene import DESIGN_WIDTH, STRIP_UNITS, Scene, write
from media.scenes.sprites import Colour, Paint, Picture, glow, gradient, painted, picture_from, sprite_from

_DUSK: list[tuple[float, Colour]] = [
    (0.0, (40, 52, 104)),
    (0.3, (98, 92, 152)),
    (0.5, (232, 146, 130)),
    (0.62, (255, 202, 150)),
    (1.0, (255, 214, 170)),
]
_WALL: Colour = (226, 230, 240)
_FLOOR: Colour = (176, 186, 206)
_BOOTHS: tuple[tuple[int, Colour, str], ...] = (
    (24, (46, 132, 214), "技工"),
    (178, (34, 160, 132), "物流"),
    (332, (232, 126, 60), "餐饮"),
    (486, (128, 96, 206), "家政"),
)
"""Left edge, colour and, where there is a font, the trade."""
_BOOTH_WIDTH = 130
_GLOW_PHASES = 12
_STEP_PHASES = 12
_WALKER_WIDTH, _WALKER_HEIGHT = 44, 96
_WALKERS: tuple[tuple[float, float, int, float], ...] = (
    (236, 0.62, 0, 26.0),
    (240, 0.66, 3, -22.0),
    (246, 0.72, 1, 31.0),
    (252, 0.80, 4, -28.0),
    (262, 0.92, 2, 36.0),
    (272, 1.04, 5, -33.0),
)
"""Top of the head's row at full size, size, who, and pace in units a second; nearer people come last."""
_CLOTHES: tuple[tuple[Colour, Colour], ...] = (
    ((58, 84, 140), (44, 50, 70)),
    ((206, 92, 84), (60, 64, 88)),
    ((70, 140, 120), (50, 56, 62)),
    ((240, 190, 96), (72, 82, 112)),
    ((120, 104, 176), (46, 48, 66)),
    ((228, 232, 240), (56, 70, 104)),
)


def build(width: int, height: int) -> Scene:
    """The scene at the given size."""
    scale = width / DESIGN_WIDTH
    background = picture_from(_background(width, height, scale))
    halos = [
        [sprite_from(glow(round(150 * scale), colour, 0.10 + 0.30 * k / _GLOW_PHASES)) for k in range(_GLOW_PHASES)]
        for _, colour, _ in _BOOTHS
    ]
    walkers = [
        [sprite_from(_walker(scale * size, who, k / _STEP_PHASES, pace > 0)) for k in range(_STEP_PHASES)]
        for _, size, who, pace in _WALKERS
    ]
    lamp = sprite_from(painted(round(4 * scale), round(4 * scale), _scaled(_window_light, scale)))
    paper = [
        sprite_from(painted(round(10 * scale), round(12 * scale), _scaled(_sheet(k / 8), scale))) for k in range(8)
    ]
    lights = np.random.default_rng(11).uniform((12, 150), (628, 170), (26, 2))

    def animate(picture: Picture, time_s: float) -> None:
        for index, (x, y) in enumerate(lights):
            if math.sin(time_s * (0.5 + index % 5 * 0.17) + index * 2.1) > 0:
                lamp.blend(picture, round(float(x) * scale), round(float(y) * scale))
        for index, (left, _, _) in enumerate(_BOOTHS):
            level = (math.sin(time_s * 1.3 + index * 1.6) + 1) / 2
            halo = halos[index][round(level * (_GLOW_PHASES - 1))]
            halo.blend(picture, round((left + _BOOTH_WIDTH / 2 - 75) * scale), round(150 * scale))
            turn = (time_s * 0.45 + index * 0.27) % 1.0
            rise = 246 - 34 * turn
            if turn < 0.9:
                sheet = paper[int(turn * 16) % 8]
                sheet.blend(picture, round((left + 20 + index * 21) * scale), round(rise * scale))
        for index, (top, size, _, pace) in enumerate(_WALKERS):
            across = (index * 131 + time_s * abs(pace)) % 780 - 90
            x = across if pace > 0 else 640 - across
            step = (time_s * abs(pace) / (34 * size)) % 1.0
            frame = walkers[index][int(step * _STEP_PHASES)]
            frame.blend(picture, round((x - _WALKER_WIDTH * size / 2) * scale), round((top - 8 * size) * scale))

    return Scene(background, animate)


def _background(width: int, height: int, scale: float) -> Image.Image:
    image = gradient(width, height, _DUSK)
    for paint in (_skyline, _hall, _reflections, _booths, _strip):
        image.alpha_composite(painted(width, height, _scaled(paint, scale)))
    for left, _, trade in _BOOTHS:
        write(image, trade, ((left + _BOOTH_WIDTH / 2) * scale, 190 * scale), 17 * scale, (255, 255, 255))
    write(image, "春风行动 · 招聘专场", (320 * scale, 38 * scale), 20 * scale, (255, 244, 226))
    return image


def _scaled(paint: Paint, scale: float) -> Paint:
    return lambda draw, oversampling: paint(draw, scale * oversampling)


def _skyline(draw: ImageDraw.ImageDraw, s: float) -> None:
    noise = np.random.default_rng(3)
    for depth, colour in enumerate(((150, 118, 158), (104, 92, 142), (70, 70, 118))):
        x = -10.0
        while x < 650:
            wide, high = float(noise.uniform(18, 42)), float(noise.uniform(30, 92)) - depth * 14
            draw.rectangle((x * s, (190 - high) * s, (x + wide) * s, 250 * s), fill=colour)
            if depth == 2:
                for row in range(int(high // 9)):
                    for column in range(int(wide // 8)):
                        if noise.uniform() < 0.3:
                            left, top = x + 3 + column * 8, 194 - high + row * 9
                            draw.rectangle((left * s, top * s, (left + 3) * s, (top + 4) * s), fill=(252, 214, 150))
            x += wide + float(noise.uniform(0, 5))


def _hall(draw: ImageDraw.ImageDraw, s: float) -> None:
    """Ceiling, window frames, a banner, and a tiled floor."""
    draw.rectangle((0, 0, 640 * s, 60 * s), fill=(52, 60, 96))
    for index in range(8):
        left = 18 + index * 80
        draw.rounded_rectangle((left * s, 6 * s, (left + 44) * s, 11 * s), 2 * s, fill=(255, 246, 220))
    draw.rounded_rectangle((176 * s, 20 * s, 464 * s, 56 * s), 6 * s, fill=(206, 70, 62))
    draw.rounded_rectangle((182 * s, 25 * s, 458 * s, 51 * s), 4 * s, outline=(255, 214, 150), width=round(1.2 * s))
    for x in range(0, 641, 80):
        draw.rectangle(((x - 3) * s, 60 * s, (x + 3) * s, 200 * s), fill=_WALL)
    draw.rectangle((0, 60 * s, 640 * s, 66 * s), fill=_WALL)
    draw.rectangle((0, 196 * s, 640 * s, 250 * s), fill=_WALL)
    draw.rectangle((0, 250 * s, 640 * s, 360 * s), fill=_FLOOR)
    for x in range(-6, 7):
        draw.line(
            ((320 + x * 62) * s, 250 * s, (320 + x * 150) * s, 360 * s), fill=(160, 170, 192), width=round(1.2 * s)
        )
    for y in (262, 282, 312):
        draw.line((0, y * s, 640 * s, y * s), fill=(160, 170, 192), width=round(1.2 * s))


def _reflections(draw: ImageDraw.ImageDraw, s: float) -> None:
    for index, (left, colour, _) in enumerate(_BOOTHS):
        middle, spread = left + _BOOTH_WIDTH / 2, 46 + index % 2 * 4
        sheen = (*colour[:3], 46)
        draw.polygon(
            [
                ((middle - spread) * s, 262 * s),
                ((middle + spread) * s, 262 * s),
                ((middle + spread * 1.4) * s, 352 * s),
                ((middle - spread * 1.4) * s, 352 * s),
            ],
            fill=sheen,
        )


def _booths(draw: ImageDraw.ImageDraw, s: float) -> None:
    for left, colour, _ in _BOOTHS:
        right = left + _BOOTH_WIDTH
        deep = tuple(round(part * 0.72) for part in colour[:3])
        draw.rectangle(((left + 4) * s, 200 * s, (right - 4) * s, 246 * s), fill=(246, 248, 252))
        draw.rounded_rectangle((left * s, 176 * s, right * s, 204 * s), 6 * s, fill=colour)
        for x in (left + 2, right - 7):
            draw.rectangle((x * s, 202 * s, (x + 5) * s, 268 * s), fill=(206, 212, 226))
        for index in range(3):
            x = left + 16 + index * 36
            draw.rounded_rectangle((x * s, 210 * s, (x + 26) * s, 236 * s), 2 * s, fill=(226, 232, 244))
            draw.rectangle(((x + 4) * s, 214 * s, (x + 22) * s, 220 * s), fill=colour)
            for line in (224, 228, 232):
                draw.line(
                    ((x + 4) * s, line * s, (x + 20 - (line % 3) * 3) * s, line * s),
                    fill=(170, 178, 196),
                    width=round(s),
                )
        draw.rounded_rectangle(((left + 8) * s, 244 * s, (right - 8) * s, 272 * s), 3 * s, fill=deep)
        draw.rectangle(((left + 4) * s, 242 * s, (right - 4) * s, 248 * s), fill=(244, 246, 250))
        for x, hair in ((left + 42, (54, 44, 48)), (left + 88, (40, 38, 54))):
            draw.rounded_rectangle(((x - 10) * s, 228 * s, (x + 10) * s, 252 * s), 7 * s, fill=deep)
            draw.ellipse(((x - 7) * s, 212 * s, (x + 7) * s, 227 * s), fill=(240, 204, 174))
            draw.pieslice(((x - 8) * s, 209 * s, (x + 8) * s, 225 * s), 180, 360, fill=hair)
        draw.rectangle(((left + 4) * s, 244 * s, (right - 4) * s, 248 * s), fill=(244, 246, 250))


def _strip(draw: ImageDraw.ImageDraw, s: float) -> None:
    draw.rectangle((0, (360 - STRIP_UNITS) * s, 640 * s, 360 * s), fill=(58, 66, 112))


def _window_light(draw: ImageDraw.ImageDraw, s: float) -> None:
    draw.rectangle((0, 0, 3 * s, 3.6 * s), fill=(255, 232, 168))


def _sheet(turn: float) -> Paint:
    """A page with lines, seen at a slowly changing angle: an application on its way."""

    def paint(draw: ImageDraw.ImageDraw, s: float) -> None:
        half = 1.5 + 3.2 * abs(math.cos(turn * math.pi))
        draw.rectangle(((5 - half) * s, 1 * s, (5 + half) * s, 11 * s), fill=(255, 255, 255, 235))
        for y in (3.5, 5.5, 7.5):
            draw.line(
                ((5 - half * 0.6) * s, y * s, (5 + half * 0.6) * s, y * s),
                fill=(120, 140, 190, 220),
                width=round(0.8 * s),
            )

    return paint


def _walker(scale: float, who: int, step: float, rightwards: bool) -> Image.Image:
    """One of a walk's phases, from the side; `step` from 0 to 1 is two paces."""
    coat, trousers = _CLOTHES[who]
    hair: Colour = ((46, 38, 42), (92, 62, 44), (30, 30, 40))[who % 3]
    swing = math.sin(step * math.tau)
    bob = abs(math.cos(step * math.tau)) * 1.6

    def paint(draw: ImageDraw.ImageDraw, oversampling: float) -> None:
        s = scale * oversampling

        def limb(x: float, y: float, to_x: float, to_y: float, width: float, colour: Colour) -> None:
            draw.line((x * s, y * s, to_x * s, to_y * s), fill=colour, width=round(width * s))
            for at_x, at_y in ((x, y), (to_x, to_y)):
                r = width / 2
                draw.ellipse(((at_x - r) * s, (at_y - r) * s, (at_x + r) * s, (at_y + r) * s), fill=colour)

        draw.ellipse((8 * s, 89 * s, 36 * s, 95 * s), fill=(80, 88, 112, 110))
        top = 8 - bob + 2
        shade = tuple(round(part * 0.8) for part in coat[:3])
        limb(22, top + 48, 22 - swing * 11, 89 - max(0.0, -swing) * 4, 6.5, trousers)
        limb(22, top + 48, 22 + swing * 11, 89 - max(0.0, swing) * 4, 6.5, trousers)
        limb(22, top + 22, 22 + swing * 9, top + 43, 5, (shade[0], shade[1], shade[2]))
        draw.rounded_rectangle((13 * s, (top + 16) * s, 31 * s, (top + 52) * s), 8 * s, fill=coat)
        limb(22, top + 23, 22 - swing * 9, top + 44, 5, (shade[0], shade[1], shade[2]))
        draw.ellipse((14.5 * s, top * s, 29.5 * s, (top + 16) * s), fill=(238, 202, 172))
        draw.pieslice((13.5 * s, (top - 2) * s, 30 * s, (top + 14) * s), 150, 350, fill=hair)
        if who % 2:
            draw.rounded_rectangle((9 * s, (top + 22) * s, 16 * s, (top + 42) * s), 3 * s, fill=(72, 64, 74))

    image = painted(round(_WALKER_WIDTH * scale), round(_WALKER_HEIGHT * scale), paint)
    return image if rightwards else image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
