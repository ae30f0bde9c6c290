"""The engine with the shipped packs, built once for all tests that ask it."""

from __future__ import annotations

from functools import cache

from moderation.engine import Engine
from moderation.engine import shipped_engine as built


@cache
def shipped_engine() -> Engine:
    """One engine for the whole run; it forgets nothing that matters between tests."""
    return built()


@cache
def rules_alone() -> Engine:
    """One engine with the shipped packs and no model, for tests of what the rules find."""
    return Engine(shipped_engine().book)
