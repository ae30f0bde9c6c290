"""Edge: buying: orders, their payment, and what the payment provider tells."""

from __future__ import annotations

import logging
from typing import Any, Final
from uuid import UUID

from commerce.order.addresses import Address
from commerce.order.closing import cancel_order
from commerce.order.delivery import addresses_of
from commerce.order.orders import get_order, list_orders
from commerce.order.purchase import OrderView as Order
from commerce.payment.payments import handle_webhook, start_payment
from commerce.refusals import Refused
from server.api.call import Call
from server.api.http.parsing import Nothing
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.orders import AddressedOrderView, OrderList, OrderView, PlaceOrder
from server.live.topics import OUTBOX_WRITTEN

log = logging.getLogger("jishi.orders")


async def place(call: Call) -> Any:
    body: PlaceOrder = call.any_body
    room = await call.services.rooms.room_by_slug(body.room_slug)
    if room is None:
        return Problem("not_found")
    if room.state != "open":
        return Problem("not_on_sale")
    if refused := call.ban_refusal(room):
        return refused
    return _changed(
        call,
        await call.services.market.checkout.place_order(
            person_id=call.person_id,
            room_id=room.room_id,
            card_id=body.card_id,
            sku_id=body.sku_id,
            quantity=body.quantity,
            price_minor=body.price_minor,
            idempotency_key=call.key,
            now=call.now,
        ),
    )


async def list_mine(call: Call) -> Any:
    orders = await list_orders(call.database, person_id=call.person_id)
    addresses = await _addresses(call, orders)
    return {"orders": [{**order.to_json(), "address": addresses.get(order.order_id)} for order in orders]}


async def get(call: Call) -> Any:
    order_id = call.uuid("order_id")
    if order_id is None:
        return Problem("not_found")
    order = await get_order(call.database, person_id=call.person_id, order_id=order_id)
    if isinstance(order, Refused):
        return order
    return {**order.to_json(), "address": (await _addresses(call, [order])).get(order_id)}


async def _addresses(call: Call, orders: list[Order]) -> dict[UUID, Address]:
    return await addresses_of(
        call.database,
        call.services.data_key,
        person_id=call.person_id,
        order_ids=[order.order_id for order in orders],
    )


async def pay(call: Call) -> Any:
    order_id = call.uuid("order_id")
    if order_id is None:
        return Problem("not_found")
    services = call.services
    return _changed(
        call,
        await start_payment(
            services.database, services.market.provider, person_id=call.person_id, order_id=order_id, now=call.now
        ),
    )


async def cancel(call: Call) -> Any:
    order_id = call.uuid("order_id")
    if order_id is None:
        return Problem("not_found")
    services = call.services
    return _changed(
        call,
        await cancel_order(
            services.database, services.market.provider, person_id=call.person_id, order_id=order_id, now=call.now
        ),
    )


async def simpay_webhook(call: Call) -> Any:
    services = call.services
    handled = await handle_webhook(
        services.database,
        services.market.provider,
        secrets=services.market.webhook_secrets,
        headers=call.request.headers,
        body=await call.request.read(),
        now=call.now,
    )
    call.services.bus.publish(OUTBOX_WRITTEN, b"")
    return handled if isinstance(handled, Refused) else None


def _changed(call: Call, order: Order | Refused) -> Any:
    """The order, and word to the clerk that viewers are to hear of it."""
    if not isinstance(order, Refused):
        log.info("order is %s", order.state, extra={"order_id": str(order.order_id), "room": order.room_slug})
    call.services.bus.publish(OUTBOX_WRITTEN, b"")
    return _shown(order)


def _shown(order: Order | Refused) -> Any:
    return order if isinstance(order, Refused) else order.to_json()


ROUTES: Final = [
    Route(
        method="POST",
        path="/api/orders",
        name="placeOrder",
        summary="Place an order; the same key answers the same order, as it now stands",
        who="person",
        handler=place,
        body=PlaceOrder,
        answer=OrderView,
        status=201,
        codes=("sold_out", "price_changed", "not_on_sale", "quantity", "room_banned", "not_found", "busy"),
        keyed="by_handler",
    ),
    Route(
        method="GET",
        path="/api/orders",
        name="listOrders",
        summary="My orders, newest first",
        who="person",
        handler=list_mine,
        answer=OrderList,
    ),
    Route(
        method="GET",
        path="/api/orders/{order_id}",
        name="getOrder",
        summary="One of my orders",
        who="person",
        handler=get,
        answer=AddressedOrderView,
    ),
    Route(
        method="POST",
        path="/api/orders/{order_id}/payment",
        name="payOrder",
        summary="Have the provider take the money; asked again, answers how it stands",
        who="person",
        handler=pay,
        body=Nothing,
        answer=OrderView,
        status=202,
        codes=("wrong_state",),
    ),
    Route(
        method="POST",
        path="/api/orders/{order_id}/cancellation",
        name="cancelOrder",
        summary="End an order that is not paid",
        who="person",
        handler=cancel,
        body=Nothing,
        answer=OrderView,
        codes=("wrong_state",),
    ),
    Route(
        method="POST",
        path="/api/webhooks/simpay",
        name="simpayWebhook",
        summary="What the payment provider tells, signed as Standard Webhooks are",
        who="provider",
        handler=simpay_webhook,
        status=204,
        codes=("bad_signature", "bad_webhook", "too_large", "request_timeout"),
    ),
]
