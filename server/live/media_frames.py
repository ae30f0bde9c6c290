"""Core: configurations and parts as they travel on the bus, topic `media.{room_id}`.

The bytes of a part are copied once into the publication and once out of it.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from media.part import Init, Part

_Track = Literal["audio", "video"]


class _InitRecord(msgspec.Struct, array_like=True, frozen=True, tag="init"):
    init_id: int
    rendition: str
    track: _Track
    codec: str
    width: int
    height: int
    sample_rate: int
    channels: int
    data: bytes


class _PartRecord(msgspec.Struct, array_like=True, frozen=True, tag="part"):
    init_id: int
    rendition: str
    track: _Track
    sequence: int
    keyframe: bool
    pts_us: int
    duration_us: int
    wall_us: int
    data: bytes


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(_InitRecord | _PartRecord)


def encode_media(item: Init | Part) -> bytes:
    """The publication of one configuration or part."""
    if isinstance(item, Init):
        return _encoder.encode(
            _InitRecord(
                init_id=item.init_id,
                rendition=item.rendition,
                track=item.track,
                codec=item.codec,
                width=item.width,
                height=item.height,
                sample_rate=item.sample_rate,
                channels=item.channels,
                data=item.data,
            )
        )
    return _encoder.encode(
        _PartRecord(
            init_id=item.init_id,
            rendition=item.rendition,
            track=item.track,
            sequence=item.sequence,
            keyframe=item.keyframe,
            pts_us=item.pts_us,
            duration_us=item.duration_us,
            wall_us=item.wall_us,
            data=item.data,
        )
    )


def decode_media(publication: bytes) -> Init | Part:
    """Read a publication back.

    Raises: msgspec.DecodeError when it is none.
    """
    record = _decoder.decode(publication)
    if isinstance(record, _InitRecord):
        return Init(
            init_id=record.init_id,
            rendition=record.rendition,
            track=record.track,
            codec=record.codec,
            width=record.width,
            height=record.height,
            sample_rate=record.sample_rate,
            channels=record.channels,
            data=record.data,
        )
    return Part(
        init_id=record.init_id,
        rendition=record.rendition,
        track=record.track,
        sequence=record.sequence,
        keyframe=record.keyframe,
        pts_us=record.pts_us,
        duration_us=record.duration_us,
        wall_us=record.wall_us,
        data=record.data,
    )
