"""The page of canonical forms, made of their test vectors."""

from __future__ import annotations

import json
from importlib.resources import files

HEAD = """# Canonical forms

Two operators match only what both spell the same. Each kind of value has one form; what has no
single meaning is refused, and the error does not quote it. The vectors below are in the package,
`revenuer/matching/canonical_vectors.json`, for other implementations. Inputs stand as JSON.

| kind | the form |
|---|---|
| `email` | NFC; small letters; IDNA 2008; tags and dots dropped where the provider drops them |
| `email-domain` | IDNA 2008 with the mapping of UTS 46, without the dot of the root |
| `address` | RFC 5952; IPv4 inside IPv6 as IPv4; public ones only |
| `address-block` | the /24 of IPv4, the /48 of IPv6 |
| `phone` | E.164; a number that its numbering plan has |
| `payment-fingerprint` | as made; hexadecimal in small letters; never a card number |
| `phone-fingerprint`, `device-fingerprint` | likewise |
| `tls-fingerprint` | JA4, or the 32 digits of JA3, in small letters |
| `user-agent` | NFC; one blank for each run of blanks |
"""


def canonical_page() -> str:
    """Return the page."""
    path = files("revenuer.matching").joinpath("canonical_vectors.json")
    vectors = json.loads(path.read_text("utf-8"))
    good = [
        f"| {one['kind']} | {_cell(one['in'])} | {_cell(one['out'])} | {one['why']} |"
        for one in vectors["good"]
    ]
    bad = [f"| {one['kind']} | {_cell(one['in'])} | {one['why']} |" for one in vectors["bad"]]
    parts = [
        HEAD,
        "## What has a form\n",
        "| kind | logged | form | why |\n|---|---|---|---|",
        *good,
        "\n## What is refused\n",
        "| kind | logged | why |\n|---|---|---|",
        *bad,
    ]
    return "\n".join(parts) + "\n"


def _cell(text: str) -> str:
    """A value as JSON writes it, so that what nobody sees is seen."""
    return "`" + json.dumps(text).replace("|", "\\|") + "`"
