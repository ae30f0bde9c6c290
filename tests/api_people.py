"""A small market with people of every kind in it, and two of each that own something: for tests of who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.http_edge import Edge

PEOPLE = (
    "viewer",
    "buyer",
    "seeker",
    "seller",
    "shop_clerk",
    "rival",
    "recruiter",
    "other_recruiter",
    "guard",
    "moderator",
    "admin",
)
"""Logins. The seller has the room `stall`, the rival a shop and a room of their own; the recruiter has the room `fair`,
the other recruiter one too; the guard moderates `stall` alone; the moderator and the admin are the platform's."""
NOBODY = "nobody"
ADDRESS = {"name": "李静", "phone": "13800000001", "region": "陕西省延安市", "detail": "洛川县苹果路 1 号"}
RESUME = {"name": "李静", "phone": "13800000001", "city": "洛川", "experience": "在果园做过两季分拣"}


@dataclass
class Scene:
    """Who is there, and the ids of what belongs to whom."""

    edge: Edge
    tokens: dict[str, str | None] = field(default_factory=lambda: {NOBODY: None})
    ids: dict[str, str] = field(default_factory=dict)

    async def ask(self, who: str, method: str, path: str, body: Any = None, **options: Any) -> Mapping[str, Any]:
        """A request that has to succeed."""
        answer = await self.edge.call(method, path, body, token=self.tokens[who], **options)
        assert answer.status < 300, (who, method, path, answer)
        return answer.body if isinstance(answer.body, dict) else {}


async def set_scene(edge: Edge) -> Scene:
    """Everybody signed in, with rooms, goods, posts and an order."""
    scene = Scene(edge)
    for login in PEOPLE:
        scene.tokens[login] = await edge.sign_up(login)
        scene.ids[login] = str(await edge.person_id(str(scene.tokens[login])))
    rooms = edge.services.rooms
    for login, slug, kind in (
        ("seller", "stall", "farm"),
        ("rival", "rivals", "farm"),
        ("recruiter", "fair", "jobs"),
        ("other_recruiter", "others", "jobs"),
    ):
        await edge.open_room(str(scene.tokens[login]), slug, kind)
        room = await rooms.room_by_slug(slug)
        assert room is not None
        scene.ids[f"org_of_{login}"] = str(room.org_id)
        scene.ids[f"room_{slug}"] = str(room.room_id)
    organisation = UUID(scene.ids["org_of_seller"])
    assert await rooms.organisations.set_member(organisation, UUID(scene.ids["shop_clerk"]), "clerk") is None
    assert await rooms.set_room_role(UUID(scene.ids["room_stall"]), UUID(scene.ids["guard"]), "moderator") is None
    for kind in ("moderator", "admin"):
        assert await rooms.organisations.set_person_kind(kind, kind, now=edge.clock()) is None
        signed_in = await edge.call("POST", "/api/sign-in", {"login": kind, "password": "correct horse battery"})
        scene.tokens[kind] = signed_in.body["token"]
    await _goods(scene)
    await _jobs(scene)
    await _cases(scene)
    return scene


async def _goods(scene: Scene) -> None:
    product = await scene.ask(
        "seller", "POST", "/api/products", new_product(scene.ids["org_of_seller"]), key="product of the scene"
    )
    scene.ids["product_id"], scene.ids["sku_id"] = product["product_id"], product["skus"][0]["sku_id"]
    card = await scene.ask(
        "seller", "POST", "/api/rooms/stall/cards", {"product_id": product["product_id"]}, key="card of the scene"
    )
    scene.ids["card_id"] = card["card_id"]
    order = await scene.ask("buyer", "POST", "/api/orders", new_order(scene.ids["sku_id"]), key="order of the scene")
    scene.ids["order_id"] = order["order_id"]
    address = await scene.ask("buyer", "POST", "/api/me/addresses", ADDRESS, key="address of the scene")
    scene.ids["address_id"] = address["address_id"]
    item = await scene.ask("seller", "POST", "/api/rooms/stall/line-up", {"product_id": product["product_id"]})
    scene.ids["item_id"] = item["item_id"]


async def _jobs(scene: Scene) -> None:
    """A post with the seeker's application, and another that nobody has applied to."""
    for name in ("job_id", "another_job_id"):
        post = await scene.ask(
            "recruiter", "POST", "/api/jobs", new_post(scene, scene.ids["org_of_recruiter"]), key=f"{name} of the scene"
        )
        scene.ids[name] = post["job_id"]
    for login in PEOPLE:
        await scene.ask(login, "PUT", "/api/me/resume", RESUME)
    application = await scene.ask(
        "seeker", "POST", f"/api/jobs/{scene.ids['job_id']}/applications", {}, key="application of the scene"
    )
    scene.ids["application_id"] = application["application_id"]


async def _cases(scene: Scene) -> None:
    """A card that was reported, somebody who was muted, and somebody who was warned and appeals."""
    report = {"kind": "card", "target_id": scene.ids["card_id"], "reason": "false_claim", "note": "产地不对"}
    await scene.ask("viewer", "POST", "/api/rooms/stall/reports", report)
    queue = await scene.ask("moderator", "GET", "/api/moderation/queue")
    scene.ids["case_id"] = queue["cases"][0]["case_id"]
    sanction = {"person_id": scene.ids["rival"], "kind": "mute_10m", "slug": "stall", "reason": "刷屏"}
    action = await scene.ask("moderator", "POST", "/api/moderation/sanctions", sanction)
    scene.ids["action_id"] = action["action_id"]
    warning = {"person_id": scene.ids["seeker"], "kind": "warn", "reason": "刷屏"}
    warned = await scene.ask("admin", "POST", "/api/moderation/sanctions", warning)
    made = await scene.ask("seeker", "POST", f"/api/me/decisions/{warned['action_id']}/appeal", {"words": "没有刷屏"})
    scene.ids["appeal_id"] = made["appeal_id"]
    severe = {"person_id": scene.ids["other_recruiter"], "kind": "stream_limited", "slug": "others", "reason": "引流"}
    action = await scene.ask("admin", "POST", "/api/moderation/sanctions", severe)
    scene.ids["severe_id"] = action["action_id"]


def new_product(org_id: str) -> dict[str, Any]:
    """A product as its seller describes it."""
    sku = {"name": "五斤装", "price_minor": 2990, "currency": "CNY", "on_hand": 100}
    return {"org_id": org_id, "title": "红富士苹果", "origin": "陕西洛川", "skus": [sku]}


def new_order(sku_id: str) -> dict[str, Any]:
    """An order of one unit from the stall."""
    return {"sku_id": sku_id, "quantity": 1, "room_slug": "stall", "price_minor": 2990}


def new_post(scene: Scene, org_id: str) -> dict[str, Any]:
    """A job post that lacks nothing."""
    return {
        "org_id": org_id,
        "title": "分拣员",
        "employer": "山谷果业",
        "place": "陕西洛川",
        "base_min_minor": 350_000,
        "base_max_minor": 400_000,
        "pay_min_minor": 450_000,
        "pay_max_minor": 600_000,
        "currency": "CNY",
        "pay_unit": "month",
        "headcount": 3,
        "employment": "full_time",
        "shift": "白班",
        "requirements": ["能站立工作"],
        "description": "分拣苹果, 管住宿。",
        "valid_until": (scene.edge.clock() + timedelta(days=30)).isoformat(),
    }
