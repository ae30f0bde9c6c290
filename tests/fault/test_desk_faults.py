"""The moderators' desk on a running market of two edge workers, whose parts are killed: what was decided holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
import urllib.error
import urllib.request
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError

from tests.fault.test_node_faults import RECOVERY_S, SLUG, on_both_workers, replaced, viewer_token
from tests.live_client import LiveClient, RefusedByServer
from tests.market import Market
from tests.waiting import eventually

HELD = "吃了三天血糖就降了"
EDGE = "server.node.workers.edge"
MUTED_WITHIN_S = 5.0
PATIENCE = 3.0
"""A busy machine may take so many times as long as is promised."""


def ask(market: Market, method: str, path: str, body: Any = None, *, role: str = "moderator", index: int = 0) -> Any:
    """(status, JSON) of a request by an account of the demo."""
    token = market.account(role, index)["token"]
    request = urllib.request.Request(
        market.base_url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)


def lines_of(viewer: LiveClient) -> list[str]:
    """What stands in the room for this viewer: the history it was given, and what came since."""
    return [comment[5] for comment in viewer.of_kind("snapshot")[-1][4]] + viewer.texts()


async def refusal_of(viewer: LiveClient, key: str) -> RefusedByServer | None:
    try:
        await viewer.request("say", key, "还能说吗", 0)
    except RefusedByServer as refused:
        return refused
    return None


def kill_edges(market: Market) -> list[int]:
    """Both workers are gone, and with them whoever owned the room."""
    victims = market.processes(EDGE)
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    return victims


async def test_a_line_released_while_its_rooms_owner_was_killed_appears_once(market: Market) -> None:
    async with LiveClient(market.base_url, SLUG, lanes="0,1", token=viewer_token(market, 40)) as speaker:
        with pytest.raises(RefusedByServer) as refused:
            await speaker.request("say", "held", HELD, 0)
        assert (refused.value.code, refused.value.facts["action"]) == ("filtered", "hold")
    _, queue = ask(market, "GET", f"/api/moderation/queue?slug={SLUG}&kind=line")
    case = next(case for case in queue["cases"] if case["text"] == HELD)

    (clerk,) = market.processes("server.node.workers.clerk")
    os.kill(clerk, signal.SIGSTOP)  # so that the release is still to be done when its room's owner dies
    try:
        path = f"/api/moderation/cases/{case['case_id']}/decision"
        status, decided = ask(market, "POST", path, {"decision": "approve", "reason": "fine"})
        assert (status, decided["state"]) == (200, "approved")
        victims = kill_edges(market)
    finally:
        os.kill(clerk, signal.SIGCONT)
    await replaced(market, EDGE, *victims, of=len(victims))
    async with LiveClient(market.base_url, SLUG, lanes="0,1") as viewer:
        await viewer.until(lambda: HELD in lines_of(viewer), timeout_s=RECOVERY_S)
    async with LiveClient(market.base_url, SLUG, lanes="0,1") as later:
        assert lines_of(later).count(HELD) == 1
    _, notices = ask(market, "GET", "/api/me/notices", role="viewer", index=40)
    assert [notice["kind"] for notice in notices["notices"]] == ["line_approved", "line_held"]


async def test_a_mute_holds_on_both_workers_and_through_their_death(market: Market) -> None:
    _, me = ask(market, "GET", "/api/me", role="viewer", index=0)
    body = {"person_id": me["person"]["person_id"], "kind": "mute_room", "slug": SLUG, "reason": "spam"}
    async with AsyncExitStack() as stack:
        muted_one, other = await on_both_workers(market, stack)
        status, action = ask(market, "POST", "/api/moderation/sanctions", body)
        assert status == 201
        muted_at, tries = time.monotonic(), 0
        while (refused := await refusal_of(muted_one, f"before {tries}")) is None or refused.code != "muted":
            assert time.monotonic() - muted_at < MUTED_WITHIN_S * PATIENCE
            tries += 1
            await asyncio.sleep(0.3)
        assert refused.facts["until"] is None
        assert refused.facts["reason"] == "spam"
        assert await refusal_of(other, "another person") is None

    victims = kill_edges(market)
    await replaced(market, EDGE, *victims, of=len(victims))
    async with AsyncExitStack() as stack:
        muted_one, _ = await on_both_workers(market, stack)
        refused = await refusal_of(muted_one, "after")
        assert refused is not None
        assert refused.code == "muted"
        status, _ = ask(market, "POST", f"/api/moderation/actions/{action['action_id']}/undo", {})
        assert status == 200
        lifted_at = time.monotonic()
        while (refused := await refusal_of(muted_one, f"again {time.monotonic()}")) is not None:
            assert time.monotonic() - lifted_at < MUTED_WITHIN_S * PATIENCE + 10, refused.code
            await asyncio.sleep(0.3)


async def test_a_closed_account_is_cut_off_on_both_workers(market: Market) -> None:
    _, me = ask(market, "GET", "/api/me", role="viewer", index=41)
    token = viewer_token(market, 41)
    with contextlib.suppress(ConnectionClosedError):  # what the clients find as they go
        async with AsyncExitStack() as stack:
            sockets: dict[str, LiveClient] = {}
            async with asyncio.timeout(RECOVERY_S):
                while len(sockets) < 2:
                    async with AsyncExitStack() as attempt:
                        client = await attempt.enter_async_context(
                            LiveClient(market.base_url, SLUG, lanes="0", token=token)
                        )
                        if client.worker not in sockets:
                            sockets[client.worker] = client
                            stack.push_async_exit(attempt.pop_all())
            body = {"person_id": me["person"]["person_id"], "kind": "close_account", "reason": "scam"}
            status, action = ask(market, "POST", "/api/moderation/sanctions", body)
            assert status == 201
            closing = list(sockets.values())
            await eventually(lambda: all(each.closed for each in closing), timeout_s=MUTED_WITHIN_S * PATIENCE)
            assert all(each.of_kind("bye")[-1][1] == "account_closed" for each in closing)
    account = market.account("viewer", 41)
    credentials = {"login": account["login"], "password": account["password"]}
    assert ask(market, "GET", "/api/me", role="viewer", index=41)[0] == 401
    assert ask(market, "POST", "/api/sign-in", credentials)[1]["code"] == "account_closed"
    assert ask(market, "POST", f"/api/moderation/actions/{action['action_id']}/undo", {})[0] == 200
    assert ask(market, "POST", "/api/sign-in", credentials)[0] == 200
