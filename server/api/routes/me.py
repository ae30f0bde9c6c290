"""Edge: what is a person's own: notices."""

from __future__ import annotations

from typing import Any, Final

from server.api.call import Call
from server.api.http.parsing import Nothing
from server.api.route import Route
from server.api.schemas.me import NoticeList, NoticesQuery
from server.people.notices import list_notices, read_notices


async def notices(call: Call) -> Any:
    query: NoticesQuery = call.any_query
    return await list_notices(call.database, call.person_id, before=query.before, limit=query.limit)


async def read(call: Call) -> None:
    await read_notices(call.database, call.person_id, now=call.now)


ROUTES: Final = [
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
