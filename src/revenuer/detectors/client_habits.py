"""What a client brings to every request: the marks it is known by across accounts."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detectors.incidences import digest, joined, known, spelled


def software(exchanges: ir.Table) -> ir.StringValue:
    """TLS fingerprint with user agent, NULL where either is unknown."""
    return joined(known(exchanges.tls_fingerprint), known(exchanges.user_agent))


def instruction(exchanges: ir.Table) -> ir.StringValue:
    """A digest of the whole system prompt, or its keyed sketch where no text is kept."""
    text = digest(known(exchanges.system_prompt))
    sketch = spelled(exchanges.system_prompt_sketch).nullif("")
    return ibis.coalesce(text, sketch)


def habit(exchanges: ir.Table) -> ir.StringValue:
    """The system prompt where there is one, else the software.

    A system prompt is an operator's own words; a client is shared by its customers.
    """
    return ibis.coalesce(instruction(exchanges), digest(software(exchanges)))
