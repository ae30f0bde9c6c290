"""Edge: simpay's books in SQLite, on disk before anything is answered. Its methods block: call them in one thread.

A charge and the notifications about it are written in one transaction, so that a simpay that was killed tells, when it
is back, what it had not told.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from commerce.simpay.config import Config

NO_CURRENCY: Final = "XXX"  # ISO 4217: for a charge that was closed before it was made

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS charge (
    id TEXT PRIMARY KEY, amount INTEGER NOT NULL, currency TEXT NOT NULL, description TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT, settles_at_ms INTEGER, becomes TEXT);
CREATE INDEX IF NOT EXISTS charge_settles ON charge (settles_at_ms) WHERE settles_at_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS request (key TEXT PRIMARY KEY, asked TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notification (
    id INTEGER PRIMARY KEY, event_id TEXT NOT NULL, body TEXT NOT NULL, forged INTEGER NOT NULL,
    due_at_ms INTEGER, attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS notification_due ON notification (due_at_ms) WHERE due_at_ms IS NOT NULL;
"""


class Conflict(Exception):
    """The request contradicts what is in the books: `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Notification:
    """One that is to be sent now."""

    id: int
    event_id: str
    body: str
    forged: bool
    attempts: int


class Ledger:
    """The books. `close` when done."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._books = sqlite3.connect(config.data_file, isolation_level=None, check_same_thread=False)
        self._books.row_factory = sqlite3.Row
        self._books.execute("PRAGMA journal_mode = WAL")
        self._books.execute("PRAGMA synchronous = FULL")
        self._books.executescript(_SCHEMA)

    def close(self) -> None:
        self._books.close()

    def charge(self, charge_id: str) -> dict[str, Any] | None:
        """How a charge stands, as the API writes it."""
        row = self._books.execute("SELECT * FROM charge WHERE id = ?", (charge_id,)).fetchone()
        return None if row is None else _public(row)

    def create(
        self, key: str, charge_id: str, amount: int, currency: str, description: str, now_ms: int
    ) -> dict[str, Any]:
        """Begin a charge, or answer how the one of that reference stands.

        Raises: Conflict when the key or the reference was used for another request.
        """
        config, strikes = self._config, self._strikes
        with self._transaction():
            self._remember(key, f"create {charge_id} {amount} {currency}")
            held = self.charge(charge_id)
            if held is not None:
                if held["currency"] != NO_CURRENCY and (held["amount"], held["currency"]) != (amount, currency):
                    raise Conflict("reference_used")
                return held
            becomes = "failed" if strikes("decline", charge_id) else "succeeded"
            settles_at_ms = now_ms + config.settle_ms + (config.slow_ms if strikes("slow", charge_id) else 0)
            self._books.execute(
                "INSERT INTO charge VALUES (?, ?, ?, ?, 'pending', NULL, ?, ?)",
                (charge_id, amount, currency, description, settles_at_ms, becomes),
            )
            if strikes("forge", charge_id):
                forged = {"id": charge_id, "state": "succeeded", "amount": amount, "currency": currency}
                self._tell(forged, now_ms, forged=True)
            if not strikes("reorder", charge_id):
                self._tell_about(charge_id, now_ms)
        return self._held(charge_id)

    def close_charge(self, key: str, charge_id: str, now_ms: int) -> dict[str, Any]:
        """Take no more money for it, also when it is only begun later: answers how it stands."""
        with self._transaction():
            self._remember(key, f"close {charge_id}")
            self._books.execute(
                "INSERT INTO charge VALUES (?, 0, ?, '', 'closed', NULL, NULL, NULL) ON CONFLICT DO NOTHING",
                (charge_id, NO_CURRENCY),
            )
            late_at_ms = now_ms + self._config.late_ms if self._strikes("late_after_close", charge_id) else None
            closed = self._books.execute(
                "UPDATE charge SET state = 'closed', settles_at_ms = ?, becomes = 'succeeded'"
                " WHERE id = ? AND state = 'pending'",
                (late_at_ms, charge_id),
            ).rowcount
            if closed:
                self._tell_about(charge_id, now_ms)
        return self._held(charge_id)

    def refund(self, key: str, charge_id: str, amount: int, currency: str, now_ms: int) -> dict[str, Any]:
        """Give the whole amount back.

        Raises: Conflict when nothing was taken, or another amount.
        """
        with self._transaction():
            self._remember(key, f"refund {charge_id} {amount} {currency}")
            held = self.charge(charge_id)
            if held is None or held["state"] not in ("succeeded", "refunded"):
                raise Conflict("nothing_to_refund")
            if (held["amount"], held["currency"]) != (amount, currency):
                raise Conflict("amount_mismatch")
            if held["state"] == "succeeded":
                self._books.execute("UPDATE charge SET state = 'refunded' WHERE id = ?", (charge_id,))
                self._tell_about(charge_id, now_ms)
        return self._held(charge_id)

    def settle(self, now_ms: int) -> None:
        """Bring every charge to its end whose time has come."""
        with self._transaction():
            due = self._books.execute("SELECT * FROM charge WHERE settles_at_ms <= ?", (now_ms,)).fetchall()
            for row in due:
                reason = "declined" if row["becomes"] == "failed" else None
                self._books.execute(
                    "UPDATE charge SET state = becomes, reason = ?, settles_at_ms = NULL WHERE id = ?",
                    (reason, row["id"]),
                )
                self._tell_end(row, now_ms)

    def due(self, now_ms: int, limit: int) -> list[Notification]:
        """The notifications to be sent now, oldest first."""
        rows = self._books.execute(
            "SELECT id, event_id, body, forged, attempts FROM notification WHERE due_at_ms <= ?"
            " ORDER BY due_at_ms, id LIMIT ?",
            (now_ms, limit),
        )
        return [
            Notification(row["id"], row["event_id"], row["body"], bool(row["forged"]), row["attempts"]) for row in rows
        ]

    def sent(self, taken: Sequence[int], again: Sequence[tuple[int, int]]) -> None:
        """Note which notifications were taken, and which are to be sent again: (id, when)."""
        with self._transaction():
            self._books.executemany(
                "UPDATE notification SET due_at_ms = NULL, attempts = attempts + 1 WHERE id = ?",
                [(id_,) for id_ in taken],
            )
            self._books.executemany(
                "UPDATE notification SET due_at_ms = ?, attempts = attempts + 1 WHERE id = ?",
                [(due_at_ms, id_) for id_, due_at_ms in again],
            )

    def next_ms(self) -> int | None:
        """When something is to be done next; None: nothing."""
        row = self._books.execute(
            "SELECT min(at) AS at FROM (SELECT min(settles_at_ms) AS at FROM charge WHERE settles_at_ms IS NOT NULL"
            " UNION ALL SELECT min(due_at_ms) FROM notification WHERE due_at_ms IS NOT NULL)"
        ).fetchone()
        at: int | None = row["at"]
        return at

    def _tell_end(self, row: sqlite3.Row, now_ms: int) -> None:
        charge_id = row["id"]
        if self._strikes("lost", charge_id):
            return
        event_id = self._tell_about(charge_id, now_ms)
        if self._strikes("duplicate", charge_id):
            self._tell(self._held(charge_id), now_ms + 1, event_id=event_id)
            self._tell_about(charge_id, now_ms + 2)
        if self._strikes("reorder", charge_id):
            self._tell(self._held(charge_id) | {"state": "pending", "reason": None}, now_ms + 3)

    def _tell_about(self, charge_id: str, due_at_ms: int) -> str:
        return self._tell(self._held(charge_id), due_at_ms)

    def _tell(
        self, charge: dict[str, Any], due_at_ms: int, *, event_id: str | None = None, forged: bool = False
    ) -> str:
        event_id = event_id or f"evt_{uuid.uuid4().hex}"
        body = json.dumps({"type": f"charge.{charge['state']}", "charge": charge}, separators=(",", ":"))
        self._books.execute(
            "INSERT INTO notification (event_id, body, forged, due_at_ms) VALUES (?, ?, ?, ?)",
            (event_id, body, forged, due_at_ms),
        )
        return event_id

    def _held(self, charge_id: str) -> dict[str, Any]:
        held = self.charge(charge_id)
        assert held is not None
        return held

    def _remember(self, key: str, asked: str) -> None:
        self._books.execute("INSERT INTO request VALUES (?, ?) ON CONFLICT DO NOTHING", (key, asked))
        row = self._books.execute("SELECT asked FROM request WHERE key = ?", (key,)).fetchone()
        if row["asked"] != asked:
            raise Conflict("idempotency_key_used")

    def _strikes(self, fault: str, charge_id: str) -> bool:
        return self._config.faults.strikes(fault, self._config.seed, charge_id)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._books.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._books.execute("ROLLBACK")
            raise
        self._books.execute("COMMIT")


def _public(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "state", "amount", "currency", "reason")} | {
        "receipt": f"sp_{row['id'].replace('-', '')[-12:]}"
    }
