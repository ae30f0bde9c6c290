"""Edge: the command line `jishi`. Each command is a few lines that hand over to the package that does the work.

Whatever goes wrong in the world is one clear line on standard error and exit code 1 (2 for a wrong command line or
environment); JISHI_LOG_LEVEL=debug adds the trace. What a command answers goes to standard output, with `--json` as
one JSON value.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import pkgutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
import uvloop

from server import config as configuration
from server import logs
from server.config import Config
from server.errors import ConfigError, ServerError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

log = logging.getLogger("jishi.cli")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] in _DELEGATED:
            return _DELEGATED[arguments[0]](arguments[1:])
        given = _parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = given.command
        return command(given)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our answer has had enough of it; nothing is left to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_FAILED
    except ConfigError as error:
        for fault in error.faults:
            print(f"jishi: {fault}", file=sys.stderr)
        return EXIT_USAGE
    except (ServerError, OSError) as error:
        if logging.getLogger().isEnabledFor(logging.DEBUG):
            log.debug("the trace", exc_info=error)
        print(f"jishi: {error}", file=sys.stderr)
        return EXIT_FAILED
    except Exception as error:  # the outermost boundary: a fault of ours, told in a line like everything else
        if arguments[:1] in (["serve"], ["demo"]) or logging.getLogger().isEnabledFor(logging.DEBUG):
            log.critical("a fault in the program", exc_info=error)
        words = f"{type(error).__name__}: {error}".splitlines()[0]
        print(f"jishi: a fault in the program: {words} (JISHI_LOG_LEVEL=debug shows where)", file=sys.stderr)
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jishi",
        description="Jishi (集市): a livestream market. Settings come from the environment: docs/operations.md.",
    )
    parser.add_argument("--version", action="version", version=f"jishi {version('jishi')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    commands.add_parser("serve", help="run the node until Ctrl-C").set_defaults(command=_serve)
    commands.add_parser("demo", help="run the node with a market to look at").set_defaults(command=_demo)

    migrate = commands.add_parser("migrate", help="the database's schema")
    migrate.add_argument("action", choices=("status", "up"), help="what is missing; apply it")
    migrate.add_argument("--json", action="store_true")
    migrate.set_defaults(command=_migrate)

    doctor = commands.add_parser("doctor", help="look at what the node needs of this machine")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(command=_doctor)

    for name, words in (
        ("user", "people: create, list, set-password, grant"),
        ("moderation", "the filter by hand, the audit log, linked accounts"),
        ("loadtest", "viewers, shoppers and hosts by the thousand"),
        ("bench", "measure one thing against its floor and its peers"),
    ):
        commands.add_parser(name, help=words, add_help=False)
    return parser


def _start(process_name: str, *, as_json: bool | None = None) -> Config:
    """The configuration, with logs set to it."""
    config = configuration.from_environment()
    logs.setup(process_name, level=config.log_level, secrets=config.secrets(), as_json=as_json)
    return config


def _start_command() -> Config:
    """The same for a command that answers and ends: it talks to a person, and of trouble alone."""
    config = _start("jishi", as_json=False)
    if config.log_level != "debug":
        logging.getLogger().setLevel(logging.WARNING)
    return config


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _serve(_given: argparse.Namespace) -> int:
    from server.node.serve import serve

    async def announce(config: Config) -> None:
        host = f"[{config.host}]" if ":" in config.host else config.host
        _print(
            f"Jishi is open at http://{host}:{config.port}/ and takes video at rtmp://{host}:{config.rtmp_port}/live"
        )

    uvloop.run(serve(_start("node"), announce=announce))
    return 0


def _demo(_given: argparse.Namespace) -> int:
    config = _start("node")
    run: Callable[[Config], Awaitable[None]] = importlib.import_module("server.demo").run
    uvloop.run(_await(run(config)))
    return 0


async def _await(work: Awaitable[None]) -> None:
    await work


def _migrate(given: argparse.Namespace) -> int:
    from server.database import migrate
    from server.node.serve import reachable

    async def work(config: Config) -> list[str]:
        async with reachable(config) as ready:
            if given.action == "status":
                return [str(migration) for migration in await migrate.pending(ready.database_url)]
            if not ready.migrate_url:
                raise ConfigError(["JISHI_MIGRATE_URL isn't set: migrations run as the owner of the database"])
            return [str(migration) for migration in await migrate.migrate(ready.migrate_url)]

    names = uvloop.run(work(_start_command()))
    key = "pending" if given.action == "status" else "applied"
    if given.json:
        _print(msgspec.json.encode({key: names}).decode())
    else:
        _print("\n".join(f"{key} {name}" for name in names) or f"nothing {key}")
    return 0


def _doctor(given: argparse.Namespace) -> int:
    from server.node.doctor import examine

    findings = uvloop.run(examine(_start_command()))
    faults = [finding for finding in findings if finding.ok is False]
    if given.json:
        _print(msgspec.json.encode({"ok": not faults, "findings": findings}).decode())
    else:
        marks = {True: "ok   ", False: "FAULT", None: "     "}
        for finding in findings:
            _print(f"{marks[finding.ok]} {finding.name}: {finding.detail}")
    return EXIT_FAILED if faults else 0


def _user(argv: list[str]) -> int:
    from server.people import admin_cli

    # Read before anything is started: a wrong command line costs nothing.
    parser = argparse.ArgumentParser(prog="jishi user", description="Accounts as the operator sees them.")
    admin_cli.add_commands(parser)
    given = parser.parse_args(argv)

    return _on_database(lambda config: admin_cli.main(given, config))


def _moderation(argv: list[str]) -> int:
    if argv[:1] == ["audit"]:
        return _audit(argv[1:])
    if argv[:1] == ["links"]:
        return _links(argv[1:])
    if argv[:1] not in (["score"], ["train"], ["evaluate"], ["backtest"]):
        print(
            "usage: jishi moderation score < lines.jsonl\n"
            "       jishi moderation train|evaluate|backtest|audit|links -h",
            file=sys.stderr,
        )
        return 0 if argv[:1] in (["-h"], ["--help"]) else EXIT_USAGE
    run: Callable[[Sequence[str]], int] = importlib.import_module(f"moderation.{argv[0]}").main
    return run(argv[1:])


def _audit(argv: list[str]) -> int:
    from server.casework import audit_cli

    given = audit_cli.parser().parse_args(argv)
    if given.audit_command not in audit_cli.NEEDS_DATABASE:
        return audit_cli.check_proof(given)
    return _on_database(lambda config: audit_cli.main(given, config))


def _links(argv: list[str]) -> int:
    from server.casework import links_cli

    given = links_cli.parser().parse_args(argv)
    if given.links_command not in links_cli.NEEDS_DATABASE:
        return links_cli.verify(given)
    return _on_database(lambda config: links_cli.main(given, config))


def _on_database(command: Callable[[Config], Awaitable[int]]) -> int:
    """Run a command on the database, be it the running node's or one started for it."""
    from server.node.serve import reachable

    async def work(config: Config) -> int:
        async with reachable(config, migrated=True) as ready:
            return await command(ready)

    return uvloop.run(work(_start_command()))


_BROWSER_MODULE = "playwright"


def _loadtest(argv: list[str], command: str = "loadtest") -> int:
    package = importlib.import_module("loadtest")
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if "\ndef main(" in (Path(package.__path__[0]) / f"{module.name}.py").read_text()
    )
    if not argv or argv[0] not in names:
        print(f"usage: jishi {command} NAME …\nNAME is one of: {', '.join(names) or 'none yet'}", file=sys.stderr)
        return 0 if argv[:1] in (["-h"], ["--help"]) else EXIT_USAGE
    try:
        run: Callable[[Sequence[str]], int] = importlib.import_module(f"loadtest.{argv[0]}").main
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != _BROWSER_MODULE:
            raise
        print(
            f"jishi: {command} {argv[0]} looks through a browser and needs {_BROWSER_MODULE} and Chromium,"
            " which come with the tools for tests: `make setup-dev`",
            file=sys.stderr,
        )
        return 1
    return run(argv[1:])


def _bench(argv: list[str]) -> int:
    ours = {"filter": "moderation.bench", "watch": "media.senses.bench"}
    if argv[:1] and argv[0] in ours:
        return int(importlib.import_module(ours[argv[0]]).main(argv[1:]))
    return _loadtest(argv, "bench")


_DELEGATED: dict[str, Callable[[list[str]], int]] = {
    "user": _user,
    "moderation": _moderation,
    "loadtest": _loadtest,
    "bench": _bench,
}

if __name__ == "__main__":
    sys.exit(main())
