"""Edge: the preview of a room for its shared links. A page never waits long for it, nor fails without it."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Final
from uuid import UUID

import asyncpg

from commerce.shelf.showcase import list_cards
from server.api.services import Services
from server.errors import DatabaseUnavailable
from server.site.pages import PreviewOf
from server.site.preview import Preview, room_preview

log = logging.getLogger("jishi.api")

_slug = re.compile(r"[a-z0-9-]{1,48}")

PREVIEW_WAIT_MAX_S: Final = 0.25
"""The page is for watching; its preview is for who passes the link on."""


def previews(services: Services) -> PreviewOf:
    """Previews of the rooms of these services."""

    async def fetch(slug: str, card_id: UUID | None) -> Preview | None:
        if not _slug.fullmatch(slug):
            return None
        room = await services.rooms.room_by_slug(slug)
        if room is None or room.state != "open":
            return None
        cards = [] if card_id is None else await list_cards(services.database, room_id=room.room_id)
        card = next((card for card in cards if card["card_id"] == str(card_id)), None)
        return room_preview(room.title, room.host_name, room.org_name, card)

    async def preview_of(slug: str, card_id: UUID | None) -> Preview | None:
        try:
            async with asyncio.timeout(PREVIEW_WAIT_MAX_S):
                return await fetch(slug, card_id)
        except (TimeoutError, DatabaseUnavailable, asyncpg.PostgresError) as error:
            log.warning("no preview of room %s: %s", slug, str(error) or type(error).__name__)
            return None

    return preview_of
