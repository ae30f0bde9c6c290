"""Edge: hosts, and who follows them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from server.api.call import Call
from server.api.http.authentication import identify
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.me import FollowList, HostView
from server.people import follows
from server.people.follows import Host
from server.people.tokens import Identity


async def host(call: Call) -> Any:
    host_id = call.uuid("person_id")
    if host_id is None:
        return Problem("not_found")
    services = call.services
    asker = identify(
        call.request.headers.get("Authorization"),
        tokens=services.tokens,
        is_void=services.revocations.is_void,
        now=call.now,
    )
    person_id: UUID | None = asker.person_id if isinstance(asker, Identity) else None
    known = await follows.host(call.database, host_id, person_id=person_id)
    if not isinstance(known, Host):
        return known
    return HostView(known.person_id, known.display_name, known.followers, known.followed if person_id else None)


async def follow(call: Call) -> Any:
    host_id = call.uuid("person_id")
    if host_id is None:
        return Problem("not_found")
    return await follows.follow(call.database, call.person_id, host_id, now=call.now)


async def unfollow(call: Call) -> Any:
    host_id = call.uuid("person_id")
    if host_id is None:
        return Problem("not_found")
    await follows.unfollow(call.database, call.person_id, host_id)
    return None


async def list_mine(call: Call) -> Any:
    hosts = await follows.list_followed(call.database, call.person_id)
    live = await call.services.rooms_live([room["room_id"] for host in hosts for room in host.rooms])
    return {
        "hosts": [
            {
                "person_id": host.person_id,
                "display_name": host.display_name,
                "since": host.since,
                "rooms": [_room(room, live) for room in host.rooms],
            }
            for host in hosts
        ]
    }


def _room(room: dict[str, Any], live: Any) -> dict[str, Any]:
    now = live.get(room["room_id"])
    shown = {name: room[name] for name in ("slug", "title", "kind", "scheduled_at")}
    return {**shown, "on_air": now is not None and now.on_air}


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/hosts/{person_id}",
        name="getHost",
        summary="Somebody who hosts a room; with a token also whether I follow them",
        who="anyone",
        handler=host,
        answer=HostView,
    ),
    Route(
        method="PUT",
        path="/api/hosts/{person_id}/follow",
        name="followHost",
        summary="Follow a host: be told when a room of theirs goes on air",
        who="person",
        handler=follow,
        status=204,
        codes=("limit_reached",),
    ),
    Route(
        method="DELETE",
        path="/api/hosts/{person_id}/follow",
        name="unfollowHost",
        summary="Follow a host no more",
        who="person",
        handler=unfollow,
        status=204,
    ),
    Route(
        method="GET",
        path="/api/me/follows",
        name="listFollows",
        summary="The hosts whom I follow, with their rooms",
        who="person",
        handler=list_mine,
        answer=FollowList,
    ),
]
