"""Edge: `jishi moderation links …`: outside lists checked, leads of closed accounts written and verified."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

import msgspec

from moderation.links.identifiers import Hasher
from moderation.links.leads import LeadKey, is_signed
from moderation.links.listing import LINE_BYTES_MAX, Match, Totals, check_list
from server.casework.leads import export_lead
from server.config import Config
from server.database.database import Database, connect

NEEDS_DATABASE: Final = ("check", "export")
PROGRESS_INTERVAL_S: Final = 1.0
_BEGIN: Final = "BEGIN READ ONLY; SELECT set_config('jishi.platform', 'on', true)"


def parser() -> argparse.ArgumentParser:
    """The commands."""
    made = argparse.ArgumentParser(prog="jishi moderation links", description="Linked accounts: docs/operations.md.")
    commands = made.add_subparsers(dest="links_command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="which lines of an outside list our accounts were seen with")
    check.add_argument(
        "--file", required=True, help="one identifier a line, maybe as phone:… payee:… bank_card:…; - reads"
    )
    check.add_argument("--json", action="store_true", help="JSON Lines: each match, then the totals")
    export = commands.add_parser("export", help="leads about a closed account, as signed JSON and CSV")
    export.add_argument("--person", type=UUID, required=True, metavar="ID")
    export.add_argument("--folder", type=Path, default=Path(), help="where the files go (here if not given)")
    export.add_argument("--json", action="store_true")
    verify = commands.add_parser("verify", help="whether a lead is as it was signed; needs no database")
    verify.add_argument("file", type=Path)
    verify.add_argument("--signature", type=Path, help="FILE.sig if not given")
    verify.add_argument("--public-key", required=True, metavar="HEX")
    verify.add_argument("--json", action="store_true")
    return made


def verify(args: argparse.Namespace) -> int:
    """`verify`: needs no database and no secret."""
    signature = args.signature or args.file.with_name(args.file.name + ".sig")
    try:
        ok = is_signed(args.file.read_bytes(), signature.read_text(), bytes.fromhex(args.public_key))
    except ValueError as error:
        print(f"jishi moderation links: {error}", file=sys.stderr)
        return 1
    words = "ok: signed by this key" if ok else "NOT ok: not what this key signed"
    print(msgspec.json.encode({"ok": ok}).decode() if args.json else words)
    return 0 if ok else 1


async def main(args: argparse.Namespace, config: Config) -> int:
    """Carry one command out on the configured database; answers the exit code."""
    return await (_check if args.links_command == "check" else _export)(args, config)


async def _check(args: argparse.Namespace, config: Config) -> int:
    connection = await connect(config.database_url, application_name="jishi links")
    told = _Told(as_json=args.json)
    try:
        with _opened(args.file) as file:
            await connection.execute(_BEGIN)
            totals = await check_list(
                connection, Hasher(config.data_key), _lines(file), tell=told.match, progress=told.progress
            )
    finally:
        await connection.close()
    told.totals(totals)
    return 0


async def _export(args: argparse.Namespace, config: Config) -> int:
    database = await Database.open(config.database_url, pool_size_max=1, application_name="jishi links")
    try:
        written = await export_lead(
            database, LeadKey(config.secret_key), args.person, args.folder, now=datetime.now(UTC)
        )
    finally:
        await database.close()
    if written is None:
        print(f"jishi moderation links: {args.person} is no closed account", file=sys.stderr)
        return 1
    if args.json:
        files = [str(path) for path in written.files]
        print(
            msgspec.json.encode(
                {"files": files, "public_key": written.public_key.hex(), "sha256": written.sha256}
            ).decode()
        )
    else:
        print("\n".join([*map(str, written.files), f"public key {written.public_key.hex()}"]))
    return 0


@contextlib.contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as opened:
        yield opened


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The file's lines; of one that is too long, the end is left out."""
    while line := file.readline(LINE_BYTES_MAX + 2):
        rest = line
        while not rest.endswith(b"\n"):
            rest = file.readline(LINE_BYTES_MAX)
            if not rest:
                break
        yield line


class _Told:
    """What a check says, as it goes."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._began_s = self._told_s = time.monotonic()

    def match(self, match: Match) -> None:
        words = "line {line}: {kind} of {person_id} {display_name} ({state})".format_map(match.to_json())
        print(msgspec.json.encode(match.to_json()).decode() if self._as_json else words)

    def progress(self, totals: Totals) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s >= PROGRESS_INTERVAL_S:
            self._told_s = now_s
            per_s = totals.lines / (now_s - self._began_s)
            print(f"{totals.lines} lines, {totals.matched_lines} matched, {per_s:,.0f} a second", file=sys.stderr)

    def totals(self, totals: Totals) -> None:
        value = {name: getattr(totals, name) for name in ("lines", "unreadable", "matched_lines", "matches")}
        value["seconds"] = round(time.monotonic() - self._began_s, 2)
        words = "{lines} lines, {unreadable} of them no identifier; {matched_lines} matched, {matches} matches"
        print(msgspec.json.encode(value).decode() if self._as_json else words.format_map(value))
