"""Edge: what watching one live room costs: `jishi bench watch`.

A show is filmed, encoded, cut into parts as ingest does it, and read by the same children that the lookout asks, each
channel by itself. The film is drawn here, unless one is given: it moves all the time, so that no picture is passed by,
and it has captions. Drawn film has a tone for its sound, in which nobody speaks: give one with speech to
see what hearing costs. Figures are the child's own processor time, which is what a room takes from a core.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import math
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from media.part import Init, Part
from media.senses.installed import missing
from media.senses.sense import Sense
from media.senses.windows import windows_of
from media.senses.wire import CHANNELS, Answer, Channel, Job
from media.stream import MessageKind, Stream

KEYFRAME_S: Final = 2
"""As hosts are advised."""

SOUND_HZ: Final = 48_000
SOUND_SAMPLES: Final = 1_024
_FLV_KINDS: Final[dict[int, MessageKind]] = {8: "audio", 9: "video", 18: "data"}
_FLV_HEAD_BYTES: Final = 13
_TAG_HEAD_BYTES: Final = 11
_TAG_END_BYTES: Final = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the channels that are installed, and print; the exit code."""
    parser = argparse.ArgumentParser(prog="jishi bench watch", description="What watching one live room costs.")
    parser.add_argument("--channels", default=",".join(CHANNELS), help=f"default: {','.join(CHANNELS)}, as installed")
    parser.add_argument("--seconds", type=int, default=30, help="of the show")
    parser.add_argument("--size", default="1280x720", help="of the drawn picture")
    parser.add_argument("--keyframe-s", type=int, default=KEYFRAME_S, help="of the drawn film, between two")
    parser.add_argument("--film", type=Path, help="a file with picture or sound, instead of the drawn one")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    width, _, height = given.size.partition("x")
    channels = [each for each in CHANNELS if each in given.channels.split(",")]
    lacking = {each: missing(each) for each in channels}
    if given.film is not None and not given.film.is_file():
        parser.error(f"--film {given.film}: there is no such file")
    flv = (
        recorded(given.film)
        if given.film is not None
        else drawn(given.seconds, int(width), int(height), keyframe_s=given.keyframe_s)
    )
    parts = cut(flv)
    figures: dict[str, Any] = {"film_s": round(length_s(parts), 1)}
    for channel in channels:
        if not lacking[channel]:
            figures |= asyncio.run(measure(channel, parts))
    if given.json:
        print(json.dumps(figures))
    else:
        for line in lines(channels, figures, lacking):
            print(line)
    return 0


def lines(channels: Sequence[Channel], figures: dict[str, Any], lacking: dict[Channel, list[str]]) -> Iterator[str]:
    """The figures for a person."""
    yield f"a show of {figures['film_s']:g} s, one room"
    for each in channels:
        if lacking[each]:
            yield f"{each:7} not installed: pip install 'jishi[{each}]'"
            continue
        yield (
            f"{each:7} {figures[f'{each}_core_per_room']:.3f} of a core a room; {figures[f'{each}_jobs']} looks, "
            f"{figures[f'{each}_passed_by']} passed by, CPU {figures[f'{each}_p50_ms']:.0f} ms at p50 and "
            f"{figures[f'{each}_p99_ms']:.0f} ms at p99; {figures[f'{each}_texts']} texts; "
            f"ready in {figures[f'{each}_load_s']:.1f} s, {figures[f'{each}_rss_mb']:.0f} MB"
        )


async def measure(channel: Channel, items: Sequence[Init | Part]) -> dict[str, Any]:
    """What a child of this channel makes of the parts, and what it takes for it."""
    sense, began = Sense(channel), time.monotonic()
    if not await sense.start():
        raise SystemExit(f"the child that reads {channel} does not start")
    load_s = time.monotonic() - began
    try:
        answers = [answer for job in jobs_of(channel, items) if (answer := await sense.ask(job)) is not None]
        rss_mb = sense.rss_bytes() / 1e6
    finally:
        await sense.stop()
    return summed_up(channel, answers, length_s(items)) | {
        f"{channel}_load_s": round(load_s, 2),
        f"{channel}_rss_mb": round(rss_mb),
    }


def summed_up(channel: Channel, answers: Sequence[Answer], film_s: float) -> dict[str, Any]:
    """The figures of one channel; times are processor time."""
    spent_ms = sorted(answer.cpu_us / 1_000 for answer in answers) or [0.0]
    return {
        f"{channel}_jobs": len(answers),
        f"{channel}_passed_by": sum(not answer.looked for answer in answers),
        f"{channel}_texts": len({text for answer in answers for text in answer.texts}),
        f"{channel}_p50_ms": round(statistics.median(spent_ms), 1),
        f"{channel}_p99_ms": round(spent_ms[math.ceil(0.99 * len(spent_ms)) - 1], 1),
        f"{channel}_core_per_room": round(sum(spent_ms) / 1_000 / max(film_s, 1e-3), 4),
    }


def jobs_of(channel: Channel, items: Sequence[Init | Part]) -> Iterator[Job]:
    """What the lookout would ask of these parts."""
    windows, inits = windows_of(channel), dict[str, Init]()
    for item in items:
        if isinstance(item, Init):
            inits[item.track] = item
        elif (waiting := windows.take("room", inits[item.track], item)) is not None:
            yield waiting.what


def length_s(items: Sequence[Init | Part]) -> float:
    """How long the parts last."""
    parts = [item for item in items if isinstance(item, Part)]
    begin_us = min((part.pts_us for part in parts), default=0)
    return (max((part.pts_us + part.duration_us for part in parts), default=0) - begin_us) / 1_000_000


# ---- Films -----------------------------------------------------------------------------------------------------------


def drawn(seconds: int, width: int, height: int, *, fps: int = 25, keyframe_s: int = KEYFRAME_S) -> bytes:
    """An FLV of a pattern that moves, with a tone."""
    out = io.BytesIO()
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    with av.open(out, "w", format="flv", options={"flvflags": "no_duration_filesize"}) as container:
        video, audio = _streams(container, width, height, fps, keyframe_s)
        samples = 0
        for index in range(seconds * fps):
            gray = (across // 3 + down // 2 + 7 * index).astype(np.uint8) // 2 + 60
            picture = av.VideoFrame.from_ndarray(_captioned(gray, index // fps), format="rgb24")
            picture.pts, picture.time_base = index, Fraction(1, fps)
            container.mux(video.encode(picture))
            while samples < (index + 1) * SOUND_HZ // fps:
                wave = np.sin(2 * np.pi * 440 * np.arange(samples, samples + SOUND_SAMPLES) / SOUND_HZ)
                container.mux(audio.encode(_sound(0.2 * wave, samples)))
                samples += SOUND_SAMPLES
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return out.getvalue()


def _captioned(gray: Any, second: int) -> Any:
    image = Image.fromarray(gray).convert("RGB")
    edge = max(12, image.height // 20)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(edge)
    for row, words in enumerate(("Navel oranges, picked today", f"Order now: 9.90 a kilo ({second} s)")):
        pen.text((edge, edge * (2 + 2 * row)), words, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return np.asarray(image)


def recorded(path: Path, fps: int = 25) -> bytes:
    """An FLV of what a file shows and says; what it lacks is black, or silent."""
    out = io.BytesIO()
    with path.open("rb") as file, av.open(file, "r") as source:
        has_picture, has_sound = bool(source.streams.video), bool(source.streams.audio)
        width, height = (source.streams.video[0].width, source.streams.video[0].height) if has_picture else (640, 360)
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=SOUND_HZ, frame_size=SOUND_SAMPLES)
        with av.open(out, "w", format="flv", options={"flvflags": "no_duration_filesize"}) as container:
            video, audio = _streams(container, width // 2 * 2, height // 2 * 2, fps, KEYFRAME_S)
            shown = 0
            for frame in source.decode(*source.streams.video[:1], *source.streams.audio[:1]):
                if isinstance(frame, av.VideoFrame) and frame.time is not None and frame.time * fps >= shown:
                    frame.pts, frame.time_base = shown, Fraction(1, fps)
                    container.mux(video.encode(frame.reformat(format="yuv420p")))
                    shown += 1
                elif isinstance(frame, av.AudioFrame):
                    for piece in resampler.resample(frame):
                        container.mux(audio.encode(piece))
            if has_picture:
                container.mux(video.encode(None))
            if has_sound:
                container.mux(audio.encode(None))
    return out.getvalue()


def _streams(container: Any, width: int, height: int, fps: int, keyframe_s: int) -> tuple[Any, Any]:
    video = container.add_stream("libx264", rate=fps)
    video.width, video.height, video.pix_fmt = width, height, "yuv420p"
    video.codec_context.thread_count = 1
    video.codec_context.gop_size = keyframe_s * fps
    video.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "26", "x264-params": "scenecut=0"}
    return video, container.add_stream("aac", rate=SOUND_HZ, layout="mono")


def _sound(wave: Any, at_sample: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(wave.astype(np.float32).reshape(1, -1), format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SOUND_HZ, at_sample, Fraction(1, SOUND_HZ)
    return frame


def cut(flv: bytes) -> list[Init | Part]:
    """An FLV's tags as the messages of an encoder, cut into parts."""
    stream = Stream(first_init_id=1, first_sequence=1)
    items, at, now_us = [*stream.publisher_opened(0)], _FLV_HEAD_BYTES, 0
    found: list[Init | Part] = [*items]
    while at + _TAG_HEAD_BYTES <= len(flv):
        size = int.from_bytes(flv[at + 1 : at + 4], "big")
        timestamp_ms = int.from_bytes(flv[at + 4 : at + 7], "big") | flv[at + 7] << 24
        payload = flv[at + _TAG_HEAD_BYTES : at + _TAG_HEAD_BYTES + size]
        now_us = max(now_us, timestamp_ms * 1_000)
        fed = stream.feed_message(_FLV_KINDS[flv[at] & 0x1F], timestamp_ms, payload, now_us)
        found += [item for item in fed if isinstance(item, Init | Part)]
        at += _TAG_HEAD_BYTES + size + _TAG_END_BYTES
    return found + stream.publisher_closed(now_us)


if __name__ == "__main__":
    sys.exit(main())
