"""Core: the order of a line-up, and where the cards of a room stand by it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

OfferIds = tuple[UUID | None, UUID | None]
"""(product_id, job_id): one of them, or neither for a notice."""


def reordered(held: Sequence[UUID], wanted: Sequence[UUID]) -> list[UUID] | None:
    """The held items in the wanted order, those not named after them as they stood; None for a wish that can't be: an
    item that is not held, or one named twice."""
    named = set(wanted)
    if len(named) != len(wanted) or not named <= set(held):
        return None
    return [*wanted, *(item for item in held if item not in named)]


def positions(line_up: Sequence[OfferIds], cards: Sequence[tuple[UUID, OfferIds]]) -> dict[UUID, int]:
    """The position of each card, from its item's place in the line-up (from 1); cards without an item follow as they
    stood."""
    place_of = {offer: place for place, offer in enumerate(line_up, start=1)}
    placed: dict[UUID, int] = {}
    last = len(line_up)
    for card_id, offer in cards:
        place = place_of.get(offer)
        if place is None:
            last += 1
            place = last
        placed[card_id] = place
    return placed
