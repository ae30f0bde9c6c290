from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from media.scenes import farm, jobs, scene
from media.scenes.scene import Builder
from media.scenes.sprites import Picture, picture_from, sprite_from

BUILDERS = [farm.build, jobs.build]


def painted(build: Builder, time_s: float, size: tuple[int, int] = (640, 360)) -> Picture:
    picture = Picture(*size)
    build(*size).paint(picture, time_s)
    return picture


@pytest.mark.parametrize("build", BUILDERS)
def test_a_scene_moves_and_is_the_same_at_the_same_time(build: Builder) -> None:
    first, again, later = (painted(build, time_s).packed for time_s in (1.0, 1.0, 1.4))
    assert (first == again).all()
    changed = (first != later).mean()
    assert 0.002 < changed < 0.5


@pytest.mark.parametrize("build", BUILDERS)
def test_a_scene_is_colourful_and_fills_the_picture(build: Builder) -> None:
    picture = painted(build, 0.0)
    assert picture.y.std() > 25
    assert max(picture.u.std(), picture.v.std()) > 6
    assert picture.y.min() >= 16
    assert picture.y.max() <= 235


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("size", [(320, 180)])
def test_a_scene_has_any_size(build: Builder, size: tuple[int, int]) -> None:
    small = Image.fromarray(painted(build, 2.0, size).y).resize((64, 36), Image.Resampling.BOX)
    usual = Image.fromarray(painted(build, 2.0).y).resize((64, 36), Image.Resampling.BOX)
    assert np.abs(np.asarray(small, dtype=int) - np.asarray(usual, dtype=int)).mean() < 5


@pytest.mark.parametrize("build", BUILDERS)
def test_a_scene_is_whole_without_a_chinese_font(build: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "_FONTS", ())
    assert painted(build, 0.0).y.std() > 25


def test_hours_later_it_still_paints() -> None:
    for build in BUILDERS:
        assert painted(build, 100_000.0).y.std() > 25


@pytest.mark.parametrize("place", [(-6, -6), (0, 0), (12, 4), (-100, 0), (3, 300)])
def test_sprites_are_cut_at_the_edges(place: tuple[int, int]) -> None:
    picture = picture_from(Image.new("RGBA", (16, 8), (0, 0, 0, 255)))
    sprite_from(Image.new("RGBA", (7, 7), (255, 255, 255, 255))).blend(picture, *place)
    left, top = (side & ~1 for side in place)
    expected = np.full((8, 16), 16)
    expected[max(top, 0) : max(top + 7, 0), max(left, 0) : max(left + 7, 0)] = 235
    assert np.abs(picture.y.astype(int) - expected).max() <= 1


def test_half_covering_sprites_mix_to_the_middle() -> None:
    picture = picture_from(Image.new("RGBA", (8, 8), (0, 0, 0, 255)))
    sprite_from(Image.new("RGBA", (8, 8), (255, 255, 255, 128))).blend(picture, 0, 0)
    assert abs(int(picture.y[4, 4]) - 126) <= 2
