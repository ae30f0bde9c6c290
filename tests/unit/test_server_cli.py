"""What the command line says where something that only some commands need is missing."""

from __future__ import annotations

import sys

import pytest

from server import cli


def test_a_load_test_without_a_browser_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("playwright", "loadtest"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "playwright", None)
    assert cli.main(["loadtest", "glass", "--json"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("jishi: loadtest glass looks through a browser and needs playwright")
    assert "`make setup-dev`" in told.err
