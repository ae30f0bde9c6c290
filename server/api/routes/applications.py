"""Edge: applying for jobs: one's résumé and applications, and those that an employer has received."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from commerce.jobs.applicants import Reader, list_applicants, move_applicant, open_applicant
from commerce.jobs.application import ApplyRequest
from commerce.jobs.mine import get_application, list_applications, share_phone, withdraw_application
from commerce.jobs.resume import Resume
from commerce.jobs.resumes import KeptResume, delete_resume, read_resume, write_resume
from commerce.refusals import Refused
from moderation.links.identifiers import Kind as LinkKind
from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.device import note_phone
from server.api.http.parsing import Nothing
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.jobs import (
    ApplicantDetail,
    ApplicantList,
    ApplicantsQuery,
    Apply,
    MoveApplication,
    MyApplicationList,
    MyApplicationView,
    MyResumeView,
    ResumeBody,
    SharePhone,
)
from server.live.topics import OUTBOX_WRITTEN

# ---- The applicant -------------------------------------------------------------------------------------------------


async def my_resume(call: Call) -> Any:
    kept = await read_resume(call.database, call.services.data_key, person_id=call.person_id)
    return kept.to_json() if isinstance(kept, KeptResume) else kept


async def put_resume(call: Call) -> Any:
    body: ResumeBody = call.any_body
    resume = Resume(**msgspec.structs.asdict(body)).tidied()
    if faults := resume.faults():
        return Problem("invalid", {"fields": faults})
    if refused := call.filter_refusal(resume.texts(), Role.VIEWER, Category.JOBS):
        return refused
    kept = await write_resume(
        call.database, call.services.data_key, person_id=call.person_id, resume=resume, now=call.now
    )
    if not isinstance(kept, KeptResume):
        return kept
    await note_phone(call, LinkKind.PHONE, resume.phone)
    return kept.to_json()


async def forget_resume(call: Call) -> Any:
    return await delete_resume(call.database, person_id=call.person_id)


async def apply(call: Call) -> Any:
    body: Apply = call.any_body
    job_id, room_id = call.uuid("job_id"), None
    if job_id is None:
        return Problem("not_found")
    if body.message and (refused := call.filter_refusal([body.message], Role.VIEWER, Category.JOBS)):
        return refused
    if body.room_slug is not None:
        room = await call.services.rooms.room_by_slug(body.room_slug)
        if room is None:
            return Problem("not_found")
        if refused := call.ban_refusal(room):
            return refused
        room_id = room.room_id
    request = ApplyRequest(call.person_id, job_id, room_id, body.card_id, body.message, call.key)
    return await call.services.market.intake.apply(request)


async def my_applications(call: Call) -> Any:
    listed = await list_applications(call.database, call.services.data_key, person_id=call.person_id)
    return {"applications": listed}


async def my_application(call: Call) -> Any:
    application_id = call.uuid("application_id")
    if application_id is None:
        return Problem("not_found")
    return await get_application(
        call.database, call.services.data_key, person_id=call.person_id, application_id=application_id
    )


async def withdraw(call: Call) -> Any:
    application_id = call.uuid("application_id")
    if application_id is None:
        return Problem("not_found")
    return await withdraw_application(
        call.database, call.services.data_key, person_id=call.person_id, application_id=application_id, now=call.now
    )


async def share(call: Call) -> Any:
    body: SharePhone = call.any_body
    application_id = call.uuid("application_id")
    if application_id is None:
        return Problem("not_found")
    return await share_phone(
        call.database,
        call.services.data_key,
        person_id=call.person_id,
        application_id=application_id,
        shared=body.shared,
        now=call.now,
    )


# ---- The employer --------------------------------------------------------------------------------------------------


async def applicants(call: Call) -> Any:
    query: ApplicantsQuery = call.any_query
    return await list_applicants(
        call.database,
        call.services.data_key,
        reader=_reader(call),
        org_id=call.org_id,
        job_id=query.job_id,
        state=query.state,
        before=query.before,
        limit=query.limit,
        now=call.now,
    )


async def applicant(call: Call) -> Any:
    application_id = call.uuid("application_id")
    if application_id is None:
        return Problem("not_found")
    return _told(
        call,
        await open_applicant(
            call.database,
            call.services.data_key,
            reader=_reader(call),
            org_id=call.org_id,
            application_id=application_id,
            now=call.now,
        ),
    )


async def move(call: Call) -> Any:
    body: MoveApplication = call.any_body
    application_id = call.uuid("application_id")
    if application_id is None:
        return Problem("not_found")
    if body.note and (refused := call.filter_refusal([body.note], Role.HOST, Category.JOBS)):
        return refused
    return _told(
        call,
        await move_applicant(
            call.database,
            call.services.data_key,
            reader=_reader(call),
            org_id=call.org_id,
            application_id=application_id,
            state=body.state,
            note=body.note,
            now=call.now,
        ),
    )


def _reader(call: Call) -> Reader:
    assert call.identity is not None
    return Reader(call.person_id, call.identity.name)


def _told(call: Call, application: dict[str, Any] | Refused) -> Any:
    """The application, and word to the clerk that its applicant is to hear of it."""
    call.services.bus.publish(OUTBOX_WRITTEN, b"")
    return application


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/me/resume",
        name="getResume",
        summary="My résumé",
        who="person",
        handler=my_resume,
        answer=MyResumeView,
        codes=("not_found", "busy"),
    ),
    Route(
        method="PUT",
        path="/api/me/resume",
        name="putResume",
        summary="Keep my résumé; applications made before keep theirs",
        who="person",
        handler=put_resume,
        body=ResumeBody,
        answer=MyResumeView,
        codes=("filtered", "busy"),
    ),
    Route(
        method="DELETE",
        path="/api/me/resume",
        name="deleteResume",
        summary="Forget my résumé; applications keep their copies",
        who="person",
        handler=forget_resume,
        status=204,
        codes=("not_found",),
    ),
    Route(
        method="POST",
        path="/api/jobs/{job_id}/applications",
        name="applyForJob",
        summary="Apply with my résumé as it is now, once for each post; the same key answers the same application",
        who="person",
        handler=apply,
        body=Apply,
        answer=MyApplicationView,
        status=201,
        codes=("resume_missing", "already_applied", "post_closed", "room_banned", "filtered", "busy"),
        keyed="by_handler",
    ),
    Route(
        method="GET",
        path="/api/me/applications",
        name="listMyApplications",
        summary="My applications, newest first",
        who="person",
        handler=my_applications,
        answer=MyApplicationList,
        codes=("busy",),
    ),
    Route(
        method="GET",
        path="/api/me/applications/{application_id}",
        name="getMyApplication",
        summary="One of my applications, with who has read it",
        who="person",
        handler=my_application,
        answer=MyApplicationView,
        codes=("busy",),
    ),
    Route(
        method="POST",
        path="/api/me/applications/{application_id}/withdraw",
        name="withdrawMyApplication",
        summary="Take an application back; its résumé is closed to the employer from then on",
        who="person",
        handler=withdraw,
        body=Nothing,
        answer=MyApplicationView,
        codes=("wrong_state", "busy"),
    ),
    Route(
        method="POST",
        path="/api/me/applications/{application_id}/phone",
        name="sharePhone",
        summary="Let the employer see my telephone number, or no longer",
        who="person",
        handler=share,
        body=SharePhone,
        answer=MyApplicationView,
        codes=("wrong_state", "busy"),
    ),
    Route(
        method="GET",
        path="/api/orgs/{org_id}/applications",
        name="listApplications",
        summary="Applications to an organisation's posts, newest first; each applicant can see that they were listed",
        who="member",
        handler=applicants,
        query=ApplicantsQuery,
        answer=ApplicantList,
        codes=("busy",),
    ),
    Route(
        method="GET",
        path="/api/orgs/{org_id}/applications/{application_id}",
        name="openApplication",
        summary="An application with its résumé; its applicant can see that it was opened, and by whom",
        who="member",
        handler=applicant,
        answer=ApplicantDetail,
        codes=("busy",),
    ),
    Route(
        method="POST",
        path="/api/orgs/{org_id}/applications/{application_id}/state",
        name="moveApplication",
        summary="Say what became of an application; its applicant is told",
        who="member",
        handler=move,
        body=MoveApplication,
        answer=ApplicantDetail,
        codes=("wrong_state", "filtered", "busy"),
    ),
]
