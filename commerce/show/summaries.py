"""Edge: what shows brought, and the orders of a room, for members of its organisation.

Whether somebody is a member is asked once, as that person; the sums are then read as the platform, since row-level
security would ask again for each of ten thousand orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from commerce.database import Database
from commerce.refusals import NOT_FOUND, Refused
from commerce.show.tally import CURRENCY_WITHOUT_ORDERS, ProductTakings, ShowSummary, Takings, Tally

SHOWS_LISTED_MAX: Final = 50
PRODUCTS_LISTED_MAX: Final = 20
ORDERS_LISTED_MAX: Final = 50

_IS_MEMBER: Final = "SELECT people.is_member(org_id) FROM people.room WHERE room_id = $1"
_SHOWS: Final = """
SELECT s.show_id, s.started_at, s.ended_at, s.seen_at, c.*, (
    SELECT count(*) FROM commerce.application a
    WHERE a.room_id = s.room_id AND a.created_at >= s.started_at AND (s.ended_at IS NULL OR a.created_at < s.ended_at)
) AS applications
FROM commerce.show s, LATERAL (
    SELECT coalesce(max(viewers_peak), 0) AS viewers_peak, coalesce(sum(comments), 0)::bigint AS comments,
           coalesce(sum(likes), 0)::bigint AS likes, coalesce(sum(lines_held), 0)::bigint AS lines_held,
           coalesce(sum(lines_removed), 0)::bigint AS lines_removed
    FROM commerce.show_count c WHERE c.show_id = s.show_id) AS c
WHERE s.room_id = $1 AND ($2::uuid IS NULL OR s.show_id = $2) ORDER BY s.started_at DESC, s.show_id DESC LIMIT $3
"""
_SOLD: Final = """
SELECT s.show_id, o.product_title, o.currency, count(*) AS orders, count(*) FILTER (WHERE o.state = 'paid') AS paid,
       coalesce(sum(o.quantity) FILTER (WHERE o.state = 'paid'), 0)::bigint AS units,
       coalesce(sum(o.total_minor) FILTER (WHERE o.state = 'paid'), 0)::bigint AS revenue_minor
FROM commerce.show s JOIN commerce.purchase_order o ON o.room_id = s.room_id
    AND o.created_at >= s.started_at AND (s.ended_at IS NULL OR o.created_at < s.ended_at)
WHERE s.show_id = ANY ($1) GROUP BY s.show_id, o.product_title, o.currency
"""
_SOLD_IN_ROOM: Final = """
SELECT o.currency, count(*) AS orders, count(*) FILTER (WHERE o.state = 'paid') AS paid,
       coalesce(sum(o.quantity) FILTER (WHERE o.state = 'paid'), 0)::bigint AS units,
       coalesce(sum(o.total_minor) FILTER (WHERE o.state = 'paid'), 0)::bigint AS revenue_minor
FROM commerce.purchase_order o WHERE o.room_id = $1 GROUP BY o.currency
"""
_ORDERS: Final = """
SELECT o.order_id, o.state, o.product_title, o.sku_name, o.quantity, o.total_minor, o.currency, o.created_at,
       o.version, b.display_name AS buyer_name,
       (SELECT p.state FROM commerce.payment p WHERE p.order_id = o.order_id
        ORDER BY p.created_at DESC, p.payment_id DESC LIMIT 1) AS payment_state
FROM commerce.purchase_order o JOIN people.person b ON b.person_id = o.buyer_id
WHERE o.room_id = $1 AND ($2::uuid IS NULL OR (o.created_at, o.order_id) < (
    SELECT l.created_at, l.order_id FROM commerce.purchase_order l WHERE l.order_id = $2 AND l.room_id = $1))
ORDER BY o.created_at DESC, o.order_id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class RoomOrders:
    """A page of a room's orders, newest first, and the sums over all of them."""

    orders: list[dict[str, Any]]
    """order_id, state, payment_state, buyer_name, product_title, sku_name, quantity, total_minor, currency,
    created_at, version."""
    totals: Takings
    next_before: UUID | None


async def list_shows(
    database: Database, *, person_id: UUID, room_id: UUID, now: datetime, show_id: UUID | None = None
) -> list[ShowSummary] | Refused:
    """The room's shows, newest first, or one of them. Refused: not_found (not a member)."""
    if not await is_of_room(database, person_id=person_id, room_id=room_id):
        return Refused(NOT_FOUND)
    async with database.transaction(platform=True) as connection:
        shows = await connection.fetch(_SHOWS, room_id, show_id, SHOWS_LISTED_MAX)
        sold = await connection.fetch(_SOLD, [show["show_id"] for show in shows])
    return [_summary(show, [row for row in sold if row["show_id"] == show["show_id"]], now) for show in shows]


async def list_room_orders(
    database: Database, *, person_id: UUID, room_id: UUID, before: UUID | None = None
) -> RoomOrders | Refused:
    """The room's orders before one of them, or the newest. Refused: not_found (not a member)."""
    if not await is_of_room(database, person_id=person_id, room_id=room_id):
        return Refused(NOT_FOUND)
    async with database.transaction(platform=True) as connection:
        rows = await connection.fetch(_ORDERS, room_id, before, ORDERS_LISTED_MAX + 1)
        totals = takings(await connection.fetch(_SOLD_IN_ROOM, room_id))
    orders = [dict(row) for row in rows[:ORDERS_LISTED_MAX]]
    return RoomOrders(orders, totals, orders[-1]["order_id"] if len(rows) > ORDERS_LISTED_MAX else None)


def takings(sold: Sequence[Any]) -> Takings:
    """The sum of rows of sales (currency, orders, paid, units, revenue_minor), in the currency of most orders."""
    orders_in: dict[str, int] = {}
    for row in sold:
        orders_in[row["currency"]] = orders_in.get(row["currency"], 0) + row["orders"]
    currency = max(orders_in, key=lambda name: (orders_in[name], name), default=CURRENCY_WITHOUT_ORDERS)
    return Takings(
        orders=sum(row["orders"] for row in sold),
        paid=sum(row["paid"] for row in sold),
        units=sum(row["units"] for row in sold),
        revenue_minor=sum(row["revenue_minor"] for row in sold if row["currency"] == currency),
        currency=currency,
    )


async def is_of_room(database: Database, *, person_id: UUID, room_id: UUID) -> bool:
    """Whether the person belongs to the organisation of the room."""
    async with database.transaction(person_id=person_id) as connection:
        return bool(await connection.fetchval(_IS_MEMBER, room_id))


def _summary(show: Any, sold: Sequence[Any], now: datetime) -> ShowSummary:
    total = takings(sold)
    products = [
        ProductTakings(row["product_title"], row["units"], row["revenue_minor"])
        for row in sorted(sold, key=lambda row: (-row["revenue_minor"], row["product_title"]))
        if row["paid"] and row["currency"] == total.currency
    ]
    return ShowSummary(
        show_id=show["show_id"],
        started_at=show["started_at"],
        ended_at=show["ended_at"],
        duration_s=max(0, int(((show["ended_at"] or now) - show["started_at"]).total_seconds())),
        tally=Tally(show["viewers_peak"], show["comments"], show["likes"], show["lines_held"], show["lines_removed"]),
        takings=total,
        applications=show["applications"],
        products=products[:PRODUCTS_LISTED_MAX],
    )
