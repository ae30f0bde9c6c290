"""A session as scripts: a client's message in, a decision out."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest

from server.live.session import (
    ALL_LANES,
    BuyWanted,
    ClockAsked,
    Decision,
    Identity,
    LanesChosen,
    Liked,
    ProtocolBroken,
    RemoveWanted,
    Reported,
    RequestRefused,
    SayWanted,
    Session,
    SessionLimits,
    SignedOut,
    SignInWanted,
    TokenBucket,
    lane_bits,
)
from server.live.topics import Refused
from server.live.wire import Buy, Remove, Report, Say

PERSON = Identity("p", "name", expires_at=1_000.0)


def make(*roles: str, signed_in: bool = True, **limits: Any) -> Session:
    session = Session(SessionLimits(**limits), now=0.0)
    if signed_in:
        session.signed_in(PERSON, frozenset(roles))
    return session


def feed(session: Session, *message: Any, now: float = 0.0, unix_s: float = 0.0) -> Decision:
    return session.feed(msgpack.packb(list(message)), now=now, unix_s=unix_s)


@pytest.mark.parametrize(
    ("message", "decision"),
    [
        (["sign_in", 1, "token"], SignInWanted(1, "token")),
        (["sign_out", 2], SignedOut(2, "p")),
        (["say", 3, "k", "hi", 4, None], SayWanted(PERSON, Say(3, "k", "hi", 4, None))),
        (["buy", 4, "k", "sku", 1, None, 990], BuyWanted(PERSON, Buy(4, "k", "sku", 1, None, 990))),
        (["remove", 5, "c", "rude"], RemoveWanted(PERSON, Remove(5, "c", "rude"))),
        (["like", 3], Liked(3)),
        (["like", -3], Liked(0)),
        (["like", 2**60], Liked(50)),
        (["ask_clock", 7], ClockAsked(7)),
        (["set_lanes", [1, 3, 9]], LanesChosen(0b1011)),
        (["report", 1, 2, 3], Reported(Report(1, 2, 3))),
        (["say", 3, "", "hi", 4, None], RequestRefused(3, Refused("malformed", {"field": "key"}))),
        (["say", 3, "k" * 65, "hi", 4, None], RequestRefused(3, Refused("malformed", {"field": "key"}))),
        (["say", 3, "k", " \n", 4, None], RequestRefused(3, Refused("malformed", {"field": "text"}))),
        (["say", 3, "k", "hi", -1, None], RequestRefused(3, Refused("malformed", {"field": "media_us"}))),
        (["say", 3, "k", "长" * 201, 4, None], RequestRefused(3, Refused("too_long", {"chars_max": 200}))),
        (["buy", 4, "k", "sku", 0, None, 990], RequestRefused(4, Refused("quantity", {"quantity_max": 9_999}))),
        (["buy", 4, "k", "sku", 1, None, -1], RequestRefused(4, Refused("malformed", {"field": "price_minor"}))),
        (["sign_in", 1, "t" * 5_000], RequestRefused(1, Refused("malformed", {"field": "token"}))),
    ],
)
def test_one_message(message: list[Any], decision: Decision) -> None:
    assert feed(make("moderator"), *message) == decision


@pytest.mark.parametrize(
    "message",
    [["say", 3, "k", "hi", 4, None], ["buy", 3, "k", "sku", 1, None, 990], ["remove", 3, "c", "rude"]],
)
def test_without_signing_in_only_watching_is_possible(message: list[Any]) -> None:
    refused = RequestRefused(3, Refused("not_signed_in", {}))
    assert feed(make(signed_in=False), *message) == refused
    expired = make("host")
    assert feed(expired, *message, unix_s=1_000.0) == refused
    assert expired.identity is None
    out = make("host")
    feed(out, "sign_out", 1)
    assert feed(out, *message) == refused


def test_only_hosts_and_moderators_remove() -> None:
    for roles, allowed in ((("buyer",), False), (("host",), True), (("buyer", "moderator"), True)):
        decision = feed(make(*roles), "remove", 3, "c", "rude")
        assert isinstance(decision, RemoveWanted) == allowed
        if not allowed:
            assert decision == RequestRefused(3, Refused("not_allowed", {}))


def test_the_role_shown_is_the_highest() -> None:
    assert make().role == "viewer"
    assert make("buyer").role == "buyer"
    assert make("buyer", "moderator", "host").role == "host"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", 1007),
        (b"\xc1", 1007),
        (b"\x92\xa4like", 1007),
        (b"\x93\xa4like\x01" + b"\x91" * 8_000, 1007),
        (msgpack.packb(["hello"]), 1008),
        (msgpack.packb(["like", "three"]), 1008),
        (msgpack.packb({"like": 3}), 1008),
    ],
)
def test_what_cannot_be_read_ends_the_connection(data: bytes, code: int) -> None:
    decision = make().feed(data, now=0.0, unix_s=0.0)
    assert isinstance(decision, ProtocolBroken)
    assert decision.close_code == code


def test_lines_are_limited_and_told_when_to_come_back() -> None:
    session = make(comments_per_10s=5, comments_burst=3)
    for number in range(3):
        assert isinstance(feed(session, "say", number, "k", "hi", 0, None, now=1.0), SayWanted)
    assert feed(session, "say", 3, "k", "hi", 0, None, now=1.0) == RequestRefused(
        3, Refused("rate_limited", {"retry_after_ms": 2_001})
    )
    assert isinstance(feed(session, "say", 4, "k", "hi", 0, None, now=3.001), SayWanted)


def test_likes_over_the_limit_are_not_counted() -> None:
    session = make(likes_per_s=10, likes_burst=60)
    counts = [feed(session, "like", 50, now=now) for now in (0.0, 0.0, 1.0)]
    assert counts == [Liked(50), Liked(10), Liked(10)]


def test_a_flood_ends_the_connection() -> None:
    session = make(messages_per_s=1, messages_burst=3)
    decisions = [feed(session, "ask_clock", 1, now=0.0) for _ in range(4)]
    assert decisions[:3] == [ClockAsked(1)] * 3
    assert isinstance(decisions[3], ProtocolBroken)
    assert isinstance(session.admit(0.5), ProtocolBroken)
    assert session.admit(2.0) is None


def test_token_bucket() -> None:
    bucket = TokenBucket(2.0, 2.0, now=0.0)
    assert [bucket.take(0.0), bucket.take(0.0), bucket.take(0.0)] == [0.0, 0.0, 0.5]
    assert bucket.take(0.5) == 0.0
    assert bucket.take_up_to(9, 100.0) == 2
    assert bucket.take(99.0) > 0  # a clock that stepped back gives nothing


def test_lanes() -> None:
    assert lane_bits([]) == 1
    assert lane_bits([0, 1, 2, 3]) == ALL_LANES == 15
    assert lane_bits([-1, 2, 2**40]) == 0b101


def test_text_that_is_not_utf8_ends_the_connection() -> None:
    broken = Session(SessionLimits(), 0.0).feed(b"\x95\xa3say\x01\xa3key\xa2\xdd\xff\x00", now=0.0, unix_s=0.0)
    assert isinstance(broken, ProtocolBroken)
    assert broken.close_code == 1007
