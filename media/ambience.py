"""Core: quiet generated music for the synthetic host: a loop of soft bells over a pad, in a pentatonic scale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from media.scenes.scene import SceneName

Samples = npt.NDArray[np.float32]

SAMPLE_RATE_HZ = 48_000
LOOP_S = 16
_BEAT_S = 0.5
_PEAK = 0.16
"""About -16 dBFS: to be under a voice, not to be one."""
_SCALES_HZ: dict[SceneName, tuple[float, ...]] = {
    "farm": (261.63, 293.66, 329.63, 392.00, 440.00, 523.25),
    "jobs": (220.00, 261.63, 293.66, 329.63, 392.00, 440.00),
}
_SEEDS: dict[SceneName, int] = {"farm": 5, "jobs": 12}


def loop(scene: SceneName) -> Samples:
    """LOOP_S seconds of stereo, shape (2, samples), whose end joins its beginning."""
    noise = np.random.default_rng(_SEEDS[scene])
    scale = _SCALES_HZ[scene]
    total = SAMPLE_RATE_HZ * LOOP_S
    sound = np.zeros((2, total), dtype=np.float64)
    note = 2
    for beat in range(int(LOOP_S / _BEAT_S)):
        if noise.uniform() < 0.7:
            note = int(np.clip(note + noise.integers(-2, 3), 0, len(scale) - 1))
            _add(sound, _bell(scale[note] * 2, 2.4), beat * _BEAT_S, float(noise.uniform(0.3, 0.7)), 0.5)
        if beat % 8 == 0:
            for pitch, pan in ((scale[beat // 8 % 3] / 2, 0.4), (scale[beat // 8 % 3 + 2] / 2, 0.6)):
                _add(sound, _swell(pitch, 6.0), beat * _BEAT_S, pan, 0.35)
    return np.asarray(sound * (_PEAK / np.abs(sound).max()), dtype=np.float32)


def _add(sound: npt.NDArray[np.float64], note: npt.NDArray[np.float64], at_s: float, pan: float, level: float) -> None:
    """Mix a note in, from `at_s` on, around the end of the loop; `pan` is 0 for left and 1 for right."""
    places = (int(at_s * SAMPLE_RATE_HZ) + np.arange(note.size)) % sound.shape[1]
    sound[0, places] += note * level * np.cos(pan * np.pi / 2)
    sound[1, places] += note * level * np.sin(pan * np.pi / 2)


def _bell(pitch_hz: float, length_s: float) -> npt.NDArray[np.float64]:
    at = np.arange(int(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    rise = np.minimum(at / 0.012, 1.0)
    fall = np.minimum((length_s - at) / 0.2, 1.0)
    tone = np.sin(2 * np.pi * pitch_hz * at) + 0.25 * np.sin(4 * np.pi * pitch_hz * at) * np.exp(-at * 4)
    return np.asarray(tone * np.exp(-at * 2.2) * rise * fall, dtype=np.float64)


def _swell(pitch_hz: float, length_s: float) -> npt.NDArray[np.float64]:
    at = np.arange(int(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    envelope = np.sin(np.pi * at / length_s) ** 2
    tone = np.sin(2 * np.pi * pitch_hz * at) + 0.5 * np.sin(2 * np.pi * pitch_hz * 1.003 * at)
    return np.asarray(tone * envelope, dtype=np.float64)
