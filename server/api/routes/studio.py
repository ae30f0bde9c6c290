"""Edge: the host's studio: rooms of one's own, and how their streams do."""

from __future__ import annotations

from typing import Any, Final

from server.api.call import Call
from server.api.publish_url import publish_url
from server.api.route import Route
from server.api.routes.rooms import room_views
from server.api.schemas.studio import HealthView, MyRoomList
from server.api.stream_health import stream_health


async def my_rooms(call: Call) -> Any:
    rooms = await call.services.rooms.rooms_of(call.person_id)
    views = await room_views(call, rooms)
    address = publish_url(call.request.headers.get("Host", ""), call.services.rtmp_port)
    return {
        "rooms": [
            {**view, "state": room.state, "org_id": str(room.org_id), "publish_url": address}
            for room, view in zip(rooms, views, strict=True)
        ]
    }


async def health(call: Call) -> Any:
    return stream_health(call.services.air_of(call.room.room_id), call.now)


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/me/rooms",
        name="listMyRooms",
        summary="The rooms that the person hosts",
        who="person",
        handler=my_rooms,
        answer=MyRoomList,
    ),
    Route(
        method="GET",
        path="/api/rooms/{slug}/health",
        name="getHealth",
        summary="How the room's stream does",
        who="host",
        handler=health,
        answer=HealthView,
    ),
]
