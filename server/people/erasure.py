"""Edge: deleting an account: afterwards nobody can find the person, and what others need of the past still adds up.

The row of the person stays, under a random name that nobody can sign up with or sign in to, so that orders, decisions
and rooms still refer to somebody. Gone in the same transaction: password, sessions, notices, follows, kept answers,
roles and memberships, addresses (those of orders too), the résumé, what applications said, and words kept as evidence.
An organisation that is left without members closes: its rooms, goods and posts are withdrawn; its name and what it sold
are not the person's, and stay for its buyers.

Refused (`account_needed`) while somebody else would be the loser. Its reasons, each {code, …}:

    orders         own orders that are not paid, ended or refunded: count
    sales          the same for an organisation that would close: org_id, name, count
    organisation   others work in an organisation that would be left without an owner: org_id, name
    platform_role  a moderator or admin of the platform: the operator takes that back first
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.database.database import Database
from server.people.refusals import ACCOUNT_NEEDED, NOT_FOUND, Refused

PSEUDONYM_BYTES: Final = 12
NAME_CHARS: Final = 7
"""Of the pseudonym, what is shown."""

_LOCK: Final = "SELECT kind FROM people.person WHERE person_id = $1 AND erased_at IS NULL FOR UPDATE"
_ORDERS: Final = "SELECT commerce.orders_under_way($1)"
_LEFT_BEHIND: Final = """
SELECT o.org_id, o.name, commerce.sales_under_way(o.org_id) AS sales,
       (SELECT count(*) FROM people.membership m WHERE m.org_id = o.org_id AND m.person_id <> $1) AS others
FROM people.organisation o JOIN people.membership own ON own.org_id = o.org_id AND own.person_id = $1
WHERE own.role = 'owner' AND NOT EXISTS (
    SELECT FROM people.membership m WHERE m.org_id = o.org_id AND m.person_id <> $1 AND m.role = 'owner')
ORDER BY o.org_id
"""
_BECOME_NOBODY: Final = """
UPDATE people.person SET login = $2, display_name = $3, kind = 'member', state = 'closed', tokens_valid_from = $4,
    erased_at = $4
WHERE person_id = $1
"""
_FORGET: Final = (
    "DELETE FROM people.credential WHERE person_id = $1",
    "DELETE FROM people.refresh_token WHERE person_id = $1",
    "DELETE FROM people.idempotency WHERE person_id = $1",
    "DELETE FROM people.notice WHERE person_id = $1 OR (kind = 'host_on_air' AND facts ->> 'host_id' = $1::text)",
    "DELETE FROM people.follow WHERE person_id = $1 OR host_id = $1",
    "DELETE FROM people.room_role WHERE person_id = $1",
    "DELETE FROM people.membership WHERE person_id = $1",
    "SELECT commerce.forget_buyer($1)",
    "SELECT commerce.forget_job_seeker($1)",
    "SELECT moderation.forget_person($1)",
)
_HAND_OVER_ROOMS: Final = """
UPDATE people.room r SET host_id = (
    SELECT m.person_id FROM people.membership m WHERE m.org_id = r.org_id
    ORDER BY m.role = 'owner' DESC, m.created_at, m.person_id LIMIT 1)
WHERE r.host_id = $1 AND EXISTS (SELECT FROM people.membership m WHERE m.org_id = r.org_id)
"""
_CLOSE_ROOMS: Final = "UPDATE people.room SET state = 'closed' WHERE org_id = $1"
_CLOSE_SHOP: Final = "SELECT commerce.close_shop($1, $2)"


async def erase_person(database: Database, person_id: UUID, *, now: datetime) -> Refused | None:
    """Delete an account. Refused: account_needed, not_found. The caller ends what is open with its tokens."""
    async with database.transaction(platform=True) as connection:
        kind = await connection.fetchval(_LOCK, person_id)
        if kind is None:
            return Refused(NOT_FOUND)
        left_behind = await connection.fetch(_LEFT_BEHIND, person_id)
        reasons = _reasons(kind, await connection.fetchval(_ORDERS, person_id), left_behind)
        if reasons:
            return Refused(ACCOUNT_NEEDED, {"reasons": reasons})
        pseudonym = f"~{secrets.token_hex(PSEUDONYM_BYTES)}"
        await connection.execute(_BECOME_NOBODY, person_id, pseudonym, pseudonym[:NAME_CHARS], now)
        for statement in _FORGET:
            await connection.execute(statement, person_id)
        await connection.execute(_HAND_OVER_ROOMS, person_id)
        for organisation in left_behind:
            await connection.execute(_CLOSE_ROOMS, organisation["org_id"])
            await connection.execute(_CLOSE_SHOP, organisation["org_id"], now)
    return None


def _reasons(kind: str, orders: int, left_behind: list[Any]) -> list[dict[str, Any]]:
    """What the account is still needed for."""
    reasons: list[dict[str, Any]] = []
    if kind != "member":
        reasons.append({"code": "platform_role"})
    if orders:
        reasons.append({"code": "orders", "count": orders})
    for organisation in left_behind:
        named = {"org_id": str(organisation["org_id"]), "name": organisation["name"]}
        if organisation["others"]:
            reasons.append({"code": "organisation", **named})
        elif organisation["sales"]:
            reasons.append({"code": "sales", **named, "count": organisation["sales"]})
    return reasons
