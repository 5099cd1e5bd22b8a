"""What OCSF 1.9.0 says of the objects that findings use: names, what is required, what is an enum.

Taken from the framework's `events/base_event`, `events/findings/finding`,
`events/findings/detection_finding`, `profiles/security_control`, `profiles/ai_operation` and the
objects' own files. A name that is not here is not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shape:
    """One class or object.

    `one_of` names attributes of which one must be there; `kinds` gives the Python type of a
    plain attribute, the name of an object, or the numbers of an enum; `[...]` is a list of it.
    """

    kinds: dict[str, Any]
    required: frozenset[str] = frozenset()
    one_of: frozenset[str] = field(default=frozenset())


ENTITY = frozenset({"name", "uid"})
SEVERITY = {0, 1, 2, 3, 4, 5, 6, 99}
NAMED = {"name": str, "uid": str}

SHAPES = {
    "detection_finding": Shape(
        {
            "activity_id": {0, 1, 2, 3, 99},
            "activity_name": str,
            "category_uid": {2},
            "category_name": str,
            "class_uid": {2004},
            "class_name": str,
            "type_uid": {200400, 200401, 200402, 200403, 200499},
            "severity_id": SEVERITY,
            "severity": str,
            "time": int,
            "message": str,
            "metadata": "metadata",
            "finding_info": "finding_info",
            "evidences": ["evidences"],
            "confidence_score": int,
            "is_alert": bool,
            "unmapped": dict,
            # security_control
            "action_id": {0, 1, 2},
            "action": str,
            "disposition_id": {*range(28), 99},
            "disposition": str,
            "policy": "policy",
            # ai_operation
            "ai_model": "ai_model",
            "message_context": "message_context",
        },
        frozenset(
            {
                "activity_id",
                "category_uid",
                "class_uid",
                "type_uid",
                "severity_id",
                "time",
                "metadata",
                "finding_info",
            }
        ),
    ),
    "metadata": Shape(
        {"version": str, "product": "product", "profiles": [str], "correlation_uid": str},
        frozenset({"version", "product"}),
    ),
    "product": Shape({**NAMED, "vendor_name": str, "version": str}, one_of=ENTITY),
    "finding_info": Shape(
        {
            "uid": str,
            "title": str,
            "desc": str,
            "types": [str],
            "created_time": int,
            "first_seen_time": int,
            "last_seen_time": int,
            "related_events_count": int,
            "analytic": "analytic",
            "attacks": ["attack"],
            "data_sources": [str],
            "product": "product",
        },
        frozenset({"uid"}),
    ),
    "analytic": Shape(
        {**NAMED, "type_id": {*range(12), 99}, "type": str}, frozenset({"type_id"}), ENTITY
    ),
    "attack": Shape({"technique": "technique"}, one_of=frozenset({"technique"})),
    "technique": Shape(NAMED, one_of=ENTITY),
    "evidences": Shape(
        {**NAMED, "data": dict, "user": "user", "api": "api"},
        one_of=frozenset({"data", "user", "api"}),
    ),
    "user": Shape(
        {**NAMED, "type_id": {0, 1, 2, 3, 4, 99}, "type": str, "org": "organization"},
        one_of=frozenset({"account", "name", "uid"}),
    ),
    "organization": Shape(NAMED, one_of=ENTITY),
    "api": Shape({"operation": str, "service": "service"}, frozenset({"operation"})),
    "service": Shape(NAMED, one_of=ENTITY),
    "policy": Shape({**NAMED, "type": str}, one_of=frozenset({"name", "type", "uid"})),
    "ai_model": Shape(
        {**NAMED, "model_name": str, "ai_provider": str, "version": str},
        frozenset({"model_name", "ai_provider"}),
    ),
    "message_context": Shape(
        {
            **NAMED,
            "application": "application",
            "service": "service",
            "prompt_tokens": int,
            "completion_tokens": int,
            "total_tokens": int,
        },
        one_of=frozenset({"application", "service"}),
    ),
}


def problems(value: Any, kind: Any = "detection_finding", at: str = "$") -> Iterator[str]:
    """What is wrong with a finding, each with its place."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            yield f"{at} is no list"
            return
        for place, item in enumerate(value):
            yield from problems(item, kind[0], f"{at}[{place}]")
    elif isinstance(kind, set):
        if type(value) is not int or value not in kind:
            yield f"{at} is {value!r}, none of its numbers"
    elif isinstance(kind, type):
        if type(value) is not kind:
            yield f"{at} is {value!r}, no {kind.__name__}"
    else:
        yield from _of_object(value, SHAPES[kind], at)


def _of_object(value: Any, shape: Shape, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at} is no object"
        return
    yield from (f"{at} lacks {name}" for name in shape.required - value.keys())
    if shape.one_of and not shape.one_of & value.keys():
        yield f"{at} has none of {', '.join(sorted(shape.one_of))}"
    for name, inner in value.items():
        if name in shape.kinds:
            yield from problems(inner, shape.kinds[name], f"{at}.{name}")
        else:
            yield f"{at}.{name} is no attribute of it"
