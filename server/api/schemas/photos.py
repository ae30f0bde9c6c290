"""Core: pictures of products, as the API shows them."""

from __future__ import annotations

from msgspec import Struct


class PhotoView(Struct, frozen=True):
    """A picture that was taken: what to put into a product's `image_url`."""

    image_url: str
