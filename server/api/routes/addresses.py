"""Edge: the address book, and where an order goes."""

from __future__ import annotations

from typing import Any, Final

from commerce.order import addresses
from commerce.order.addresses import Address
from commerce.order.delivery import send_order_to
from commerce.refusals import Refused
from moderation.links.identifiers import Kind
from server.api.call import Call
from server.api.device import note_phone
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.me import AddressCreated, AddressList, AddressView, WriteAddress
from server.api.schemas.orders import ChooseAddress
from server.live.topics import OUTBOX_WRITTEN


async def list_mine(call: Call) -> Any:
    return {"addresses": await addresses.list_addresses(call.database, call.services.data_key, call.person_id)}


async def add(call: Call) -> Any:
    body: WriteAddress = call.any_body
    entry = await addresses.add_address(
        call.database,
        call.services.data_key,
        call.person_id,
        _address(body),
        is_default=body.is_default,
        now=call.now,
    )
    if isinstance(entry, Refused):
        return entry
    await note_phone(call, Kind.ADDRESS_PHONE, body.phone)
    return AddressCreated(entry.address_id, entry.is_default)


async def change(call: Call) -> Any:
    address_id = call.uuid("address_id")
    if address_id is None:
        return Problem("not_found")
    body: WriteAddress = call.any_body
    entry = await addresses.change_address(
        call.database,
        call.services.data_key,
        call.person_id,
        address_id,
        _address(body),
        is_default=body.is_default,
        now=call.now,
    )
    if not isinstance(entry, Refused):
        await note_phone(call, Kind.ADDRESS_PHONE, body.phone)
    return entry


async def drop(call: Call) -> Any:
    address_id = call.uuid("address_id")
    if address_id is None:
        return Problem("not_found")
    return await addresses.drop_address(call.database, call.person_id, address_id)


async def send_to(call: Call) -> Any:
    order_id = call.uuid("order_id")
    if order_id is None:
        return Problem("not_found")
    body: ChooseAddress = call.any_body
    refused = await send_order_to(
        call.database,
        call.services.data_key,
        person_id=call.person_id,
        order_id=order_id,
        address_id=body.address_id,
        now=call.now,
    )
    if refused is None:
        call.services.bus.publish(OUTBOX_WRITTEN, b"")
    return refused


def _address(body: WriteAddress) -> Address:
    return Address(body.name, body.phone, body.region, body.detail)


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/me/addresses",
        name="listAddresses",
        summary="My address book, the default first",
        who="person",
        handler=list_mine,
        answer=AddressList,
    ),
    Route(
        method="POST",
        path="/api/me/addresses",
        name="addAddress",
        summary="Write an address into my book; the first is the default",
        who="person",
        handler=add,
        body=WriteAddress,
        answer=AddressCreated,
        status=201,
        codes=("limit_reached",),
        keyed="by_api",
    ),
    Route(
        method="PUT",
        path="/api/me/addresses/{address_id}",
        name="changeAddress",
        summary="Write an address of my book anew; it may become the default, and stops being it when another does",
        who="person",
        handler=change,
        body=WriteAddress,
        answer=AddressView,
    ),
    Route(
        method="DELETE",
        path="/api/me/addresses/{address_id}",
        name="dropAddress",
        summary="Take an address out of my book",
        who="person",
        handler=drop,
        status=204,
    ),
    Route(
        method="POST",
        path="/api/orders/{order_id}/address",
        name="sendOrderTo",
        summary="Choose where my order goes: the address as it now stands in my book",
        who="person",
        handler=send_to,
        body=ChooseAddress,
        status=204,
        codes=("wrong_state",),
    ),
]
