"""The log formats that are known, and which of them a file is in."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.errors import ConfigError
from revenuer.sources.adapters.adapter import Adapter, Pseudonyms, Record
from revenuer.sources.adapters.anthropic_messages import AnthropicMessages
from revenuer.sources.adapters.envoy_access import EnvoyAccess
from revenuer.sources.adapters.litellm_payload import LiteLLMPayload
from revenuer.sources.adapters.nginx_access import NginxAccess
from revenuer.sources.adapters.openai_chat import OpenAIChat
from revenuer.sources.adapters.openai_responses import OpenAIResponses
from revenuer.sources.adapters.otel_spans import OpenTelemetrySpans
from revenuer.sources.columns import EXCHANGES, nearest

ADAPTERS: tuple[Adapter, ...] = (
    LiteLLMPayload(),
    OpenTelemetrySpans(),
    AnthropicMessages(),
    OpenAIResponses(),
    OpenAIChat(),
    EnvoyAccess(),
    NginxAccess(),
)
CANONICAL = "canonical"
"""The contract's own tables, and any table through a column map."""

__all__ = ["ADAPTERS", "CANONICAL", "Adapter", "Pseudonyms", "adapter_named", "sniff"]


def adapter_named(name: str) -> Adapter | None:
    """The adapter of that name; None for `canonical`.

    Raises:
        ConfigError: There is none.
    """
    known = {adapter.name: adapter for adapter in ADAPTERS}
    if name == CANONICAL:
        return None
    if name not in known:
        names = [*known, CANONICAL]
        meant = nearest(name, names)
        hint = f"Did you mean {meant}?" if meant else f"One of {', '.join(names)}."
        raise ConfigError(f"unknown log format {name!r}", hint)
    return known[name]


def sniff(records: Iterable[Record]) -> Adapter | None:
    """The adapter that claims most of these records; None if they are a table.

    Args:
        records: The first records of a file.
    """
    held = list(records)
    if sum(set(EXCHANGES.required) <= record.keys() for record in held) * 2 > len(held):
        return None
    claims = {adapter.name: sum(map(adapter.claims, held)) for adapter in ADAPTERS}
    best = max(ADAPTERS, key=lambda adapter: claims[adapter.name])
    return best if claims[best.name] * 2 > len(held) else None
