"""Core: the simple RTMP handshake, both sides, without I/O; the caller brings the clock and the random bytes.

Server: C0 and C1 in, S0 S1 S2 out, C2 in, done. S1 carries version zero, which tells every encoder in use (OBS, ffmpeg,
GStreamer, phones) that the digest variant is not spoken. C2 should repeat S1; it is read and not compared, as some
encoders send their own bytes there and the comparison would protect nobody: a key, not an echo, proves who publishes.

Source: Adobe's Real Time Messaging Protocol (rtmp_specification_1.0), section 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.rtmp.errors import HandshakeMalformed

VERSION = 3
PACKET_BYTES = 1536
"""Bytes of each of C1, C2, S1, S2."""
RANDOM_BYTES = PACKET_BYTES - 8
"""Random bytes that a side brings for its C1 or S1."""


@dataclass(frozen=True, slots=True)
class HandshakeStep:
    """What one feed led to."""

    send: bytes
    done: bool
    rest: bytes
    """Bytes past the handshake; empty until done."""


class ServerHandshake:
    """The server's side of one connection's handshake; holds at most one packet."""

    __slots__ = ("_answered", "_held", "_random")

    def __init__(self, random: bytes) -> None:
        assert len(random) == RANDOM_BYTES
        self._random = random
        self._held = b""
        self._answered = False

    def feed(self, data: bytes, uptime_ms: int) -> HandshakeStep:
        """Take bytes; `uptime_ms` is the timestamp for S1, on any clock.

        Raises: HandshakeMalformed as soon as the first byte is not RTMP's version 3.
        """
        held = self._held + data
        send = b""
        if not self._answered:
            if held and held[0] != VERSION:
                raise HandshakeMalformed(f"not RTMP: the first byte is {held[0]}, RTMP begins with {VERSION}")
            if len(held) < 1 + PACKET_BYTES:
                self._held = held
                return HandshakeStep(b"", False, b"")
            send = hello(self._random, uptime_ms) + echo(held[1 : 1 + PACKET_BYTES], uptime_ms)
            held = held[1 + PACKET_BYTES :]
            self._answered = True
        if len(held) < PACKET_BYTES:
            self._held = held
            return HandshakeStep(send, False, b"")
        self._held = b""
        return HandshakeStep(send, True, held[PACKET_BYTES:])


def hello(random: bytes, uptime_ms: int) -> bytes:
    """C0 and C1, or S0 and S1: the version, then time, zero and random bytes."""
    assert len(random) == RANDOM_BYTES
    return bytes((VERSION,)) + (uptime_ms & 0xFFFFFFFF).to_bytes(4, "big") + bytes(4) + random


def echo(packet: bytes, uptime_ms: int) -> bytes:
    """C2 or S2: the other side's `packet` again, with the time at which it was read in its second word."""
    assert len(packet) == PACKET_BYTES
    return packet[:4] + (uptime_ms & 0xFFFFFFFF).to_bytes(4, "big") + packet[8:]
