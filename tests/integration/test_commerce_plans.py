"""Hot statements find their rows by an index, with row-level security in force."""

from __future__ import annotations

from typing import Any

import asyncpg
from uuid_utils.compat import uuid7

from commerce import outbox
from commerce.database import Database
from commerce.jobs import applicants, mine, posts
from commerce.order import closing, orders, transitions
from commerce.order.checkout import place_orders
from commerce.order.purchase import HOLD, OrderRequest
from commerce.payment import payments, reconcile
from commerce.shelf import showcase
from tests.commerce_scene import NOW, PRICE_MINOR, open_scene

ID = uuid7()
STATEMENTS: list[tuple[str, str, list[Any], str]] = [
    ("a buyer's orders", orders._LIST, [ID, 10], "purchase_order_buyer"),
    (
        "a buyer's key",
        "SELECT order_id FROM commerce.purchase_order WHERE buyer_id = $1 AND idempotency_key = $2",
        [ID, "k"],
        "purchase_order_buyer",
    ),
    ("an order held", transitions._LOCK, [ID], "purchase_order_pkey"),
    ("a payment's order", payments._ORDER_OF, [ID], "payment_pkey"),
    ("an order's payments", payments._LATEST, [ID], "payment_order"),
    ("reservations due", closing._DUE, [NOW, 10], "reservation_due"),
    ("orders left closing", closing._STUCK, [NOW, 10], "purchase_order_closing"),
    (
        "payments to ask about",
        reconcile._TAKE,
        [NOW, 10, reconcile.CHECK_AGAIN_AFTER, reconcile.CHECK_AGAIN_AFTER_MAX, 8],
        "payment_to_check",
    ),
    ("the outbox", outbox._WAITING, [10], "outbox_waiting"),
    ("the cards of a room", showcase._SHOWN, [ID], "card_of_room"),
    ("one's applications", mine._LIST, [ID, 10], "application_person"),
    ("an employer's applications", applicants._LIST, [ID, ID, ["viewed"], 10], "application_org"),
    ("the applications for a post", applicants._LIST_OF_JOB, [ID, ID, ["viewed"], 10, ID], "application_"),
    ("the cards of a post", posts._RAISE_CARDS, [ID, NOW], "card_"),
    ("the cards of a product", showcase._SHOWN_OF_PRODUCT, [ID], "card_of_product"),
]


async def test_hot_statements_use_their_indexes(database: Database, owner_connection: asyncpg.Connection) -> None:
    await fill(database, owner_connection)
    for name, statement, arguments, index in STATEMENTS:
        for who in ({"platform": True}, {"person_id": ID}):
            async with database.transaction(**who) as connection:
                # Small tables are read whole however they are indexed: the question here is whether it can be used.
                await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
                await connection.execute("SET LOCAL enable_sort = off")
                plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}", *arguments))
            assert index in plan, f"{name} as {who}:\n{plan}"
    async with database.transaction(person_id=ID) as connection:
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {orders._LIST}", ID, 10))
    assert "Index Cond: (buyer_id = " in plan, plan


async def fill(database: Database, owner: asyncpg.Connection) -> None:
    """Enough rows that the planner has a choice."""
    scene = await open_scene(database, owner, on_hand=2000, buyers=30)
    for number in range(10):
        requests = [
            OrderRequest(
                buyer,
                scene.room_id,
                scene.card_id,
                scene.sku_id,
                1,
                price_minor=PRICE_MINOR,
                idempotency_key=str(number),
            )
            for buyer in scene.buyers
        ]
        await place_orders(database, requests, now=NOW, hold=HOLD, provider="simpay")
    await owner.execute("ANALYZE")
