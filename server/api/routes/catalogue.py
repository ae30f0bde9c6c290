"""Edge: what an organisation sells and offers, for its members."""

from __future__ import annotations

from typing import Any, Final

from commerce.money import Money
from commerce.refusals import Refused
from commerce.shelf.catalogue import Catalogue, change_sku, create_job, create_product, list_catalogue
from commerce.shelf.offers import JobDraft, ProductDraft, SkuDraft
from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.catalogue import CatalogueView, ChangeSku, JobCreated, NewJob, NewProduct, ProductView


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
    return product if isinstance(product, Refused) else product.to_json()


async def new_job(call: Call) -> Any:
    body: NewJob = call.any_body
    draft = JobDraft(
        title=body.title,
        employer=body.employer,
        place=body.place,
        pay_min=Money(body.pay_min_minor, body.currency),
        pay_max=Money(body.pay_max_minor, body.currency),
        pay_unit=body.pay_unit,
        headcount=body.headcount,
        employment=body.employment,
        valid_until=body.valid_until,
        shift=body.shift,
        benefits=body.benefits,
        requirements=body.requirements,
    )
    if faults := draft.faults(call.now):
        return Problem("invalid", {"fields": faults})
    if refused := call.filter_refusal(draft.texts(), Role.CARD, Category.JOBS):
        return refused
    job_id = await create_job(call.database, person_id=call.person_id, org_id=body.org_id, draft=draft, now=call.now)
    return job_id if isinstance(job_id, Refused) else {"job_id": str(job_id)}


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
    return product if isinstance(product, Refused) else product.to_json()


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
        method="POST",
        path="/api/jobs",
        name="createJob",
        summary="Open a job post",
        who="person",
        handler=new_job,
        body=NewJob,
        answer=JobCreated,
        status=201,
        codes=("filtered", "not_found"),
        keyed="by_api",
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
