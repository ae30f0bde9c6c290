"""The tables of posts and applications, and that the database and the guarded UPDATEs know no others."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

import commerce
from commerce.jobs.states import (
    ACCESS_PERIODS,
    APPLICATION,
    APPLICATION_FIRST,
    EMPLOYER_EVENTS,
    POST,
    may_become,
)
from commerce.order.states import Table, sources, target

FOLDER = Path(commerce.__file__).parent
FIRST_SCHEMA = (FOLDER / "migrations" / "0001_commerce.sql").read_text()
SCHEMA = (FOLDER / "migrations" / "0002_jobs.sql").read_text()
TABLES: list[tuple[str, str, Table, set[str]]] = [
    ("job_post", FIRST_SCHEMA, POST, {"draft", "open"}),
    ("application", SCHEMA, APPLICATION, {APPLICATION_FIRST}),
]


@pytest.mark.parametrize(("name", "schema", "table", "firsts"), TABLES)
def test_the_database_allows_the_tables_states_and_no_others(
    name: str, schema: str, table: Table, firsts: set[str]
) -> None:
    definition = schema.split(f"CREATE TABLE commerce.{name} (")[1].split(";")[0]
    listed = re.search(r"state +text NOT NULL (?:DEFAULT '\w+' )?CHECK \(state IN\s+\(([^)]*)\)", definition)
    assert listed is not None
    assert set(re.findall(r"'(\w+)'", listed[1])) == set(table)
    assert firsts <= set(table)


@pytest.mark.parametrize(("name", "schema", "table", "firsts"), TABLES)
def test_every_state_is_reached_and_every_event_leads_to_one_state(
    name: str, schema: str, table: Table, firsts: set[str]
) -> None:
    reached, wave = set(firsts), list(firsts)
    while wave:
        wave = [to for state in wave for to in table[state].values() if to not in reached]
        reached |= set(wave)
    assert reached == set(table)
    for event in {event for events in table.values() for event in events}:
        assert target(table, event) in table


@pytest.mark.parametrize(
    ("event", "before"),
    [
        ("viewed", ["submitted"]),
        ("contacted", ["submitted", "viewed", "rejected"]),
        ("interview", ["submitted", "viewed", "contacted"]),
        ("offered", ["submitted", "viewed", "contacted", "interview"]),
        ("hired", ["submitted", "viewed", "contacted", "interview", "offered"]),
        ("rejected", ["submitted", "viewed", "contacted", "interview", "offered"]),
        ("withdrawn", ["submitted", "viewed", "contacted", "interview", "offered"]),
    ],
)
def test_transitions_of_an_application(event: str, before: list[str]) -> None:
    assert (sources(APPLICATION, event), target(APPLICATION, event)) == (before, event)


def test_what_an_employer_may_choose() -> None:
    assert may_become("submitted") == may_become("viewed") == list(EMPLOYER_EVENTS)
    assert may_become("interview") == ["offered", "hired", "rejected"]
    assert may_become("rejected") == ["contacted"]
    assert may_become("hired") == may_become("withdrawn") == []


def test_the_periods_of_access_are_the_databases_own() -> None:
    function = SCHEMA.split("CREATE FUNCTION commerce.access_period")[1].split("$$;")[0]
    named = {state: int(days) for state, days in re.findall(r"WHEN '(\w+)' THEN interval '(\d+) days'", function)}
    otherwise = re.search(r"ELSE interval '(\d+) days'", function)
    assert otherwise is not None
    written = {state: timedelta(days=named.get(state, int(otherwise[1]))) for state in APPLICATION}
    assert written == ACCESS_PERIODS


def test_states_are_written_nowhere_but_in_the_guarded_updates_and_in_forgetting() -> None:
    writes = re.compile(r"UPDATE commerce\.(?:job_post|application)\b[^;\"]*?\bSET\s+state\b", re.DOTALL)
    writers = {path.name for path in FOLDER.rglob("*.py") if writes.search(path.read_text())}
    assert writers == {"transitions.py"}
    transitions = (FOLDER / "jobs" / "transitions.py").read_text()
    for statement in re.findall(r"UPDATE commerce\.\w+ SET state = \$2.*?RETURNING", transitions, re.DOTALL):
        assert "state = ANY ($3)" in statement
    [forgetting] = [function for function in SCHEMA.split("$$") if writes.search(function)]
    listed = re.search(r"SET state = '(\w+)'.*?state IN \(([^)]*)\)", forgetting, re.DOTALL)
    assert listed is not None
    assert re.findall(r"'(\w+)'", listed[2]) == sources(APPLICATION, listed[1])
    assert f"'{APPLICATION_FIRST}', '{APPLICATION_FIRST}', a.person_id" in SCHEMA
