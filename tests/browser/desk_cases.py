"""What reaches the moderators' desk, without a browser: lines said over the live connection, and reports of them."""

from __future__ import annotations

import json
import urllib.request
import uuid
from typing import Any

from tests.live_client import LiveClient, RefusedByServer
from tests.market import Market

WORDS = "0,1"
"""The lanes of somebody who only reads and writes."""

HELD = "我有渠道更便宜，私信 {}"
"""A line that waits for a person to look at it."""
QUEUE = (
    ("日结 800 不用经验，加我威信 vx12345 聊", "jobs"),
    ("我奶奶吃了半个月血糖就降下来了，比药管用", "farm"),
    ("加群领福利 群号 123456789", "farm"),
    ("有渠道更便宜的，私信我", "farm"),
)

REDECIDED_MAX = 80
"""So often a case is decided anew until one of its decisions is drawn for a second look: one in ten is."""


def tagged(text: str) -> str:
    """The text with a tag that no other line of the market has, in letters that no rule minds."""
    return text.format("".join(chr(0x4E00 + int(digit, 16) * 7) for digit in uuid.uuid4().hex[:6]))


def ask(market: Market, account: dict[str, Any], method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the API as an account of the demo."""
    headers = {
        "Authorization": f"Bearer {account['token']}",
        "Content-Type": "application/json",
        "Idempotency-Key": uuid.uuid4().hex,
    }
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(market.base_url + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.loads(response.read() or b"null")


def someone(market: Market, slug: str, index: int) -> LiveClient:
    """A signed-in viewer of the room, to be entered."""
    return LiveClient(market.base_url, slug, lanes=WORDS, token=market.account("viewer", index)["token"])


async def say(viewer: LiveClient, text: str) -> str | RefusedByServer:
    """Say a line; the id of its comment, or why it was refused."""
    try:
        answer = await viewer.request("say", uuid.uuid4().hex, text, 0, None)
    except RefusedByServer as refusal:
        return refusal
    return str(answer["comment_id"])


def on_screen(viewer: LiveClient, text: str) -> bool:
    """Whether a line of that text stands in the room as this viewer sees it."""
    said = {comment[0] for message in viewer.of_kind("comments") for comment in message[2] if comment[5] == text}
    retracted = {comment_id for message in viewer.of_kind("retraction") for comment_id in message[2]}
    return bool(said - retracted)


def report(market: Market, slug: str, comment_id: str, *, reporter: int, reason: str = "scam", note: str = "") -> None:
    """Report a line as a viewer."""
    body = {"kind": "comment", "target_id": comment_id, "reason": reason, "note": note}
    ask(market, market.account("viewer", reporter), "POST", f"/api/rooms/{slug}/reports", body)


async def fill_queue(market: Market) -> None:
    """A few cases of the usual kinds, so that the desk has something to show."""
    for index, (text, kind) in enumerate(QUEUE, start=80):
        async with someone(market, market.room(kind)["slug"], index) as viewer:
            await say(viewer, text)
    slug = market.room("farm")["slug"]
    async with someone(market, slug, 90) as viewer:
        await say(viewer, "到杭州几天？")
        comment_id = await say(viewer, "主播说的产地是假的，别信")
        await say(viewer, "10 斤装大概多少个？")
    assert isinstance(comment_id, str)
    report(market, slug, comment_id, reporter=91, reason="abuse", note="骂主播")
    report(market, slug, comment_id, reporter=92, reason="other")


def decide_until_drawn(market: Market, case_id: str) -> str:
    """Have the administrator approve a case until that is drawn to be looked at again; the decision's id."""
    admin, moderator = market.account("admin"), market.account("moderator")
    for _ in range(REDECIDED_MAX):
        path, decision = f"/api/moderation/cases/{case_id}/decision", {"decision": "approve", "reason": "fine"}
        action_id = str(ask(market, admin, "POST", path, decision)["actions"][-1]["action_id"])
        looks = ask(market, moderator, "GET", "/api/moderation/second-looks")["looks"]
        if action_id in {look["action_id"] for look in looks}:
            return action_id
        ask(market, admin, "POST", f"/api/moderation/actions/{action_id}/undo", {"reason": "looked_again"})
    raise AssertionError("no decision was drawn")
