"""Edge: job posts: an organisation's own, and the open ones for anyone."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import msgspec

from commerce.jobs.drafts import JobDraft
from commerce.jobs.posts import (
    PostView as Post,
)
from commerce.jobs.posts import (
    change_post,
    create_post,
    get_open_post,
    get_own_post,
    list_posts,
    publish_post,
    withdraw_post,
)
from commerce.refusals import Refused
from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.http.parsing import Nothing
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.jobs import ChangeJob, JobView, NewJob, PostList, PostView
from server.live.topics import OUTBOX_WRITTEN


async def new_job(call: Call) -> Any:
    body: NewJob = call.any_body
    given = msgspec.structs.asdict(body)
    org_id, is_draft = given.pop("org_id"), given.pop("draft")
    draft = JobDraft(**given)
    if faults := draft.faults(call.now, is_draft=is_draft):
        return Problem("invalid", {"fields": faults})
    if not is_draft and (refused := _filtered(call, draft)):
        return refused
    post = await create_post(
        call.database, person_id=call.person_id, org_id=org_id, draft=draft, is_draft=is_draft, now=call.now
    )
    return _shown(call, await _queued(call, post))


async def job(call: Call) -> Any:
    job_id = call.uuid("job_id")
    if job_id is None:
        return Problem("not_found")
    post = await get_open_post(call.database, job_id=job_id)
    return post if isinstance(post, Refused) else post.to_public_json(call.now)


async def posts(call: Call) -> Any:
    listed = await list_posts(call.database, person_id=call.person_id, org_id=call.org_id)
    return {"posts": [post.to_json(call.now) for post in listed]}


async def change(call: Call) -> Any:
    body: ChangeJob = call.any_body
    seen = await _own(call)
    if isinstance(seen, Refused):
        return seen
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not msgspec.UNSET}
    draft = dataclasses.replace(seen.draft, **given)
    if faults := draft.faults(call.now, is_draft=seen.state == "draft"):
        return Problem("invalid", {"fields": faults})
    if seen.state != "draft" and (refused := _filtered(call, draft)):
        return refused
    post = await change_post(call.database, person_id=call.person_id, seen=seen, draft=draft, now=call.now)
    return _changed(call, await _queued(call, post))


async def publish(call: Call) -> Any:
    seen = await _own(call)
    if isinstance(seen, Refused):
        return seen
    if faults := seen.draft.faults(call.now):
        return Problem("invalid", {"fields": faults})
    if refused := _filtered(call, seen.draft):
        return refused
    post = await publish_post(call.database, person_id=call.person_id, seen=seen, now=call.now)
    return _shown(call, await _queued(call, post))


async def withdraw(call: Call) -> Any:
    job_id = call.uuid("job_id")
    if job_id is None:
        return Problem("not_found")
    return _changed(call, await withdraw_post(call.database, person_id=call.person_id, job_id=job_id, now=call.now))


async def _own(call: Call) -> Post | Refused:
    job_id = call.uuid("job_id")
    if job_id is None:
        return Refused("not_found")
    return await get_own_post(call.database, person_id=call.person_id, job_id=job_id)


def _filtered(call: Call, draft: JobDraft) -> Problem | None:
    return call.filter_refusal(draft.texts(), Role.CARD, Category.JOBS)


async def _queued(call: Call, post: Post | Refused) -> Post | Refused:
    """The post, which a moderator looks at if the filter flagged its words."""
    if not isinstance(post, Refused):
        await call.queue_flagged("post", post.job_id)
    return post


def _changed(call: Call, post: Post | Refused) -> Any:
    """The post, and word to the clerk that cards have changed with it."""
    call.services.bus.publish(OUTBOX_WRITTEN, b"")
    return _shown(call, post)


def _shown(call: Call, post: Post | Refused) -> Any:
    return post if isinstance(post, Refused) else post.to_json(call.now)


ROUTES: Final = [
    Route(
        method="POST",
        path="/api/jobs",
        name="createJob",
        summary="Open a job post, or keep it as a draft",
        who="person",
        handler=new_job,
        body=NewJob,
        answer=PostView,
        status=201,
        codes=("filtered", "not_found"),
        keyed="by_api",
    ),
    Route(
        method="GET",
        path="/api/jobs/{job_id}",
        name="getJob",
        summary="An open job post",
        who="anyone",
        handler=job,
        answer=JobView,
    ),
    Route(
        method="PATCH",
        path="/api/jobs/{job_id}",
        name="changeJob",
        summary="Change a job post, and the cards that show it",
        who="person",
        handler=change,
        body=ChangeJob,
        answer=PostView,
        codes=("filtered", "wrong_state"),
    ),
    Route(
        method="POST",
        path="/api/jobs/{job_id}/publish",
        name="publishJob",
        summary="Open a draft, or a post that was withdrawn; what is missing is named",
        who="person",
        handler=publish,
        body=Nothing,
        answer=PostView,
        codes=("filtered", "wrong_state"),
    ),
    Route(
        method="POST",
        path="/api/jobs/{job_id}/withdraw",
        name="withdrawJob",
        summary="Take a job post back, and its cards off every screen",
        who="person",
        handler=withdraw,
        body=Nothing,
        answer=PostView,
        codes=("wrong_state",),
    ),
    Route(
        method="GET",
        path="/api/orgs/{org_id}/posts",
        name="listPosts",
        summary="An organisation's job posts, newest first",
        who="member",
        handler=posts,
        answer=PostList,
    ),
]
