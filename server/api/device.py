"""Edge: the device key: a random cookie that a browser is given when it first signs in, and what is noted under it.

It is ours alone, says nothing about the device, and is read at sign-up and sign-in only. Viewers who don't sign in get
none.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from aiohttp import web

from moderation.links.identifiers import Kind, is_device_key
from server.api.call import Call
from server.casework.links import note_seen

DEVICE_COOKIE: Final = "jishi_device"
DEVICE_LIFE: Final = timedelta(days=400)
"""Browsers keep no cookie for longer."""
_KEY_BYTES: Final = 16


async def note_device(call: Call, person_id: UUID, answer: web.Response) -> None:
    """Note the browser and the network that somebody signed in from, and see that the browser keeps its key."""
    sent = call.request.cookies.get(DEVICE_COOKIE, "")
    device = sent if is_device_key(sent) else secrets.token_urlsafe(_KEY_BYTES)
    await note_seen(
        call.services.database,
        call.services.data_key,
        person_id,
        [(Kind.DEVICE, device), (Kind.NETWORK, call.address)],
        now=call.now,
    )
    answer.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=int(DEVICE_LIFE.total_seconds()),
        path="/api",
        secure=call.is_https,
        httponly=True,
        samesite="Strict",
    )


async def note_phone(call: Call, kind: Kind, phone: str) -> None:
    """Note a telephone number that somebody wrote down as theirs, or as that of an address."""
    await note_seen(call.services.database, call.services.data_key, call.person_id, [(kind, phone)], now=call.now)
