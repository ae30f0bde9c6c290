from __future__ import annotations

from datetime import UTC, datetime, timedelta

from uuid_utils.compat import uuid7

from server.api.lobby_order import lobby_order
from server.api.services import RoomLive
from server.people.rooms import LATE_MAX, Room

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def room(slug: str, scheduled_at: datetime | None = None) -> Room:
    return Room(uuid7(), slug, "farm", slug, uuid7(), "org", uuid7(), "host", "open", scheduled_at)


def test_rooms_on_air_come_first_then_those_that_begin_soonest() -> None:
    quiet, also_quiet = room("quiet"), room("also-quiet")
    tomorrow, tonight = room("tomorrow", NOW + timedelta(days=1)), room("tonight", NOW + timedelta(hours=8))
    late, forgotten = room("late", NOW - timedelta(minutes=10)), room("forgotten", NOW - LATE_MAX)
    small, big = room("small"), room("big", NOW + timedelta(days=2))
    live = {
        small.room_id: RoomLive(on_air=True, viewers=1),
        big.room_id: RoomLive(on_air=True, viewers=9),
        quiet.room_id: RoomLive(on_air=False, viewers=99),
    }
    ordered = lobby_order([quiet, tomorrow, small, forgotten, tonight, also_quiet, late, big], live, NOW)
    assert ordered == [big, small, late, tonight, tomorrow, quiet, forgotten, also_quiet]
