"""Core: the limits that bodies of the API share, as types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from commerce.shelf.offers import PRICE_MINOR_MAX

Text32 = Annotated[str, Meta(max_length=32)]
Text60 = Annotated[str, Meta(max_length=60)]
Title = Annotated[str, Meta(min_length=1, max_length=60)]
Text64 = Annotated[str, Meta(max_length=64)]
Text120 = Annotated[str, Meta(max_length=120)]
Text255 = Annotated[str, Meta(max_length=255)]
Text2000 = Annotated[str, Meta(max_length=2000)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Minor = Annotated[int, Meta(ge=1, le=PRICE_MINOR_MAX)]
"""A price or a wage in minor units."""
Labels = Annotated[list[Annotated[str, Meta(max_length=30)]], Meta(max_length=12)]
