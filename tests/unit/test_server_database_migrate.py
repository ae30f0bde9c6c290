"""Which migrations are to be applied: files and hashes in, a list or a refusal out."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.database.migrate import PACKAGES, Migration, folders, outstanding, read
from server.errors import MigrationError

FIRST = Migration("people", 1, "people", "CREATE TABLE a ();")
SECOND = Migration("people", 2, "more", "CREATE TABLE b ();")
OTHER = Migration("commerce", 1, "commerce", "CREATE TABLE c ();")
ALL = [FIRST, SECOND, OTHER]


def held(*migrations: Migration) -> dict[tuple[str, int], bytes]:
    return {(migration.package, migration.number): migration.sha256 for migration in migrations}


@pytest.mark.parametrize(
    ("applied", "missing"),
    [
        (held(), ALL),
        (held(FIRST), [SECOND, OTHER]),
        (held(FIRST, OTHER), [SECOND]),
        (held(*ALL), []),
    ],
)
def test_what_is_missing_is_applied_in_order(applied: dict[tuple[str, int], bytes], missing: list[Migration]) -> None:
    assert outstanding(ALL, applied) == missing


def test_an_applied_file_is_never_edited() -> None:
    with pytest.raises(MigrationError, match="people/0001_people was edited"):
        outstanding(ALL, {("people", 1): b"another hash"})


def test_a_newer_database_is_left_alone() -> None:
    with pytest.raises(MigrationError, match=r"commerce/0002, which this version doesn't know"):
        outstanding(ALL, held(*ALL) | {("commerce", 2): b""})


def test_files_are_read_by_package_then_number(tmp_path: Path) -> None:
    for name in ("one/0002_b.sql", "one/0001_z.sql", "two/0001_a.sql"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("SELECT 1;")
    got = read({"two": tmp_path / "two", "one": tmp_path / "one", "none": tmp_path / "none"})
    assert [str(migration) for migration in got] == ["two/0001_a", "one/0001_z", "one/0002_b"]


@pytest.mark.parametrize("names", [("1_a.sql",), ("0001-a.sql",), ("0001_A.sql",), ("0001_a.sql", "0001_b.sql")])
def test_a_file_out_of_line_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError):
        read({"people": tmp_path})


def test_ours_are_in_line() -> None:
    assert tuple(folders()) == PACKAGES
    numbers: dict[str, list[int]] = {}
    for migration in read(folders()):
        numbers.setdefault(migration.package, []).append(migration.number)
    for package, found in numbers.items():
        assert found == list(range(1, len(found) + 1)), f"{package}'s migrations are numbered without a gap"
