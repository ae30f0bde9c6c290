"""Edge: the views of the queue that a moderator keeps by name: a small list, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.records import as_json

VIEWS_MAX: Final = 20

_READ: Final = "SELECT views::text FROM moderation.desk_view WHERE person_id = $1"
_WRITE: Final = """
INSERT INTO moderation.desk_view (person_id, views, updated_at) VALUES ($1, $2::text::jsonb, $3)
ON CONFLICT (person_id) DO UPDATE SET views = $2::text::jsonb, updated_at = $3
"""


async def read_views(connection: Any, person_id: UUID) -> list[dict[str, Any]]:
    """What this moderator keeps."""
    kept = await connection.fetchval(_READ, person_id)
    views: list[dict[str, Any]] = [] if kept is None else msgspec.json.decode(kept)
    return views


async def write_views(connection: Any, person_id: UUID, views: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Keep these instead."""
    assert len(views) <= VIEWS_MAX
    await connection.execute(_WRITE, person_id, as_json(views), now)
