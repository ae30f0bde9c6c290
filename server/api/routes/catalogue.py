"""Edge: what an organisation sells and offers, for its members."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET

from commerce.money import Money
from commerce.refusals import Refused
from commerce.shelf.catalogue import Catalogue, change_sku, create_product, list_catalogue
from commerce.shelf.catalogue import ProductView as Product
from commerce.shelf.offers import ProductDraft, SkuDraft
from commerce.shelf.product_edit import ProductEdit, change_product
from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.catalogue import CatalogueView, ChangeProduct, ChangeSku, NewProduct, ProductView
from server.claims.goods import goods_of_product


async def catalogue(call: Call) -> Any:
    listed = await list_catalogue(call.database, person_id=call.person_id, org_id=call.room.org_id)
    return listed.to_json() if isinstance(listed, Catalogue) else listed


async def new_product(call: Call) -> Any:
    body: NewProduct = call.any_body
    draft = ProductDraft(
        body.title,
        [SkuDraft(sku.name, Money(sku.price_minor, sku.currency), sku.on_hand) for sku in body.skus],
        body.description,
        body.origin,
        body.promise,
        body.image_url,
    )
    if faults := draft.faults():
        return Problem("invalid", {"fields": faults})
    if refused := call.filter_refusal(draft.texts(), Role.CARD, Category.FARM):
        return refused
    product = await create_product(
        call.database, person_id=call.person_id, org_id=body.org_id, draft=draft, now=call.now
    )
    return product if isinstance(product, Refused) else await _stored(call, product)


async def patch_sku(call: Call) -> Any:
    body: ChangeSku = call.any_body
    sku_id = call.uuid("sku_id")
    if sku_id is None:
        return Problem("not_found")
    product = await change_sku(
        call.database,
        person_id=call.person_id,
        sku_id=sku_id,
        price_minor=body.price_minor,
        on_hand_delta=body.on_hand_delta,
        now=call.now,
    )
    return product if isinstance(product, Refused) else await _stored(call, product)


async def patch_product(call: Call) -> Any:
    body: ChangeProduct = call.any_body
    product_id = call.uuid("product_id")
    if product_id is None:
        return Problem("not_found")
    edit = ProductEdit(
        title=body.title,
        description=body.description,
        origin=body.origin,
        promise=body.promise,
        replace_image=body.image_url is not UNSET,
        image_url=None if body.image_url is UNSET else body.image_url,
        state=body.state,
    )
    changed = await change_product(
        call.database,
        person_id=call.person_id,
        product_id=product_id,
        edit=edit,
        judge=lambda texts: call.filter_refusal(texts, Role.CARD, Category.FARM),
        now=call.now,
    )
    if not isinstance(changed, Product):
        return changed
    return await _stored(call, changed)


async def _stored(call: Call, product: Product) -> dict[str, Any]:
    """The product, which a moderator looks at if the filter flagged its words, or its stock and prices belie them."""
    stored = product.to_json()
    goods = goods_of_product(stored)
    call.doubt_claims(product.texts(), goods, [goods])
    await call.queue_flagged("product", product.product_id)
    return stored


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/rooms/{slug}/catalogue",
        name="listCatalogue",
        summary="What the room's organisation may show",
        who="host",
        handler=catalogue,
        answer=CatalogueView,
    ),
    Route(
        method="POST",
        path="/api/products",
        name="createProduct",
        summary="Put a product with its stock on sale",
        who="person",
        handler=new_product,
        body=NewProduct,
        answer=ProductView,
        status=201,
        codes=("filtered", "not_found"),
        keyed="by_api",
    ),
    Route(
        method="PATCH",
        path="/api/products/{product_id}",
        name="changeProduct",
        summary="Change what a product says of itself, or end its sale",
        who="person",
        handler=patch_product,
        body=ChangeProduct,
        answer=ProductView,
        codes=("filtered", "wrong_state"),
    ),
    Route(
        method="PATCH",
        path="/api/skus/{sku_id}",
        name="changeSku",
        summary="Change a price, a stock, or both",
        who="person",
        handler=patch_sku,
        body=ChangeSku,
        answer=ProductView,
    ),
]
