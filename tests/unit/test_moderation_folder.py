from __future__ import annotations

import os
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from moderation.engine import Engine
from moderation.errors import PackInvalid, PacksRefused
from moderation.folder import broken_examples, engine_of, fingerprint, read_packs
from moderation.rules import assemble

RULE = """
pack = "small"
[lists]
fee = ["押金"]
[[rule]]
id = "TT001"
title = { zh = "收费", en = "Fee" }
reason = { zh = "不许收费。", en = "No fees." }
law = { zh = "《法》", en = "Law" }
needs = ["@fee"]
action = { default = "block" }
weight = 0.5
hits = ["交押金"]
passes = ["好吃"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Packs of one rule, and the words around hits."""
    shutil.copy(str(files("moderation") / "packs" / "context.toml"), tmp_path)
    (tmp_path / "small.toml").write_text(RULE, "utf-8")
    return tmp_path


def test_a_folder_is_read_as_a_whole(folder: Path) -> None:
    book = read_packs(folder)
    assert "TT001" in {rule.id for rule in book.rules}
    assert book.version == assemble((path.name, path.read_text("utf-8")) for path in folder.glob("*.toml")).version


def test_a_folder_without_packs_or_with_a_broken_one_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PackInvalid, match="no packs"):
        read_packs(tmp_path / "nowhere")
    (folder / "small.toml").write_text("pack = ", "utf-8")
    with pytest.raises(PackInvalid, match=r"small\.toml"):
        read_packs(folder)


def test_a_rule_that_breaks_its_examples_is_told(folder: Path) -> None:
    text = RULE.replace('hits = ["交押金"]', 'hits = ["交钱"]').replace('passes = ["好吃"]', 'passes = ["押金"]')
    (folder / "small.toml").write_text(text, "utf-8")
    faults = broken_examples(Engine(read_packs(folder)))
    assert faults == ["rule TT001 misses its example '交钱'", "rule TT001 hits its example '押金'"]
    with pytest.raises(PacksRefused, match="TT001 misses"):
        engine_of(folder)


def test_the_fingerprint_changes_with_any_pack(folder: Path) -> None:
    before = fingerprint(folder)
    assert before == fingerprint(folder)
    os.utime(folder / "small.toml", ns=(1, 1))
    assert fingerprint(folder) != before
    (folder / "small.toml").unlink()
    assert len(fingerprint(folder)) == len(before) - 1
    assert fingerprint(folder / "nowhere") == ()
