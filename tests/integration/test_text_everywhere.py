"""Every place where somebody writes what others read: the filter stands before it, or it is named here why not.

The tables have an entry for each text of each body that the API takes, and of each message of the live protocol; one
without an entry fails. A fraud in a text that others see is refused, and nothing of it is stored.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from msgspec import inspect as types

from server.api.app import ROUTES
from server.database.database import Database
from server.live.topics import Refused
from server.live.wire import ClientMessage
from tests.api_people import RESUME, Scene, new_post, new_product, set_scene
from tests.casework_scene import SLUG as DESK_SLUG
from tests.casework_scene import open_desk
from tests.http_edge import PASSWORD, open_edge

SCAM: Final = "加微信vx88812345"
JOBS_SCAM: Final = "先交押金500元才能上班"

# Why no filter stands before a text.
NOT_READ = "nobody else ever reads it"
NAMES_A_THING = "it names something that is there, and is not shown"
CODE = "a code in a form that says nothing"
FOR_DELIVERY = "goes to the seller of a paid order, who needs a telephone number and a place"
FOR_EMPLOYERS = "the number that a résumé is for; masked until its owner shares it"
FOR_MODERATORS = "moderators alone read it, and it has to quote what it is about"
BY_MODERATORS = "the platform's moderators write it, by name and in the log, and it has to quote what it is about"
PATH = "a path of this site's own pictures; shown as a picture, never as words"


@dataclass(frozen=True)
class Shown:
    """A text that others see, and a call in order but for a fraud in it."""

    who: str
    path: str
    body: Callable[[Scene, str], Mapping[str, Any]]
    scam: str = SCAM


def product(scene: Scene, **fields: Any) -> dict[str, Any]:
    return {**new_product(scene.ids["org_of_seller"]), **fields}


def product_with_sku(scene: Scene, name: str) -> dict[str, Any]:
    return product(scene, skus=[{"name": name, "price_minor": 2990, "currency": "CNY", "on_hand": 1}])


def post(scene: Scene, **fields: Any) -> dict[str, Any]:
    return {**new_post(scene, scene.ids["org_of_recruiter"]), **fields}


def fields(name: str, *, as_list: bool = False) -> Callable[[Scene, str], Mapping[str, Any]]:
    return lambda scene, text: {name: [text] if as_list else text}


def of_product(name: str) -> Shown:
    return Shown("seller", "/api/products", lambda scene, text: product(scene, **{name: text}))


def of_product_change(name: str) -> Shown:
    return Shown("seller", "/api/products/{product_id}", fields(name))


def of_post(name: str, *, as_list: bool = False) -> Shown:
    return Shown(
        "recruiter", "/api/jobs", lambda scene, text: post(scene, **{name: [text] if as_list else text}), JOBS_SCAM
    )


def of_post_change(name: str, *, as_list: bool = False) -> Shown:
    return Shown("recruiter", "/api/jobs/{job_id}", fields(name, as_list=as_list), JOBS_SCAM)


def of_resume(name: str, *, as_list: bool = False) -> Shown:
    return Shown(
        "seeker", "/api/me/resume", lambda scene, text: {**RESUME, name: [text] if as_list else text}, JOBS_SCAM
    )


TEXTS: Final[dict[str, Shown | str]] = {
    "signUp.login": "moderators alone read it",
    "signUp.display_name": Shown(
        "nobody", "/api/sign-up", lambda scene, text: {"login": "new-one", "display_name": text, "password": PASSWORD}
    ),
    "signUp.password": NOT_READ,
    "signIn.login": NOT_READ,
    "signIn.password": NOT_READ,
    "changeMe.display_name": Shown("viewer", "/api/me", fields("display_name")),
    "changePassword.old": NOT_READ,
    "changePassword.new": NOT_READ,
    "deleteMe.password": NOT_READ,
    "addAddress.name": FOR_DELIVERY,
    "addAddress.phone": FOR_DELIVERY,
    "addAddress.region": FOR_DELIVERY,
    "addAddress.detail": FOR_DELIVERY,
    "changeAddress.name": FOR_DELIVERY,
    "changeAddress.phone": FOR_DELIVERY,
    "changeAddress.region": FOR_DELIVERY,
    "changeAddress.detail": FOR_DELIVERY,
    "placeOrder.room_slug": NAMES_A_THING,
    "createOrganisation.name": Shown("viewer", "/api/orgs", lambda scene, text: {"kind": "merchant", "name": text}),
    "createRoom.title": Shown(
        "seller", "/api/rooms", lambda scene, text: {"org_id": scene.ids["org_of_seller"], "title": text}
    ),
    "createRoom.slug": Shown(
        "seller",
        "/api/rooms",
        lambda scene, text: {"org_id": scene.ids["org_of_seller"], "title": "新房间", "slug": text},
        "weixin-vx88812345",
    ),
    "changeRoom.title": Shown("seller", "/api/rooms/stall", fields("title")),
    "pushCard.title": Shown("seller", "/api/rooms/stall/cards", fields("title")),
    "pushCard.subtitle": Shown(
        "seller", "/api/rooms/stall/cards", lambda scene, text: {"title": "今晚八点", "subtitle": text}
    ),
    "createProduct.title": of_product("title"),
    "createProduct.description": of_product("description"),
    "createProduct.origin": of_product("origin"),
    "createProduct.promise": of_product("promise"),
    "createProduct.image_url": PATH,
    "createProduct.skus.name": Shown("seller", "/api/products", product_with_sku),
    "createProduct.skus.currency": CODE,
    "changeProduct.title": of_product_change("title"),
    "changeProduct.description": of_product_change("description"),
    "changeProduct.origin": of_product_change("origin"),
    "changeProduct.promise": of_product_change("promise"),
    "changeProduct.image_url": PATH,
    "createJob.title": of_post("title"),
    "createJob.employer": of_post("employer"),
    "createJob.place": of_post("place"),
    "createJob.currency": CODE,
    "createJob.shift": of_post("shift"),
    "createJob.benefits": of_post("benefits", as_list=True),
    "createJob.requirements": of_post("requirements", as_list=True),
    "createJob.description": of_post("description"),
    "changeJob.title": of_post_change("title"),
    "changeJob.employer": of_post_change("employer"),
    "changeJob.place": of_post_change("place"),
    "changeJob.currency": CODE,
    "changeJob.shift": of_post_change("shift"),
    "changeJob.benefits": of_post_change("benefits", as_list=True),
    "changeJob.requirements": of_post_change("requirements", as_list=True),
    "changeJob.description": of_post_change("description"),
    "putResume.name": of_resume("name"),
    "putResume.phone": FOR_EMPLOYERS,
    "putResume.city": of_resume("city"),
    "putResume.skills": of_resume("skills", as_list=True),
    "putResume.experience": of_resume("experience"),
    "putResume.about": of_resume("about"),
    "putResume.expected_pay": of_resume("expected_pay"),
    "applyForJob.room_slug": NAMES_A_THING,
    "applyForJob.message": Shown("seeker", "/api/jobs/{another_job_id}/applications", fields("message"), JOBS_SCAM),
    "moveApplication.note": Shown(
        "recruiter",
        "/api/orgs/{org_of_recruiter}/applications/{application_id}/state",
        lambda scene, text: {"state": "contacted", "note": text},
        JOBS_SCAM,
    ),
    "removeComment.reason": "see test_a_reason_for_a_removal_carries_no_fraud_to_whose_line_it_was",
    "report.target_id": NAMES_A_THING,
    "report.note": FOR_MODERATORS,
    "appeal.words": "whoever appeals is heard: moderators alone read it, and it may quote all of it",
    "decideCase.reason": BY_MODERATORS,
    "laySanction.reason": BY_MODERATORS,
    "laySanction.slug": NAMES_A_THING,
    "undoAction.reason": BY_MODERATORS,
    "answerAppeal.reason": BY_MODERATORS,
}

MESSAGES: Final = {
    "sign_in.token": NOT_READ,
    "say.key": NOT_READ,
    "say.text": "see test_a_line_and_an_answer_to_one_pass_the_filter",
    "say.reply_to": NAMES_A_THING,
    "buy.key": NOT_READ,
    "buy.sku_id": NAMES_A_THING,
    "buy.card_id": NAMES_A_THING,
    "remove.comment_id": NAMES_A_THING,
    "remove.reason": "see test_a_reason_for_a_removal_carries_no_fraud_to_whose_line_it_was",
}

DESK_ROUTES: Final = "/api/moderation/"
"""What only the platform's moderators may call."""


def texts_of(kind: types.Type, name: str) -> Iterator[str]:
    """The names of the texts within a type, dotted; whatever is no number, choice, moment or id is a text."""
    match kind:
        case types.StrType():
            yield name
        case types.ListType(item_type=item) | types.SetType(item_type=item) | types.VarTupleType(item_type=item):
            yield from texts_of(item, name)
        case types.DictType():
            yield f"{name}.*"
        case types.UnionType(types=members):
            yield from dict.fromkeys(text for member in members for text in texts_of(member, name))
        case types.StructType(fields=struct_fields):
            for each in struct_fields:
                yield from texts_of(each.type, f"{name}.{each.name}")
        case types.AnyType() | types.RawType():
            yield f"{name}.*"


def test_every_text_that_the_api_takes_is_in_the_table() -> None:
    taken = {
        text
        for route in ROUTES
        if route.body is not None
        for text in texts_of(types.type_info(route.body), route.name)
        if not (route.path.startswith(DESK_ROUTES) and text not in TEXTS)
    }
    assert taken == TEXTS.keys()
    assert not [route.name for route in ROUTES if route.path.startswith(DESK_ROUTES) and route.who != "moderator"]


def test_every_text_of_the_live_protocol_is_in_the_table() -> None:
    kinds = [types.type_info(message) for message in typing.get_args(ClientMessage)]
    assert {text for kind in kinds for text in texts_of(kind, tag_of(kind))} == MESSAGES.keys()


def tag_of(kind: types.Type) -> str:
    assert isinstance(kind, types.StructType)
    return str(kind.tag)


async def test_a_fraud_in_any_text_that_others_see_is_refused(database: Database) -> None:
    methods = {route.name: route.method for route in ROUTES}
    keyed = {route.name for route in ROUTES if route.keyed in ("by_api", "by_handler")}
    async with open_edge(database) as edge:
        scene = await set_scene(edge)
        before = await words(database)
        for name, shown in TEXTS.items():
            if isinstance(shown, str):
                continue
            route = name.partition(".")[0]
            path = re.sub(r"{(\w+)}", lambda part: scene.ids[part[1]], shown.path)
            answer = await edge.call(
                methods[route],
                path,
                shown.body(scene, shown.scam),
                token=scene.tokens[shown.who],
                key=f"text {name}" if route in keyed else None,
            )
            assert answer.code == "filtered", (name, answer)
            assert shown.scam in answer.body["text"], name
            assert answer.body["rules"][0]["article"], name
            assert answer.body["spans"], name
        assert await words(database) == before


async def words(database: Database) -> Any:
    """What people wrote, as it is stored where it can be read."""
    async with database.transaction(platform=True) as connection:
        return await connection.fetchval(
            """SELECT jsonb_build_array(
                (SELECT jsonb_agg(to_jsonb(p) - 'description' ORDER BY product_id) FROM commerce.product p),
                (SELECT jsonb_agg(to_jsonb(j) ORDER BY job_id) FROM commerce.job_post j),
                (SELECT jsonb_agg(card_id ORDER BY card_id) FROM commerce.card),
                (SELECT jsonb_agg(title ORDER BY room_id) FROM people.room),
                (SELECT jsonb_agg(name ORDER BY org_id) FROM people.organisation),
                (SELECT jsonb_agg(display_name ORDER BY person_id) FROM people.person),
                (SELECT count(*) FROM commerce.application_event))"""
        )


async def test_a_draft_is_read_when_it_is_published(database: Database) -> None:
    async with open_edge(database) as edge:
        scene = await set_scene(edge)
        draft = await scene.ask(
            "recruiter", "POST", "/api/jobs", post(scene, description=JOBS_SCAM, draft=True), key="d"
        )
        published = await edge.call("POST", f"/api/jobs/{draft['job_id']}/publish", {}, token=scene.tokens["recruiter"])
        assert published.code == "filtered"


async def test_a_line_and_an_answer_to_one_pass_the_filter(database: Database) -> None:
    async with open_desk(database) as desk:
        await desk.say("viewer", "你好")
        for text in (SCAM, f"回复 {SCAM}"):
            refused = await desk.say("viewer", text)
            assert isinstance(refused, Refused)
            assert refused.code == "filtered"
        assert await desk.lines() == ["你好"]


async def test_a_reason_for_a_removal_carries_no_fraud_to_whose_line_it_was(database: Database) -> None:
    async with open_desk(database) as desk:
        await desk.say("viewer", "你好")
        path = f"/api/rooms/{DESK_SLUG}/comments/{await desk.comment_id('你好')}/removal"
        for scam in (SCAM, "要退款就" + SCAM):
            refused = await desk.call("host", "POST", path, {"reason": scam})
            assert (refused.code, refused.body["text"]) == ("filtered", scam)
        assert await desk.told("viewer") == []
        for reason in ("骗人加微信", "广告引流，留了微信", "spam"):
            assert (await desk.call("host", "POST", path, {"reason": reason})).status == 204
        assert await desk.told("viewer") == ["line_removed"]


async def test_what_the_filter_flags_of_a_new_product_is_looked_at(database: Database) -> None:
    async with open_desk(database) as desk:
        org_id = await org_of(desk.database, desk.room_id)
        body = {**new_product(str(org_id)), "description": "手慢无"}
        made = await desk.call("host", "POST", "/api/products", body, key="flagged product")
        assert made.status == 201
        [case] = await desk.queue("?kind=product")
        assert case["target_id"] == made.body["product_id"]


async def org_of(database: Database, room_id: str) -> UUID:
    async with database.transaction(platform=True) as connection:
        found: UUID = await connection.fetchval("SELECT org_id FROM people.room WHERE room_id = $1", UUID(room_id))
    return found
