"""Edge: a synthetic host: a child program that films a scene and publishes it by RTMP, as any host would.

    python -m media.synthetic --scene farm [--url rtmp://…] [--fps 25] [--seconds N] [--size 640x360]

The publish address holds the stream key, so it is better not given as an argument, where the process list shows it:
without `--url` it is read from the environment variable JISHI_PUBLISH_URL, or else as the first line of standard input.

It draws and encodes in real time (no B-frames, a keyframe each second, music), writes the wall clock into every
picture (`clock_blocks`), reconnects with back-off when the server goes away, and ends on SIGTERM or SIGINT, or when its
parent process is gone.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from media import ambience, clock_blocks
from media.scenes import farm, jobs
from media.scenes.scene import Builder, Scene, SceneName
from media.scenes.sprites import Picture

log = logging.getLogger("jishi.synthetic")

URL_VARIABLE = "JISHI_PUBLISH_URL"
BACKOFF_S_MIN = 0.5
BACKOFF_S_MAX = 5.0
STEADY_S = 10.0
"""A connection that held so long lets the next back-off start small again."""
CONNECT_TIMEOUT_S = 5.0
WRITE_TIMEOUT_S = 5.0
EXIT_GRACE_S = 1.0
"""After a signal, for a blocked write to come back."""
PARENT_POLL_S = 1.0
AUDIO_AHEAD_S = 0.08
"""Sound is written a little before its picture, so that the muxer never holds a picture back to interleave."""
LATE_S_MAX = 0.5
"""Behind by more than this, frames are left out instead of caught up."""
AUDIO_FRAME_SAMPLES = 1024
_BUILDERS: dict[SceneName, Builder] = {"farm": farm.build, "jobs": jobs.build}


@dataclass(frozen=True, slots=True)
class Settings:
    """What to film, and how."""

    scene: SceneName
    width: int
    height: int
    fps: int
    video_kbps: int
    seconds: float | None
    """None: until told to stop."""


class Host:
    """One scene with its music, to be published to one address after another try."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop
        self._scene: Scene = _BUILDERS[settings.scene](settings.width, settings.height)
        self._picture = Picture(settings.width, settings.height)
        self._music = ambience.loop(settings.scene)
        self._born_s = time.monotonic()

    def publish(self, url: str) -> None:
        """Connect and send until stopped, or until `seconds` of this connection have passed.

        Raises: OSError or av.FFmpegError when the server can't be reached, refuses, or goes away.
        """
        options = {"flvflags": "no_duration_filesize", "flush_packets": "1"}
        container = av.open(url, "w", format="flv", options=options, timeout=(CONNECT_TIMEOUT_S, WRITE_TIMEOUT_S))
        try:
            video, audio = self._add_streams(container)
            container.start_encoding()
            self._send(container, video, audio)
        finally:
            container.close()

    def _add_streams(self, container: OutputContainer) -> tuple[VideoStream, AudioStream]:
        settings = self._settings
        video = container.add_stream("libx264", rate=settings.fps)
        video.width, video.height, video.pix_fmt = settings.width, settings.height, "yuv420p"
        video.bit_rate = settings.video_kbps * 1_000
        video.codec_context.time_base = Fraction(1, settings.fps)
        video.codec_context.thread_count = 1
        video.codec_context.gop_size = settings.fps
        rate = f"vbv-maxrate={settings.video_kbps * 5 // 4}:vbv-bufsize={settings.video_kbps}"
        video.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "main",
            "x264-params": f"keyint={settings.fps}:scenecut=0:bframes=0:{rate}",
        }
        audio = container.add_stream("aac", rate=ambience.SAMPLE_RATE_HZ, layout="stereo")
        audio.bit_rate = 64_000
        return video, audio

    def _send(self, container: OutputContainer, video: VideoStream, audio: AudioStream) -> None:
        fps = self._settings.fps
        started_s, index, samples = time.monotonic(), 0, 0
        while not self._stop.is_set():
            now_s = time.monotonic() - started_s
            if self._settings.seconds is not None and now_s >= self._settings.seconds:
                break
            wait_s = index / fps - now_s
            if wait_s > 0:
                self._stop.wait(wait_s)
            elif wait_s < -LATE_S_MAX:
                index = round(now_s * fps)
            while samples < (index / fps + AUDIO_AHEAD_S) * ambience.SAMPLE_RATE_HZ:
                container.mux(audio.encode(self._sound(samples)))
                samples += AUDIO_FRAME_SAMPLES
            container.mux(video.encode(self._film(index)))
            index += 1

    def _film(self, index: int) -> av.VideoFrame:
        self._scene.paint(self._picture, time.monotonic() - self._born_s)
        clock_blocks.draw(self._picture.y, time.time_ns() // 1_000_000)
        frame = av.VideoFrame.from_ndarray(self._picture.packed, format="yuv420p")
        frame.pts, frame.time_base = index, Fraction(1, self._settings.fps)
        return frame

    def _sound(self, at_sample: int) -> av.AudioFrame:
        places = np.arange(at_sample, at_sample + AUDIO_FRAME_SAMPLES) % self._music.shape[1]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(self._music[:, places]), format="fltp", layout="stereo")
        frame.sample_rate = ambience.SAMPLE_RATE_HZ
        frame.pts, frame.time_base = at_sample, Fraction(1, ambience.SAMPLE_RATE_HZ)
        return frame


def run(settings: Settings, url: str, stop: threading.Event) -> None:
    """Publish until stopped, or until a connection has lasted `seconds`; connect again after every failure."""
    host = Host(settings, stop)
    backoff_s = BACKOFF_S_MIN
    while not stop.is_set():
        started_s = time.monotonic()
        try:
            host.publish(url)
            return
        except (OSError, av.FFmpegError) as failure:
            if stop.is_set():
                return
            # The address is left out: it holds the key.
            log.warning("publishing failed: %s; trying again in %.1f s", type(failure).__name__, backoff_s)
        if time.monotonic() - started_s > STEADY_S:
            backoff_s = BACKOFF_S_MIN
        stop.wait(backoff_s * random.uniform(0.7, 1.3))  # noqa: S311 - spreads reconnects, guards nothing
        backoff_s = min(backoff_s * 2, BACKOFF_S_MAX)


def _stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` on SIGTERM or SIGINT, even while the main thread is blocked inside the encoder or a write.

    The same when the process that started this one is gone: a host that nobody watches over would publish for ever.
    """
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    for number in (signal.SIGTERM, signal.SIGINT):
        # The handler itself has nothing to do: the interpreter writes to `tell` before it gets to run it.
        signal.signal(number, lambda _number, _frame: None)

    parent = os.getppid()

    def wait() -> None:
        while os.getppid() == parent and not select.select([told], [], [], PARENT_POLL_S)[0]:
            pass
        stop.set()
        time.sleep(EXIT_GRACE_S)
        os._exit(0)

    threading.Thread(target=wait, name="signals", daemon=True).start()


def _parse(arguments: list[str]) -> tuple[Settings, str]:
    parser = argparse.ArgumentParser(prog="python -m media.synthetic", description="Publish a synthetic live stream.")
    parser.add_argument("--scene", choices=get_args(SceneName), required=True)
    parser.add_argument("--url", help=f"publish address; default: {URL_VARIABLE}, or the first line of standard input")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--size", default="640x360", help="WIDTHxHEIGHT: multiples of 80 and 180")
    parser.add_argument("--video-kbps", type=int, default=600)
    parser.add_argument("--seconds", type=float, help="end after so long on air")
    options = parser.parse_args(arguments)
    width, _, height = options.size.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(height) % 180 == 0):
        parser.error(f"--size {options.size}: the height must be a multiple of 180")
    if not clock_blocks.fits(int(width), int(height)):
        parser.error(f"--size {options.size}: the width must be a multiple of 80")
    if not 1 <= options.fps <= 60:
        parser.error("--fps: from 1 to 60")
    url = options.url or os.environ.pop(URL_VARIABLE, "") or sys.stdin.readline().strip()
    if not url.startswith(("rtmp://", "rtmps://")):
        parser.error("no rtmp:// address given")
    settings = Settings(options.scene, int(width), int(height), options.fps, options.video_kbps, options.seconds)
    return settings, url


def main(arguments: list[str] | None = None) -> int:
    """Run the program; the exit code."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.INFO)
    av.logging.set_level(None)
    settings, url = _parse(sys.argv[1:] if arguments is None else arguments)
    stop = threading.Event()
    _stop_on_signals(stop)
    run(settings, url, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
