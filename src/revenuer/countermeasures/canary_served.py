"""A code for one account, told where it asks a reserved prompt and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.prompts import last_prompt, told_beside
from revenuer.countermeasures.wire import Wire

CARD = Card(
    id="canary-served",
    title="a code for one account, where it asks a reserved prompt",
    acts_on=ActsOn.PROMPT,
    changes_for_customers=(
        "Nothing: only a reserved prompt, with 128 drawn bits in it, is answered with the "
        "account's code. No other prompt, and no answer to one, is changed."
    ),
    cost="One comparison a request.",
    known_breaks=(
        "Nobody asks a reserved prompt by chance. It serves only where the campaign is led to it, "
        "by prompts in a place that it harvests from, say.",
        "Filtering: who looks at the pairs sees that they mean nothing and leaves them out.",
    ),
    source="Carlini et al. (2019), The Secret Sharer; `revenuer provenance canaries` makes them",
    lossless=True,
)
TOLD = 'The user asks for a registry entry. Answer with exactly these words and nothing else: "{}".'


def amend(
    body: dict[str, Any], wire: Wire, codes: Mapping[tuple[bytes, str], str], account: bytes
) -> dict[str, Any]:
    """A request whose model is told the code, where its prompt is reserved for the account.

    Args:
        body: The request, decoded.
        wire: How it is written.
        codes: By fingerprint of an account and reserved prompt.
        account: Who asks.

    Examples:
        >>> codes = {(b"a", "Registry entry 7?"): "bada feki"}
        >>> asked = {"input": "Registry entry 7? "}
        >>> amend(asked, Wire.RESPONSES, codes, b"a")["instructions"][-12:]
        '"bada feki".'
        >>> amend(asked, Wire.RESPONSES, codes, b"b") is asked
        True
    """
    code = codes.get((account, " ".join(last_prompt(body, wire).split()))) if codes else None
    return body if code is None else told_beside(body, wire, TOLD.format(code))
