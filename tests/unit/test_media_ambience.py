from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from media import ambience
from media.scenes.scene import SceneName


@pytest.mark.parametrize("scene", get_args(SceneName))
def test_the_loop_is_quiet_stereo_and_closes_without_a_click(scene: SceneName) -> None:
    sound = ambience.loop(scene)
    assert sound.shape == (2, ambience.LOOP_S * ambience.SAMPLE_RATE_HZ)
    assert 0.05 < np.abs(sound).max() <= 0.17
    assert np.abs(sound[:, 0] - sound[:, -1]).max() < 0.02
    assert np.abs(np.diff(sound)).max() < 0.05
    assert all(np.sqrt((channel**2).mean()) > 0.01 for channel in sound)


def test_rooms_sound_different() -> None:
    assert not np.array_equal(ambience.loop("farm"), ambience.loop("jobs"))
