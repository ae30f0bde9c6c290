"""The demo: its words pass its own filter, its record is private, its announcement says what is needed."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

from commerce.jobs.drafts import JobDraft
from commerce.shelf.claims import claims_in
from commerce.shelf.offers import ProductDraft
from moderation.filter import Filter
from moderation.verdict import Action, Category, Role, Utterance
from server.demo import announcement, content, record
from server.demo.record import DemoAccount, DemoRecord, DemoRoom
from tests.shipped_filter import shipped_engine

ROLES = ("viewer", "host", "employer", "moderator", "admin")
RECORD = DemoRecord(
    base_url="http://127.0.0.1:8080",
    rooms=[DemoRoom("orchard", "farm", "rtmp://127.0.0.1:1935/live", "key-1")],
    accounts=[DemoAccount(role, f"{role}-login", f"{role}-password", "token") for role in ROLES],
    sku="sku",
    job="job",
)


def test_what_the_demo_shows_passes_the_filter() -> None:
    words = Filter(shipped_engine())
    drafts: list[tuple[ProductDraft | JobDraft, Category]] = [(draft, Category.FARM) for draft in content.products()]
    drafts += [(draft, Category.JOBS) for draft in content.jobs(datetime.now(UTC))]
    for draft, category in drafts:
        for text in draft.texts():
            assert words.decide(Utterance(text, Role.CARD, category), 0.0).action is Action.ALLOW, text
    assert [claims_in("\n".join(draft.texts())) for draft in content.products()] == [[], [], []]
    for title, category in ((content.FARM_TITLE, Category.FARM), (content.JOBS_TITLE, Category.JOBS)):
        assert words.decide(Utterance(title, Role.TITLE, category), 0.0).action is Action.ALLOW, title


def test_every_draft_is_without_fault() -> None:
    now = datetime.now(UTC)
    assert [draft.faults() for draft in content.products()] == [{}, {}, {}]
    assert [draft.faults(now) for draft in content.jobs(now)] == [{}] * 5


def test_the_record_is_private_and_read_back(tmp_path: Path) -> None:
    assert record.read(tmp_path) is None
    record.write(tmp_path, RECORD)
    record.write(tmp_path, RECORD)
    assert record.read(tmp_path) == RECORD
    assert stat.S_IMODE((tmp_path / record.FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [record.FILE_NAME]


def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / record.FILE_NAME).write_text("{")
    assert record.read(tmp_path) is None


def test_the_announcement_has_the_pages_the_sign_ins_and_where_to_publish() -> None:
    words = announcement(RECORD, "/somewhere/demo.json")
    for needed in (
        "http://127.0.0.1:8080/rooms/orchard",
        "rtmp://127.0.0.1:1935/live",
        "key-1",
        "/somewhere/demo.json",
    ):
        assert needed in words
    for role in ROLES:
        assert f"{role}-login" in words
        assert f"{role}-password" in words
