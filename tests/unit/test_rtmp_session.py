"""The session: scripts of bytes and seconds → decisions."""

from __future__ import annotations

import pytest

from media.rtmp import amf0, handshake, replies
from media.rtmp.chunks import Message, MessageType
from media.rtmp.decisions import Closed, Decision, MediaMessage, PublishRequested, Send, Unpublished
from media.rtmp.handshake import RANDOM_BYTES
from media.rtmp.session import TRANSITIONS, Event, ServerSession, SessionLimits, State
from tests.rtmp_client import AAC_HEADER, AVC_HEADER, Answers, PublisherScript, client_hello, command, connect

KEY = "a-secret-stream-key"


class Scene:
    """One session with what it has answered."""

    def __init__(self, limits: SessionLimits | None = None) -> None:
        self.session = ServerSession(random=bytes(RANDOM_BYTES), now=0.0, limits=limits)
        self.script = PublisherScript()
        self.answers = Answers()

    def feed(self, data: bytes, now: float = 1.0) -> list[Decision]:
        """Everything decided except what is sent, which goes to the answers."""
        return self.sort(self.session.feed(data, now))

    def sort(self, decisions: list[Decision]) -> list[Decision]:
        for decision in decisions:
            if isinstance(decision, Send):
                self.answers.feed(decision.data)
        return [decision for decision in decisions if not isinstance(decision, Send)]

    def publishing(self) -> Scene:
        self.feed(self.script.opening() + self.script.publish(KEY))
        self.sort(self.session.accept_publish(1.0))
        assert self.session.state is State.PUBLISHING
        return self

    @property
    def last_status(self) -> tuple[str, str, str]:
        return self.answers.statuses()[-1]


def test_every_state_has_its_row_and_can_end() -> None:
    assert set(TRANSITIONS) == set(State)
    for state, row in TRANSITIONS.items():
        assert (state is State.CLOSED) == (row.get(Event.ENDED) is None)


def test_from_handshake_to_publishing() -> None:
    scene = Scene()
    assert scene.feed(client_hello()) == []
    assert scene.feed(scene.script.say(connect())) == []
    window, bandwidth, chunk_size_aside, *rest = scene.answers.messages
    assert window == Message(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, 0, 0, bytes.fromhex("002625a0"))
    assert bandwidth == Message(MessageType.SET_PEER_BANDWIDTH, 0, 0, bytes.fromhex("002625a0 02"))
    assert chunk_size_aside.type_id == MessageType.COMMAND_AMF0
    assert rest == []
    (result,) = scene.answers.commands()
    assert result[:2] == ["_result", 1.0]
    assert isinstance(result[3], dict)
    assert result[3]["code"] == "NetConnection.Connect.Success"

    scene.feed(scene.script.say(command("releaseStream", 2, None, KEY), command("FCPublish", 3, None, KEY)))
    scene.feed(scene.script.say(command("_checkbw", 4, None), command("getStreamLength", 5, None, KEY)))
    scene.feed(scene.script.say(command("createStream", 6, None)))
    assert scene.answers.commands()[1:] == [
        ["_result", 2.0, None, None],
        ["_result", 3.0, None, None],
        ["_result", 4.0, None, None],
        ["_result", 5.0, None, 0.0],
        ["_result", 6.0, None, 1.0],
    ]
    assert scene.feed(scene.script.publish(KEY)) == [PublishRequested("live", KEY, "FMLE/3.0 (test)")]
    assert scene.session.state is State.ADMISSION

    assert scene.sort(scene.session.accept_publish(2.0)) == []
    assert scene.answers.messages[-2] == Message(MessageType.USER_CONTROL, 0, 0, bytes.fromhex("0000 00000001"))
    assert scene.last_status == ("status", "NetStream.Publish.Start", "Publishing.")


@pytest.mark.parametrize("step", [1, 7, 100, 1537])
def test_the_pieces_in_which_bytes_arrive_make_no_difference(step: int) -> None:
    scene = Scene()
    data = scene.script.opening() + scene.script.publish(KEY)
    decisions = [d for start in range(0, len(data), step) for d in scene.feed(data[start : start + step])]
    assert decisions == [PublishRequested("live", KEY, "FMLE/3.0 (test)")]


def test_the_key_is_in_no_repr() -> None:
    scene = Scene()
    (request,) = scene.feed(scene.script.opening() + scene.script.publish(KEY))
    assert KEY not in repr(request)


def test_media_comes_out_in_order() -> None:
    scene = Scene().publishing()
    script = scene.script
    metadata = amf0.encode("onMetaData", {"width": 1280.0})
    data = script.say(Message(MessageType.DATA_AMF0, 1, 0, amf0.encode("@setDataFrame") + metadata), csid=4)
    assert scene.feed(
        data + script.video(0, AVC_HEADER) + script.audio(0, AAC_HEADER) + script.video(33, b"\x17\x01")
    ) == [
        MediaMessage("data", 0, metadata),
        MediaMessage("video", 0, AVC_HEADER),
        MediaMessage("audio", 0, AAC_HEADER),
        MediaMessage("video", 33, b"\x17\x01"),
    ]


def test_data_in_its_other_forms() -> None:
    scene = Scene().publishing()
    say = scene.script.say
    plain = amf0.encode("onCuePoint", None)
    assert scene.feed(say(Message(MessageType.DATA_AMF0, 1, 5, plain))) == [MediaMessage("data", 5, plain)]
    assert scene.feed(say(Message(MessageType.DATA_AMF3, 1, 6, b"\0" + plain))) == [MediaMessage("data", 6, plain)]
    nonsense = [b"\x05", amf0.encode("@setDataFrame"), b"\x02\0\1a" + bytes(70_000)]
    assert [scene.feed(say(Message(MessageType.DATA_AMF0, 1, 7, data))) for data in nonsense] == [[], [], []]


def test_commands_in_amf3_messages_are_amf0_behind_one_byte() -> None:
    scene = Scene()
    scene.feed(client_hello())
    wrapped = Message(MessageType.COMMAND_AMF3, 0, 0, b"\0" + connect().payload)
    scene.feed(scene.script.say(wrapped))
    assert scene.session.state is State.STREAM


def test_what_comes_before_the_answer_is_held_until_it() -> None:
    scene = Scene()
    script = scene.script
    decisions = scene.feed(script.opening() + script.publish(KEY) + script.video(0, AVC_HEADER))
    assert [type(decision) for decision in decisions] == [PublishRequested]
    assert scene.feed(script.audio(0, AAC_HEADER)) == []
    assert scene.sort(scene.session.accept_publish(1.5)) == [
        MediaMessage("video", 0, AVC_HEADER),
        MediaMessage("audio", 0, AAC_HEADER),
    ]


def test_media_before_publishing_goes_nowhere() -> None:
    scene = Scene()
    script = scene.script
    assert scene.feed(script.opening() + script.video(0, AVC_HEADER)) == []


def test_timestamps_go_on_past_their_bits() -> None:
    scene = Scene().publishing()
    stamps = [0xFFFFFE, 0x1000000, 0x7FFFFFFF, 0xFFFFFFF0, 0x10]
    seen = [d for stamp in stamps for d in scene.feed(scene.script.video(stamp, b"\x27\x01"))]
    assert [d.timestamp_ms for d in seen if isinstance(d, MediaMessage)] == [*stamps[:-1], (1 << 32) + 0x10]


@pytest.mark.parametrize("app", ["other", "", "live/secret", "LIVE", "lives"])
def test_another_application_is_refused_without_repeating_its_name(app: str) -> None:
    scene = Scene()
    (closed,) = scene.feed(client_hello() + scene.script.say(connect(app)))
    assert isinstance(closed, Closed)
    assert closed.linger
    assert "secret" not in closed.reason
    error, status = scene.answers.commands()
    assert error[:2] == ["_error", 1.0]
    assert status[0] == "onStatus"
    level, code, description = scene.last_status
    assert (level, code) == ("error", "NetConnection.Connect.InvalidApp")
    assert "must end in /live" in description


@pytest.mark.parametrize("app", ["live", "/live/", "live?token=1"])
def test_the_application_in_its_spellings(app: str) -> None:
    scene = Scene()
    assert scene.feed(client_hello() + scene.script.say(connect(app))) == []
    assert scene.session.state is State.STREAM


def test_refusing_a_key_tells_why() -> None:
    scene = Scene()
    scene.feed(scene.script.opening() + scene.script.publish(KEY))
    assert scene.sort(scene.session.refuse_publish(replies.BAD_NAME, "this stream key is not known")) == [
        Closed("this stream key is not known", linger=True)
    ]
    assert scene.last_status == ("error", "NetStream.Publish.BadName", "this stream key is not known")
    assert scene.feed(scene.script.video(0, AVC_HEADER)) == []
    assert scene.session.refuse_publish(replies.BAD_NAME, "again") == []


def test_a_missing_key_is_refused() -> None:
    scene = Scene()
    scene.feed(scene.script.opening())
    assert scene.feed(scene.script.say(command("publish", 5, None))) == [Closed("the stream key is missing", True)]
    assert scene.last_status[1] == replies.BAD_NAME


@pytest.mark.parametrize(
    ("payload", "kind"),
    [(b"\x90hvc1\1\2", MessageType.VIDEO), (b"\x12\0", MessageType.VIDEO), (b"\x2f\0", MessageType.AUDIO)],
)
def test_other_codecs_are_refused_by_name(payload: bytes, kind: MessageType) -> None:
    scene = Scene().publishing()
    decisions = scene.feed(scene.script.say(Message(kind, 1, 0, payload), Message(kind, 1, 40, payload)))
    assert [type(decision) for decision in decisions] == [Closed]
    level, code, description = scene.last_status
    assert (level, code) == ("error", replies.REJECTED)
    assert "H.264" in description
    assert "AAC" in description


@pytest.mark.parametrize(
    "messages",
    [
        [command("publish", 5, None, KEY, "live")],
        [command("createStream", 5, None)],
        [connect(), connect()],
        [connect(), command("publish", 5, None, KEY, "live")],
    ],
)
def test_commands_out_of_order_end_the_session(messages: list[Message]) -> None:
    scene = Scene()
    (closed,) = scene.feed(client_hello() + scene.script.say(*messages))
    assert isinstance(closed, Closed)
    assert closed.reason.endswith("is out of order")
    assert scene.last_status[1] == replies.FAILED


def test_a_player_is_sent_away_with_a_reason() -> None:
    scene = Scene()
    scene.feed(scene.script.opening())
    (closed,) = scene.feed(scene.script.say(command("play", 0, None, KEY)))
    assert isinstance(closed, Closed)
    assert "plays none" in scene.last_status[2]


def test_unknown_commands_and_messages_are_passed_over() -> None:
    scene = Scene().publishing()
    say = scene.script.say
    assert scene.feed(say(command("FCSubscribe", 9, None), Message(99, 0, 0, b"x"), Message(22, 1, 0, b"x"))) == []
    assert scene.feed(say(Message(MessageType.COMMAND_AMF0, 0, 0, amf0.encode(1.0)))) == []
    assert scene.session.state is State.PUBLISHING


@pytest.mark.parametrize("name", ["FCUnpublish", "deleteStream", "closeStream"])
def test_the_end_of_a_stream(name: str) -> None:
    scene = Scene().publishing()
    assert scene.feed(scene.script.say(command(name, 6, None, KEY))) == [Unpublished()]
    assert scene.last_status[1] == "NetStream.Unpublish.Success"
    assert scene.feed(scene.script.say(command("deleteStream", 7, None, 1)) + scene.script.video(9, b"\x27\x01")) == []
    assert scene.feed(scene.script.publish(KEY)) == [Closed("publish is out of order", True)]


def test_pings_are_answered() -> None:
    scene = Scene().publishing()
    scene.feed(scene.script.say(Message(MessageType.USER_CONTROL, 0, 0, bytes.fromhex("0006 01020304")), csid=2))
    assert scene.answers.messages[-1] == Message(MessageType.USER_CONTROL, 0, 0, bytes.fromhex("0007 01020304"))


def test_the_peers_window_is_acknowledged() -> None:
    scene = Scene()
    script = scene.script
    scene.feed(script.opening() + script.publish(KEY))
    scene.sort(scene.session.accept_publish(1.0))
    window = Message(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, 0, 0, (10_000).to_bytes(4, "big"))
    before = len(scene.answers.messages)
    fed = script.say(window, csid=2) + script.video(0, b"\x27" + bytes(3000))
    scene.feed(fed)
    assert len(scene.answers.messages) == before
    scene.feed(script.video(40, b"\x27" + bytes(5000)))
    acknowledgement = scene.answers.messages[-1]
    assert acknowledgement.type_id == MessageType.ACKNOWLEDGEMENT
    assert int.from_bytes(acknowledgement.payload, "big") == scene.session._received_bytes
    scene.feed(script.video(80, b"\x27" + bytes(5000)))
    assert len(scene.answers.messages) == before + 1


def test_deadlines_of_each_state() -> None:
    scene = Scene()
    session = scene.session
    assert session.deadline() == 5.0
    assert session.expire(4.9) == []
    scene.feed(client_hello(), now=4.0)
    assert session.deadline() == 10.0
    scene.feed(scene.script.opening()[len(client_hello()) :] + scene.script.publish(KEY), now=9.0)
    assert session.deadline() == 19.0
    scene.sort(session.accept_publish(12.0))
    assert session.deadline() == 22.0
    scene.feed(scene.script.video(0, AVC_HEADER), now=20.0)
    assert session.deadline() == 30.0
    assert session.expire(22.0) == []
    scene.feed(scene.script.say(command("FCUnpublish", 6, None)), now=25.0)
    assert session.deadline() == 30.0
    assert session.expire(30.0) == [Closed("the encoder stopped and left the connection open", False)]
    assert session.deadline() is None
    assert session.expire(99.0) == []


def test_expiry_names_its_reason() -> None:
    assert Scene().session.expire(5.0) == [Closed("no handshake within 5 s", False)]
    scene = Scene()
    scene.feed(client_hello())
    assert scene.session.expire(10.0) == [Closed("no request to publish within 10 s", False)]
    scene = Scene()
    scene.feed(scene.script.opening() + scene.script.publish(KEY), now=3.0)
    assert scene.sort(scene.session.expire(13.0)) == [
        Closed("the stream key could not be checked in time; try again", True)
    ]
    assert scene.last_status[1] == replies.DENIED
    assert Scene().publishing().session.expire(11.0) == [Closed("nothing received for 10 s", False)]


def test_garbage_closes_without_a_word() -> None:
    assert Scene().feed(b"GET / HTTP/1.1\r\n") == [Closed("not RTMP: the first byte is 71, RTMP begins with 3", False)]
    scene = Scene().publishing()
    assert scene.feed(b"\xff" * 100) == [Closed("chunk stream 63 begins with a type 3 chunk", False)]
    scene = Scene()
    scene.feed(client_hello())
    broken = Message(MessageType.COMMAND_AMF0, 0, 0, b"\x02\xff\xff")
    assert scene.feed(scene.script.say(broken)) == [Closed("AMF0 value is cut short", False)]


def test_a_stranger_may_send_little() -> None:
    limits = SessionLimits(unadmitted_bytes_max=10_000)
    scene = Scene(limits)
    scene.feed(scene.script.opening() + scene.script.publish(KEY))
    (closed,) = scene.feed(scene.script.video(0, b"\x27" + bytes(10_000)))
    assert closed == Closed("bytes before the stream key was accepted over the limit of 10000", False)
    scene = Scene(limits).publishing()
    assert len(scene.feed(scene.script.video(0, b"\x27" + bytes(10_000)))) == 1


def test_messages_have_a_rate() -> None:
    scene = Scene(SessionLimits(messages_per_s_max=10, messages_burst_max=20)).publishing()
    tiny = scene.script.video(0, b"\x27")
    again = [scene.script.video(stamp, b"\x27") for stamp in range(1, 60)]
    assert len(scene.feed(tiny + b"".join(again[:9]), now=1.0)) == 10
    assert len(scene.feed(b"".join(again[9:19]), now=2.0)) == 10
    assert len(scene.feed(b"".join(again[19:29]), now=3.0)) == 10
    (closed,) = scene.feed(b"".join(again[29:]), now=3.0)
    assert closed == Closed("messages per second over the limit of 10", False)


def test_the_handshake_is_the_servers_own() -> None:
    scene = Scene()
    decisions = scene.session.feed(client_hello(), 1.0)
    assert isinstance(decisions[0], Send)
    assert decisions[0].data[:1] == b"\x03"
    assert len(decisions[0].data) == 1 + 2 * handshake.PACKET_BYTES
