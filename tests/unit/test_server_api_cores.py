"""The API's rules that need neither socket nor database."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import server
from commerce.refusals import CODES as COMMERCE_CODES
from server.api.app import ROUTES
from server.api.http.authentication import is_same_site
from server.api.http.client_address import ProxyTrust
from server.api.http.parsing import faulty_fields, idempotency_key, parse
from server.api.http.problem import PROBLEMS, Problem, problem_body, retry_after_s, status_of
from server.api.http.security_headers import page_policy, script_hash
from server.api.metrics import add_up
from server.api.openapi import describe
from server.api.schemas.catalogue import NewProduct
from server.api.schemas.rooms import PushCard
from server.people.refusals import CODES as PEOPLE_CODES

# ---- Problems --------------------------------------------------------------------------------------------------------


def test_every_refusal_of_the_packages_below_has_a_status() -> None:
    assert PROBLEMS.keys() >= COMMERCE_CODES | PEOPLE_CODES
    assert all(400 <= status < 600 for status, _ in PROBLEMS.values())


def test_every_code_is_used_and_every_routes_codes_exist() -> None:
    assert all(code in PROBLEMS for route in ROUTES for code in route.all_codes())
    source = Path(server.__file__).parent
    words = {
        node.value
        for folder in ("api", "people")
        for path in (source / folder).rglob("*.py")
        if path.name != "problem.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert PROBLEMS.keys() <= words | COMMERCE_CODES


def test_facts_stand_beside_the_standards_members_and_never_replace_them() -> None:
    body = json.loads(problem_body("sold_out", {"available": 3, "status": 200, "code": "fine"}))
    assert body == {
        "type": "urn:jishi:problem:sold_out",
        "title": "There is not enough left",
        "status": 409,
        "code": "sold_out",
        "available": 3,
    }
    assert status_of("sold_out") == 409
    assert [retry_after_s(facts) for facts in ({}, {"retry_after_ms": 1}, {"retry_after_ms": 1001})] == [None, 1, 2]


# ---- Bodies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b'{"titel": "x"}', {"titel": "unknown"}),
        (b'{"product_id": "x"}', {"product_id": "value"}),
        (b'{"title": 7}', {"title": "value"}),
        (b'{"explaining": null}', {"explaining": "value"}),
    ],
)
def test_a_fault_names_its_field(body: bytes, fields: dict[str, str]) -> None:
    assert parse(body, PushCard) == Problem("invalid", {"fields": fields})


def test_a_fault_names_its_field_however_deep() -> None:
    org = "00000000-0000-7000-8000-000000000001"
    product = {"org_id": org, "title": "x", "skus": [{"name": "x", "price_minor": 0, "currency": "CNY", "on_hand": 1}]}
    assert parse(json.dumps(product).encode(), NewProduct) == Problem(
        "invalid", {"fields": {"skus.0.price_minor": "value"}}
    )
    assert faulty_fields("Object contains unknown field `x` - at `$.skus[0]`") == {"skus.0.x": "unknown"}


def test_no_body_is_an_empty_one() -> None:
    assert parse(b"", PushCard) == PushCard()


def test_idempotency_keys() -> None:
    assert idempotency_key("k" * 255) == "k" * 255
    for header, code in ((None, "idempotency_key_missing"), ("", "idempotency_key_missing"), ("k" * 256, "invalid")):
        problem = idempotency_key(header)
        assert isinstance(problem, Problem)
        assert problem.code == code


# ---- Addresses and origins -------------------------------------------------------------------------------------------

TRUST = ProxyTrust(["10.0.0.0/8", "fd00::/8", "127.0.0.1/32"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("192.0.2.1", ["203.0.113.5"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.5, 10.0.0.7"], "203.0.113.5"),
        ("10.0.0.1", ["10.0.0.9, 10.0.0.7"], "10.0.0.9"),
        ("10.0.0.1", ["203.0.113.5, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.5, nonsense, 10.0.0.7"], "10.0.0.7"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::1", ["[2001:db8::1]"], "2001:db8::1"),
        ("", ["203.0.113.5"], ""),
    ],
)
def test_the_clients_address(peer: str, forwarded_for: list[str], client: str) -> None:
    assert TRUST.client_address(peer, forwarded_for) == client


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, True),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://ji.example", "Host": "ji.example"}, False),
        ({"Origin": "https://ji.example", "Host": "JI.example"}, True),
        ({"Origin": "https://ji.example:8443", "Host": "ji.example"}, False),
        ({"Origin": "https://ji.example.evil.example", "Host": "ji.example"}, False),
        ({"Origin": "null", "Host": ""}, False),
        ({"Origin": ""}, False),
    ],
)
def test_whether_a_page_of_ours_sent_it(headers: dict[str, str], same: bool) -> None:
    assert is_same_site(headers) == same


# ---- The browser's policy --------------------------------------------------------------------------------------------


def test_inline_scripts_are_allowed_by_their_exact_text_only() -> None:
    page = b'<script type="importmap">{"imports": {}}</script><script type="module" src="/a.js"></script>'
    policy = page_policy(page)
    assert script_hash(b"") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert policy.count("sha256-") == 1
    assert script_hash(b'{"imports": {}}') in policy


# ---- Metrics ---------------------------------------------------------------------------------------------------------

ONE = """# HELP jishi_deliveries_total What was "sent".
# TYPE jishi_deliveries_total counter
jishi_deliveries_total{lane="chat"} 3.0
jishi_deliveries_total{lane="video"} 1.0
# HELP jishi_deliveries_created When.
# TYPE jishi_deliveries_created gauge
jishi_deliveries_created{lane="chat"} 1.7e+09
# HELP jishi_wait_seconds Time.
# TYPE jishi_wait_seconds histogram
jishi_wait_seconds_bucket{le="0.1"} 2.0
jishi_wait_seconds_bucket{le="+Inf"} 5.0
jishi_wait_seconds_count 5.0
jishi_wait_seconds_sum 1.5
# HELP jishi_viewers Now.
# TYPE jishi_viewers gauge
jishi_viewers{room="a\\"b\\\\c"} 7.0
"""

SUM = """# HELP jishi_deliveries_total What was "sent".
# TYPE jishi_deliveries_total counter
jishi_deliveries_total{lane="chat"} 6.0
jishi_deliveries_total{lane="video"} 2.0
# HELP jishi_wait_seconds Time.
# TYPE jishi_wait_seconds histogram
jishi_wait_seconds_bucket{le="0.1"} 4.0
jishi_wait_seconds_bucket{le="+Inf"} 10.0
jishi_wait_seconds_count 10.0
jishi_wait_seconds_sum 3.0
# HELP jishi_viewers Now.
# TYPE jishi_viewers gauge
jishi_viewers{room="a\\"b\\\\c"} 14.0
"""


def test_metrics_of_several_members_are_added_up() -> None:
    assert add_up([ONE, ONE]) == SUM
    assert add_up([]) == ""
    assert add_up([add_up([ONE])]) == add_up([ONE])


# ---- The table -------------------------------------------------------------------------------------------------------


def test_the_description_stands_by_itself() -> None:
    described = describe(ROUTES, version="1")
    json.dumps(described)
    order = described["paths"]["/api/orders"]["post"]
    assert [parameter["name"] for parameter in order["parameters"]] == ["Idempotency-Key"]
    assert order["security"] == [{"token": []}]
    assert described["components"]["schemas"]["PlaceOrder"]["additionalProperties"] is False


def test_names_and_paths_are_unique() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
