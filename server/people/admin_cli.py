"""Edge: `jishi user …`: accounts as the operator sees them."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from server.config import Config
from server.database.database import Database
from server.people.accounts import Accounts
from server.people.attempts import Attempts
from server.people.names import normal_login
from server.people.passwords import Passwords
from server.people.refusals import Refused
from server.people.rooms import Rooms
from server.people.tokens import Tokens

USERS_LISTED_MAX: Final = 1_000

_LIST: Final = """
SELECT login, display_name, kind, state, created_at FROM people.person
WHERE login LIKE $1 ORDER BY created_at, person_id LIMIT $2
"""


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Declare the commands of `jishi user` on its parser."""
    commands = parser.add_subparsers(dest="user_command", required=True, metavar="COMMAND")
    create = commands.add_parser("create", help="make an account")
    create.add_argument("login")
    create.add_argument("--name", help="as others see it (the login if not given)")
    create.add_argument("--kind", choices=("member", "moderator", "admin"), default="member")
    listing = commands.add_parser("list", help="show accounts")
    listing.add_argument("--starting-with", default="", metavar="TEXT", help="only logins that begin so")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    password = commands.add_parser("set-password", help="give an account another password and end its sessions")
    password.add_argument("login")
    for command in (create, password):
        command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    grant = commands.add_parser("grant", help="make somebody a moderator or admin, or a plain member again")
    grant.add_argument("login")
    grant.add_argument("kind", choices=("member", "moderator", "admin"))


async def main(args: argparse.Namespace | Sequence[str], config: Config) -> int:
    """Carry one command out on the configured database; answers the exit code."""
    if not isinstance(args, argparse.Namespace):
        parser = argparse.ArgumentParser("jishi user")
        add_commands(parser)
        args = parser.parse_args(list(args))
    password = _password(args) if args.user_command in ("create", "set-password") else ""
    refused = await _carry_out(args, config, password)
    if refused is not None:
        print(f"jishi user {args.user_command}: {_words(refused)}", file=sys.stderr)
    return 0 if refused is None else 1


def _password(args: argparse.Namespace) -> str:
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(f"Password for {args.login}: ")


async def _carry_out(args: argparse.Namespace, config: Config, password: str) -> Refused | None:
    database = await Database.open(config.database_url, pool_size_max=1, application_name="jishi user")
    passwords = Passwords()
    try:
        now = datetime.now(UTC)
        accounts = Accounts(database, passwords, Tokens(config.secret_key or bytes(32)), Attempts(None))
        match args.user_command:
            case "create":
                made = await accounts.create(args.login, args.name or args.login, password, kind=args.kind, now=now)
                return made if isinstance(made, Refused) else None
            case "list":
                await _list(database, args.starting_with, as_json=args.json)
                return None
            case "set-password":
                return await accounts.set_password(args.login, password, now=now)
            case _:
                return await Rooms(database).organisations.set_person_kind(normal_login(args.login), args.kind, now=now)
    finally:
        passwords.close()
        await database.close()


async def _list(database: Database, starting_with: str, *, as_json: bool) -> None:
    pattern = normal_login(starting_with).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    async with database.transaction(platform=True) as connection:
        rows = await connection.fetch(_LIST, pattern, USERS_LISTED_MAX)
    for row in map(dict, rows):
        row["created_at"] = row["created_at"].isoformat(timespec="seconds")
        print(
            json.dumps(row, ensure_ascii=False)
            if as_json
            else "{login:<24} {kind:<10} {state:<8} {display_name}".format_map(row)
        )


def _words(refused: Refused) -> str:
    fields = refused.facts.get("fields", {})
    return refused.code + "".join(f"; {name}: {fault}" for name, fault in fields.items())
