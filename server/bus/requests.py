"""Edge: requests and answers between members of a bus, on top of publish and subscribe alone.

A request is a publication that names the topic its answer goes to; the asker subscribes that topic once, when it is
made, so that every member that sees a request already knows where to send the answer. Like everything on the bus it is
losable: a request or an answer that was lost ends as `RequestTimeout`, and the asker decides whether to ask again. When
several members serve a topic, each carries the request out and the first answer counts.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from server.bus.contract import Bus, Subscription
from server.bus.errors import RequestFailed, RequestTimeout
from server.tasks import TaskSet

log = logging.getLogger("jishi.bus")

HANDLERS_RUNNING_MAX: Final = 256
"""Requests one member waits for at once; those beyond are answered `busy`, but for what can be answered at once."""

Handler = Callable[[bytes], "Awaitable[bytes] | bytes"]
"""Carries out one request. A plain function answers at once, in the order in which requests came; what it returns as
an awaitable runs beside the others."""


class _Request(msgspec.Struct, array_like=True, frozen=True):
    reply_topic: str
    request_id: int
    payload: bytes


class _Answer(msgspec.Struct, array_like=True, frozen=True):
    request_id: int
    failure: str | None  # reason, or None when the payload is the result
    payload: bytes


_encoder = msgspec.msgpack.Encoder()
_request_decoder = msgspec.msgpack.Decoder(_Request)
_answer_decoder = msgspec.msgpack.Decoder(_Answer)


def _missed_nothing_that_a_timeout_does_not_tell() -> None:
    pass


class Requests:
    """One member's questions to others and its answers to them."""

    def __init__(self, bus: Bus, name: str, *, handlers_running_max: int = HANDLERS_RUNNING_MAX) -> None:
        self._bus = bus
        self._handlers_running_max = handlers_running_max
        self._handlers = TaskSet(f"requests:{name}")
        self._waiting: dict[int, tuple[str, asyncio.Future[bytes]]] = {}
        self._last_id = 0
        self._reply_topic = f"reply.{name}.{secrets.token_hex(8)}"
        self._subscriptions: list[Subscription] = [
            bus.subscribe(self._reply_topic, self._answered, _missed_nothing_that_a_timeout_does_not_tell)
        ]

    async def ask(self, topic: str, payload: bytes, *, timeout_s: float) -> bytes:
        """Publish a request on the topic and wait for the first answer.

        Raises: RequestTimeout when none came in time, RequestFailed when the answer says so.
        """
        self._last_id += 1
        request_id = self._last_id
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = (topic, answer)
        try:
            self._bus.publish(topic, _encoder.encode(_Request(self._reply_topic, request_id, payload)))
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise RequestTimeout(topic, timeout_s) from None
        finally:
            del self._waiting[request_id]

    def serve(self, topic: str, handler: Handler) -> Subscription:
        """Answer the topic's requests from now on. What the handler raises is logged and answered as a failure."""

        def asked(publication: bytes) -> None:
            self._carry_out(topic, handler, publication)

        subscription = self._bus.subscribe(topic, asked, _missed_nothing_that_a_timeout_does_not_tell)
        self._subscriptions.append(subscription)
        return subscription

    async def stop(self) -> None:
        """Stop asking and answering: handlers still running are cancelled. May be called more than once."""
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        for topic, answer in list(self._waiting.values()):
            if not answer.done():
                answer.set_exception(RequestFailed(topic, "stopped"))
        await self._handlers.stop()

    def _answered(self, publication: bytes) -> None:
        answer = _answer_decoder.decode(publication)
        topic, waiting = self._waiting.get(answer.request_id, ("", None))
        if waiting is None or waiting.done():
            return
        if answer.failure is None:
            waiting.set_result(answer.payload)
        else:
            waiting.set_exception(RequestFailed(topic, answer.failure))

    def _carry_out(self, topic: str, handler: Handler, publication: bytes) -> None:
        try:
            request = _request_decoder.decode(publication)
        except msgspec.DecodeError:
            log.error("publication on %s is no request", topic)
            return
        try:
            result = handler(request.payload)
        except Exception:
            log.exception("request on %s failed", topic)
            self._answer(request, "failed", b"")
            return
        if isinstance(result, bytes):
            self._answer(request, None, result)
        elif len(self._handlers) >= self._handlers_running_max:
            if inspect.iscoroutine(result):
                result.close()
            self._answer(request, "busy", b"")
        else:
            self._handlers.spawn(self._finish(topic, request, result), topic)

    async def _finish(self, topic: str, request: _Request, result: Awaitable[bytes]) -> None:
        try:
            payload = await result
        except Exception:
            log.exception("request on %s failed", topic)
            self._answer(request, "failed", b"")
        else:
            self._answer(request, None, payload)

    def _answer(self, request: _Request, failure: str | None, payload: bytes) -> None:
        self._bus.publish(request.reply_topic, _encoder.encode(_Answer(request.request_id, failure, payload)))
