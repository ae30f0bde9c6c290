"""Core: the messages that the server says to an encoder.

The status codes are those on which encoders act: OBS's librtmp stops on the three NetStream.Publish errors and on
NetConnection.Connect.InvalidApp and writes their description in its log; ffmpeg prints the description of any status
of level "error". OBS keeps to itself what an `_error` says, so a refused connect is told both ways.

Source: Adobe's Real Time Messaging Protocol (rtmp_specification_1.0), sections 5.4, 7.1.7 and 7.2.
"""

from __future__ import annotations

from media.rtmp import amf0
from media.rtmp.amf0 import AmfValue
from media.rtmp.chunks import ChunkWriter, Message, MessageType

BAD_NAME = "NetStream.Publish.BadName"
"""A stream key that is missing, unknown or no longer good."""
DENIED = "NetStream.Publish.Denied"
"""A good key at the wrong time: displaced, too many, the server can't tell now."""
REJECTED = "NetStream.Publish.Rejected"
"""A stream that can't be carried on: wrong codec, ended by a moderator or the room's owner."""
INVALID_APP = "NetConnection.Connect.InvalidApp"
FAILED = "NetStream.Failed"

CHUNK_BYTES_OUT = 4096
PEER_WINDOW_BYTES = 2_500_000
"""The window we announce and the bandwidth we allow; what librtmp and FMS use."""
STREAM_ID = 1
"""The one message stream of a connection."""

_CSID_CONTROL = 2
_CSID_COMMAND = 3
_CSID_STATUS = 5
_BANDWIDTH_DYNAMIC = 2
_STREAM_BEGIN = 0
_PING_RESPONSE = 7


class Replies:
    """Writes the server's side of one connection; every method returns bytes to send."""

    __slots__ = ("_writer",)

    def __init__(self) -> None:
        self._writer = ChunkWriter()

    def connected(self, transaction: float) -> bytes:
        """Windows, chunk size, and the result of connect."""
        return (
            self._control(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, PEER_WINDOW_BYTES.to_bytes(4, "big"))
            + self._control(
                MessageType.SET_PEER_BANDWIDTH, PEER_WINDOW_BYTES.to_bytes(4, "big") + bytes((_BANDWIDTH_DYNAMIC,))
            )
            + self._writer.set_chunk_bytes(CHUNK_BYTES_OUT)
            + self._command(
                "_result",
                transaction,
                {"fmsVer": "FMS/3,5,7,7009", "capabilities": 31.0},
                _status("status", "NetConnection.Connect.Success", "Connection succeeded.") | {"objectEncoding": 0.0},
            )
        )

    def connect_refused(self, transaction: float, code: str, description: str) -> bytes:
        """A refusal of connect, as the call's error and as a status."""
        status = _status("error", code, description)
        return self._command("_error", transaction, None, status) + self._command("onStatus", 0.0, None, status)

    def result(self, transaction: float, value: AmfValue = None) -> bytes:
        """The plain result of a call."""
        return self._command("_result", transaction, None, value)

    def publish_started(self) -> bytes:
        """The stream begins, the encoder may send."""
        begin = _STREAM_BEGIN.to_bytes(2, "big") + STREAM_ID.to_bytes(4, "big")
        return self._control(MessageType.USER_CONTROL, begin) + self.status(
            "status", "NetStream.Publish.Start", "Publishing."
        )

    def status(self, level: str, code: str, description: str) -> bytes:
        """An onStatus on the message stream; level "status" or "error"."""
        return self._command("onStatus", 0.0, None, _status(level, code, description), stream_id=STREAM_ID)

    def acknowledgement(self, received_bytes: int) -> bytes:
        """How much has been received, modulo 2^32."""
        return self._control(MessageType.ACKNOWLEDGEMENT, (received_bytes & 0xFFFFFFFF).to_bytes(4, "big"))

    def pong(self, stamp: bytes) -> bytes:
        """The answer to a ping request; `stamp` is its four bytes."""
        return self._control(MessageType.USER_CONTROL, _PING_RESPONSE.to_bytes(2, "big") + stamp)

    def _control(self, kind: MessageType, payload: bytes) -> bytes:
        return self._writer.write(Message(kind, 0, 0, payload), csid=_CSID_CONTROL)

    def _command(self, *values: AmfValue, stream_id: int = 0) -> bytes:
        csid = _CSID_STATUS if stream_id else _CSID_COMMAND
        return self._writer.write(Message(MessageType.COMMAND_AMF0, stream_id, 0, amf0.encode(*values)), csid=csid)


def _status(level: str, code: str, description: str) -> dict[str, AmfValue]:
    return {"level": level, "code": code, "description": description}
