"""Edge: what is a person's own: notices, the name, the password, and the end of the account."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.http.parsing import Nothing
from server.api.route import Route
from server.api.routes.people import drop_cookie, signed_in
from server.api.schemas.me import ChangeMe, ChangePassword, DeleteMe, NoticeList, NoticesQuery
from server.api.schemas.people import PersonView, SessionView
from server.people.names import normal_display_name
from server.people.notices import list_notices, read_notices
from server.people.refusals import ACCOUNT_NEEDED, Refused


async def notices(call: Call) -> Any:
    query: NoticesQuery = call.any_query
    return await list_notices(call.database, call.person_id, before=query.before, limit=query.limit)


async def read(call: Call) -> None:
    await read_notices(call.database, call.person_id, now=call.now)


async def rename(call: Call) -> Any:
    body: ChangeMe = call.any_body
    if refused := call.filter_refusal([normal_display_name(body.display_name)], Role.TITLE, Category.ANY):
        return refused
    renamed = await call.services.accounts.rename(call.person_id, body.display_name)
    if not isinstance(renamed, Refused):
        await call.queue_flagged("name", call.person_id)
    return renamed


async def change_password(call: Call) -> Any:
    body: ChangePassword = call.any_body
    session = await call.services.accounts.change_password(
        call.person_id, body.old, body.new, address=call.address, now=call.now
    )
    return session if isinstance(session, Refused) else signed_in(call, session)


async def delete(call: Call) -> Any:
    body: DeleteMe = call.any_body
    hosted = [room for room in await call.services.rooms.rooms_of(call.person_id) if room.host_id == call.person_id]
    live = await call.services.rooms_live([room.room_id for room in hosted])
    if any(room.on_air for room in live.values()):
        return Refused(ACCOUNT_NEEDED, {"reasons": [{"code": "on_air"}]})
    refused = await call.services.accounts.delete(call.person_id, body.password, address=call.address, now=call.now)
    if refused is not None:
        return refused
    answer = web.Response(status=204)
    drop_cookie(answer)
    return answer


ROUTES: Final = [
    Route(
        method="PATCH",
        path="/api/me",
        name="changeMe",
        summary="Be shown under another name; tokens say the old one until they are renewed",
        who="person",
        handler=rename,
        body=ChangeMe,
        answer=PersonView,
        codes=("filtered", "not_found"),
    ),
    Route(
        method="POST",
        path="/api/me/password",
        name="changePassword",
        summary="Another password: all my sessions end, and a new one begins here",
        who="person",
        handler=change_password,
        body=ChangePassword,
        answer=SessionView,
        codes=("wrong_password", "rate_limited", "busy", "not_found"),
    ),
    Route(
        method="DELETE",
        path="/api/me",
        name="deleteMe",
        summary="Delete my account, for good: nothing that names me is left, and orders stay as numbers",
        who="person",
        handler=delete,
        body=DeleteMe,
        status=204,
        codes=("wrong_password", "account_needed", "rate_limited", "busy", "not_found"),
    ),
    Route(
        method="GET",
        path="/api/me/notices",
        name="listNotices",
        summary="What I was told, newest first",
        who="person",
        handler=notices,
        query=NoticesQuery,
        answer=NoticeList,
    ),
    Route(
        method="POST",
        path="/api/me/notices/read",
        name="readNotices",
        summary="All that I was told up to now is read",
        who="person",
        handler=read,
        body=Nothing,
        status=204,
    ),
]
