"""Edge: one edge worker: the pages, the API and the live connections on the node's port, and the rooms it owns.

Everything an edge worker is made of stands in `_open`, in the order in which it starts.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aiohttp import web
from redis.asyncio import Redis

import server
from commerce.jobs.intake import Intake
from commerce.order.checkout import Checkout
from moderation.watch import PackWatch
from server.api.app import build_app, make_runner
from server.api.http.client_address import ProxyTrust
from server.api.rooms_live import AskedRooms
from server.api.services import Check, Market, Services
from server.bus.requests import Requests
from server.bus.unix import UnixBus
from server.casework.restrictions import Restrictions
from server.claims.live import HostClaims
from server.config import Config
from server.database import migrate
from server.database.database import Database
from server.live.air import AirBoard
from server.live.desk import VerifyToken
from server.live.hub import Hub
from server.live.rooms.filtering import CommentFilter
from server.live.rooms.owner import Owner
from server.live.session import Identity
from server.live.socket.front_door import FrontDoor
from server.lookout.clips import ClipFolder
from server.node import worker
from server.node.worker import Worker
from server.node.workers.bookkeeper import Bookkeeper
from server.node.workers.counter import Counter
from server.node.workers.measured import registry_of
from server.node.workers.money import simpay_provider, webhook_secret
from server.node.workers.resources import bus_of, database_of, derived_key, filter_of
from server.people.accounts import Accounts
from server.people.attempts import Attempts
from server.people.passwords import Passwords
from server.people.revocations import Revocations
from server.people.rooms import Rooms
from server.people.tokens import Tokens

DATABASE_CONNECTIONS_MAX: Final = 16
DRAIN_S: Final = 6.0
"""For clients to go to another worker after a stop; the rest of the stop timeout is for requests under way."""
WEB_ROOT: Final = Path(server.__file__).parent / "web"


@dataclass(frozen=True, slots=True)
class _Edge:
    """What has to be stopped in order."""

    hub: Hub
    owner: Owner
    door: FrontDoor
    runner: web.AppRunner
    revocations: Revocations
    restrictions: Restrictions
    bookkeeper: Bookkeeper
    packs: PackWatch | None


async def run(own: Worker) -> None:
    async with AsyncExitStack() as stack:
        edge = await _open(own, stack)
        await edge.revocations.poll()  # before anybody signs in: what was revoked earlier is news to no one later
        await edge.restrictions.poll()  # before anybody speaks
        async with asyncio.TaskGroup() as group:
            endless = [
                group.create_task(edge.revocations.serve(), name="edge:revocations"),
                group.create_task(edge.restrictions.serve(), name="edge:restrictions"),
            ]
            if edge.packs is not None:
                endless.append(group.create_task(edge.packs.serve(), name="edge:packs"))
            await edge.owner.start()
            group.create_task(edge.bookkeeper.serve(edge.owner, own.stop), name="edge:shows")
            await edge.hub.start()
            await edge.door.start(own.config.host, own.config.port)
            own.ready()
            await own.stop.wait()
            await edge.door.stop_accepting()
            await edge.hub.drain(DRAIN_S)
            for task in endless:
                task.cancel()


async def _open(own: Worker, stack: AsyncExitStack) -> _Edge:
    config, name = own.config, own.given.process_name
    database = await stack.enter_async_context(database_of(config, name, DATABASE_CONNECTIONS_MAX))
    bus = await stack.enter_async_context(bus_of(config, name))
    provider = await stack.enter_async_context(simpay_provider(config))
    valkey = Redis.from_url(config.valkey_url)
    stack.push_async_callback(valkey.aclose)
    requests = Requests(bus, name)
    stack.push_async_callback(requests.stop)
    passwords = Passwords()
    stack.callback(passwords.close)

    tokens = Tokens(config.secret_key)
    rooms = Rooms(database)
    revocations = Revocations(database, bus)
    restrictions = Restrictions(database, bus)
    market = Market(
        checkout=Checkout(database, provider=provider.name),
        intake=Intake(database, config.data_key),
        provider=provider,
        webhook_secrets=[webhook_secret(config)],
    )
    words = filter_of(config)
    comments = CommentFilter(words)
    counter = Counter(database, rooms, market.checkout, bus, comments, requests, revocations.may_write, restrictions)

    bookkeeper, claims = Bookkeeper(database), HostClaims()
    owner = Owner(
        bus,
        requests,
        is_mine=lambda room_id: owner_index(room_id, own.count) == own.index,
        list_rooms=counter.list_rooms,
        decide=counter.decide,
        record_decision=counter.record_decision,
        load_state=counter.load_state,
        sender_key=derived_key(config, "sender"),
        load_likes=bookkeeper.likes,
        check_claims=claims.check,
    )
    stack.push_async_callback(owner.stop)
    hub = Hub(
        bus,
        requests,
        worker=name,
        find_room=counter.find_room,
        verify_token=_verifier(tokens, revocations),
        room_roles=counter.room_roles,
        place_order=counter.place_order,
        remove_comment=counter.remove_comment,
    )
    stack.push_async_callback(hub.stop)
    revocations.listen(hub.close_accounts)
    air = AirBoard(bus)
    air.start()
    stack.callback(air.stop)
    app = build_app(
        Services(
            database=database,
            accounts=Accounts(database, passwords, tokens, Attempts(valkey), bus),
            rooms=rooms,
            tokens=tokens,
            revocations=revocations,
            restrictions=restrictions,
            market=market,
            decide_text=words.decide,
            rooms_live=AskedRooms(requests),
            air_of=air,
            remove_comment=counter.remove_comment,
            retract=hub.desk.retract,
            bus=bus,
            requests=requests,
            worker=name,
            peers=lambda: bus.peers - {"simpay"},
            clips=ClipFolder(config.data_dir),
            web_root=WEB_ROOT,
            data_key=config.data_key,
            checks=_checks(config, name, database, bus, hub),
            trusted_proxies=config.trusted_proxies,
            rtmp_port=config.rtmp_port,
            registry=registry_of(lambda: _figures(hub, database, comments, market, claims), hub.ledger.metrics),
        )
    )
    runner = make_runner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    http_server = runner.server
    assert http_server is not None
    door = FrontDoor(hub, http_server, is_proxy=ProxyTrust(config.trusted_proxies).trusts)
    stack.push_async_callback(door.stop_accepting)
    packs = None if config.packs is None else PackWatch(config.packs, words)
    return _Edge(hub, owner, door, runner, revocations, restrictions, bookkeeper, packs)


def owner_index(room_id: str, workers: int) -> int:
    """Which of the node's edge workers sequences a room."""
    return zlib.crc32(room_id.encode()) % workers


def _verifier(tokens: Tokens, revocations: Revocations) -> VerifyToken:
    def verify(token: str) -> Identity | None:
        known = tokens.verify(token, now=datetime.now(UTC))
        if known is None or revocations.is_void(known):
            return None
        return Identity(str(known.person_id), known.name, known.expires_at.timestamp())

    return verify


def _checks(config: Config, name: str, database: Database, bus: UnixBus, hub: Hub) -> Mapping[str, Check]:
    async def database_answers() -> str | None:
        async with database.transaction() as connection:
            await connection.fetchval("SELECT 1")
        return None

    async def schema_is_current() -> str | None:
        missing = await migrate.pending(config.database_url)
        return f"{len(missing)} migrations are missing" if missing else None

    async def members_are_linked() -> str | None:
        wanted = {"media", "clerk"} | (
            {f"edge-{index}" for index in range(config.workers)} if config.workers > 1 else set()
        )
        missing = wanted - bus.peers - {name}
        return f"not linked to {', '.join(sorted(missing))}" if missing else None

    async def not_draining() -> str | None:
        return "draining" if hub.is_draining else None

    return {
        "database": database_answers,
        "migrations": _remembered(schema_is_current),
        "bus": members_are_linked,
        "draining": not_draining,
    }


def _remembered(check: Check) -> Check:
    """A check that need not be made again once it was well: migrations are never undone below a running program."""
    well = False

    async def once() -> str | None:
        nonlocal well
        fault = None if well else await check()
        well = fault is None
        return fault

    return once


def _figures(
    hub: Hub, database: Database, comments: CommentFilter, market: Market, claims: HostClaims
) -> dict[str, float]:
    open_connections, idle, _ = database.pool_facts()
    return {
        "jishi_viewers": hub.viewers,
        "jishi_live_connections_total": hub.connections_total,
        "jishi_live_stalled_total": hub.stalled_total,
        "jishi_database_connections": open_connections,
        "jishi_database_connections_idle": idle,
        "jishi_orders_asked_total": market.checkout.gathering.requests,
        "jishi_order_batches_total": market.checkout.gathering.batches,
        "jishi_applications_asked_total": market.intake.gathering.requests,
        "jishi_application_batches_total": market.intake.gathering.batches,
        "jishi_host_claims_false_total": claims.found,
        **{f"jishi_comments_{action}_total": count for action, count in comments.counts.items()},
    }


if __name__ == "__main__":
    worker.main(run)
