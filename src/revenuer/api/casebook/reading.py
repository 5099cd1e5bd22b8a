"""A request as the types of its endpoint, or what is wrong with it and where."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from starlette.requests import Request

from revenuer.api.bodies import read_body, read_json
from revenuer.api.casebook.endpoint import JSON
from revenuer.api.problems import ProblemError

INVALID = "invalid"
SMALLER = "Send less at once; the setting api.body_bytes says how much is taken."
_LENGTHLESS = frozenset({"", "0"})
_PLACE = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<place>[^`]*)`)?", re.DOTALL)
_TAG = re.compile(r'"?([0-9]{1,15})"?')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_ELSE = "Ask `GET /v1/openapi.json` for what is taken."


def read_path(values: Mapping[str, str], form: Any) -> Any:
    """What a path says.

    Raises:
        ProblemError: Nothing can be at such a path.
    """
    if form is None:
        return None
    try:
        return msgspec.convert(dict(values), form, strict=False)
    except msgspec.ValidationError as problem:
        raise ProblemError(
            404,
            "There is nothing at this URL.",
            "What stands in its place cannot be the name of anything.",
            where=[_where("path", problem)],
        ) from None


def read_query(request: Request, form: Any) -> Any:
    """What follows the path.

    Raises:
        ProblemError: It says something else, or the same twice.
    """
    items = request.query_params.multi_items()
    if form is None:
        if items:
            raise _wrong([(f"query.{items[0][0]}", "is not known here")])
        return None
    fields = {field.encode_name: field for field in msgspec.structs.fields(form)}
    if unknown := [name for name, _ in items if name not in fields]:
        raise _wrong([(f"query.{name[:64]}", "is not known here") for name in unknown])
    said: dict[str, Any] = {}
    for name, value in items:
        if _is_list(fields[name].type):
            said.setdefault(name, []).append(value)
        elif name in said:
            raise _wrong([(f"query.{name}", "is said more than once")])
        else:
            said[name] = value
    found, wrong = {}, []
    for name, value in said.items():
        try:
            found[name] = msgspec.convert(value, _without_none(fields[name].type), strict=False)
        except msgspec.ValidationError as problem:
            wrong.append((f"query.{name}", _where("", problem)[1]))
    wrong += [
        (f"query.{name}", "is missing")
        for name, field in fields.items()
        if field.required and name not in said
    ]
    if wrong:
        raise _wrong(wrong)
    return form(**found)


def _is_list(kind: Any) -> bool:
    bare = _without_none(kind)
    while get_origin(bare) is Annotated:
        bare = _without_none(get_args(bare)[0])
    return get_origin(bare) in (list, tuple)


def _without_none(kind: Any) -> Any:
    """A type without null, which no query can say: `null` is a word there."""
    if get_origin(kind) in (Union, UnionType):
        parts = [part for part in get_args(kind) if part is not type(None)]
        return Union[tuple(parts)]  # noqa: UP007
    return kind


async def take_body(request: Request, form: Any, most_bytes: int) -> bytes:
    """The bytes of a body.

    Raises:
        ProblemError: There is one where none is taken, or it is no JSON, or too large.
    """
    if form is None:
        return await _no_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise ProblemError(
            415,
            "The body is not said to be JSON.",
            f"Send it with Content-Type: {JSON}.",
            {"accept": JSON, "connection": "close"},
        )
    return await read_body(request, most_bytes, hint=SMALLER)


async def take_raw(request: Request, most_bytes: int) -> bytes:
    """The bytes of a body that is signed: they are looked at as they came, whatever they say.

    Raises:
        ProblemError: It is packed, so that nobody could say what was signed, or too large.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ProblemError(
            415, "The body is packed.", "Send it as it was signed.", {"connection": "close"}
        )
    return await read_body(request, most_bytes, hint=SMALLER)


def read_body_as(data: bytes, form: Any) -> Any:
    """What a body says.

    Raises:
        ProblemError: It is no JSON, names a key twice, or says something else.
    """
    if form is None:
        return None
    read_json(data)
    try:
        value = json.loads(data, object_pairs_hook=_once, parse_float=_number)
    except _TwiceError as problem:
        raise _wrong([("body", f"has the key {problem.args[0]!r} twice")]) from None
    try:
        return msgspec.convert(value, form)
    except msgspec.ValidationError as problem:
        raise _wrong([_where("body", problem)]) from None


def read_version(request: Request) -> int | None:
    """What If-Match says; None where it says nothing or whatever there is.

    Raises:
        ProblemError: It is no tag that was ever given out.

    Source:
        RFC 9110, section 13.1.1. Weak tags, which never match, are none of ours.
    """
    said = request.headers.get("if-match", "*").strip()
    if said == "*":
        return None
    found = _TAG.fullmatch(said)
    if found is None:
        raise ProblemError(
            400,
            "If-Match is none of ours.",
            "Send the ETag of the answer that you looked at.",
            kind=INVALID,
            where=[("header.If-Match", "is no ETag that was ever given out")],
        )
    return int(found[1])


def read_key(request: Request) -> str | None:
    """What Idempotency-Key says.

    Raises:
        ProblemError: It is empty, too long, or not printable.
    """
    said = request.headers.get("idempotency-key")
    if said is not None and not _KEY.fullmatch(said):
        raise ProblemError(
            400,
            "The Idempotency-Key cannot be used.",
            "It is 1 to 255 printable characters without a space, such as a random UUID.",
            kind=INVALID,
            where=[("header.Idempotency-Key", "cannot be used")],
        )
    return said


class _TwiceError(Exception):
    """A key that stands twice: two readers could take it for two things."""


def _number(text: str) -> float | int:
    """A number; 1.0 is a whole one (JSON Schema 2020-12, section 4.2.3)."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise _TwiceError(counts.most_common(1)[0][0][:64])
    return found


async def _no_body(request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    if told not in _LENGTHLESS or "transfer-encoding" in request.headers:
        raise ProblemError(
            400, "No body is taken here.", "Send none.", {"connection": "close"}, kind=INVALID
        )
    return b""


def _where(part: str, problem: msgspec.ValidationError) -> tuple[str, str]:
    found = _PLACE.fullmatch(str(problem))
    assert found is not None
    return f"{part}{found['place'] or ''}", found["what"]


def _wrong(where: list[tuple[str, str]]) -> ProblemError:
    return ProblemError(
        400, "The request says what cannot be taken.", _ELSE, kind=INVALID, where=where
    )
