"""Core: what a payment provider does for us, whoever it is.

A payment's id is our reference at the provider, the charge's id there, and the idempotency key of every request about
it: whatever is asked twice happens once. Calls are never made inside a database transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol
from uuid import UUID

from commerce.money import Money

ChargeState = Literal["unknown", "pending", "succeeded", "failed", "closed", "refunded"]
CHARGE_STATES: Final = frozenset({"unknown", "pending", "succeeded", "failed", "closed", "refunded"})


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider says about one payment."""

    payment_id: UUID
    state: ChargeState
    """`unknown`: the provider has never heard of it."""
    amount: Money | None
    """What was or is to be taken; None for an unknown charge."""
    provider_ref: str | None = None
    reason: str | None = None
    """The provider's code for a failure."""


class Provider(Protocol):
    """A payment provider. Every method raises ProviderUnavailable or ProviderRejected."""

    @property
    def name(self) -> str:
        """Under which payments and webhooks of this provider are stored."""

    async def create_charge(self, payment_id: UUID, amount: Money, *, description: str) -> Charge:
        """Start to take `amount`; asked again, answers how it stands."""

    async def fetch_charge(self, payment_id: UUID) -> Charge:
        """How a charge stands."""

    async def close_charge(self, payment_id: UUID) -> Charge:
        """See to it that nothing is taken any more: answers `closed`, or what had happened before (`succeeded`, …)."""

    async def refund(self, payment_id: UUID, amount: Money) -> Charge:
        """Give back what was taken: `refunded` when it is done, `succeeded` while it is under way."""

    def read_event(self, body: bytes) -> Charge | None:
        """What a verified notification says about a charge; None where it can't be read."""
