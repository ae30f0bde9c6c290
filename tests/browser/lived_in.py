"""A demo market that people have lived in: résumés, applications under way, a followed host, a full queue, an appeal.

For looking at: each page then shows what it is for, and not that nothing is there yet.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from tests.browser.desk_cases import ask, fill_queue, say, someone
from tests.market import Market

SEEKERS: Final = (
    {
        "name": "求职者甲",
        "phone": "13800000001",
        "city": "成都 郫都区",
        "years_experience": 3,
        "education": "vocational",
        "skills": ["叉车证", "看单拣货"],
        "experience": "做过三年仓库拣货，会用手持终端。",
        "about": "能上夜班，住得近。",
        "expected_pay": "6000 左右",
    },
    {
        "name": "求职者乙",
        "phone": "13800000002",
        "city": "德阳",
        "years_experience": 1,
        "education": "senior",
        "skills": ["焊接"],
        "experience": "在电子厂做过一年装配。",
        "about": "",
        "expected_pay": "",
    },
    {
        "name": "求职者丙",
        "phone": "13800000003",
        "city": "绵阳",
        "years_experience": 8,
        "education": "bachelor",
        "skills": ["带班", "排产"],
        "experience": "八年车间，后三年带二十人的班。",
        "about": "下个月可以到岗。",
        "expected_pay": "8000 以上",
    },
)
"""The résumés of the market's first viewers."""
STEPS: Final = ("contacted", "interview")
APPELLANT: Final = 12
"""The viewer whose line was removed, and who appeals."""
REMOVED: Final = "加群领福利 群号 987654321"
APPEAL: Final = "我只是转发果园自己的通知，不知道不能发群号。请再看一次。"
CLOSED: Final = 93
"""The viewer whose account one moderator closed, which another is to agree with."""
VIEW: Final = {"name": "等放行的发言", "kind": "line", "action": "hold"}
INVITATION: Final = "周六上午 9 点，厂门口找招聘主管，带身份证原件。"


async def live_in(market: Market) -> None:
    """Let people apply, follow and speak, and one of them be invited."""
    application_ids = [await asyncio.to_thread(_apply, market, index) for index in range(len(SEEKERS))]
    await asyncio.to_thread(_invite, market, application_ids[0])
    await asyncio.to_thread(_follow, market)
    await _speak(market)
    await asyncio.to_thread(_appeal, market)
    await fill_queue(market)
    await asyncio.to_thread(_want_second, market)
    ask(market, market.account("moderator"), "PUT", "/api/moderation/views", {"views": [VIEW]})


def _want_second(market: Market) -> None:
    person_id = ask(market, market.account("viewer", CLOSED), "GET", "/api/me")["person"]["person_id"]
    sanction = {"person_id": person_id, "kind": "close_account", "reason": "scam: 换着名字发同一个群号"}
    ask(market, market.account("admin"), "POST", "/api/moderation/sanctions", sanction)


async def _speak(market: Market) -> None:
    async with someone(market, market.room("farm")["slug"], APPELLANT) as viewer:
        await say(viewer, REMOVED)


def _appeal(market: Market) -> None:
    moderator, viewer = market.account("moderator"), market.account("viewer", APPELLANT)
    cases = ask(market, moderator, "GET", "/api/moderation/queue?limit=100")["cases"]
    case_id = next(case["case_id"] for case in cases if case["text"] == REMOVED)
    decision = {"decision": "remove", "reason": "contact"}
    decided = ask(market, moderator, "POST", f"/api/moderation/cases/{case_id}/decision", decision)
    action_id = decided["actions"][-1]["action_id"]
    ask(market, viewer, "POST", f"/api/me/decisions/{action_id}/appeal", {"words": APPEAL})


def _apply(market: Market, index: int) -> str:
    viewer = market.account("viewer", index)
    ask(market, viewer, "PUT", "/api/me/resume", dict(SEEKERS[index]))
    body = {"room_slug": market.room("jobs")["slug"]}
    made: dict[str, Any] = ask(market, viewer, "POST", f"/api/jobs/{market.demo['job']}/applications", body)
    return str(made["application_id"])


def _invite(market: Market, application_id: str) -> None:
    employer = market.account("employer")
    org_id = ask(market, employer, "GET", f"/api/jobs/{market.demo['job']}")["org_id"]
    for state in STEPS:
        note = INVITATION if state == STEPS[-1] else ""
        ask(
            market,
            employer,
            "POST",
            f"/api/orgs/{org_id}/applications/{application_id}/state",
            {"state": state, "note": note},
        )


def _follow(market: Market) -> None:
    for kind in ("farm", "jobs"):
        room = ask(market, market.account("viewer"), "GET", f"/api/rooms/{market.room(kind)['slug']}")
        ask(market, market.account("viewer"), "PUT", f"/api/hosts/{room['host_id']}/follow")
