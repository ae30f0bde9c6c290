"""A small market to test commerce in: an organisation with a host, a room, a product on a card, and buyers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.money import Money
from commerce.order.checkout import place_order
from commerce.order.purchase import OrderView
from commerce.payment.providers import Charge
from commerce.refusals import Refused
from commerce.shelf.catalogue import create_product
from commerce.shelf.offers import ProductDraft, SkuDraft
from commerce.shelf.showcase import Offer, push_card

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PRICE_MINOR = 1990


@dataclass
class Scene:
    """Ids of what stands, and what a buyer does."""

    database: Database
    org_id: UUID
    host_id: UUID
    room_id: UUID
    product_id: UUID
    sku_id: UUID
    card_id: UUID
    buyers: list[UUID]

    async def buy(
        self, *, buyer: int = 0, key: str = "k", quantity: int = 1, now: datetime = NOW, **changes: Any
    ) -> OrderView | Refused:
        """Place an order as one of the buyers, for what the card offers unless `changes` say otherwise."""
        wish: dict[str, Any] = {
            "person_id": self.buyers[buyer],
            "room_id": self.room_id,
            "card_id": self.card_id,
            "sku_id": self.sku_id,
            "quantity": quantity,
            "price_minor": PRICE_MINOR,
            "idempotency_key": key,
        }
        return await place_order(self.database, **(wish | changes), now=now)

    async def order(self, **wish: Any) -> OrderView:
        """As `buy`, where the order must be placed."""
        result = await self.buy(**wish)
        assert isinstance(result, OrderView), result
        return result

    async def stock(self) -> tuple[int, int, int]:
        """on_hand, reserved, sold."""
        async with self.database.transaction(platform=True) as connection:
            row = await connection.fetchrow(
                "SELECT on_hand, reserved, sold FROM commerce.stock WHERE sku_id = $1", self.sku_id
            )
        return row["on_hand"], row["reserved"], row["sold"]

    async def value(self, query: str, *arguments: Any) -> Any:
        """One value, read as the platform."""
        async with self.database.transaction(platform=True) as connection:
            return await connection.fetchval(query, *arguments)

    async def payment_of(self, order_id: UUID) -> UUID:
        """The order's newest payment."""
        payment_id: UUID = await self.value(
            "SELECT payment_id FROM commerce.payment WHERE order_id = $1"
            " ORDER BY created_at DESC, payment_id DESC LIMIT 1",
            order_id,
        )
        return payment_id


async def add_person(owner: asyncpg.Connection, login: str) -> UUID:
    person_id = uuid7()
    await owner.execute(
        "INSERT INTO people.person (person_id, login, display_name) VALUES ($1, $2, $2)", person_id, login
    )
    return person_id


async def add_room(owner: asyncpg.Connection, slug: str) -> tuple[UUID, UUID, UUID]:
    """An organisation with one host and one room: their ids."""
    org_id, room_id = uuid7(), uuid7()
    host_id = await add_person(owner, f"host-{slug}")
    await owner.execute(
        "INSERT INTO people.organisation (org_id, kind, name) VALUES ($1, 'merchant', $2)", org_id, slug
    )
    await owner.execute(
        "INSERT INTO people.membership (org_id, person_id, role) VALUES ($1, $2, 'host')", org_id, host_id
    )
    await owner.execute(
        "INSERT INTO people.room (room_id, org_id, slug, kind, title, host_id, stream_key_hash)"
        " VALUES ($1, $2, $3, 'farm', $3, $4, $5)",
        room_id,
        org_id,
        slug,
        host_id,
        slug.encode(),
    )
    return org_id, host_id, room_id


def apples(on_hand: int, *, price_minor: int = PRICE_MINOR) -> ProductDraft:
    """A product of one SKU."""
    return ProductDraft(
        title="洛川苹果",
        description="脆甜多汁",
        origin="陕西洛川",
        promise="坏果包赔",
        skus=[SkuDraft("5 斤装", Money(price_minor, "CNY"), on_hand)],
    )


async def open_scene(
    database: Database, owner: asyncpg.Connection, *, on_hand: int = 10, buyers: int = 2, slug: str = "apples"
) -> Scene:
    """A room that shows one product with `on_hand` units."""
    org_id, host_id, room_id = await add_room(owner, slug)
    product = await create_product(database, person_id=host_id, org_id=org_id, draft=apples(on_hand), now=NOW)
    assert not isinstance(product, Refused), product
    card = await push_card(
        database, person_id=host_id, room_id=room_id, offer=Offer(product_id=product.product_id), now=NOW
    )
    assert not isinstance(card, Refused), card
    people = [await add_person(owner, f"buyer-{slug}-{place}") for place in range(buyers)]
    return Scene(
        database,
        org_id,
        host_id,
        room_id,
        product.product_id,
        product.skus[0].sku_id,
        UUID(card["card_id"]),
        people,
    )


@dataclass
class ScriptedProvider:
    """A provider whose books the test writes: each payment's state, and whether it can be reached."""

    name: str = "simpay"
    books: dict[UUID, Charge] = field(default_factory=dict)
    reachable: bool = True
    calls: list[str] = field(default_factory=list)

    async def create_charge(self, payment_id: UUID, amount: Money, *, description: str) -> Charge:
        self._reach("create")
        return self.books.setdefault(payment_id, Charge(payment_id, "pending", amount))

    async def fetch_charge(self, payment_id: UUID) -> Charge:
        self._reach("fetch")
        return self.books.get(payment_id, Charge(payment_id, "unknown", None))

    async def close_charge(self, payment_id: UUID) -> Charge:
        self._reach("close")
        held = self.books.get(payment_id)
        if held is None or held.state in ("pending", "unknown"):
            self.books[payment_id] = Charge(payment_id, "closed", None if held is None else held.amount)
        return self.books[payment_id]

    async def refund(self, payment_id: UUID, amount: Money) -> Charge:
        self._reach("refund")
        self.books[payment_id] = Charge(payment_id, "refunded", amount)
        return self.books[payment_id]

    def read_event(self, body: bytes) -> Charge | None:
        return None

    def set(self, payment_id: UUID, state: Any, amount: Money | None = None) -> Charge:
        """What the provider says about a payment from now on."""
        held = self.books.get(payment_id)
        self.books[payment_id] = Charge(payment_id, state, amount or (held.amount if held else None))
        return self.books[payment_id]

    def _reach(self, call: str) -> None:
        from commerce.errors import ProviderUnavailable

        self.calls.append(call)
        if not self.reachable:
            raise ProviderUnavailable(self.name, "cut off by the test")


LATER = NOW + timedelta(hours=1)
