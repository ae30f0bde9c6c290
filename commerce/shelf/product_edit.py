"""Edge: changing what a product says of itself; cards that show it change, or leave, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from commerce.database import Database
from commerce.refusals import INVALID, NOT_FOUND, WRONG_STATE, Refused
from commerce.shelf.catalogue import ProductView, product_view
from commerce.shelf.offers import product_faults
from commerce.shelf.showcase import refresh_cards_of_product, withdraw_cards_of_product

STATES: Final = ("draft", "on_sale", "withdrawn")
REMOVED: Final = "removed"
"""The state that a refusal names when a moderator took the product down."""

T = TypeVar("T")
Judge = Callable[[Sequence[str]], T | None]
"""Reads every line that viewers would get to see together; what it answers, but None, is why they may not."""

_HELD: Final = """
SELECT *, people.is_member(org_id) AS mine FROM commerce.product WHERE product_id = $1 FOR NO KEY UPDATE
"""
_SKU_NAMES: Final = "SELECT name FROM commerce.sku WHERE product_id = $1 ORDER BY sku_id"
_CHANGE: Final = """
UPDATE commerce.product SET title = $2, description = $3, origin = $4, promise = $5, image_url = $6, state = $7
WHERE product_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEdit:
    """What is to be other than it is; None leaves as it is."""

    title: str | None = None
    description: str | None = None
    origin: str | None = None
    promise: str | None = None
    replace_image: bool = False
    """Whether `image_url` takes the place of the picture, None for no picture."""
    image_url: str | None = None
    state: str | None = None
    """draft, on_sale or withdrawn; whatever is not on sale leaves every screen."""

    def applied_to(self, product: Any) -> dict[str, Any]:
        """The product's fields as they then are; `product` is its row."""
        wanted = {name: getattr(self, name) for name in ("title", "description", "origin", "promise", "state")}
        fields = {name: product[name] if value is None else value for name, value in wanted.items()}
        return fields | {"image_url": self.image_url if self.replace_image else product["image_url"]}


async def change_product(
    database: Database, *, person_id: UUID, product_id: UUID, edit: ProductEdit, judge: Judge[T], now: datetime
) -> ProductView | Refused | T:
    """Change a product and the cards that show it.

    Refused: invalid, not_found (or not a member), wrong_state (a moderator took it down); or what `judge` says of it.
    """
    async with database.transaction(person_id=person_id) as connection:
        held = await connection.fetchrow(_HELD, product_id)
        if held is None or not held["mine"]:
            return Refused(NOT_FOUND)
        if held["removed_at"] is not None:
            return Refused(WRONG_STATE, {"state": REMOVED})
        fields = edit.applied_to(held)
        texts = {name: fields[name] for name in ("title", "description", "origin", "promise")}
        faults = product_faults(**texts, image_url=fields["image_url"])
        if fields["state"] not in STATES:
            faults["state"] = "choice"
        if faults:
            return Refused(INVALID, {"fields": faults})
        names = [row["name"] for row in await connection.fetch(_SKU_NAMES, product_id)]
        if (judgement := judge([text for text in (*texts.values(), *names) if text])) is not None:
            return judgement
        await connection.execute(_CHANGE, product_id, *texts.values(), fields["image_url"], fields["state"])
        if fields["state"] == "on_sale":
            await refresh_cards_of_product(connection, product_id, now=now)
        else:
            await withdraw_cards_of_product(connection, product_id, now=now)
        return await product_view(connection, product_id)
