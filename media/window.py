"""Core: what a joiner gets before the live stream: the newest configuration and the parts since the last keyframe.

Per track it keeps the current `Init` and, for video, the parts from the newest keyframe on; for audio, those that
sound from that keyframe on. Parts may come twice (ignored) or be missing (kept as they come: browsers bridge it). A
group of pictures that outgrows the bounds is given up as a whole, because its rest could not be decoded: a joiner then
gets sound at once and the picture with the next keyframe.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from media.part import Init, Part, Track

DURATION_US_MAX = 12_000_000
"""OBS left at "automatic" sends a keyframe every 250 frames: 8.3 s at 30 fps, 10 s at 25."""
BYTES_MAX = 12 * 1024 * 1024
"""10 s at 8 Mb/s and some."""
AUDIO_ALONE_US = 2_000_000
"""How much sound is kept while there is no picture to join at."""


@dataclass(slots=True)
class _TrackWindow:
    init: Init | None = None
    newest: int | None = None
    """The newest sequence taken under this init."""
    parts: deque[Part] = field(default_factory=deque)
    kept_bytes: int = 0

    def append(self, part: Part) -> None:
        self.parts.append(part)
        self.kept_bytes += len(part.data)

    def drop_oldest(self) -> None:
        self.kept_bytes -= len(self.parts.popleft().data)

    def clear(self) -> None:
        self.parts.clear()
        self.kept_bytes = 0


class Window:
    """The join window of one room in one rendition."""

    __slots__ = ("_bytes_max", "_duration_us_max", "_tracks")

    def __init__(self, *, duration_us_max: int = DURATION_US_MAX, bytes_max: int = BYTES_MAX) -> None:
        self._duration_us_max = duration_us_max
        self._bytes_max = bytes_max
        self._tracks: Final[dict[Track, _TrackWindow]] = {"audio": _TrackWindow(), "video": _TrackWindow()}

    @property
    def kept_bytes(self) -> int:
        """Bytes of parts kept."""
        return sum(track.kept_bytes for track in self._tracks.values())

    def add(self, item: Init | Part) -> bool:
        """Take the next item; False if it was ignored: a duplicate, or a part of another init than the current."""
        track = self._tracks[item.track]
        if isinstance(item, Init):
            if track.init is not None and track.init.init_id == item.init_id:
                return False
            track.init, track.newest = item, None
            track.clear()
            return True
        if track.init is None or item.init_id != track.init.init_id:
            return False
        if track.newest is not None and item.sequence <= track.newest:
            return False
        track.newest = item.sequence
        if item.track == "video":
            self._add_video(track, item)
        else:
            track.append(item)
        self._trim(item)
        return True

    def forget_parts(self) -> None:
        """Keep the configurations alone: a publisher that comes back with the same settings sends no new ones."""
        for track in self._tracks.values():
            track.clear()

    def snapshot(self) -> list[Init | Part]:
        """What a joiner needs: the init of each track, then the parts in order of time, each track's in sequence."""
        inits: list[Init | Part] = [track.init for track in self._tracks.values() if track.init is not None]
        audio, video = (deque(self._tracks[name].parts) for name in ("audio", "video"))
        merged: list[Init | Part] = []
        while audio and video:
            merged.append((audio if audio[0].pts_us <= video[0].pts_us else video).popleft())
        return [*inits, *merged, *audio, *video]

    def _add_video(self, track: _TrackWindow, part: Part) -> None:
        if part.keyframe:
            track.clear()
        elif not track.parts:
            return
        track.append(part)

    def _trim(self, newest: Part) -> None:
        audio, video = self._tracks["audio"], self._tracks["video"]
        end_us = newest.pts_us + newest.duration_us
        if video.parts and (
            end_us - video.parts[0].pts_us > self._duration_us_max or video.kept_bytes > self._bytes_max
        ):
            video.clear()
        since_us = video.parts[0].pts_us if video.parts else end_us - AUDIO_ALONE_US
        while audio.parts and (
            audio.parts[0].pts_us + audio.parts[0].duration_us <= since_us or audio.kept_bytes > self._bytes_max
        ):
            audio.drop_oldest()
