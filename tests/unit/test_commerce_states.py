"""The tables of orders, payments and reservations, and that the database and the guarded UPDATEs know no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import commerce
from commerce.order.states import (
    ORDER,
    ORDER_FIRST,
    PAYMENT,
    PAYMENT_FIRST,
    RESERVATION,
    RESERVATION_FIRST,
    Table,
    sources,
    target,
)

TABLES: list[tuple[str, Table, str]] = [
    ("purchase_order", ORDER, ORDER_FIRST),
    ("payment", PAYMENT, PAYMENT_FIRST),
    ("reservation", RESERVATION, RESERVATION_FIRST),
]
FOLDER = Path(commerce.__file__).parent
SCHEMA = (FOLDER / "migrations" / "0001_commerce.sql").read_text()


@pytest.mark.parametrize(("name", "table", "first"), TABLES)
def test_the_database_allows_the_tables_states_and_no_others(name: str, table: Table, first: str) -> None:
    definition = SCHEMA.split(f"CREATE TABLE commerce.{name} (")[1].split(";")[0]
    listed = re.search(r"state +text NOT NULL CHECK \(state IN\s+\(([^)]*)\)", definition)
    assert listed is not None
    assert set(re.findall(r"'(\w+)'", listed[1])) == set(table)
    assert first in table


@pytest.mark.parametrize(("name", "table", "first"), TABLES)
def test_every_state_is_reached_and_every_event_leads_to_one_state(name: str, table: Table, first: str) -> None:
    reached, wave = {first}, [first]
    while wave:
        wave = [to for state in wave for to in table[state].values() if to not in reached]
        reached |= set(wave)
    assert reached == set(table)
    for event in {event for events in table.values() for event in events}:
        assert target(table, event) in table
        assert [state for state in table if event in table[state]] == sources(table, event)


@pytest.mark.parametrize(
    ("table", "event", "before", "after"),
    [
        (ORDER, "paid", ["awaiting_payment", "closing"], "paid"),
        (ORDER, "close_requested", ["awaiting_payment"], "closing"),
        (ORDER, "expired", ["closing"], "expired"),
        (ORDER, "cancelled", ["closing"], "cancelled"),
        (ORDER, "revived", ["expired"], "paid"),
        (PAYMENT, "started", ["created"], "pending"),
        (PAYMENT, "captured", ["created", "pending", "failed", "closed"], "captured"),
        (PAYMENT, "captured_unwanted", ["created", "pending", "failed", "closed"], "refund_due"),
        (PAYMENT, "refunded", ["refund_due"], "refunded"),
        (RESERVATION, "posted", ["held"], "posted"),
        (RESERVATION, "retaken", ["expired"], "posted"),
    ],
)
def test_transitions(table: Table, event: str, before: list[str], after: str) -> None:
    assert (sources(table, event), target(table, event)) == (before, after)


def test_an_event_that_no_state_knows_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        sources(ORDER, "shipped")


def test_states_are_written_nowhere_but_in_the_guarded_updates() -> None:
    """Every UPDATE of a state lies in transitions.py, whose predicates come from the tables."""
    writes = re.compile(r"UPDATE commerce\.(?:purchase_order|payment|reservation)\b[^;\"]*?\bSET\s+state\b", re.DOTALL)
    writers = {path.name for path in FOLDER.rglob("*.py") if writes.search(path.read_text())}
    assert writers == {"transitions.py"}
    assert not writes.search(SCHEMA)
    transitions = (FOLDER / "order" / "transitions.py").read_text()
    for statement in re.findall(r"UPDATE commerce\.\w+ SET state = \$2.*?RETURNING", transitions, re.DOTALL):
        assert "state = ANY ($3)" in statement


def test_a_new_orders_rows_begin_in_the_first_states() -> None:
    checkout = SCHEMA.split("CREATE FUNCTION commerce.place_orders")[1].split("END $$")[0]
    for first in (ORDER_FIRST, PAYMENT_FIRST, RESERVATION_FIRST):
        assert f"'{first}'" in checkout
