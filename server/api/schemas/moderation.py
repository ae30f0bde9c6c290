"""Core: what moderators do, as the API takes and shows it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.api.http.parsing import Body


class RemoveComment(Body, frozen=True):
    """Take a line off every screen."""

    reason: Annotated[str, Meta(max_length=200)] = ""
