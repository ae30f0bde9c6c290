"""Core: one client's side of the protocol: its messages in, decisions out, within its limits.

A session is made with the first message, so that viewers who only watch cost none. A message that cannot be read, or a
flood of them, ends the connection; whatever else is wrong is refused by the request's id and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from server.live.socket.websocket import CloseCode
from server.live.topics import Refused
from server.live.wire import (
    LANE_CONTROL,
    LANES,
    AskClock,
    Buy,
    ClientMessage,
    Like,
    Remove,
    Report,
    Say,
    SetLanes,
    SignIn,
    SignOut,
    client_decoder,
)

ALL_LANES: Final = sum(1 << lane for lane in LANES)
KEY_CHARS_MAX: Final = 64
REASON_CHARS_MAX: Final = 500
TOKEN_CHARS_MAX: Final = 4096
QUANTITY_MAX: Final = 9_999
LIKES_PER_MESSAGE_MAX: Final = 50
TIME_US_MAX: Final = 2**53
"""Beyond it a browser's number is not exact."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What one client may send. A bucket holds `burst` and refills steadily."""

    comment_chars_max: int = 200
    comments_per_10s: int = 5
    comments_burst: int = 3
    purchases_per_10s: int = 10
    purchases_burst: int = 5
    sign_ins_per_10s: int = 5
    sign_ins_burst: int = 5
    likes_per_s: float = 15.0
    likes_burst: int = 60
    messages_per_s: float = 20.0
    messages_burst: int = 100


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for."""

    person_id: str
    name: str
    expires_at: float
    """Unix time; from then on the session is anonymous."""


class TokenBucket:
    """At most `burst` at once, and so many per second in the long run."""

    __slots__ = ("_at", "_burst", "_per_s", "_tokens")

    def __init__(self, per_s: float, burst: float, now: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = burst
        self._at = now

    def take(self, now: float) -> float:
        """Take one; 0 when there was one, else the seconds until there is."""
        self._refill(now)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_s

    def take_up_to(self, count: int, now: float) -> int:
        """Take as many of `count` as there are."""
        self._refill(now)
        taken = min(count, int(self._tokens))
        self._tokens -= taken
        return taken

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._per_s)
        self._at = now


# ---- Decisions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignInWanted:
    """Verify the token; then `signed_in`."""

    request_id: int
    token: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The session is anonymous now; to be answered."""

    request_id: int
    person_id: str | None


@dataclass(frozen=True, slots=True)
class SayWanted:
    """A line for the room's owner."""

    person: Identity
    say: Say


@dataclass(frozen=True, slots=True)
class BuyWanted:
    """An order to place."""

    person: Identity
    buy: Buy


@dataclass(frozen=True, slots=True)
class RemoveWanted:
    """A line to take off every screen."""

    person: Identity
    remove: Remove


@dataclass(frozen=True, slots=True)
class Liked:
    """So many taps to count."""

    count: int


@dataclass(frozen=True, slots=True)
class ClockAsked:
    """To be answered with our clock."""

    client_us: int


@dataclass(frozen=True, slots=True)
class LanesChosen:
    """Send these lanes only, as bits."""

    lanes: int


@dataclass(frozen=True, slots=True)
class Reported:
    """Playback facts for the metrics."""

    report: Report


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """To be told to the client."""

    request_id: int
    refused: Refused


@dataclass(frozen=True, slots=True)
class ProtocolBroken:
    """Say bye and close."""

    close_code: CloseCode
    reason: str


Decision = (
    SignInWanted
    | SignedOut
    | SayWanted
    | BuyWanted
    | RemoveWanted
    | Liked
    | ClockAsked
    | LanesChosen
    | Reported
    | RequestRefused
    | ProtocolBroken
)


class Session:
    """One connection's protocol state."""

    __slots__ = ("_comments", "_likes", "_limits", "_messages", "_purchases", "_sign_ins", "identity", "roles")

    def __init__(self, limits: SessionLimits, now: float) -> None:
        self._limits = limits
        self._messages = TokenBucket(limits.messages_per_s, limits.messages_burst, now)
        self._comments: TokenBucket | None = None
        self._purchases: TokenBucket | None = None
        self._sign_ins: TokenBucket | None = None
        self._likes: TokenBucket | None = None
        self.identity: Identity | None = None
        self.roles: frozenset[str] = frozenset()

    @property
    def role(self) -> str:
        """The role shown beside the name."""
        for role in ("host", "moderator", "buyer"):
            if role in self.roles:
                return role
        return "viewer"

    def signed_in(self, identity: Identity, roles: frozenset[str]) -> None:
        """The token was good."""
        self.identity = identity
        self.roles = roles

    def signed_out(self) -> None:
        """Be anonymous again."""
        self.identity = None
        self.roles = frozenset()

    def admit(self, now: float) -> ProtocolBroken | None:
        """Count one frame of any kind against the flood limit."""
        if self._messages.take(now):
            return ProtocolBroken(CloseCode.POLICY_VIOLATION, "too many messages")
        return None

    def feed(self, data: bytes, *, now: float, unix_s: float) -> Decision:
        """Decide one message. `now` drives the limits, `unix_s` the token's expiry."""
        if (broken := self.admit(now)) is not None:
            return broken
        try:
            message = client_decoder.decode(data)
        except msgspec.ValidationError as error:
            return ProtocolBroken(CloseCode.POLICY_VIOLATION, str(error))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ProtocolBroken(CloseCode.INVALID_PAYLOAD, "no MessagePack message")
        if self.identity is not None and self.identity.expires_at <= unix_s:
            self.signed_out()
        return self._decide(message, now)

    def _decide(self, message: ClientMessage, now: float) -> Decision:
        match message:
            case SignIn(request_id, token):
                return self._decide_sign_in(request_id, token, now)
            case SignOut(request_id):
                person_id = self.identity.person_id if self.identity else None
                self.signed_out()
                return SignedOut(request_id, person_id)
            case Say():
                return self._decide_say(message, now)
            case Buy():
                return self._decide_buy(message, now)
            case Remove():
                return self._decide_remove(message)
            case Like(count):
                if self._likes is None:
                    self._likes = TokenBucket(self._limits.likes_per_s, self._limits.likes_burst, now)
                return Liked(self._likes.take_up_to(min(max(0, count), LIKES_PER_MESSAGE_MAX), now))
            case AskClock(client_us):
                return ClockAsked(client_us)
            case SetLanes(lanes):
                return LanesChosen(lane_bits(lanes))
            case _:
                return Reported(message)

    def _decide_sign_in(self, request_id: int, token: str, now: float) -> Decision:
        if self._sign_ins is None:
            self._sign_ins = TokenBucket(self._limits.sign_ins_per_10s / 10, self._limits.sign_ins_burst, now)
        if wait_s := self._sign_ins.take(now):
            return _rate_limited(request_id, wait_s)
        if len(token) > TOKEN_CHARS_MAX:
            return _refused(request_id, "malformed", field="token")
        return SignInWanted(request_id, token)

    def _decide_say(self, say: Say, now: float) -> Decision:
        if self.identity is None:
            return _refused(say.request_id, "not_signed_in")
        if not 1 <= len(say.key) <= KEY_CHARS_MAX:
            return _refused(say.request_id, "malformed", field="key")
        if not say.text.strip():
            return _refused(say.request_id, "malformed", field="text")
        if not 0 <= say.media_us <= TIME_US_MAX:
            return _refused(say.request_id, "malformed", field="media_us")
        if say.reply_to is not None and len(say.reply_to) > KEY_CHARS_MAX:
            return _refused(say.request_id, "malformed", field="reply_to")
        if len(say.text) > self._limits.comment_chars_max:
            return _refused(say.request_id, "too_long", chars_max=self._limits.comment_chars_max)
        if self._comments is None:
            self._comments = TokenBucket(self._limits.comments_per_10s / 10, self._limits.comments_burst, now)
        if wait_s := self._comments.take(now):
            return _rate_limited(say.request_id, wait_s)
        return SayWanted(self.identity, say)

    def _decide_buy(self, buy: Buy, now: float) -> Decision:
        if self.identity is None:
            return _refused(buy.request_id, "not_signed_in")
        if not 1 <= len(buy.key) <= KEY_CHARS_MAX:
            return _refused(buy.request_id, "malformed", field="key")
        if not 1 <= buy.quantity <= QUANTITY_MAX:
            return _refused(buy.request_id, "quantity", quantity_max=QUANTITY_MAX)
        if not 0 <= buy.price_minor <= TIME_US_MAX:
            return _refused(buy.request_id, "malformed", field="price_minor")
        if self._purchases is None:
            self._purchases = TokenBucket(self._limits.purchases_per_10s / 10, self._limits.purchases_burst, now)
        if wait_s := self._purchases.take(now):
            return _rate_limited(buy.request_id, wait_s)
        return BuyWanted(self.identity, buy)

    def _decide_remove(self, remove: Remove) -> Decision:
        if self.identity is None:
            return _refused(remove.request_id, "not_signed_in")
        if not self.roles & {"host", "moderator"}:
            return _refused(remove.request_id, "not_allowed")
        if not 1 <= len(remove.comment_id) <= KEY_CHARS_MAX or len(remove.reason) > REASON_CHARS_MAX:
            return _refused(remove.request_id, "malformed", field="comment_id")
        return RemoveWanted(self.identity, remove)


def lane_bits(lanes: list[int]) -> int:
    """Lanes as bits; unknown ones are left out, and control is always in."""
    bits = 1 << LANE_CONTROL
    for lane in lanes:
        if lane in LANES:
            bits |= 1 << lane
    return bits


def _refused(request_id: int, code: str, **facts: Any) -> RequestRefused:
    return RequestRefused(request_id, Refused(code, facts))


def _rate_limited(request_id: int, wait_s: float) -> RequestRefused:
    return _refused(request_id, "rate_limited", retry_after_ms=int(wait_s * 1000) + 1)
