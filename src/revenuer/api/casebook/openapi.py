"""The table of endpoints as an OpenAPI document.

Source:
    OpenAPI Initiative, "OpenAPI Specification 3.1.1" (2024); its schemas are JSON Schema 2020-12.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from revenuer import __version__
from revenuer.api.casebook.answering import PROBLEM, Problem
from revenuer.api.casebook.endpoint import JSON, Document, Endpoint, Signed
from revenuer.casework.roles import RIGHTS

REF = "#/components/schemas/{name}"
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_PART = re.compile(r"\{(\w+)\}")
ALWAYS = (400, 405, 429, 500, 503)
NAMED = {
    400: "The request cannot be understood, or does not have the shape that is taken.",
    401: "Nobody is let in with what was shown.",
    403: "The caller, or the operator's policy, does not allow it.",
    404: "There is no such thing.",
    405: "The URL does not take this method.",
    408: "The body did not come in time.",
    409: "It is there already, was changed meanwhile, or is being carried out.",
    412: "It is not the version that If-Match names any more.",
    413: "The body is too large.",
    415: "The body is no JSON, or is packed in an unknown way.",
    422: "What is asked for makes no sense, or the Idempotency-Key was used for something else.",
    429: "Too many requests.",
    500: "The server failed.",
    503: "The server cannot answer now.",
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document."""
    types = _types(endpoints)
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    known = {_key(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    for kind in _structs(types):
        _describe(components, kind)
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Revenuer",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Cases, sign-ups, permits, appeals and the audit log of a casebook. "
            "See docs/api.md.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(one.subject for one in endpoints)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "rvn_ID_SECRET",
                    "description": "`revenuer casebook token add` makes one.",
                },
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Webhook-Signature",
                    "description": "HMAC-SHA256 over `Webhook-Id`, `Webhook-Timestamp` and the "
                    "body as it came (Standard Webhooks), or as the policy's `vendor` says.",
                },
            },
        },
    }


def _operation(one: Endpoint, known: Mapping[str, Any]) -> dict[str, Any]:
    path, query, body, answer = one.types
    least = "nobody in particular" if one.right is None else RIGHTS[one.right].value
    operation: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.subject],
        "summary": one.summary,
        "responses": _responses(one, known, answer),
        "x-right": one.right.value if one.right else None,
        "x-least-role": least if one.right else None,
    }
    if one.description:
        operation["description"] = one.description
    if one.raw:
        operation["security"] = [{"signature": []}]
    elif one.right is None:
        operation["security"] = []
    parameters = [
        *_parameters(path, "path", known),
        *_parameters(query, "query", known),
        *_headers(one),
    ]
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        # What is signed is read as the policy's `vendor` says; any JSON may stand in it.
        schema = {} if one.raw else known[_key(body)]
        content = {JSON: {"schema": schema}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(one: Endpoint, known: Mapping[str, Any], answer: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"description": "Done." if one.changes else "What was asked for."}
    if answer is Document:
        schema = {"type": "object"} if one.media == JSON else {"type": "string", "format": "binary"}
        told["content"] = {one.media: {"schema": schema}}
    elif answer is not None:
        told["content"] = {JSON: {"schema": known[_key(answer)]}}
    if _is_versioned(answer):
        told["headers"] = {
            "ETag": {"description": "Its version, for If-Match.", "schema": {"type": "string"}}
        }
    problem = {PROBLEM: {"schema": {"$ref": REF.format(name="Problem")}}}
    responses = {str(204 if answer is None else one.status): told}
    for status in sorted({*ALWAYS, *_failures(one)}):
        responses[str(status)] = {"description": NAMED[status], "content": problem}
    return responses


def _failures(one: Endpoint) -> Iterable[int]:
    path, query, body, _ = one.types
    if one.raw:
        yield 403
    elif one.right is not None:
        yield from (401, 403)
    if path is not None:
        yield 404
    if query is not None:
        # A cursor of another list; something that it filters by may be unknown.
        yield from (404, 422)
    if body is not None:
        yield from (404, 408, 413, 415)
    if one.changes:
        yield from (409, 422)
    if one.versioned:
        yield 412


def _parameters(form: Any, where: str, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    if form is None:
        return []
    said = _said(form)
    found = []
    for field in msgspec.structs.fields(form):
        schema = dict(known[_key(field.type)])
        # What a query leaves out is left out: there is no null in it.
        if "anyOf" in schema:
            schema = dict(next(part for part in schema["anyOf"] if part != {"type": "null"}))
        description = said.get(field.name) or schema.pop("description", "")
        if not field.required and field.default not in (None, msgspec.NODEFAULT):
            schema["default"] = msgspec.to_builtins(field.default)
        found.append(
            {
                "name": field.encode_name,
                "in": where,
                "required": where == "path" or field.required,
                "description": description,
                "schema": schema,
            }
        )
    return found


def _headers(one: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if one.takes_key:
        schema = {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$", "maxLength": 255}
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same request under the same key within a day is one change "
                "and one answer.",
                "schema": schema,
            }
        )
    if one.versioned:
        schema = {"type": "string", "pattern": r'^("[0-9]{1,15}"|[0-9]{1,15}|\*)$'}
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "description": "The ETag that was looked at: another version is not changed.",
                "schema": schema,
            }
        )
    return found


def parts_of(path: str) -> list[str]:
    """The names in braces."""
    return _PART.findall(path)


def _types(endpoints: Iterable[Endpoint]) -> list[Any]:
    wanted: dict[str, Any] = {_key(Problem): Problem}
    for one in endpoints:
        path, query, body, answer = one.types
        fields = [
            field.type
            for form in (path, query)
            if form is not None
            for field in msgspec.structs.fields(form)
        ]
        for kind in (body, answer, *fields):
            if kind not in (None, Document, Signed):
                wanted.setdefault(_key(kind), kind)
    return list(wanted.values())


def _key(kind: Any) -> str:
    return repr(kind)


def _is_versioned(answer: Any) -> bool:
    return isinstance(answer, type) and "version" in getattr(answer, "__struct_fields__", ())


def _structs(types: Iterable[Any]) -> list[type]:
    """Every struct that these types are made of."""
    found: dict[type, None] = {}
    waiting = [msgspec.inspect.type_info(kind) for kind in types]
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType | msgspec.inspect.DataclassType):
            if info.cls in found:
                continue
            found[info.cls] = None
            waiting.extend(field.type for field in info.fields)
        for name in ("item_type", "key_type", "value_type", "type"):
            if isinstance(inner := getattr(info, name, None), msgspec.inspect.Type):
                waiting.append(inner)
        for name in ("types", "item_types"):
            waiting.extend(getattr(info, name, ()))
    return list(found)


@cache
def _said(kind: type) -> dict[str, str]:
    """What the docstring of a class, and of those it is made from, says of each field."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        for name, text in _ATTRIBUTE.findall(inspect.cleandoc(one.__doc__ or "")):
            found[name] = " ".join(text.split())
    return found


def _describe(components: dict[str, Any], kind: type) -> None:
    """Put the words of a class's docstring where they belong."""
    said = _said(getattr(kind, "__origin__", kind))
    first = inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]
    for name, schema in components.items():
        if name != kind.__name__ and not name.startswith(f"{kind.__name__}_"):
            continue
        schema["description"] = first
        for field, property_ in schema.get("properties", {}).items():
            if field in said:
                property_["description"] = said[field]
