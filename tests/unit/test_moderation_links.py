"""Identifiers in one form, links that fade and give way to crowds, groups with a path, points with reasons."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from moderation.links.explaining import comeback_verdict
from moderation.links.graph import CROWDED_MAX, PATH_STEPS_MAX, Graph, Groups, Sighting, strength
from moderation.links.identifiers import WEIGHTS, Hasher, Kind, normal_value
from moderation.links.risk import LINK_TO_CLOSED_MAX, POINTS_MAX, Known, assess
from moderation.links.sieve import Sieve
from moderation.verdict import Action

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HASHER = Hasher(bytes(range(32)))
DEVICE = "A" * 22


def person(number: int) -> UUID:
    return UUID(int=number)


def seen(number: int, kind: Kind, value: str, *, days_ago: float = 0) -> Sighting:
    identifier = HASHER.identifier(kind, value)
    assert identifier is not None
    at = NOW - timedelta(days=days_ago)
    return Sighting(person(number), kind, identifier.digest, at, at)


# ---- Identifiers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        (Kind.PHONE, "138 0000-0001", "13800000001"),
        (Kind.PHONE, "+86 13800000001", "13800000001"),
        (Kind.PHONE, "008613800000001", "13800000001"),
        (Kind.PHONE, "１３８０００００００１", "13800000001"),
        (Kind.PHONE, "029-8811223", "0298811223"),
        (Kind.PHONE, "+1 (415) 555-0100", "+14155550100"),
        (Kind.PHONE, "abc", None),
        (Kind.PHONE, "", None),
        (Kind.PHONE, "1" * 300, None),
        (Kind.BANK_CARD, "4111 1111 1111 1111", "4111111111111111"),
        (Kind.BANK_CARD, "4111 1111 1111 1112", None),
        (Kind.PAYEE, "  Shop@Pay ", "shop@pay"),
        (Kind.DEVICE, DEVICE, DEVICE),
        (Kind.DEVICE, "short", None),
        (Kind.NETWORK, "203.0.113.9", "203.0.113.9"),
        (Kind.NETWORK, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (Kind.NETWORK, "nowhere", None),
    ],
)
def test_one_form_of_each(kind: Kind, value: str, normal: str | None) -> None:
    assert normal_value(kind, value) == normal


def test_a_number_is_the_same_wherever_it_stands_and_a_hash_needs_the_key() -> None:
    resume, address = HASHER.identifier(Kind.PHONE, "13800000001"), HASHER.identifier(Kind.ADDRESS_PHONE, "13800000001")
    assert resume is not None
    assert address is not None
    assert resume.digest == address.digest
    assert HASHER.identifier(Kind.PAYEE, "13800000001") not in (resume, None)
    another = Hasher(bytes(32)).identifier(Kind.PHONE, "13800000001")
    assert another is not None
    assert another.digest != resume.digest


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("13800000001", {Kind.PHONE, Kind.PAYEE}),
        ("phone:138 0000 0001", {Kind.PHONE}),
        ("Payee:shop@pay", {Kind.PAYEE}),
        ("4111111111111111", {Kind.BANK_CARD, Kind.PAYEE}),
        ("shop@pay", {Kind.PAYEE}),
        (f"device:{DEVICE}", {Kind.DEVICE}),
        ("phone:none", set()),
        ("", set()),
    ],
)
def test_lines_of_an_outside_list(line: str, kinds: set[Kind]) -> None:
    assert {identifier.kind for identifier in HASHER.listed(line)} == kinds


def test_a_listed_number_is_the_one_that_was_noted() -> None:
    noted = HASHER.identifier(Kind.ADDRESS_PHONE, "+86 138 0000 0001")
    assert noted is not None
    assert noted.digest in {identifier.digest for identifier in HASHER.listed("13800000001")}


def test_a_sieve_holds_nothing_back_and_lets_little_else_through() -> None:
    chance = random.Random(7)
    ours, others = ([chance.randbytes(32) for _ in range(20_000)] for _ in range(2))
    sieve = Sieve()
    for digest in ours:
        sieve.add(digest)
    assert all(map(sieve.passes, ours))
    assert sum(map(sieve.passes, others)) < 5


# ---- Strength -------------------------------------------------------------------------------------------------------


def test_links_fade_and_give_way_to_crowds() -> None:
    weight = WEIGHTS[Kind.DEVICE]
    fresh = strength(Kind.DEVICE, age=timedelta(0), shared_by=2)
    assert fresh == weight.strength
    assert strength(Kind.DEVICE, age=weight.half_life, shared_by=2) == pytest.approx(fresh / 2)
    assert strength(Kind.DEVICE, age=timedelta(0), shared_by=weight.accounts_max) == fresh
    assert strength(Kind.DEVICE, age=timedelta(0), shared_by=weight.accounts_max + 1) <= CROWDED_MAX
    assert strength(Kind.DEVICE, age=timedelta(-1), shared_by=2) == fresh


def test_a_network_never_links() -> None:
    graph = Graph([seen(number, Kind.NETWORK, "203.0.113.9") for number in (1, 2)], NOW)
    assert graph.paths(person(1)) == []
    (weak,) = graph.weak(person(1))
    assert (weak.to_id, weak.kind) == (person(2), Kind.NETWORK)
    assert graph.groups.size(person(1)) == 1


# ---- Groups and paths -----------------------------------------------------------------------------------------------


def test_a_path_says_why() -> None:
    graph = Graph(
        [
            seen(1, Kind.DEVICE, DEVICE),
            seen(2, Kind.DEVICE, DEVICE),
            seen(2, Kind.PHONE, "13800000001"),
            seen(3, Kind.PHONE, "13800000001"),
            seen(4, Kind.PHONE, "13900000002"),
        ],
        NOW,
    )
    path = graph.path(person(1), person(3))
    assert path is not None
    assert [(step.from_id, step.kind, step.to_id) for step in path.steps] == [
        (person(1), Kind.DEVICE, person(2)),
        (person(2), Kind.PHONE, person(3)),
    ]
    assert path.strength == pytest.approx(WEIGHTS[Kind.PHONE].strength)
    assert [each.to_id for each in graph.paths(person(1))] == [person(2), person(3)]
    assert graph.path(person(1), person(4)) is None
    assert graph.groups.size(person(3)) == 3
    assert graph.paths(person(9)) == []


def test_the_stronger_of_two_ways_is_told() -> None:
    graph = Graph(
        [
            seen(1, Kind.PHONE, "13800000001", days_ago=200),
            seen(2, Kind.PHONE, "13800000001"),
            seen(1, Kind.DEVICE, DEVICE),
            seen(2, Kind.DEVICE, DEVICE),
        ],
        NOW,
    )
    path = graph.path(person(1), person(2))
    assert path is not None
    assert [step.kind for step in path.steps] == [Kind.DEVICE]


def test_a_telephone_of_an_address_is_a_hint() -> None:
    graph = Graph([seen(1, Kind.PHONE, "13800000001"), seen(2, Kind.ADDRESS_PHONE, "13800000001")], NOW)
    assert graph.paths(person(1)) == []
    assert [step.kind for step in graph.weak(person(1))] == [Kind.ADDRESS_PHONE]


def test_a_device_of_a_crowd_joins_nobody() -> None:
    """The naive version, which joins whoever shares anything, makes one group of them all."""
    crowd = [seen(number, Kind.DEVICE, DEVICE) for number in range(30)]
    graph = Graph(crowd, NOW)
    assert graph.paths(person(0)) == []
    assert graph.groups.size(person(0)) == 1
    naive = Groups()
    for sighting in crowd:
        naive.join(person(0), sighting.person_id)
    assert naive.size(person(0)) == 30


def test_a_chain_ends() -> None:
    chain = [seen(number + side, Kind.DEVICE, f"{number:022d}") for number in range(10) for side in (0, 1)]
    reached = [path.to_id for path in Graph(chain, NOW).paths(person(0))]
    assert reached == [person(number) for number in range(1, PATH_STEPS_MAX + 1)]


def test_groups_are_what_walking_finds() -> None:
    chance = random.Random(7)
    edges = [(chance.randrange(300), chance.randrange(300)) for _ in range(200)]
    groups = Groups()
    neighbours: dict[int, set[int]] = {number: set() for number in range(300)}
    for first, second in edges:
        groups.join(person(first), person(second))
        neighbours[first].add(second)
        neighbours[second].add(first)
    for number in range(300):
        found, waiting = {number}, [number]
        while waiting:
            new = neighbours[waiting.pop()] - found
            found |= new
            waiting += new
        assert groups.size(person(number)) == len(found)


def test_a_comeback_is_flagged_and_never_more_and_names_nobody() -> None:
    graph = Graph([seen(1, Kind.DEVICE, DEVICE), seen(2, Kind.DEVICE, DEVICE)], NOW)
    verdict = comeback_verdict(graph.paths(person(1)))
    assert verdict.action is Action.FLAG
    assert verdict.shown
    assert "同一设备" in verdict.reason_zh
    assert "same device" in verdict.reason_en
    assert str(person(2)) not in verdict.reason_zh + verdict.reason_en


# ---- Risk -----------------------------------------------------------------------------------------------------------


def known(**facts: Any) -> Known:
    nothing: dict[str, Any] = {
        "age": timedelta(days=100),
        "closed_links": [],
        "limited_links": [],
        "weak_closed_links": [],
        "group_size": 1,
        "sanction_points": 0.0,
        "reports": 0,
        "reports_upheld": 0,
    }
    return Known(**{**nothing, **facts})


@pytest.mark.parametrize(
    ("facts", "points", "codes"),
    [
        ({}, 0, []),
        ({"age": timedelta(hours=1)}, 10, ["new_account"]),
        ({"age": timedelta(days=3)}, 5, ["new_account"]),
        ({"closed_links": [0.5, 1.0]}, 40, ["closed_link"]),
        ({"weak_closed_links": [0.15]}, 1, ["weak_closed_link"]),
        ({"group_size": 4}, 10, ["group"]),
        ({"sanction_points": 4.0}, 8, ["sanctions"]),
        ({"reports": 3, "reports_upheld": 1}, 12, ["reports_upheld", "reports"]),
        ({"limited_links": [1.0], "age": timedelta(hours=1)}, 25, ["limited_link", "new_account"]),
    ],
)
def test_points_have_reasons(facts: dict[str, object], points: int, codes: list[str]) -> None:
    got, reasons = assess(known(**facts))
    assert (got, [reason.code for reason in reasons]) == (points, codes)


def test_no_sum_exceeds_its_most_and_a_link_alone_stays_below_half() -> None:
    worst = known(
        age=timedelta(0),
        closed_links=[1.0] * 9,
        limited_links=[1.0] * 9,
        weak_closed_links=[0.3] * 9,
        group_size=99,
        sanction_points=1_000.0,
        reports=99,
        reports_upheld=99,
    )
    assert assess(worst)[0] == POINTS_MAX
    assert assess(known(closed_links=[1.0] * 9))[0] == LINK_TO_CLOSED_MAX < POINTS_MAX / 2
