"""What a reduced request may ask for: which fields of its body to change.

Of the body only `events.Facts` are needed; an adapter that has decoded it anyway calls
`apply` to change it. A body that asks for no more than it may is left as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from revenuer.guard.decision import Change, Edit
from revenuer.guard.events import Facts, Protocol
from revenuer.guard.policy import Reasoning, Reduce

LEAST_THINKING_TOKENS = 1024
"""Anthropic's least budget for thinking, which has to stay under `max_tokens`."""

LOGPROB_FIELDS: Mapping[Protocol, tuple[Change, ...]] = {
    # With `logit_bias`, one chosen token after another gives its log-probability away:
    # Carlini et al. (2024), "Stealing part of a production language model", section 4.
    Protocol.OPENAI_CHAT: tuple(
        Change(Edit.DROP, (name,))
        for name in ("logprobs", "top_logprobs", "logit_bias", "prompt_logprobs")
    ),
    Protocol.OPENAI_COMPLETIONS: tuple(
        Change(Edit.DROP, (name,)) for name in ("logprobs", "logit_bias", "prompt_logprobs")
    ),
    Protocol.OPENAI_RESPONSES: (
        Change(Edit.DROP, ("top_logprobs",)),
        Change(Edit.WITHOUT, ("include",), "message.output_text.logprobs"),
    ),
}


def changes_for(protocol: Protocol, facts: Facts, to: Reduce) -> tuple[Change, ...]:
    """What to change in a request so that it asks for no more than `to` allows.

    Args:
        protocol: How it is written.
        facts: What it asks for.
        to: What it may ask for.

    Returns:
        Changes in order; none for a protocol that the guard cannot write.
    """
    write = _WRITERS.get(protocol)
    if write is None:
        return ()
    changes = write(facts, to)
    if facts.logprobs and not to.logprobs:
        changes += LOGPROB_FIELDS.get(protocol, ())
    also = to.also.get(protocol, {})
    changes += [Change(Edit.SET, (name,), value) for name, value in also.items()]
    return tuple(changes)


def apply(body: Mapping[str, Any], changes: tuple[Change, ...]) -> dict[str, Any]:
    """Change a decoded body; what is not changed is shared with the one that was given.

    Examples:
        >>> body = {"model": "m", "n": 8, "logprobs": True}
        >>> apply(body, (Change(Edit.AT_MOST, ("n",), 1), Change(Edit.DROP, ("logprobs",))))
        {'model': 'm', 'n': 1}
    """
    changed = dict(body)
    for change in changes:
        inner = changed
        for key in change.path[:-1]:
            held = inner.get(key)
            if not isinstance(held, dict):
                break
            inner[key] = inner = dict(held)
        else:
            _edit(inner, change.path[-1], change)
    return changed


def can_reduce(protocol: Protocol) -> bool:
    """Whether the guard knows how requests of a protocol are written."""
    return protocol in _WRITERS


def _edit(body: dict[str, Any], key: str, change: Change) -> None:
    held, value = body.get(key), change.value
    if change.edit is Edit.SET:
        body[key] = value
    elif change.edit is Edit.DROP:
        body.pop(key, None)
    elif change.edit is Edit.AT_MOST and isinstance(held, int | float):
        body[key] = min(held, value)
    elif change.edit is Edit.WITHOUT and isinstance(held, list):
        body[key] = [item for item in held if item != value]


def _over(asked: int | None, most: int) -> bool:
    return asked is None or asked > most


def _chat(facts: Facts, to: Reduce) -> list[Change]:
    changes = [Change(Edit.AT_MOST, ("n",), to.n)] if _more(facts.n, to.n) else []
    if facts.max_tokens is None:
        changes.append(Change(Edit.SET, (to.chat_cap,), to.max_tokens))
    elif facts.max_tokens > to.max_tokens:
        # Under whichever of the two names it stands, or both.
        changes += [
            Change(Edit.AT_MOST, (name,), to.max_tokens)
            for name in ("max_tokens", "max_completion_tokens")
        ]
    return changes


def _completions(facts: Facts, to: Reduce) -> list[Change]:
    changes = []
    if _more(facts.n, to.n):
        changes += [Change(Edit.AT_MOST, (name,), to.n) for name in ("n", "best_of")]
    if _over(facts.max_tokens, to.max_tokens):
        changes.append(Change(Edit.SET, ("max_tokens",), to.max_tokens))
    return changes


def _responses(facts: Facts, to: Reduce) -> list[Change]:
    changes = []
    if _over(facts.max_tokens, to.max_tokens):
        changes.append(Change(Edit.SET, ("max_output_tokens",), to.max_tokens))
    if facts.reasoning and to.reasoning is Reasoning.SUMMARISED:
        changes.append(Change(Edit.SET, ("reasoning", "summary"), "auto"))
    if facts.reasoning and to.reasoning is Reasoning.WITHHELD:
        changes += [
            Change(Edit.DROP, ("reasoning", name)) for name in ("summary", "generate_summary")
        ]
    return changes


def _messages(facts: Facts, to: Reduce) -> list[Change]:
    changes = []
    if _over(facts.max_tokens, to.max_tokens):
        changes.append(Change(Edit.SET, ("max_tokens",), to.max_tokens))
    budget = facts.reasoning_tokens
    if budget is not None and budget >= to.max_tokens:
        if to.max_tokens <= LEAST_THINKING_TOKENS:
            # Its least budget does not fit under the cap any more.
            changes.append(Change(Edit.SET, ("thinking",), {"type": "disabled"}))
            return changes
        changes.append(Change(Edit.SET, ("thinking", "budget_tokens"), to.max_tokens - 1))
    if facts.reasoning and to.reasoning is not Reasoning.KEPT:
        shown = "summarized" if to.reasoning is Reasoning.SUMMARISED else "omitted"
        changes.append(Change(Edit.SET, ("thinking", "display"), shown))
    return changes


def _more(asked: int | None, most: int) -> bool:
    return asked is not None and asked > most


_WRITERS: Mapping[Protocol, Callable[[Facts, Reduce], list[Change]]] = {
    Protocol.OPENAI_CHAT: _chat,
    Protocol.OPENAI_COMPLETIONS: _completions,
    Protocol.OPENAI_RESPONSES: _responses,
    Protocol.ANTHROPIC_MESSAGES: _messages,
}
