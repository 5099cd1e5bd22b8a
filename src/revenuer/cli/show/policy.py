"""Policies of the guard, and what they would have done, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.app.replayed import Hit, Replay
from revenuer.guard.events import ReasoningSign
from revenuer.guard.ladder import Action
from revenuer.guard.policy import Policy, Rate, Step
from revenuer.guard.rules import field_of
from revenuer.reports.wording import counted

MOST_ROWS = 20


def plain_policy(policy: Policy) -> Any:
    """A policy as JSON has it: actions by their words."""
    raw = msgspec.to_builtins(policy)
    raw["at_most"] = policy.at_most.word
    for step, said in zip(raw["ladder"], policy.ladder, strict=True):
        step["action"] = said.action.word
    for sign in ReasoningSign:
        name = field_of(sign)
        raw["replayed"][name] = getattr(policy.replayed, name).word
    raw["approval"]["above"] = policy.approval.above.word
    return raw


def plain_replay(found: Replay) -> Any:
    """A replay as JSON has it: actions by their words."""
    raw = msgspec.to_builtins(found)
    for hit in (*raw["innocents"], *raw["convicted"]):
        hit["action"] = Action(hit["action"]).word
    return raw


def print_policy(policy: Policy, console: Console) -> None:
    """Print what a policy means, a line for each thing it decides."""
    for line in _policy_lines(policy):
        console.print(Text(line), soft_wrap=True)


def _policy_lines(policy: Policy) -> Iterator[str]:
    acts = "acts" if policy.mode == "enforce" else "watches, and changes nothing"
    yield f"mode {policy.mode.value}: the guard {acts}"
    yield from (_step(step) for step in policy.ladder)
    yield f"at most {policy.at_most}; verdicts count for {policy.verdict_hours:g} hours"
    yield f"a snapshot older than {policy.stale_s:g} seconds throttles at most"
    yield f"throttle: {_rate(policy.throttle)}"
    reduce = policy.reduce
    kept = "kept" if reduce.logprobs else "taken out"
    yield (
        f"reduce: log-probabilities {kept}, {counted(reduce.n, 'choice')}, "
        f"{reduce.max_tokens:,} tokens, reasoning {reduce.reasoning}"
    )
    for limit in policy.limits:
        whom = len(limit.accounts) + len(limit.organizations)
        cohorts = ", ".join(limit.cohorts)
        named = " and ".join(filter(None, (counted(whom, "name") if whom else "", cohorts)))
        yield f"limit {limit.name} for {named}: {_rate(limit.rate)}"
    for exemption in policy.exemptions:
        whom = len(exemption.accounts) + len(exemption.organizations)
        until = f" until {exemption.until:%Y-%m-%d}" if exemption.until else ""
        yield f"exempt{until}: {counted(whom, 'name')}: {exemption.why}"
    yield from _decided(policy)
    yield f"appeal: {policy.appeal.url or 'nowhere, which only a policy that watches may say'}"


def _decided(policy: Policy) -> Iterator[str]:
    asked = policy.approval
    parts = [f"{word}: {counted(many, 'person')}" for word, many in asked.persons.items()]
    if asked.four_eyes:
        parts.append("not who proposed it")
    if asked.names:
        parts.append(f"one of {', '.join(asked.names)}")
    more = f" ({'; '.join(parts)})" if parts else ""
    yield f"enforce: above {asked.above} a named person approves{more}"
    yield from (f"webhook {hook.name}: {hook.url}" for hook in policy.webhooks)


def _step(step: Step) -> str:
    parts = [f"{step.verdict.value}"]
    if step.probability_at_least:
        parts.append(f"probability {step.probability_at_least:g} or more")
    parts += [f"{axis} {nats:g} nats or more" for axis, nats in step.nats_at_least.items()]
    if step.methods:
        parts.append(f"by {' or '.join(step.methods)}")
    return f"{', '.join(parts)}: {step.action}"


def _rate(rate: Rate) -> str:
    parts = []
    if rate.requests_per_minute:
        parts.append(
            f"{rate.requests_per_minute:g} requests a minute, {rate.requests_burst:g} at once"
        )
    if rate.tokens_per_minute:
        parts.append(
            f"{rate.tokens_per_minute:,.0f} tokens a minute, {rate.tokens_burst:,.0f} at once"
        )
    return "; ".join(parts) or "none"


def print_replay(found: Replay, console: Console) -> None:
    """Print what a policy would have done: innocents, then the others, then the sums."""
    innocents, convicted = found.innocents, found.convicted
    console.print(
        Text(
            f"{counted(found.exchanges, 'exchange')} replayed, "
            f"{counted(found.listed, 'account')} listed; the policy says {found.mode}."
        ),
        soft_wrap=True,
    )
    head = f"{counted(len(innocents), 'account')} hit that no convicted campaign holds"
    _print_hits(head, innocents, console)
    _print_hits(
        f"{counted(len(convicted), 'account')} of convicted campaigns hit", convicted, console
    )
    table = Table("action", "exchanges", "refused", "tokens", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for action, share in found.by_action.items():
        table.add_row(action, f"{share.exchanges:,}", f"{share.refused:,}", f"{share.tokens:,}")
    console.print(table)
    if found.organizations and any(one.organization_id for one in found.organizations):
        _print_organizations(found, console)


def _print_organizations(found: Replay, console: Console) -> None:
    table = Table(
        "organization", "accounts", "innocents", "exchanges", "refused", box=None, pad_edge=False
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for one in found.organizations[:MOST_ROWS]:
        table.add_row(
            Text(one.organization_id or "(none)"),
            f"{one.accounts:,}",
            f"{one.innocents:,}",
            f"{one.exchanges:,}",
            f"{one.refused:,}",
        )
    console.print(table)
    _print_more(len(found.organizations), console)


def _print_hits(head: str, hits: Iterable[Hit], console: Console) -> None:
    hits = tuple(hits)
    console.print(Text(head + (":" if hits else "."), style="bold"), soft_wrap=True)
    for hit in hits[:MOST_ROWS]:
        why = max(hit.reasons, key=lambda reason: hit.reasons[reason])
        line = (
            f"  {hit.account_id}  {hit.action}, {counted(hit.of.exchanges, 'exchange')}, "
            f"{hit.of.refused:,} refused ({why})"
        )
        console.print(Text(line), soft_wrap=True)
    _print_more(len(hits), console)


def _print_more(total: int, console: Console) -> None:
    if total > MOST_ROWS:
        console.print(Text(f"  and {total - MOST_ROWS:,} more; --json has all"))
