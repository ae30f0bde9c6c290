"""A process full of buyers, for races between processes: settings as JSON on the first line of standard input.

It says `ready`, waits for another line, then all its buyers buy one unit at once; it prints the results as one array.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from commerce.order.checkout import Checkout
from commerce.order.purchase import OrderView
from server.database.database import Database


async def run(settings: dict[str, Any]) -> list[str]:
    """The order ids and refusal codes of this process's buyers."""
    database = await Database.open(settings["database_url"], pool_size_max=8)
    checkout = Checkout(database)
    try:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    checkout.place_order(
                        person_id=UUID(buyer),
                        room_id=UUID(settings["room_id"]),
                        card_id=UUID(settings["card_id"]),
                        sku_id=UUID(settings["sku_id"]),
                        quantity=1,
                        price_minor=settings["price_minor"],
                        idempotency_key=f"race-{place % settings['keys']}",
                        now=datetime.now(UTC),
                    )
                )
                for place in range(settings["keys"] * settings["repeats"])
                for buyer in settings["buyers"]
            ]
    finally:
        await database.close()
    results = [task.result() for task in tasks]
    return [str(result.order_id) if isinstance(result, OrderView) else result.code for result in results]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.loads(sys.stdin.readline())))))
