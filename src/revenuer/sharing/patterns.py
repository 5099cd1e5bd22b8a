"""STIX patterns of single values, written and read back.

One observable a pattern: that is what other tools take out of it. What is no pattern of ours is
not guessed at.
"""

from __future__ import annotations

import re

SHAPES = {
    "asn": ("[autonomous-system:number = ", "]"),
    "tls-fingerprint": ("[network-traffic:extensions.'x-ja4-ext'.ja4 = '", "']"),
    "user-agent": (
        "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = '",
        "']",
    ),
    "email-domain": ("[domain-name:value = '", "']"),
    "system-prompt-sketch": ("[x-prompt-sketch:system_prompt = '", "']"),
    "prompt-sketch": ("[x-prompt-sketch:prompt = '", "']"),
}
"""What stands before and after the value, by kind."""
NUMBER = re.compile(r"[0-9]{1,10}")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def pattern_of(kind: str, value: str) -> str:
    r"""The pattern that finds a value.

    Args:
        kind: Of `SHAPES`.
        value: In the spelling of `ties.parquet`.

    Source:
        OASIS (2021), STIX 2.1, section 9.3 on string literals.

    Examples:
        >>> pattern_of("asn", "64500")
        '[autonomous-system:number = 64500]'
        >>> pattern_of("email-domain", "o'x.org")
        "[domain-name:value = 'o\\'x.org']"
    """
    before, after = SHAPES[kind]
    if kind == "asn" and not NUMBER.fullmatch(value):
        raise ValueError("an autonomous system has a number")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{before}{escaped}{after}"


def value_of(pattern: str) -> tuple[str, str] | None:
    """Kind and value of a pattern as `pattern_of` writes it; None if it is none of these.

    Examples:
        >>> value_of(pattern_of("user-agent", "it's"))
        ('user-agent', "it's")
        >>> value_of("[domain-name:value = 'a' OR domain-name:value = 'b']") is None
        True
    """
    for kind, (before, after) in SHAPES.items():
        if not pattern.startswith(before) or not pattern.endswith(after):
            continue
        inside = pattern[len(before) : len(pattern) - len(after)]
        value = ESCAPED.sub(r"\1", inside)
        # Whatever else a literal could hold would be written in another way.
        if value and (kind != "asn" or NUMBER.fullmatch(value)):
            return (kind, value) if pattern_of(kind, value) == pattern else None
    return None
