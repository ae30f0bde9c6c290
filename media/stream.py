"""Core: a room's ingest across publishers: RTMP messages in, codec configurations and parts out.

Theory of operation. A message is parsed (`flv`), its configuration or frame understood (`avc`, `aac`), placed on the
room's time (`timeline`) and cut (`cutter`). A configuration that equals the current one is not news, so that a
publisher that reconnects with the same encoder settings goes on under the same `init_id`; one that differs flushes its
track and becomes a new `Init`. Video waits for a keyframe after every configuration and every reconnect.

What a publisher sends never raises: bytes that make no sense are left out and reported as `Rejected`, each kind once
per publisher and track.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from media import boxes, flv
from media.aac import AacConfig, parse_asc
from media.avc import AvcConfig, parse_avcc, scan_access_unit, with_parameter_sets
from media.cutter import StreamCutter, VideoInput
from media.errors import MalformedMedia
from media.health import HealthMeter, StreamHealth
from media.part import INIT_ID_BITS, Init, Part, Rejected, RejectionCode, Track
from media.timeline import Timeline

VIDEO_SAMPLE_BYTES_MAX = 2 * 1024 * 1024
AUDIO_SAMPLE_BYTES_MAX = 8 * 1024
GOP_US_MAX = 20_000_000
"""Without a keyframe for so long, nobody can join: the host is told."""
CONFIGURATIONS_MAX = 20
"""Changes within CONFIGURATIONS_US; each costs every viewer a decoder."""
CONFIGURATIONS_US = 10_000_000

MessageKind = Literal["audio", "video", "data"]
Item = Init | Part | Rejected


class Stream:
    """One room's live stream in one rendition, over any number of publishers."""

    __slots__ = (
        "_aac",
        "_audio_init",
        "_avc",
        "_changes_us",
        "_cutter",
        "_keyframe_us",
        "_meter",
        "_next_init_id",
        "_rejected",
        "_rendition",
        "_timeline",
        "_video_init",
        "_video_open",
    )

    def __init__(
        self, *, first_init_id: int, first_sequence: int, rendition: str = "source", began_us: int | None = None
    ) -> None:
        """`first_init_id` is random, so that a restart doesn't reuse ids; it must leave room below 2^48.
        `began_us` is the wall clock at room time 0; None: when the first publisher opens.
        """
        assert 0 <= first_init_id < (1 << INIT_ID_BITS) - (1 << 24), "leave room for the stream's life"
        self._next_init_id = first_init_id
        self._rendition = rendition
        self._timeline = Timeline(began_us)
        self._cutter = StreamCutter(first_sequence)
        self._meter = HealthMeter()
        self._avc: AvcConfig | None = None
        self._aac: AacConfig | None = None
        self._video_init: Init | None = None
        self._audio_init: Init | None = None
        self._video_open = False
        """Whether a keyframe has come since the publisher or the configuration changed."""
        self._keyframe_us = 0
        self._changes_us: list[int] = []
        self._rejected: set[tuple[RejectionCode, Track]] = set()

    def publisher_opened(self, now_us: int) -> list[Part]:
        """A publisher begins, perhaps displacing one that never closed; the parts that flushes."""
        parts = self._cutter.flush()
        self._timeline.publisher_opened(now_us)
        self._video_open = False
        self._keyframe_us = now_us
        self._changes_us.clear()
        self._rejected.clear()
        self._meter.publisher_opened(now_us)
        return self._noted(parts, now_us)

    def publisher_closed(self, now_us: int) -> list[Part]:
        """The publisher is gone: what was pending leaves. May be called more than once."""
        self._meter.publisher_closed()
        return self._noted(self._cutter.flush(), now_us)

    def feed_message(self, kind: MessageKind, timestamp_ms: int, payload: bytes, now_us: int) -> list[Item]:
        """Take one RTMP message of type 8, 9 or 18; what it completes, each track's items in order."""
        self._meter.received(kind, len(payload), now_us)
        if kind == "data":
            return []
        try:
            if kind == "video":
                return self._feed_video(timestamp_ms, payload, now_us)
            return self._feed_audio(timestamp_ms, payload, now_us)
        except MalformedMedia as error:
            return self._reject("message_malformed", kind, str(error))

    def current_inits(self) -> list[Init]:
        """The configurations that later parts belong to."""
        return [init for init in (self._audio_init, self._video_init) if init is not None]

    def health(self, now_us: int) -> StreamHealth:
        """How the stream is doing, for the host's page and for metrics."""
        health = self._meter.measure(now_us)
        video, audio = self._video_init, self._audio_init
        return replace(
            health,
            width=video.width if video else 0,
            height=video.height if video else 0,
            video_codec=video.codec if video else "",
            audio_codec=audio.codec if audio else "",
            sample_rate=audio.sample_rate if audio else 0,
            channels=audio.channels if audio else 0,
            timestamp_repairs=self._timeline.repairs,
        )

    def _feed_video(self, timestamp_ms: int, payload: bytes, now_us: int) -> list[Item]:
        match flv.parse_video(payload):
            case flv.VideoConfig(avcc):
                return self._configure_video(parse_avcc(avcc), now_us)
            case flv.VideoFrame() as frame:
                return self._feed_frame(frame, timestamp_ms, now_us)
            case flv.Unsupported(track, sent, supported):
                return self._reject("codec_unsupported", track, sent, supported, fatal=True)
            case flv.EndOfSequence():
                self._video_open = False
                return [*self._noted(self._cutter.video.flush(), now_us)]
            case flv.Ignored():
                return []

    def _feed_audio(self, timestamp_ms: int, payload: bytes, now_us: int) -> list[Item]:
        match flv.parse_audio(payload):
            case flv.AudioConfig(asc):
                return self._configure_audio(asc, now_us)
            case flv.AudioFrame(data):
                return self._feed_sound(data, timestamp_ms, now_us)
            case flv.Unsupported(track, sent, supported):
                return self._reject("codec_unsupported", track, sent, supported, fatal=True)
            case flv.EndOfSequence():
                return [*self._noted(self._cutter.audio.flush(), now_us)]
            case flv.Ignored():
                return []

    def _configure_video(self, config: AvcConfig, now_us: int) -> list[Item]:
        if self._avc is not None and config.avcc == self._avc.avcc:
            return []
        if not self._may_change(now_us):
            return self._reject("configuration_changes_too_often", "video", f"{CONFIGURATIONS_MAX} changes", fatal=True)
        data = boxes.video_init(config.avcc, config.width, config.height)
        init = Init(
            self._take_init_id(), self._rendition, "video", config.codec, config.width, config.height, 0, 0, data
        )
        parts = self._cutter.video.configure(init, config.frame_interval_us)
        self._avc, self._video_init, self._video_open = config, init, False
        return [*self._noted(parts, now_us), init]

    def _configure_audio(self, asc: bytes, now_us: int) -> list[Item]:
        config = parse_asc(asc)
        if isinstance(config, flv.Unsupported):
            return self._reject("codec_unsupported", "audio", config.sent, config.supported, fatal=True)
        if self._aac is not None and config.asc == self._aac.asc:
            return []
        if not self._may_change(now_us):
            return self._reject("configuration_changes_too_often", "audio", f"{CONFIGURATIONS_MAX} changes", fatal=True)
        data = boxes.audio_init(config.asc, config.sample_rate, config.channels)
        init = Init(
            self._take_init_id(),
            self._rendition,
            "audio",
            config.codec,
            0,
            0,
            config.sample_rate,
            config.channels,
            data,
        )
        parts = self._cutter.audio.configure(init, config.frame_samples)
        self._aac, self._audio_init = config, init
        return [*self._noted(parts, now_us), init]

    def _feed_frame(self, frame: flv.VideoFrame, timestamp_ms: int, now_us: int) -> list[Item]:
        if self._avc is None:
            return self._reject("frame_before_configuration", "video", "a frame", "a sequence header first")
        if len(frame.data) > VIDEO_SAMPLE_BYTES_MAX:
            return self._reject(
                "sample_too_large", "video", f"{len(frame.data)} bytes", f"{VIDEO_SAMPLE_BYTES_MAX} bytes"
            )
        unit = scan_access_unit(frame.data, self._avc.nal_length_bytes)
        if not unit.picture:
            return []
        items: list[Item] = []
        if unit.keyframe:
            if unit.sps or unit.pps:
                items += self._configure_video(with_parameter_sets(self._avc, unit.sps, unit.pps), now_us)
            self._video_open = True
            self._meter.keyframe(now_us)
            self._keyframe_us = now_us
        elif not self._video_open:
            return items + self._reject("frame_before_keyframe", "video", "a frame", "a keyframe (IDR) first")
        elif now_us - self._keyframe_us > GOP_US_MAX:
            items += self._reject(
                "keyframes_too_rare", "video", f"none for {GOP_US_MAX // 1_000_000} s", "one every 1 or 2 s"
            )
        time = self._timeline.place_video(timestamp_ms, frame.composition_ms, now_us)
        self._meter.frame(now_us)
        sample = VideoInput(frame.data, unit.keyframe, time.dts_us, time.pts_us, now_us)
        return [*items, *self._noted(self._cutter.add_video(sample), now_us)]

    def _feed_sound(self, data: bytes, timestamp_ms: int, now_us: int) -> list[Item]:
        if self._aac is None:
            return self._reject("frame_before_configuration", "audio", "a frame", "a sequence header first")
        if len(data) > AUDIO_SAMPLE_BYTES_MAX:
            return self._reject("sample_too_large", "audio", f"{len(data)} bytes", f"{AUDIO_SAMPLE_BYTES_MAX} bytes")
        at = self._timeline.place_audio(timestamp_ms, self._aac.frame_samples, self._aac.sample_rate, now_us)
        if at is None:
            return []
        return [*self._noted(self._cutter.add_audio(data, at, now_us), now_us)]

    def _take_init_id(self) -> int:
        init_id = self._next_init_id
        assert init_id < 1 << INIT_ID_BITS
        self._next_init_id += 1
        return init_id

    def _may_change(self, now_us: int) -> bool:
        self._changes_us = [at for at in self._changes_us if 0 <= now_us - at < CONFIGURATIONS_US]
        self._changes_us.append(now_us)
        return len(self._changes_us) <= CONFIGURATIONS_MAX

    def _noted(self, parts: Sequence[Part], now_us: int) -> list[Part]:
        if parts:
            self._meter.part(now_us, len(parts))
        return list(parts)

    def _reject(
        self, code: RejectionCode, track: Track, sent: str, supported: str = "", *, fatal: bool = False
    ) -> list[Item]:
        self._meter.rejected += 1
        if (code, track) in self._rejected:
            return []
        self._rejected.add((code, track))
        return [Rejected(code, track, sent, supported, fatal)]
