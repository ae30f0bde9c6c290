"""Core: what can go wrong in the world outside commerce.

CommerceError
├── ProviderUnavailable   the payment provider did not answer; what it did is unknown until it is asked again
├── ProviderRejected      the provider understood and refuses the request itself: a fault of ours or of its set-up
├── Contended             other transactions kept winning; nothing was done, and trying again is safe
└── Unreadable            a sealed field does not open: another data key, or bytes that were changed
"""

from __future__ import annotations


class CommerceError(Exception):
    """Base of all failures of the world that commerce reports."""


class ProviderUnavailable(CommerceError):
    """The provider did not answer in time, or answered that it can't now."""

    def __init__(self, provider: str, why: str) -> None:
        super().__init__(f"payment provider {provider} is unavailable: {why}")
        self.provider = provider
        self.why = why


class ProviderRejected(CommerceError):
    """The provider refuses the request as such; asking again would not help."""

    def __init__(self, provider: str, status: int, why: str) -> None:
        super().__init__(f"payment provider {provider} rejected the request ({status}): {why}")
        self.provider = provider
        self.status = status
        self.why = why


class Contended(CommerceError):
    """A transaction lost against others as often as it may be tried."""

    def __init__(self, what: str, attempts: int) -> None:
        super().__init__(f"{what} lost against other transactions {attempts} times")
        self.what = what
        self.attempts = attempts


class Unreadable(CommerceError):
    """A sealed field does not open."""

    def __init__(self, why: str) -> None:
        super().__init__(f"a sealed field does not open: {why}")
        self.why = why
