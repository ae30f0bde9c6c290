"""Job posts, résumés and applications over the API, for tests that need some."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.http_edge import Answer, Edge

POST = {
    "title": "装配工",
    "employer": "明亮电子",
    "headcount": 30,
    "place": "杭州余杭",
    "base_min_minor": 380_000,
    "base_max_minor": 400_000,
    "pay_min_minor": 550_000,
    "pay_max_minor": 720_000,
    "pay_unit": "month",
    "employment": "full_time",
    "shift": "两班倒",
    "benefits": ["包住宿", "工作餐"],
    "requirements": ["年满 18 周岁"],
    "description": "流水线装配,坐着上班,有师傅带。",
    "valid_until": "2099-01-01T00:00:00Z",
}
PHONE = "13800138000"
RESUME = {
    "name": "王芳",
    "phone": "138 0013-8000",
    "city": "苏州",
    "years_experience": 3,
    "education": "vocational",
    "skills": ["焊接", "看图纸"],
    "experience": "2021-2024 在苏州一家电子厂做装配。",
    "about": "能吃苦,电话 138-0013-8000 随时可打。",
    "expected_pay": "6000 以上",
}
KEPT_RESUME = RESUME | {"phone": PHONE}


async def open_org(edge: Edge, token: str, name: str = "明亮电子") -> UUID:
    """An employer organisation that the token's person owns."""
    answer = await edge.call("POST", "/api/orgs", {"kind": "employer", "name": name}, token=token, key=str(uuid4()))
    assert answer.status == 201, answer
    return UUID(answer.body["org_id"])


async def open_post(edge: Edge, token: str, org_id: UUID, **changes: Any) -> dict[str, Any]:
    """A post of the organisation, open unless `draft` is among the changes."""
    answer = await edge.call(
        "POST", "/api/jobs", POST | {"org_id": str(org_id)} | changes, token=token, key=str(uuid4())
    )
    assert answer.status == 201, answer
    body: dict[str, Any] = answer.body
    return body


async def seeker(edge: Edge, login: str, **changes: Any) -> str:
    """The token of somebody new with a résumé."""
    token = await edge.sign_up(login)
    answer = await edge.call("PUT", "/api/me/resume", RESUME | changes, token=token)
    assert answer.status == 200, answer
    return token


async def apply(edge: Edge, token: str, job_id: str, *, key: str = "k", **body: Any) -> Answer:
    """Apply with what the person has."""
    return await edge.call("POST", f"/api/jobs/{job_id}/applications", body, token=token, key=key)


async def applied(edge: Edge, token: str, job_id: str, **body: Any) -> str:
    """As `apply`, where it must be taken: the application's id."""
    answer = await apply(edge, token, job_id, **body)
    assert answer.status == 201, answer
    application_id: str = answer.body["application_id"]
    return application_id
