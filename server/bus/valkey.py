"""Edge: the bus between nodes, over Valkey's sharded pub/sub.

Theory of operation. Publications wait in a queue bounded in bytes, and one task sends them in pipelines, so `publish`
never waits. Each is sent at most once: what was on the way when the connection broke, or did not fit in the queue, is
remembered by topic, and a gap is published on it before its next publication. Another task keeps one subscriber
connection: it asks for the topics that are wanted, and pings so that a silent death is noticed. Every confirmation of a
subscription is announced as a gap, because what was published before it was missed. Publications made after a
`subscribe` leave only when it is confirmed, so that an answer finds whoever asked.

A member's own publications reach its own subscriptions without Valkey; their echoes are told by `origin` and ignored.

    message = kind (1 byte) origin (8 bytes, random per member) publication
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections import deque
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.bus.contract import OnGap, OnPublication, Subscription
from server.bus.delivery import OwnPublications
from server.bus.frames import PUBLICATION_BYTES_MAX, is_topic
from server.bus.local import LocalSubscriptions
from server.tasks import TaskSet

log = logging.getLogger("jishi.bus")

QUEUE_BYTES_MAX: Final = 16 * 1024 * 1024
"""What may wait for Valkey before publications are dropped."""

PIPELINE_BYTES_MAX: Final = 1024 * 1024
"""About what one pipeline carries."""

ANSWER_TIMEOUT_S: Final = 3.0
"""An answer from Valkey later than this counts as a dead connection."""

PING_INTERVAL_S: Final = 2.0
CONFIRMATION_TIMEOUT_S: Final = 1.0
"""How long publications wait for a subscription made before them to be confirmed."""

RETRY_FIRST_S: Final = 0.1
RETRY_MAX_S: Final = 2.0

_PUBLICATION: Final = b"P"
_GAP: Final = b"G"
_ORIGIN_BYTES: Final = 8
_IDLE_TOPIC: Final = "bus.idle"  # a subscriber connection needs one subscription to be read from


class ValkeyBus:
    """One member of a bus that Valkey carries. Implements server.bus.contract.Bus."""

    def __init__(self, url: str, *, prefix: str = "bus:", queue_bytes_max: int = QUEUE_BYTES_MAX) -> None:
        """Be a member of the bus of this `prefix` on the Valkey at `url`, from `start` on."""
        self._url = url
        self._prefix = prefix
        self._queue_bytes_max = queue_bytes_max
        self._origin = secrets.token_bytes(_ORIGIN_BYTES)
        self._local = LocalSubscriptions(self._interest_changed)
        self._own = OwnPublications(self._local)
        self._queue: deque[tuple[str, bytes]] = deque()
        self._queue_bytes = 0
        self._gapped: dict[str, None] = {}  # topics of which publications were dropped and nobody told yet
        self._confirmed: set[str] = set()
        self._to_send = asyncio.Event()
        self._to_subscribe = asyncio.Event()
        self._all_confirmed = asyncio.Event()
        self._tasks = TaskSet("bus:valkey")
        self._started = False
        self.connected = False  # whether the subscriber connection stands
        self.dropped = 0

    async def start(self) -> None:
        """Begin to connect; returns at once, also when Valkey is away."""
        if not self._started:
            self._started = True
            self._tasks.spawn(self._keep_subscribed(), "subscriber")
            self._tasks.spawn(self._keep_publishing(), "publisher")

    async def stop(self) -> None:
        """Leave; what still waits is dropped. May be called more than once."""
        self._started = False
        await self._tasks.stop()
        self._own.clear()

    def subscribe(self, topic: str, on_publication: OnPublication, on_gap: OnGap) -> Subscription:
        """Deliver the topic's publications from now on."""
        return self._local.add(topic, on_publication, on_gap)

    def publish(self, topic: str, publication: bytes) -> None:
        """Send one publication to every subscriber of the topic. Never waits."""
        assert is_topic(topic), topic
        assert len(publication) <= PUBLICATION_BYTES_MAX, len(publication)
        if self._queue_bytes + len(publication) > self._queue_bytes_max:
            self.dropped += 1
            self._gapped[topic] = None
        else:
            self._queue.append((topic, publication))
            self._queue_bytes += len(publication)
        self._to_send.set()
        self._own.put(topic, publication)

    def _interest_changed(self, topic: str, wanted: bool) -> None:
        self._to_subscribe.set()
        if wanted:
            self._all_confirmed.clear()

    def _client(self) -> Redis:
        return Redis.from_url(
            self._url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=None,  # its asyncio.wait_for loses cancellations on Python 3.11; deadlines are set here
            socket_connect_timeout=ANSWER_TIMEOUT_S,
            protocol=2,
        )

    # ---- Publishing ------------------------------------------------------------------------------------------------

    async def _keep_publishing(self) -> None:
        retry_s = RETRY_FIRST_S
        while self._started:
            client = self._client()
            try:
                while self._started:
                    await self._send_next(client)
                    retry_s = RETRY_FIRST_S
            except (RedisError, OSError) as error:
                log.warning("bus: publishing through Valkey failed: %s", error)
                await asyncio.sleep(retry_s * random.uniform(0.5, 1.0))  # noqa: S311  # jitter
                retry_s = min(retry_s * 2, RETRY_MAX_S)
            finally:
                await client.aclose()

    async def _send_next(self, client: Redis) -> None:
        """Send what waits, at most one pipeline of it, each publication at most once."""
        if not self._queue and not self._gapped:
            self._to_send.clear()
            await self._to_send.wait()
        await self._subscriptions_confirmed()
        gaps = list(self._gapped)
        self._gapped.clear()
        batch: list[tuple[str, bytes]] = [(topic, _GAP) for topic in gaps]
        taken_bytes = 0
        while self._queue and taken_bytes < PIPELINE_BYTES_MAX:
            topic, publication = self._queue.popleft()
            taken_bytes += len(publication)
            batch.append((topic, _PUBLICATION + self._origin + publication))
        self._queue_bytes -= taken_bytes
        pipeline = client.pipeline(transaction=False)
        for topic, message in batch:
            pipeline.execute_command("SPUBLISH", self._prefix + topic, message)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await pipeline.execute()
        except BaseException:
            self.dropped += len(batch) - len(gaps)
            self._gapped.update((topic, None) for topic, _ in batch)
            raise

    async def _subscriptions_confirmed(self) -> None:
        if self.connected and not self._all_confirmed.is_set():
            try:
                async with asyncio.timeout(CONFIRMATION_TIMEOUT_S):
                    await self._all_confirmed.wait()
            except TimeoutError:
                log.warning("bus: Valkey is slow to confirm subscriptions")

    # ---- Subscribing -----------------------------------------------------------------------------------------------

    async def _keep_subscribed(self) -> None:
        retry_s = RETRY_FIRST_S
        while self._started:
            client = self._client()
            pubsub = client.pubsub()
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT_S):
                    await pubsub.ssubscribe(self._prefix + _IDLE_TOPIC)
                self.connected = True
                retry_s = RETRY_FIRST_S
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._read(pubsub), name="bus:valkey:read")
                    group.create_task(self._ask(pubsub), name="bus:valkey:ask")
            except* (RedisError, OSError) as errors:
                log.warning("bus: subscribing through Valkey failed: %s", errors.exceptions[0])
            finally:
                was_connected, self.connected = self.connected, False
                self._confirmed.clear()
                self._all_confirmed.clear()
                await _close(pubsub, client)
            if was_connected:
                self._local.announce_gap_everywhere()
            await asyncio.sleep(retry_s * random.uniform(0.5, 1.0))  # noqa: S311  # jitter
            retry_s = min(retry_s * 2, RETRY_MAX_S)

    async def _ask(self, pubsub: PubSub) -> None:
        """Ask Valkey for the topics wanted now and as they change, and ping in between."""
        asked: set[str] = set()
        while True:
            self._to_subscribe.clear()
            wanted = set(self._local.topics())
            if more := wanted - asked:
                await pubsub.ssubscribe(*(self._prefix + topic for topic in more))
            if fewer := asked - wanted:
                await pubsub.sunsubscribe(*(self._prefix + topic for topic in fewer))
                self._confirmed -= fewer
            asked = wanted
            self._note_confirmations()
            try:
                async with asyncio.timeout(PING_INTERVAL_S):
                    await self._to_subscribe.wait()
            except TimeoutError:
                await pubsub.ping()

    async def _read(self, pubsub: PubSub) -> None:
        while True:
            message = await pubsub.get_message(timeout=PING_INTERVAL_S + ANSWER_TIMEOUT_S)
            if message is None:
                raise TimeoutError("Valkey answers no pings")
            self._apply(message)

    def _apply(self, message: dict[str, Any]) -> None:
        if message["type"] == "pong":
            return
        topic = message["channel"].decode("ascii", "replace").removeprefix(self._prefix)
        if message["type"] == "smessage":
            self._arrived(topic, message["data"])
        elif message["type"] == "ssubscribe" and topic != _IDLE_TOPIC and topic not in self._confirmed:
            self._confirmed.add(topic)
            self._note_confirmations()
            self._local.announce_gap(topic)

    def _arrived(self, topic: str, message: bytes) -> None:
        if message[:1] == _GAP:
            self._local.announce_gap(topic)
        elif message[1 : 1 + _ORIGIN_BYTES] != self._origin:
            self._local.deliver(topic, message[1 + _ORIGIN_BYTES :])

    def _note_confirmations(self) -> None:
        if self._confirmed.issuperset(self._local.topics()):
            self._all_confirmed.set()


async def _close(pubsub: PubSub, client: Redis) -> None:
    try:
        await pubsub.aclose()  # type: ignore[no-untyped-call]
        await client.aclose()
    except (RedisError, OSError):
        log.debug("closing a broken connection to Valkey", exc_info=True)
