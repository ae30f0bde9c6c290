"""Who may do what: every route of the API against every kind of person, the owners of the same elsewhere included.

The table below has an entry for each route, by its name; a route without one fails. Whoever an entry does not name is
refused, and changes nothing in the database by trying. The first one named then succeeds, on the same objects.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import pytest

from server.api.app import ROUTES
from server.api.route import Route
from server.database.database import Database
from tests.api_people import ADDRESS, NOBODY, PEOPLE, RESUME, Scene, new_order, new_post, new_product, set_scene
from tests.http_edge import PASSWORD, Answer, Edge, open_edge

EVERYBODY: Final = (*PEOPLE, NOBODY)
SIGNED_IN: Final = PEOPLE
MODERATORS: Final = ("moderator", "admin")
EMPLOYER: Final = {"org_id": "org_of_recruiter"}
Body = Mapping[str, Any] | Callable[[Scene], Mapping[str, Any]]


@dataclass(frozen=True)
class Access:
    """Who may use a route, and a call of it that is in order but for who makes it."""

    may: tuple[str, ...]
    body: Body | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    """What stands in the path, by field: a key of the scene's ids, or else the text itself."""
    answers: tuple[int, ...] = ()
    """What the first may be answered beside the route's own status."""
    only: str = ""
    """Of those who may, the one to show it, where it ends more than the others can spare."""


ACCESS: Final[dict[str, Access]] = {
    # Accounts
    "signUp": Access(
        EVERYBODY,
        lambda scene: {"login": f"new{len(scene.ids)}", "display_name": "New", "password": PASSWORD},
        answers=(409,),
    ),
    "signIn": Access(EVERYBODY, {"login": "viewer", "password": PASSWORD}),
    "refreshSession": Access(EVERYBODY, {}, answers=(204,)),
    "signOut": Access(EVERYBODY, {}),
    "whoAmI": Access(SIGNED_IN),
    "listNotices": Access(SIGNED_IN),
    "readNotices": Access(SIGNED_IN, {}),
    # Rooms and what stands in them
    "listRooms": Access(EVERYBODY),
    "getRoom": Access(EVERYBODY),
    "listMyRooms": Access(SIGNED_IN),
    "createOrganisation": Access(SIGNED_IN, {"kind": "merchant", "name": "合作社"}),
    "createRoom": Access(("seller",), lambda scene: {"org_id": scene.ids["org_of_seller"], "title": "新房间"}),
    "changeRoom": Access(("seller",), {"title": "改名"}),
    "getHealth": Access(("seller",)),
    "getPreStreamReport": Access(("seller",)),
    "listCatalogue": Access(("seller",)),
    "createProduct": Access(("seller", "shop_clerk"), lambda scene: new_product(scene.ids["org_of_seller"])),
    "changeSku": Access(("seller", "shop_clerk"), {"on_hand_delta": 1}),
    "changeProduct": Access(("seller", "shop_clerk"), {"origin": "陕西延安"}),
    "createPhoto": Access(SIGNED_IN, {}, answers=(415, 422)),
    "pushCard": Access(("seller",), {"title": "今晚八点"}),
    "changeCard": Access(("seller",), {"explaining": True}),
    "removeComment": Access(
        ("guard", "seller", "moderator", "admin"),
        {"reason": "刷屏"},
        {"comment_id": "0198d2f4-0000-7000-8000-000000000001"},
    ),
    "getLineUp": Access(("seller",)),
    "addToLineUp": Access(("seller",), lambda scene: {"product_id": scene.ids["product_id"]}, answers=(200, 409)),
    "orderLineUp": Access(("seller",), lambda scene: {"item_ids": [scene.ids["item_id"]]}),
    "listRoomOrders": Access(("seller",)),
    "listShows": Access(("seller",)),
    "endShow": Access(("seller",), {}, answers=(409,)),
    # Jobs
    "createJob": Access(("recruiter",), lambda scene: new_post(scene, scene.ids["org_of_recruiter"])),
    "getJob": Access(EVERYBODY),
    "changeJob": Access(("recruiter",), {"shift": "夜班"}),
    "publishJob": Access(("recruiter",), {}, answers=(409,)),
    "listPosts": Access(("recruiter",), path=EMPLOYER),
    "getResume": Access(SIGNED_IN),
    "putResume": Access(SIGNED_IN, RESUME),
    "applyForJob": Access(SIGNED_IN, {}, {"job_id": "another_job_id"}),
    "listMyApplications": Access(SIGNED_IN),
    "getMyApplication": Access(("seeker",)),
    "sharePhone": Access(("seeker",), {"shared": True}),
    "listApplications": Access(("recruiter",), path=EMPLOYER),
    "openApplication": Access(("recruiter",), path=EMPLOYER),
    "moveApplication": Access(("recruiter",), {"state": "contacted"}, EMPLOYER),
    "withdrawMyApplication": Access(("seeker",), {}),
    # Moderation
    "report": Access(
        tuple(who for who in SIGNED_IN if who != "seller"),  # whose card it is
        lambda scene: {"kind": "card", "target_id": scene.ids["card_id"], "reason": "scam"},
        answers=(200,),
    ),
    "listMyDecisions": Access(SIGNED_IN),
    "appeal": Access(("rival",), {"words": "没有刷屏"}),
    "listAppeals": Access(MODERATORS),
    "claimCase": Access(MODERATORS, {}),
    "releaseCase": Access(MODERATORS),
    "listViews": Access(MODERATORS),
    "keepViews": Access(MODERATORS, {"views": [{"name": "直播间"}]}),
    "getFigures": Access(MODERATORS),
    "listSeconds": Access(MODERATORS),
    "secondAction": Access(  # the admin's own sanction
        ("moderator",), {"agree": True, "reason": "看过了"}, {"action_id": "severe_id"}
    ),
    "listLooks": Access(MODERATORS),
    "lookAgain": Access(MODERATORS, {"decision": "approve"}, answers=(404,)),  # no decision has this id
    "countDeletions": Access(EVERYBODY),
    "answerAppeal": Access(("moderator",), {"decision": "reject", "reason": "看过了"}),  # the admin's own decision
    "listCases": Access(MODERATORS),
    "getCase": Access(MODERATORS),
    "getClip": Access(MODERATORS, answers=(404,)),  # nothing was filmed in this case's room
    "listActions": Access(MODERATORS),
    "riskOf": Access(MODERATORS, path={"person_id": "viewer"}),
    "laySanction": Access(
        MODERATORS,
        lambda scene: {"person_id": scene.ids["rival"], "kind": "mute_1d", "slug": "stall", "reason": "刷屏"},
    ),
    "undoAction": Access(MODERATORS, {"reason": "看错了"}),
    "decideCase": Access(MODERATORS, {"decision": "approve"}),
    # Orders
    "placeOrder": Access(SIGNED_IN, lambda scene: new_order(scene.ids["sku_id"])),
    "listOrders": Access(SIGNED_IN),
    "getOrder": Access(("buyer",)),
    "payOrder": Access(("buyer",), {}, answers=(503,)),
    "cancelOrder": Access(("buyer",), {}, answers=(409, 503)),
    "simpayWebhook": Access((), {}),
    "listAddresses": Access(SIGNED_IN),
    "addAddress": Access(SIGNED_IN, ADDRESS),
    "changeAddress": Access(("buyer",), ADDRESS),
    "sendOrderTo": Access(("buyer",), lambda scene: {"address_id": scene.ids["address_id"]}, answers=(409,)),
    "dropAddress": Access(("buyer",)),
    # Hosts
    "getHost": Access(EVERYBODY, path={"person_id": "seller"}),
    "followHost": Access(SIGNED_IN, path={"person_id": "seller"}),
    "listFollows": Access(SIGNED_IN),
    "unfollowHost": Access(SIGNED_IN, path={"person_id": "seller"}),
    # What ends things
    "dropFromLineUp": Access(("seller",)),
    "withdrawJob": Access(("recruiter",), {}),
    "deleteResume": Access(SIGNED_IN),
    "changeMe": Access(SIGNED_IN, {"display_name": "改个名"}),
    "withdrawCard": Access(("seller",)),
    "replaceStreamKey": Access(("seller",), {}),
    "changePassword": Access(SIGNED_IN, {"old": PASSWORD, "new": "another good password"}, only="viewer"),
    "signOutEverywhere": Access(SIGNED_IN, {}, only="seeker"),
    "deleteMe": Access(SIGNED_IN, {"password": PASSWORD}, answers=(409,), only="guard"),  # whose order is under way
}
"""In the order in which the calls that may be made are made."""


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


def test_every_route_has_its_entry() -> None:
    assert sorted(ACCESS) == sorted(route.name for route in ROUTES)


async def test_who_may_may_and_nobody_else(edge: Edge, owner_connection: asyncpg.Connection) -> None:
    scene = await set_scene(edge)
    routes = {route.name: route for route in ROUTES}
    faults: list[str] = []

    before = await fingerprint(owner_connection)
    for name, access in ACCESS.items():
        for who in set(EVERYBODY) - set(access.may):
            answer = await attempt(scene, routes[name], access, who)
            refused = (401,) if who == NOBODY else (401, 403, 404)
            if answer.status not in refused:
                faults.append(f"{who} is answered {answer.status} by {name}: {answer.body}")
    after = await fingerprint(owner_connection)
    faults += [f"a refused call changed {table}" for table in before if before[table] != after[table]]
    assert faults == []

    for name, access in ACCESS.items():
        for place, who in enumerate((access.only,) if access.only else access.may):
            answer = await attempt(scene, routes[name], access, who)
            if place == 0 and answer.status not in (routes[name].status, *access.answers):
                faults.append(f"{who} may {name}, but is answered {answer.status}: {answer.body}")
            elif answer.status in (401, 403) or (answer.status >= 500 and answer.status not in access.answers):
                faults.append(f"{who} may {name} too, but is answered {answer.status}: {answer.body}")
    assert faults == []


async def attempt(scene: Scene, route: Route, access: Access, who: str) -> Answer:
    """One call, with a key of its own where the route takes one."""
    fields = {name: access.path.get(name, name) for name in route.path_fields}
    parts = {name: scene.ids.get(value, value) for name, value in fields.items()}
    path = route.path.format(**{"slug": "stall", **{k: v for k, v in parts.items() if v != "slug"}})
    body = access.body(scene) if callable(access.body) else access.body
    key = f"{route.name} by {who}" if route.keyed else None
    return await scene.edge.call(route.method, path, body, token=scene.tokens[who], key=key)


async def fingerprint(connection: asyncpg.Connection) -> dict[str, str]:
    """A hash of each table's rows."""
    tables = await connection.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables "
        "WHERE schemaname IN ('people', 'commerce', 'moderation')"
    )
    return {
        row["name"]: str(
            await connection.fetchval(
                f"SELECT md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) FROM {row['name']} t"
            )
        )
        for row in tables
    }
