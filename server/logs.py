"""Edge: what the server says of itself, one line an event, on standard error.

JSON lines for machines, plain text where standard error is a terminal. An event carries the ids that its task is
bound to (`bind`), and whatever its caller gave in `extra`. JSON escapes line breaks, so no value can forge a line; in
text they are escaped likewise. Tokens, keys and passwords are blotted out by shape, by name and by value.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec

BLOT = "[redacted]"
SECRET_LENGTH_MIN = 8
"""A shorter value is not looked for: it would blot out ordinary words."""

# What a LogRecord has of its own; everything else on it came in `extra`.
_OWN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime", "taskName"}
_NAMES = re.compile(
    r"(password|passwd|secret|token|authorization|cookie|api_?key|stream_?key|data_?key)", re.IGNORECASE
)
_SHAPES = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {BLOT}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*"), BLOT),
    (re.compile(r"(?i)([a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+@"), rf"\1{BLOT}@"),
    (
        re.compile(
            r"(?i)\b([a-z_]*(?:password|secret|token|stream_?key|data_?key))([\"']?\s*[=:]\s*[\"']?)[^\s\"',;&]{4,}"
        ),
        rf"\1\2{BLOT}",
    ),
)
_bound: ContextVar[dict[str, str] | None] = ContextVar("jishi_log_ids", default=None)


@contextlib.contextmanager
def bind(**ids: str) -> Iterator[None]:
    """Put ids (`request_id`, `room_id`, `order_id`, …) on every event of this context until it is left."""
    token = _bound.set({**(_bound.get() or {}), **ids})
    try:
        yield
    finally:
        _bound.reset(token)


class Redactor:
    """Blots secrets out of text: those known by value, and whatever looks like one."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        known = sorted({value for value in values if len(value) >= SECRET_LENGTH_MIN}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(BLOT, text)
        for pattern, replacement in _SHAPES:
            text = pattern.sub(replacement, text)
        return text

    def value(self, name: str, value: Any) -> Any:
        """A field by its name: what is called a secret goes whole; other text is searched."""
        if _NAMES.search(name):
            return BLOT
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool | int | float | None):
            return value
        if isinstance(value, dict):
            return {str(key): self.value(str(key), item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(name, item) for item in value]
        return self.text(str(value))


class _Formatter(logging.Formatter):
    def __init__(self, process_name: str, redactor: Redactor) -> None:
        super().__init__()
        self._process_name = process_name
        self._redactor = redactor

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """The ids bound to the context, under those given with the event."""
        given = {name: value for name, value in vars(record).items() if name not in _OWN}
        return {name: self._redactor.value(name, value) for name, value in ((_bound.get() or {}) | given).items()}

    def failure(self, record: logging.LogRecord) -> str:
        return self._redactor.text(self.formatException(record.exc_info)) if record.exc_info else ""


class JsonFormatter(_Formatter):
    """One JSON object a line: time, level, process, logger, message, the ids and fields, and the exception."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process_name,
            "logger": record.name,
            "message": self._redactor.text(record.getMessage()),
        }
        if facts := self.facts(record):
            event["fields"] = facts
        if failure := self.failure(record):
            event["exception"] = failure
        return msgspec.json.encode(event).decode()


class TextFormatter(_Formatter):
    """One line for a person: time of day, level, process, message, fields; then the exception."""

    def format(self, record: logging.LogRecord) -> str:
        clock = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        message = _one_line(self._redactor.text(record.getMessage()))
        facts = "".join(f" {name}={_one_line(str(value))}" for name, value in self.facts(record).items())
        failure = self.failure(record)
        return f"{clock} {self._process_name}: {level}{message}{facts}" + (f"\n{failure}" if failure else "")


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")


def setup(process_name: str, *, level: str = "info", secrets: Iterable[str] = (), as_json: bool | None = None) -> None:
    """Send every event of this process to standard error. `as_json` None: unless it is a terminal."""
    redactor = Redactor(secrets)
    if as_json is None:
        as_json = not sys.stderr.isatty()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(process_name, redactor) if as_json else TextFormatter(process_name, redactor))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    # asyncio's own debug lines are for its authors.
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda given: _log_uncaught(given.exc_type, given.exc_value, given.exc_traceback)


def _log_uncaught(kind: Any, error: Any, trace: Any) -> None:
    logging.getLogger("jishi").critical("uncaught failure: %s", error, exc_info=(kind, error, trace))
