"""Core: which codecs may be published, judged from the first bytes of a message.

Parts are passed through to browsers as they come, so only what every browser plays is let in: H.264 and AAC, in the
classic spelling or under Enhanced RTMP's FourCC. The answer for anything else is a sentence that the host can act on.

Sources: Adobe Flash Video File Format 10.1, annex E.4; Enhanced RTMP v2, "Enhanced Audio" and "Enhanced Video".
"""

from __future__ import annotations

SUPPORTED = "this server takes H.264 video and AAC sound; choose them in the encoder's settings"

_VIDEO_NAMES = {2: "Sorenson H.263", 4: "VP6", 5: "VP6", 12: "H.265 (HEVC)", 13: "AV1"}
_AUDIO_NAMES = {2: "MP3", 6: "Nellymoser", 7: "G.711", 8: "G.711", 11: "Speex", 13: "Opus", 14: "MP3"}
_FOURCC_NAMES = {
    b"hvc1": "H.265 (HEVC)",
    b"av01": "AV1",
    b"vp08": "VP8",
    b"vp09": "VP9",
    b"vvc1": "H.266 (VVC)",
    b"Opus": "Opus",
    b"fLaC": "FLAC",
    b"ac-3": "AC-3",
    b"ec-3": "E-AC-3",
    b".mp3": "MP3",
}
_VIDEO_EXTENDED_BIT = 0x80
_VIDEO_AVC = 7
_AUDIO_AAC = 10
_AUDIO_EXTENDED = 9
_PACKET_TYPE_MULTITRACK = 6
_PACKET_TYPE_MODIFIED = 7


def refuse_video(payload: bytes) -> str | None:
    """Why this video message can't be taken, or None if it can; `payload` is not empty."""
    if payload[0] & _VIDEO_EXTENDED_BIT:
        return _refuse_extended(payload, b"avc1", "video")
    if (codec := payload[0] & 0x0F) == _VIDEO_AVC:
        return None
    return f"{_VIDEO_NAMES.get(codec, 'this video codec')} is not supported: {SUPPORTED}"


def refuse_audio(payload: bytes) -> str | None:
    """Why this audio message can't be taken, or None if it can; `payload` is not empty."""
    codec = payload[0] >> 4
    if codec == _AUDIO_AAC:
        return None
    if codec == _AUDIO_EXTENDED:
        return _refuse_extended(payload, b"mp4a", "audio")
    return f"{_AUDIO_NAMES.get(codec, 'this audio codec')} is not supported: {SUPPORTED}"


def _refuse_extended(payload: bytes, supported: bytes, kind: str) -> str | None:
    packet_type = payload[0] & 0x0F
    if packet_type in (_PACKET_TYPE_MULTITRACK, _PACKET_TYPE_MODIFIED):
        return f"several {kind} tracks in one stream (Enhanced RTMP) are not supported: {SUPPORTED}"
    fourcc = payload[1:5]
    if fourcc == supported:
        return None
    return f"{_FOURCC_NAMES.get(fourcc, f'this {kind} codec')} is not supported: {SUPPORTED}"
