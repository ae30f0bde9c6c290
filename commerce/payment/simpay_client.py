"""Edge: `simpay` as a payment provider, reached by HTTP over TCP or a Unix socket."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Final
from uuid import UUID

import aiohttp

from commerce.errors import ProviderRejected, ProviderUnavailable
from commerce.money import MINOR_MAX, Money
from commerce.payment.providers import CHARGE_STATES, Charge

TIMEOUT_S: Final = 5.0
CONNECT_TIMEOUT_S: Final = 1.0
CONNECTIONS_MAX: Final = 32
ANSWER_BYTES_MAX: Final = 64 * 1024


class SimpayClient:
    """A Provider. Open for the process's life: `async with SimpayClient(...) as provider`."""

    name: Final = "simpay"

    def __init__(
        self, base_url: str, *, api_key: str, unix_socket: str | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        """`unix_socket`: path to reach simpay by; the host in `base_url` is then only a name."""
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._unix_socket = unix_socket
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s))
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> SimpayClient:
        connector = (
            aiohttp.TCPConnector(limit=CONNECTIONS_MAX)
            if self._unix_socket is None
            else aiohttp.UnixConnector(self._unix_socket, limit=CONNECTIONS_MAX)
        )
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, headers={"Authorization": f"Bearer {self._api_key}"}
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def create_charge(self, payment_id: UUID, amount: Money, *, description: str) -> Charge:
        body = {
            "reference": str(payment_id),
            "amount": amount.minor,
            "currency": amount.currency,
            "description": description,
            "confirm": True,
        }
        return await self._ask("POST", "/charges", payment_id, body)

    async def fetch_charge(self, payment_id: UUID) -> Charge:
        return await self._ask("GET", f"/charges/{payment_id}", payment_id)

    async def close_charge(self, payment_id: UUID) -> Charge:
        return await self._ask("POST", f"/charges/{payment_id}/close", payment_id, {})

    async def refund(self, payment_id: UUID, amount: Money) -> Charge:
        body = {"charge": str(payment_id), "amount": amount.minor, "currency": amount.currency}
        return await self._ask("POST", "/refunds", payment_id, body)

    def read_event(self, body: bytes) -> Charge | None:
        """What a verified notification says; None where it can't be read."""
        try:
            event = json.loads(body)
            return read_charge(event["charge"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    async def _ask(self, method: str, path: str, payment_id: UUID, body: dict[str, Any] | None = None) -> Charge:
        assert self._session is not None, "used outside `async with`"
        headers = {"Idempotency-Key": f"{payment_id}:{path.rpartition('/')[2]}"} if body is not None else {}
        try:
            async with self._session.request(
                method, self._base_url + path, json=body, headers=headers, allow_redirects=False
            ) as answer:
                text = await _read(answer)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            raise ProviderUnavailable(self.name, f"{type(failure).__name__}: {failure}") from failure
        if status == 404 and method == "GET":
            return Charge(payment_id, "unknown", None)
        if status >= 500 or status == 429:
            raise ProviderUnavailable(self.name, f"answered {status}")
        if status >= 300:
            raise ProviderRejected(self.name, status, text[:200].decode(errors="replace"))
        try:
            charge = read_charge(json.loads(text))
        except (ValueError, KeyError, TypeError) as failure:
            raise ProviderUnavailable(self.name, "answered what can't be read") from failure
        if charge.payment_id != payment_id:
            raise ProviderUnavailable(self.name, "answered about another charge")
        return charge


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The body, or what of it fits: longer ones are not JSON any more, and refused as such."""
    text = b""
    async for piece in answer.content.iter_any():
        text += piece
        if len(text) > ANSWER_BYTES_MAX:
            answer.close()
            break
    return text[:ANSWER_BYTES_MAX]


def read_charge(answer: dict[str, Any]) -> Charge:
    """A charge as simpay writes it.

    Raises: ValueError, KeyError, TypeError where it is none.
    """
    state, minor, currency = answer["state"], answer["amount"], answer["currency"]
    if state not in CHARGE_STATES or type(minor) is not int or not 0 <= minor <= MINOR_MAX:
        raise ValueError("not a charge")
    amount = Money(minor, currency) if _is_currency(currency) else None
    if amount is None and state == "succeeded":
        raise ValueError("no currency")
    return Charge(UUID(answer["id"]), state, amount, provider_ref=answer.get("receipt"), reason=answer.get("reason"))


def _is_currency(text: object) -> bool:
    return isinstance(text, str) and len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()
