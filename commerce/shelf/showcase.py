"""Edge: the cards of a room: pushed by its host, explained one at a time, withdrawn. Every change raises the card's
version and goes to the room through the outbox, in the transaction that makes it.

Written as the person who does it: row-level security lets members of the room's organisation alone. Whether that person
may act in this room, and whether the card's words may be shown, is decided before (see `preview_card`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.outbox import announce_items
from commerce.refusals import ALREADY_SHOWN, NOT_FOUND, NOT_ON_SALE, TOO_MANY_CARDS, Refused
from commerce.shelf.cards import (
    CARDS_SHOWN_MAX,
    StateItem,
    card_key,
    job_card,
    notice_card,
    product_card,
    stock_key,
    stock_value,
)

if TYPE_CHECKING:
    import asyncpg

_ROOM: Final = "SELECT org_id FROM people.room WHERE room_id = $1 AND people.is_member(org_id) FOR NO KEY UPDATE"
_SHOWN: Final = "SELECT * FROM commerce.card WHERE room_id = $1 AND state = 'shown' ORDER BY position, card_id"
_SHOWN_OF_PRODUCT: Final = """
SELECT card_id FROM commerce.card WHERE product_id = $1 AND state = 'shown' ORDER BY card_id FOR NO KEY UPDATE
"""
_PRODUCTS: Final = "SELECT * FROM commerce.product WHERE product_id = ANY ($1)"
_SKUS: Final = "SELECT * FROM commerce.sku WHERE product_id = ANY ($1) AND state = 'on_sale' ORDER BY sku_id"
_JOBS: Final = "SELECT * FROM commerce.job_post WHERE job_id = ANY ($1)"
_STOCK: Final = """
SELECT s.*, k.product_id FROM commerce.stock s JOIN commerce.sku k USING (sku_id)
WHERE k.product_id = ANY ($1) AND k.state = 'on_sale' ORDER BY s.sku_id
"""
_ADD: Final = """
INSERT INTO commerce.card (card_id, org_id, room_id, kind, product_id, job_id, title, subtitle, position, created_at,
    updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING *
"""
_LINE_UP: Final = """
INSERT INTO commerce.line_up_item (item_id, org_id, room_id, product_id, job_id, position, created_at)
SELECT $1, $2, $3, $4, $5, 1 + coalesce((SELECT max(position) FROM commerce.line_up_item WHERE room_id = $3), 0), $6
ON CONFLICT DO NOTHING
"""
_PLACE: Final = """
SELECT position FROM commerce.line_up_item WHERE room_id = $1 AND (product_id = $2 OR job_id = $3)
"""
_LAST_PLACE: Final = """
SELECT 1 + coalesce(max(position), 0) FROM (
    SELECT position FROM commerce.card WHERE room_id = $1 AND state = 'shown'
    UNION ALL SELECT position FROM commerce.line_up_item WHERE room_id = $1) AS taken
"""
_EXPLAIN: Final = """
UPDATE commerce.card SET explaining = (card_id = $2), version = version + 1, updated_at = $3
WHERE room_id = $1 AND state = 'shown' AND explaining <> (card_id = $2) RETURNING *
"""
_STOP_EXPLAINING: Final = """
UPDATE commerce.card SET explaining = false, version = version + 1, updated_at = $3
WHERE room_id = $1 AND card_id = $2 AND state = 'shown' AND explaining RETURNING *
"""
_PIN: Final = """
UPDATE commerce.card SET pinned = ($3 AND card_id = $2), version = version + 1, updated_at = $4
WHERE room_id = $1 AND state = 'shown' AND pinned <> ($3 AND card_id = $2) AND ($3 OR card_id = $2) RETURNING *
"""
_WITHDRAW: Final = """
UPDATE commerce.card SET state = 'withdrawn', explaining = false, pinned = false, version = version + 1, updated_at = $3
WHERE room_id = $1 AND card_id = $2 AND state = 'shown' RETURNING card_id, version
"""
_WITHDRAW_OF_PRODUCT: Final = """
UPDATE commerce.card SET state = 'withdrawn', explaining = false, pinned = false, version = version + 1, updated_at = $2
WHERE product_id = $1 AND state = 'shown' RETURNING card_id, room_id, version
"""
_RAISE: Final = """
UPDATE commerce.card SET version = version + 1, updated_at = $2 WHERE card_id = ANY ($1) AND state = 'shown' RETURNING *
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a card is to show: exactly one of a product, a job, or words of its own."""

    product_id: UUID | None = None
    job_id: UUID | None = None
    title: str | None = None
    subtitle: str | None = None

    @property
    def kind(self) -> str:
        if self.product_id is not None:
            return "product"
        return "notice" if self.job_id is None else "job"

    def __post_init__(self) -> None:
        assert [self.product_id, self.job_id, self.title].count(None) == 2, self


async def preview_card(
    database: Database, *, person_id: UUID, room_id: UUID, offer: Offer, now: datetime
) -> dict[str, Any] | Refused:
    """The value a card would have, for the filter to read (`cards.shown_texts`) before it is pushed.

    Refused: not_found, not_on_sale.
    """
    async with database.transaction(person_id=person_id) as connection:
        org_id = await connection.fetchval(_ROOM, room_id)
        if org_id is None:
            return Refused(NOT_FOUND)
        if refusal := await _refusal(connection, org_id, offer, now):
            return refusal
        card = {
            "card_id": uuid7(),
            "kind": offer.kind,
            "product_id": offer.product_id,
            "job_id": offer.job_id,
            "title": offer.title,
            "subtitle": offer.subtitle,
            "position": 0,
            "explaining": False,
            "pinned": False,
            "version": 0,
        }
        [(_, _, value)] = await card_items(connection, [card])
    assert value is not None
    return value


async def push_card(
    database: Database,
    *,
    person_id: UUID,
    room_id: UUID,
    offer: Offer,
    explaining: bool = False,
    now: datetime,
) -> dict[str, Any] | Refused:
    """Show a card in a room, where it stands in the line-up (what is new to it goes to its end), with its product's
    stock. The card's value as viewers get it.

    Refused: not_found, not_on_sale, already_shown, too_many_cards.
    """
    async with database.transaction(person_id=person_id) as connection:
        org_id = await connection.fetchval(_ROOM, room_id)
        if org_id is None:
            return Refused(NOT_FOUND)
        if refusal := await _refusal(connection, org_id, offer, now, hold=True):
            return refusal
        shown = await connection.fetch(_SHOWN, room_id)
        for card in shown:
            if offer.kind != "notice" and (card["product_id"], card["job_id"]) == (offer.product_id, offer.job_id):
                return Refused(ALREADY_SHOWN, {"card_id": str(card["card_id"])})
        if len(shown) >= CARDS_SHOWN_MAX:
            return Refused(TOO_MANY_CARDS, {"cards_max": CARDS_SHOWN_MAX})
        card_id = uuid7()
        card = await connection.fetchrow(
            _ADD,
            card_id,
            org_id,
            room_id,
            offer.kind,
            offer.product_id,
            offer.job_id,
            offer.title,
            offer.subtitle,
            await _place(connection, org_id, room_id, offer, now),
            now,
        )
        changed = {card_id: card}
        if explaining:
            changed |= {row["card_id"]: row for row in await connection.fetch(_EXPLAIN, room_id, card_id, now)}
        items = await card_items(connection, list(changed.values()))
        stock = await stock_items(connection, [offer.product_id] if offer.product_id else [], hold=True)
        await announce_items(connection, room_id, items + stock)
    return next(value for key, _, value in items if key == card_key(card_id) and value is not None)


async def explain_card(
    database: Database, *, person_id: UUID, room_id: UUID, card_id: UUID, explaining: bool, now: datetime
) -> Refused | None:
    """Mark a card as the one that the host speaks about now, or no longer. Refused: not_found."""
    async with database.transaction(person_id=person_id) as connection:
        if await connection.fetchval(_ROOM, room_id) is None:
            return Refused(NOT_FOUND)
        shown = {card["card_id"] for card in await connection.fetch(_SHOWN, room_id)}
        if card_id not in shown:
            return Refused(NOT_FOUND)
        changed = await connection.fetch(_EXPLAIN if explaining else _STOP_EXPLAINING, room_id, card_id, now)
        if changed:
            await announce_items(connection, room_id, await card_items(connection, changed))
    return None


async def pin_card(
    database: Database, *, person_id: UUID, room_id: UUID, card_id: UUID, pinned: bool, now: datetime
) -> Refused | None:
    """Let a card stand before all others, in place of the one that did, or no longer. Refused: not_found."""
    async with database.transaction(person_id=person_id) as connection:
        if await connection.fetchval(_ROOM, room_id) is None:
            return Refused(NOT_FOUND)
        if card_id not in {card["card_id"] for card in await connection.fetch(_SHOWN, room_id)}:
            return Refused(NOT_FOUND)
        if changed := await connection.fetch(_PIN, room_id, card_id, pinned, now):
            await announce_items(connection, room_id, await card_items(connection, changed))
    return None


async def withdraw_card(
    database: Database, *, person_id: UUID, room_id: UUID, card_id: UUID, now: datetime
) -> Refused | None:
    """Take a card off the screen; orders placed from it stand. Withdrawing it again changes nothing.

    Refused: not_found.
    """
    async with database.transaction(person_id=person_id) as connection:
        if await connection.fetchval(_ROOM, room_id) is None:
            return Refused(NOT_FOUND)
        row = await connection.fetchrow(_WITHDRAW, room_id, card_id, now)
        if row is None:
            known = "SELECT card_id FROM commerce.card WHERE card_id = $1 AND room_id = $2"
            return None if await connection.fetchval(known, card_id, room_id) else Refused(NOT_FOUND)
        await announce_items(connection, room_id, [(card_key(card_id), row["version"], None)])
    return None


async def list_cards(database: Database, *, room_id: UUID) -> list[dict[str, Any]]:
    """The values of the cards shown in a room, in their order, a pinned one first."""
    async with database.transaction() as connection:
        items = await card_items(connection, pinned_first(await connection.fetch(_SHOWN, room_id)))
    return [value for _, _, value in items if value is not None]


async def refresh_cards_of_product(connection: asyncpg.Connection, product_id: UUID, *, now: datetime) -> None:
    """Tell every room that shows a product how it now looks, in the transaction that changed it."""
    card_ids = [row["card_id"] for row in await connection.fetch(_SHOWN_OF_PRODUCT, product_id)]
    cards = await connection.fetch(_RAISE, card_ids, now) if card_ids else []
    for card, item in zip(cards, await card_items(connection, cards), strict=True):
        await announce_items(connection, card["room_id"], [item])


async def withdraw_cards_of_product(connection: asyncpg.Connection, product_id: UUID, *, now: datetime) -> None:
    """Take a product off every screen, in the transaction that ends its sale."""
    for card in await connection.fetch(_WITHDRAW_OF_PRODUCT, product_id, now):
        await announce_items(connection, card["room_id"], [(card_key(card["card_id"]), card["version"], None)])


def pinned_first(cards: Sequence[Any]) -> list[Any]:
    """Rows of cards, those of the same rank as they stood."""
    return sorted(cards, key=lambda card: not card["pinned"])


def job_facts(job: Mapping[str, Any]) -> dict[str, Any]:
    """A job post as its card would show it, without what only a card has."""
    nowhere = {"card_id": "", "kind": "job", "position": 0, "explaining": False, "pinned": False}
    value = {name: value for name, value in job_card(nowhere, job).items() if name not in nowhere}
    valid_until = job["valid_until"]
    return value | {"state": job["state"], "valid_until": None if valid_until is None else valid_until.isoformat()}


async def card_items(connection: asyncpg.Connection, cards: Sequence[Mapping[str, Any]]) -> list[StateItem]:
    """The state items of cards, in the order given; without a value where what it offers is not to be seen any more."""
    product_ids = [card["product_id"] for card in cards if card["product_id"] is not None]
    job_ids = [card["job_id"] for card in cards if card["job_id"] is not None]
    products = await connection.fetch(_PRODUCTS, product_ids) if product_ids else []
    skus = await connection.fetch(_SKUS, product_ids) if product_ids else []
    jobs = await connection.fetch(_JOBS, job_ids) if job_ids else []
    product_of = {product["product_id"]: product for product in products}
    job_of = {job["job_id"]: job for job in jobs}
    items: list[StateItem] = []
    for card in cards:
        value: dict[str, Any] | None = None
        if card["kind"] == "notice":
            value = notice_card(card)
        elif (product := product_of.get(card["product_id"])) is not None:
            offered = [sku for sku in skus if sku["product_id"] == card["product_id"]]
            value = product_card(card, product, offered)
        elif (job := job_of.get(card["job_id"])) is not None:
            value = job_card(card, job)
        items.append((card_key(card["card_id"]), card["version"], value))
    return items


async def stock_items(
    connection: asyncpg.Connection, product_ids: Sequence[UUID], *, hold: bool = False
) -> list[StateItem]:
    """The state items of the stock of all SKUs of these products.

    `hold`: no order changes them until the transaction ends, so that the next one sees a card that this one adds.
    """
    by_product = await stock_by_product(connection, product_ids, hold=hold)
    return [item for items in by_product.values() for item in items]


async def stock_by_product(
    connection: asyncpg.Connection, product_ids: Sequence[UUID], *, hold: bool = False
) -> dict[UUID, list[StateItem]]:
    """As `stock_items`, for each product that has any."""
    query = _STOCK + " FOR NO KEY UPDATE OF s" if hold else _STOCK
    by_product: dict[UUID, list[StateItem]] = {}
    for row in await connection.fetch(query, product_ids) if product_ids else []:
        item = (stock_key(row["sku_id"]), row["version"], stock_value(row))
        by_product.setdefault(row["product_id"], []).append(item)
    return by_product


async def _place(connection: asyncpg.Connection, org_id: UUID, room_id: UUID, offer: Offer, now: datetime) -> int:
    """Where a new card stands."""
    place: int
    if offer.kind == "notice":
        place = await connection.fetchval(_LAST_PLACE, room_id)
    else:
        await connection.execute(_LINE_UP, uuid7(), org_id, room_id, offer.product_id, offer.job_id, now)
        place = await connection.fetchval(_PLACE, room_id, offer.product_id, offer.job_id)
    return place


async def _refusal(
    connection: asyncpg.Connection, org_id: UUID, offer: Offer, now: datetime, *, hold: bool = False
) -> Refused | None:
    """Why an organisation can't show this, or None.

    `hold`: nobody changes what is offered until the transaction ends, so that a change made beside it finds the card.
    """
    share = " FOR SHARE" if hold else ""
    if offer.product_id is not None:
        [product] = await connection.fetch(_PRODUCTS + share, [offer.product_id]) or [None]
        if product is None or product["org_id"] != org_id:
            return Refused(NOT_FOUND)
        return None if product["state"] == "on_sale" else Refused(NOT_ON_SALE)
    if offer.job_id is not None:
        [job] = await connection.fetch(_JOBS + share, [offer.job_id]) or [None]
        if job is None or job["org_id"] != org_id:
            return Refused(NOT_FOUND)
        return None if job["state"] == "open" and job["valid_until"] > now else Refused(NOT_ON_SALE)
    return None
