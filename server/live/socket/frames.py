"""Core: wire messages as WebSocket frames that are ready to send, built once and shared by all viewers.

A frame holds its header and payload in one `bytes`, so that a viewer who keeps up costs one system call and no copy.
A media part is both: one run of bytes with all its chunk frames, for viewers who keep up, and single chunks, for those
who don't, between which more urgent messages go first.
"""

from __future__ import annotations

from collections.abc import Sequence

from media.part import Init, Part
from server.live.socket.websocket import frame, frame_header
from server.live.wire import (
    CHUNK_BYTES_MAX,
    LANE_SOUND,
    LANE_VIDEO,
    Comment,
    Comments,
    Gap,
    PartChunk,
    PartHeader,
    Position,
    ServerMessage,
    TrackInit,
    encoder,
)


class ReadyFrame:
    """One encoded message. Shared: `data` changes only when a line in it is retracted before it was sent."""

    __slots__ = ("__weakref__", "data", "publications")

    def __init__(self, payload: bytes, publications: int = 1) -> None:
        self.data = frame(payload)
        self.publications = publications


class ReadyComments(ReadyFrame):
    """A tick's comments, from which single lines can still be taken out of every backlog at once."""

    __slots__ = ("comments", "position")

    def __init__(self, payload: bytes, position: Position, comments: Sequence[Comment]) -> None:
        super().__init__(payload, len(comments))
        self.position = position
        self.comments = comments

    def retract(self, comment_ids: frozenset[str]) -> None:
        """Take these lines out wherever the frame still waits."""
        kept = [comment for comment in self.comments if comment.comment_id not in comment_ids]
        if len(kept) < len(self.comments):
            self.comments = kept
            self.publications = len(kept)
            self.data = frame(encoder.encode(Comments(self.position, kept)))


class ReadyPart:
    """A media part as its chunk frames."""

    __slots__ = ("_chunks", "_ends", "init_id", "keyframe", "lane", "pts_us", "whole")

    def __init__(self, part: Part) -> None:
        self.lane = lane_of(part)
        self.keyframe = part.keyframe
        self.init_id = part.init_id
        self.pts_us = part.pts_us
        frames = _chunk_frames(part, self.lane)
        self.whole = b"".join(frames)
        ends: list[int] = []
        end = 0
        for chunk in frames:
            end += len(chunk)
            ends.append(end)
        self._ends = ends
        self._chunks: list[bytes] | None = None

    @property
    def chunks(self) -> list[bytes]:
        """The frames one by one; cut when the first viewer needs them so."""
        if self._chunks is None:
            starts = [0, *self._ends[:-1]]
            self._chunks = [self.whole[start:end] for start, end in zip(starts, self._ends, strict=True)]
        return self._chunks


def lane_of(item: Init | Part) -> int:
    """The lane a track travels on."""
    return LANE_VIDEO if item.track == "video" else LANE_SOUND


def ready(message: ServerMessage, publications: int = 1) -> ReadyFrame:
    """Encode a message."""
    return ReadyFrame(encoder.encode(message), publications)


def ready_init(init: Init) -> ReadyFrame:
    """Encode a track's configuration."""
    return ready(
        TrackInit(
            lane=lane_of(init),
            init_id=init.init_id,
            rendition=init.rendition,
            codec=init.codec,
            width=init.width,
            height=init.height,
            data=init.data,
        )
    )


def gap_frame(lane: int, publications: int, reason: str | None = None) -> bytes:
    """Tell a viewer that it missed this many publications of a lane by being slow, or why it will miss some."""
    reason = reason or ("skipped_to_keyframe" if lane == LANE_VIDEO else "slow")
    return frame(encoder.encode(Gap(lane=lane, reason=reason, publications=publications)))


def _chunk_frames(part: Part, lane: int) -> list[bytes]:
    header = PartHeader(
        keyframe=part.keyframe,
        pts_us=part.pts_us,
        duration_us=part.duration_us,
        wall_us=part.wall_us,
        bytes=len(part.data),
    )
    frames: list[bytes] = []
    starts = range(0, max(len(part.data), 1), CHUNK_BYTES_MAX)
    for index, start in enumerate(starts):
        payload = encoder.encode(
            PartChunk(
                lane=lane,
                init_id=part.init_id,
                part_id=part.sequence,
                index=index,
                last=index == len(starts) - 1,
                header=header if index == 0 else None,
                data=part.data[start : start + CHUNK_BYTES_MAX],
            )
        )
        frames.append(frame_header(len(payload)) + payload)
    return frames
