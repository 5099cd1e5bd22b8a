"""What a client brings to every request: the marks it is known by across accounts."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from revenuer.detectors.incidences import digest, joined, known, of_key, spelled

PARAMETERS = (
    "temperature",
    "max_output_tokens",
    "n",
    "reasoning_effort",
    "response_format",
    "streamed",
    "logprobs",
)
"""What a request sets beside its messages."""


INSTRUCTION = ("system_prompt", "system_prompt_sketch", "sketch_key_id")
"""What `instruction` reads."""


def software(exchanges: ir.Table) -> ir.StringValue:
    """TLS fingerprint with user agent, NULL where either is unknown."""
    return joined(known(exchanges.tls_fingerprint), known(exchanges.user_agent))


def instruction(exchanges: ir.Table) -> ir.StringValue:
    """A digest of the whole system prompt, or its keyed sketch where no text is kept."""
    text = digest(known(exchanges.system_prompt))
    return ibis.coalesce(text, of_key(exchanges, spelled(exchanges.system_prompt_sketch)))


def request_shape(rows: ir.Table) -> ir.StringValue:
    """The parameters in one text, NULL where none was set."""
    # Thousandths, because engines spell the same fraction differently.
    temperature = (rows.temperature * 1000).round().cast("int64")
    settings = [
        temperature.cast("string"),
        rows.max_output_tokens.cast("string"),
        rows.n.cast("string"),
        known(rows.reasoning_effort),
        known(rows.response_format),
        rows.streamed.cast("int64").cast("string"),
        rows.logprobs.cast("int64").cast("string"),
    ]
    any_set = ibis.or_(*(setting.notnull() for setting in settings))
    whole = joined(*(ibis.coalesce(setting, "-") for setting in settings))
    return any_set.ifelse(whole, ibis.null("string"))


HABITS: dict[tuple[str, ...], Callable[[ir.Table], ir.StringValue]] = {
    INSTRUCTION: instruction,
    ("tls_fingerprint", "user_agent"): software,
    PARAMETERS: request_shape,
}
"""What an operator's accounts may have in common in every request, with its columns.

Looked at one by one: a pool may vary one of them and forget another.
"""
