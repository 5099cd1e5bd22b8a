"""What a request's body asks for, read without building what is not needed.

Long parts, the messages and the tools, are cut out as raw JSON and counted, never decoded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from revenuer.guard.events import Facts, Protocol

BYTES_A_TOKEN = 4
"""To estimate a prompt's tokens by its length. placeholder"""


class Asked(NamedTuple):
    """What the log wants of a body, beside what the guard wants. Null where it is silent."""

    model: str | None = None
    streamed: bool | None = None
    temperature: float | None = None
    max_output_tokens: int | None = None
    n: int | None = None
    logprobs: bool | None = None
    reasoning_effort: str | None = None
    response_format: str | None = None
    message_count: int | None = None
    tool_count: int | None = None
    end_user: str | None = None
    end_user_source: str | None = None


NOTHING_ASKED = Asked()
NO_JSON = msgspec.Raw(b"")


class _Kind(msgspec.Struct):
    type: str | None = None
    effort: str | None = None
    budget_tokens: int | None = None
    include: bool | None = None
    summary: str | None = None


class _Named(msgspec.Struct):
    user_id: str | None = None
    format: _Kind | None = None
    effort: str | None = None


class _Request(msgspec.Struct):
    model: str | None = None
    stream: bool | None = None
    temperature: float | None = None
    user: str | None = None
    safety_identifier: str | None = None
    tools: list[msgspec.Raw] | None = None
    reasoning: _Kind | None = None
    top_logprobs: int | None = None


class _Chat(_Request):
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    logprobs: bool | int | None = None
    # Not `Raw | None`: msgspec reads such a union as nothing but null.
    logit_bias: msgspec.Raw = NO_JSON
    prompt_logprobs: int | None = None
    best_of: int | None = None
    reasoning_effort: str | None = None
    include_reasoning: bool | None = None
    response_format: _Kind | None = None
    functions: list[msgspec.Raw] | None = None
    messages: list[msgspec.Raw] | None = None


class _Responses(_Request):
    max_output_tokens: int | None = None
    text: _Named | None = None
    input: msgspec.Raw = NO_JSON
    include: list[str] | None = None


class _Messages(_Request):
    max_tokens: int | None = None
    thinking: _Kind | None = None
    output_config: _Named | None = None
    metadata: _Named | None = None
    messages: list[msgspec.Raw] | None = None


_read_chat = msgspec.json.Decoder(_Chat, strict=False).decode
_read_responses = msgspec.json.Decoder(_Responses, strict=False).decode
_read_messages = msgspec.json.Decoder(_Messages, strict=False).decode
_count = msgspec.json.Decoder(list[msgspec.Raw]).decode


def read_chat(body: bytes) -> tuple[Facts, Asked]:
    """A body of Chat Completions or of the older Completions."""
    asked = _read_chat(body)
    # Which of the two a server heeds differs: the larger is what may come.
    most, other = asked.max_completion_tokens, asked.max_tokens
    if most is None or (other is not None and other > most):
        most = other
    bias = asked.logit_bias
    probed = bool(asked.logprobs or asked.top_logprobs or asked.prompt_logprobs) or (
        bytes(bias) not in (b"", b"null", b"{}")
    )
    reasoning = asked.reasoning_effort not in (None, "none") or asked.include_reasoning is True
    tools = asked.tools or asked.functions
    choices = asked.n if asked.best_of is None else max(asked.n or 1, asked.best_of)
    facts = Facts(choices, most, probed, reasoning, None, len(body) // BYTES_A_TOKEN)
    person, source = _person(asked)
    return facts, Asked(
        asked.model,
        bool(asked.stream),
        asked.temperature,
        most,
        asked.n,
        bool(asked.logprobs) if asked.logprobs is not None else None,
        asked.reasoning_effort,
        asked.response_format.type if asked.response_format else None,
        len(asked.messages) if asked.messages is not None else None,
        len(tools) if tools else 0,
        person,
        source,
    )


def read_responses(body: bytes) -> tuple[Facts, Asked]:
    """A body of Responses."""
    asked = _read_responses(body)
    included = asked.include or ()
    probed = bool(asked.top_logprobs) or any("logprobs" in name for name in included)
    thought = asked.reasoning
    shown = thought is not None and thought.effort != "none"
    facts = Facts(None, asked.max_output_tokens, probed, shown, None, len(body) // BYTES_A_TOKEN)
    person, source = _person(asked)
    form = asked.text.format if asked.text else None
    return facts, Asked(
        asked.model,
        bool(asked.stream),
        asked.temperature,
        asked.max_output_tokens,
        None,
        probed or None,
        thought.effort if thought else None,
        form.type if form else None,
        _items(asked.input),
        len(asked.tools or ()),
        person,
        source,
    )


def read_messages(body: bytes) -> tuple[Facts, Asked]:
    """A body of Anthropic's Messages."""
    asked = _read_messages(body)
    thought, output = asked.thinking, asked.output_config
    shown = thought is not None and thought.type != "disabled"
    budget = thought.budget_tokens if thought else None
    facts = Facts(None, asked.max_tokens, False, shown, budget, len(body) // BYTES_A_TOKEN)
    effort = output.effort if output else None
    if effort is None and thought is not None:
        effort = thought.type if budget is None else f"{budget} tokens"
    person = asked.metadata.user_id if asked.metadata else None
    return facts, Asked(
        asked.model,
        bool(asked.stream),
        asked.temperature,
        asked.max_tokens,
        None,
        None,
        effort,
        output.format.type if output and output.format else None,
        len(asked.messages) if asked.messages is not None else None,
        len(asked.tools or ()),
        person,
        "metadata.user_id" if person else None,
    )


def _person(asked: _Request) -> tuple[str | None, str | None]:
    if asked.safety_identifier:
        return asked.safety_identifier, "safety_identifier"
    return (asked.user, "user") if asked.user else (None, None)


def _items(given: msgspec.Raw) -> int | None:
    raw = bytes(given)
    if raw in (b"", b"null"):
        return None
    return len(_count(raw)) if raw[:1] == b"[" else 1


_READERS: dict[Protocol, Callable[[bytes], tuple[Facts, Asked]]] = {
    Protocol.OPENAI_CHAT: read_chat,
    Protocol.OPENAI_COMPLETIONS: read_chat,
    Protocol.OPENAI_RESPONSES: read_responses,
    Protocol.ANTHROPIC_MESSAGES: read_messages,
}


def read_facts(protocol: Protocol, body: bytes) -> tuple[Facts | None, Asked]:
    """What a body asks for; no facts where it cannot be read.

    Examples:
        >>> facts, asked = read_facts(Protocol.OPENAI_CHAT, b'{"model": "m", "n": 3}')
        >>> facts.n, asked.model
        (3, 'm')
    """
    reader = _READERS.get(protocol)
    if reader is None or not body:
        return None, NOTHING_ASKED
    try:
        return reader(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _facts_of_odd(body)


def _facts_of_odd(body: bytes) -> tuple[Facts | None, Asked]:
    """A body with a field of another type than it has: an object all the same, or nothing.

    A server may take what is odd here, so an oddity must not be a way around a reduction:
    everything that could be asked for counts as asked for.
    """
    try:
        tree: Any = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, NOTHING_ASKED
    if not isinstance(tree, dict):
        return None, NOTHING_ASKED
    model = tree.get("model")
    most = 2**31 - 1
    asked = Asked(model=model if isinstance(model, str) else None)
    return Facts(most, most, True, True, most, len(body) // BYTES_A_TOKEN), asked
