"""Core: /api/openapi.json, made of the same table of routes that aiohttp serves, and of the same structs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.api.http.problem import CONTENT_TYPE, PROBLEMS
from server.api.route import SIGNED_IN, Route

OPENAPI_VERSION: Final = "3.1.0"
_REF: Final = "#/components/schemas/{name}"
_PROBLEM: Final = "Problem"
_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "description": "RFC 9457, with a code to act on; the facts of the code stand beside it.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(PROBLEMS)},
        "retry_after_ms": {"type": "integer"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


def describe(routes: Sequence[Route], *, version: str) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    structs = list(
        dict.fromkeys(kind for route in routes for kind in (route.body, route.query, route.answer) if kind is not None)
    )
    schemas, components = msgspec.json.schema_components(structs, ref_template=_REF)
    schema_of = dict(zip(structs, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of, components)
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "Jishi",
            "version": version,
            "description": "The HTTP API of a livestream market. Errors are application/problem+json.",
        },
        "paths": paths,
        "components": {
            "schemas": {**components, _PROBLEM: _PROBLEM_SCHEMA},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "session": {"type": "apiKey", "in": "cookie", "name": "jishi_refresh"},
            },
        },
    }


def _operation(route: Route, schema_of: dict[type, dict[str, Any]], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.path_fields
        ],
        "responses": _responses(route, schema_of),
    }
    if route.query is not None:
        properties = components[route.query.__name__]["properties"]
        operation["parameters"] += [
            {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in properties.items()
        ]
    if route.keyed:
        key = {"type": "string", "minLength": 1, "maxLength": 255}
        required = route.keyed != "if_given"
        operation["parameters"].append({"name": "Idempotency-Key", "in": "header", "required": required, "schema": key})
    if route.body is not None:
        required = any(field.required for field in msgspec.structs.fields(route.body))
        operation["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": schema_of[route.body]}},
        }
    if route.upload is not None:
        operation["requestBody"] = {"required": True, "content": {name: {} for name in route.upload.media_types}}
    if route.who in SIGNED_IN:
        operation["security"] = [{"token": []}]
    elif route.who == "cookie":
        operation["security"] = [{"session": []}, {}]
    return operation


def _responses(route: Route, schema_of: dict[type, dict[str, Any]]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done"}
    if route.answer is not None:
        done["content"] = {"application/json": {"schema": schema_of[route.answer]}}
    if route.media_type is not None:
        done["content"] = {route.media_type: {}}
    responses = {str(route.status): done}
    if route.who == "cookie" and route.status != 204:
        responses["204"] = {"description": "There is no session"}
    codes_by_status: dict[int, list[str]] = {}
    for code in route.all_codes():
        codes_by_status.setdefault(PROBLEMS[code][0], []).append(code)
    for status, codes in sorted(codes_by_status.items()):
        responses[str(status)] = {
            "description": "; ".join(f"`{code}`: {PROBLEMS[code][1]}" for code in codes),
            "content": {CONTENT_TYPE: {"schema": {"$ref": _REF.format(name=_PROBLEM)}}},
        }
    return responses
