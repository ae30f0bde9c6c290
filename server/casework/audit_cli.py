"""Edge: `jishi moderation audit …`: the audit log verified, proven and exported.

Progress goes to standard error, the answer to standard output. The exit code is 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.audit.heads import Head, HeadKey, TrustedKeys, read_heads, write_head
from moderation.audit.proofs import proof_fault, read_inclusion, told
from moderation.audit.proving import leaves, prove_row, prove_since
from moderation.audit.reading import all_heads, counts, last_head
from moderation.audit.tree import hash_leaf
from moderation.audit.verifying import Report, verify
from moderation.errors import ModerationError
from server.casework.audit_signing import HEADS_FILE, kept_heads
from server.config import Config
from server.database.database import connect

NEEDS_DATABASE: Final = ("verify", "head", "prove", "export")
PROGRESS_INTERVAL_S: Final = 1.0
_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT set_config('jishi.platform', 'on', true)"


def parser() -> argparse.ArgumentParser:
    """The commands."""
    made = argparse.ArgumentParser(prog="jishi moderation audit", description="The audit log: docs/operations.md.")
    commands = made.add_subparsers(dest="audit_command", required=True, metavar="COMMAND")
    reading = commands.add_parser("verify", help="read everything again, and name what was changed")
    reading.add_argument("--head", action="append", default=[], metavar="FILE", help="heads that were kept elsewhere")
    head = commands.add_parser("head", help="the newest signed head, for an outsider to keep")
    head.add_argument(
        "--since", type=int, metavar="SIZE", help="with a proof that it begins with the tree of that size"
    )
    prove = commands.add_parser("prove", help="that the log tells of a decision, for whoever it concerns")
    prove.add_argument("--row", type=UUID, required=True, metavar="ID", help="of a verdict, an action or a report")
    check = commands.add_parser("check", help="a proof, without a database")
    check.add_argument("file", type=Path)
    check.add_argument("--head", action="append", default=[], metavar="FILE", help="heads that were kept")
    export = commands.add_parser("export", help="all leaves and heads as JSON Lines; nobody is named in them")
    export.add_argument("--from", dest="begin", type=int, default=0, metavar="INDEX", help="the first leaf")
    for each in (reading, check):
        each.add_argument(
            "--public-key",
            action="append",
            default=[],
            metavar="HEX",
            help="a key that signed heads, beside the one of JISHI_SECRET_KEY",
        )
    for each in (reading, head, prove, check, export):
        each.add_argument("--json", action="store_true")
    return made


def check_proof(args: argparse.Namespace) -> int:
    """`check`: needs no database and no secret."""
    try:
        keys = TrustedKeys(bytes.fromhex(text) for text in args.public_key)
        faults = [proof_fault(each, keys, _read(args.head)) for each in read_inclusion(args.file.read_bytes())]
    except (ModerationError, ValueError) as error:
        faults = [str(error)]
    fault = next((each for each in faults if each is not None), None) if faults else "no proof is in the file"
    _print({"ok": fault is None, "fault": fault}, fault or f"ok: {len(faults)} proven", as_json=args.json)
    return 0 if fault is None else 1


async def main(args: argparse.Namespace, config: Config) -> int:
    """Carry one command out on the configured database; answers the exit code."""
    try:
        async with _snapshot(config) as connection:
            match args.audit_command:
                case "verify":
                    return await _verify(args, config, connection)
                case "head":
                    return await _head(args, config, connection)
                case "prove":
                    return await _prove(args, connection)
                case _:
                    return await _export(args, connection)
    except (ModerationError, ValueError) as error:
        print(f"jishi moderation audit: {error}", file=sys.stderr)
        return 1


@contextlib.asynccontextmanager
async def _snapshot(config: Config) -> AsyncIterator[Any]:
    """One moment of the database, for as long as the block lasts."""
    connection = await connect(config.database_url, application_name="jishi audit")
    try:
        await connection.execute(_BEGIN)
        yield connection
    finally:
        await connection.close()


async def _verify(args: argparse.Namespace, config: Config, connection: Any) -> int:
    keys = TrustedKeys([HeadKey(config.secret_key).public_key, *(bytes.fromhex(text) for text in args.public_key)])
    kept = [*kept_heads(config.data_dir / HEADS_FILE), *_read(args.head)]
    report = await verify(connection, keys=keys, kept=kept, progress=_Progress())
    _print(report.to_json(), _words(report), as_json=args.json)
    return 0 if report.ok else 1


async def _head(args: argparse.Namespace, config: Config, connection: Any) -> int:
    stored = await last_head(connection)
    if stored is None:
        _print({"head": None}, "nothing is signed yet", as_json=args.json)
        return 1
    key = HeadKey(config.secret_key)
    if args.since is None:
        # The line alone: what is printed is what an outsider keeps, and `verify --head` takes.
        print(write_head(stored.head))
        print(f"public key {key.public_key.hex()}", file=sys.stderr)
        return 0
    proof = await prove_since(connection, args.since, _Progress())
    if proof is None:
        print(f"jishi moderation audit: there is no tree of {args.since} rows", file=sys.stderr)
        return 1
    print(msgspec.json.encode(proof).decode())
    return 0


async def _prove(args: argparse.Namespace, connection: Any) -> int:
    proofs = await prove_row(connection, args.row, _Progress())
    if not proofs:
        print(f"jishi moderation audit: no signed row tells of {args.row}", file=sys.stderr)
        return 1
    print(msgspec.json.encode([told(each) for each in proofs]).decode())
    return 0


async def _export(args: argparse.Namespace, connection: Any) -> int:
    _, placed = await counts(connection)
    progress = _Progress()
    async for index, body in leaves(connection, args.begin, placed):
        line = {"leaf_index": index, "leaf_hash": hash_leaf(body.encode()).hex(), "leaf": body}
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
        progress(index + 1, placed)
    async for stored in all_heads(connection, after=args.begin):
        sys.stdout.write(f'{{"head":{write_head(stored.head)}}}\n')
    sys.stdout.flush()
    return 0


def _read(files: Sequence[str]) -> list[Head]:
    return [head for file in files for head in read_heads(Path(file).read_text(encoding="utf-8"))]


def _words(report: Report) -> str:
    lines = [
        *(f"{finding.fault.value}: {_where(finding.to_json())}{finding.what}" for finding in report.findings),
        *([f"… and {report.findings_more} more"] if report.findings_more else []),
        f"{'ok' if report.ok else 'NOT ok'}: {report.entries} rows, {report.signed} of them signed, "
        f"{report.heads} heads, {report.kept_heads} kept heads compared",
    ]
    return "\n".join(lines)


def _where(finding: dict[str, Any]) -> str:
    place = f"leaf {finding['leaf_index']}, " if finding["leaf_index"] is not None else ""
    row = f"{finding['source']} {finding['row_id']}, " if finding["row_id"] is not None else ""
    return f"{place}{row}"


def _print(value: dict[str, Any], words: str, *, as_json: bool) -> None:
    print(msgspec.json.encode(value).decode() if as_json else words)


class _Progress:
    """Tells a terminal, or a log, once in a while how far it is."""

    def __init__(self) -> None:
        self._told_s = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s >= PROGRESS_INTERVAL_S:
            self._told_s = now_s
            print(f"{done} of {total} rows", file=sys.stderr)
