from __future__ import annotations

import pytest

from moderation.errors import PackInvalid
from moderation.rules import assemble, expand, shipped_packs
from moderation.verdict import Action, Category, Role

PACK = """
pack = "p"
[lists]
fee = ["押金", "(服装|工装)费"]
[[rule]]
id = "XX001"
title = { zh = "题", en = "title" }
reason = { zh = "因。", en = "reason" }
law = { zh = "法", en = "law" }
needs = ["@fee", ["交", "付"]]
weight = 0.5
action = { default = "flag", host = "hold", jobs = "block", "card.jobs" = "allow" }
hits = ["交押金"]
passes = ["你好", { text = "押金", role = "host" }]
"""


@pytest.mark.parametrize(
    ("entry", "terms"),
    [
        ("押金", ["押金"]),
        ("(先|要)交", ["先交", "要交"]),
        ("交(一|1)?百", ["交一百", "交1百", "交百"]),
        ("(a(b|c)|d)e", ["abe", "ace", "de"]),
        ("(快)?交(了)?", ["交"]),
    ],
)
def test_expand(entry: str, terms: list[str]) -> None:
    assert sorted(expand(entry)) == sorted(terms)


@pytest.mark.parametrize("entry", ["交(押金", "交.金", "", "(|)", "a b"])
def test_entries_that_cannot_be_written_out(entry: str) -> None:
    with pytest.raises(ValueError, match="stands for"):
        expand(entry)


def test_a_pack_is_read_with_its_lists_written_out() -> None:
    book = assemble([("p.toml", PACK)])
    assert book.lists["fee"] == ("押金", "服装费", "工装费")
    assert [example.role for example in book.rules[0].examples("passes")] == ["viewer", "host"]


def test_equal_packs_have_equal_versions() -> None:
    assert assemble([("p.toml", PACK)]).version == assemble([("p.toml", PACK)]).version
    assert assemble([("p.toml", PACK)]).version != assemble([("p.toml", PACK.replace("0.5", "0.6"))]).version


@pytest.mark.parametrize(
    ("role", "category", "action"),
    [
        (Role.VIEWER, Category.ANY, Action.FLAG),
        (Role.HOST, Category.FARM, Action.HOLD),
        (Role.HOST, Category.JOBS, Action.BLOCK),
        (Role.CARD, Category.JOBS, Action.ALLOW),
    ],
)
def test_the_pair_comes_before_the_worse_of_both(role: Role, category: Category, action: Action) -> None:
    assert assemble([("p.toml", PACK)]).rules[0].action_for(role, category) is action


@pytest.mark.parametrize(
    ("old", "new", "rule_id", "fault"),
    [
        ('"@fee"', '"@fees"', "XX001", "unknown slot '@fees'"),
        ('"@fee"', '"%phone"', "XX001", "unknown slot '%phone'"),
        ("weight = 0.5", "weight = 5.0", "XX001", "weight 5.0"),
        ('host = "hold"', 'host = "stop"', "XX001", "unknown action host = 'stop'"),
        ('host = "hold"', 'guest = "hold"', "XX001", "unknown action guest"),
        ('id = "XX001"', 'id = "rule"', "rule", "two capitals"),
        ('hits = ["交押金"]', "hits = []", "XX001", "may not be empty"),
        ("weight = 0.5", 'weight = 0.5\nexempt = ["irony"]', "XX001", "unknown exemption 'irony'"),
        ("weight = 0.5", 'weight = "much"', "XX001", "weight"),
        ('role = "host" }', 'role = "boss" }', "XX001", "unknown role"),
        ('fee = ["押金"', 'fee = ["押(金"', None, "押(金"),
        ('pack = "p"', "pack = ", None, "Invalid value"),
    ],
)
def test_faults_name_file_rule_and_what(old: str, new: str, rule_id: str | None, fault: str) -> None:
    assert old in PACK
    with pytest.raises(PackInvalid) as caught:
        assemble([("p.toml", PACK.replace(old, new))])
    assert caught.value.file == "p.toml"
    assert caught.value.rule_id == rule_id
    assert fault in str(caught.value)


def test_ids_and_lists_are_defined_once() -> None:
    with pytest.raises(PackInvalid, match="list 'fee' is already defined"):
        assemble([("p.toml", PACK), ("q.toml", PACK)])
    with pytest.raises(PackInvalid, match="XX001: the id is already used"):
        assemble([("p.toml", PACK), ("q.toml", PACK.replace("fee", "cost"))])


def test_the_shipped_packs_are_valid() -> None:
    assert len(shipped_packs().rules) >= 40
