"""docs/protocol.md against server/live/wire.py: every message and field of the wire stands on the page."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import msgspec
import pytest

from server.live import wire

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
MESSAGES = [*typing.get_args(wire.ServerMessage), *typing.get_args(wire.ClientMessage)]


def row_of(kind: str) -> str:
    rows = re.findall(rf"^\| `{kind}` \|.*$", PAGE, flags=re.MULTILINE)
    assert rows, f"no row for {kind} in docs/protocol.md"
    return str(rows[0]).split("|", 2)[2]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__struct_config__.tag)
def test_every_message_and_its_fields_stand_on_the_page_in_order(message: type[wire.Message]) -> None:
    row = row_of(str(message.__struct_config__.tag))
    places = [row.find(f"`{field}`") for field in message.__struct_fields__]
    assert -1 not in places, f"{row} lacks one of {message.__struct_fields__}"
    assert places == sorted(places), f"{row} has the fields in another order than the wire"


@pytest.mark.parametrize("item", [wire.Comment, wire.PartHeader])
def test_the_arrays_within_messages_are_drawn_field_by_field(item: type[msgspec.Struct]) -> None:
    assert f"[{', '.join(item.__struct_fields__)}]" in PAGE


def test_the_page_names_no_kind_that_the_wire_does_not_have() -> None:
    section = PAGE.split("## From the server")[1].split("## Refusals")[0]
    named = set(re.findall(r"^\| `([a-z_]+)` \| (?!`on_air`)", section, flags=re.MULTILINE))
    assert named == {str(message.__struct_config__.tag) for message in MESSAGES}
