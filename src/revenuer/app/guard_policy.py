"""Read the guard's policy from its file, with every problem at once.

The gateway reads it on a host that has neither logs nor their engine, so nothing here loads
them.
"""

from __future__ import annotations

import ipaddress
import math
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from revenuer.countermeasures import CARDS, trace_rewritten
from revenuer.enforcement.addresses import unfit_address
from revenuer.errors import ConfigError
from revenuer.guard.countering import RewriterSettings
from revenuer.guard.events import Protocol
from revenuer.guard.ladder import Action
from revenuer.guard.policy import Mode, Policy, Rate
from revenuer.guard.webhook import Event, Webhook
from revenuer.records import Axis, Method
from revenuer.schema import gather, nearest


def load_policy(path: Path) -> Policy:
    """The policy in a TOML file.

    Raises:
        ConfigError: With every problem in one message.
    """
    policy, problems = check_policy(path)
    if problems or policy is None:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigError(
            f"The policy in {path} cannot be used, for {_reasons(len(problems))}:{listed}",
            "Correct these, and run `revenuer policy check` on it; docs/guard.md has every key.",
        )
    return policy


def check_policy(path: Path) -> tuple[Policy | None, list[str]]:
    """The policy in a TOML file as far as it can be read, and every problem with it."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as failure:
        return None, [f"{path} cannot be read: {failure.strerror}"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        return None, [f"{path} is not TOML: {failure}"]
    problems: list[str] = []
    policy: Policy | None = gather(tree, Policy, problems)
    if policy is not None:
        problems += _contradictions(policy)
    return policy, problems


def _contradictions(policy: Policy) -> Iterator[str]:
    """What is well written and still cannot be meant."""
    yield from _of_ladder(policy)
    yield from _of_limits(policy)
    yield from _of_exemptions(policy)
    yield from _of_appeal(policy)
    yield from _of_approval(policy)
    yield from _of_webhooks(policy)
    for protocol in policy.reduce.also:
        if protocol not in set(Protocol):
            yield f"unknown protocol reduce.also.{protocol}; {nearest(protocol, Protocol)}"
    yield from _of_countermeasures(policy)
    if _unlimited(policy.throttle):
        yield "throttle sets neither requests_per_minute nor tokens_per_minute"


def _of_countermeasures(policy: Policy) -> Iterator[str]:
    said, known = policy.countermeasures, [card.id for card in CARDS]
    for name in said.allowed:
        if name not in known:
            near = nearest(name, known)
            yield f"unknown countermeasure {name!r} in countermeasures.allowed; {near}"
    for name in ("temperature", "top_p"):
        least, most = (getattr(said, f"{name}_{side}") for side in ("at_least", "at_most"))
        if least > most:
            yield f"countermeasures.{name}_at_least is {least:g}, over {name}_at_most, {most:g}"
    if trace_rewritten.CARD.id in said.allowed or said.rewriter != RewriterSettings():
        yield from _of_rewriter(said.rewriter)


def _of_rewriter(said: RewriterSettings) -> Iterator[str]:
    section = "countermeasures.rewriter"
    try:
        parts = urlsplit(said.url)
        _, host = parts.port, parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        yield f"{section}.url is no base of a server, such as http://127.0.0.1:8001/v1"
    elif not (said.other_machines or _is_this_machine(host)):
        yield (
            f"{section}.url is another machine, to which the reasoning of customers would be sent; "
            "other_machines = true allows it"
        )
    if parts.username or parts.password:
        yield f"{section}.url holds a password; name a key_file or a key_variable instead"
    if not said.model:
        yield f"{section}.model is missing: what the server calls the model"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _of_ladder(policy: Policy) -> Iterator[str]:
    for place, step in enumerate(policy.ladder):
        for axis, nats in step.nats_at_least.items():
            if axis not in set(Axis):
                yield f"unknown axis ladder[{place}].nats_at_least.{axis}; {nearest(axis, Axis)}"
            elif not math.isfinite(nats):
                yield f"ladder[{place}].nats_at_least.{axis} must be a finite number, not {nats}"
        for method in step.methods:
            if method not in set(Method):
                yield f"unknown method {method!r} in ladder[{place}].methods; " + nearest(
                    method, Method
                )
        if step.action > policy.at_most:
            yield (
                f"ladder[{place}] asks for {step.action}, and at_most allows {policy.at_most} only"
            )


def _of_limits(policy: Policy) -> Iterator[str]:
    names = Counter(limit.name for limit in policy.limits)
    yield from (f"{n} limits have the name {name!r}" for name, n in names.items() if n > 1)
    for place, limit in enumerate(policy.limits):
        if not (limit.accounts or limit.organizations or limit.cohorts):
            yield (
                f"limits[{place}] ({limit.name}) is nobody's: name accounts, organizations or "
                'cohorts, or cohorts = ["*"] for everybody'
            )
        if _unlimited(limit.rate):
            yield (
                f"limits[{place}] ({limit.name}) sets neither rate.requests_per_minute nor "
                "rate.tokens_per_minute"
            )


def _of_exemptions(policy: Policy) -> Iterator[str]:
    for place, exemption in enumerate(policy.exemptions):
        if not (exemption.accounts or exemption.organizations):
            yield f"exemptions[{place}] is nobody's: name accounts or organizations"


def _of_appeal(policy: Policy) -> Iterator[str]:
    """What is enforced can be objected to: a refusal without a way back is none of ours."""
    appeal = policy.appeal
    for name, url in (("url", appeal.url), ("verify_url", appeal.verify_url)):
        if url and urlsplit(url).scheme not in {"https", "http", "mailto"}:
            yield f"appeal.{name} must be an https, http or mailto address, not {url!r}"
    if policy.mode is not Mode.ENFORCE:
        return
    if not appeal.url:
        yield "mode is enforce, and appeal.url names no place where a caller can object"
    challenges = any(step.action is Action.CHALLENGE for step in policy.ladder)
    if challenges and not appeal.verify_url:
        yield (
            "the ladder challenges, and appeal.verify_url names no place where a caller can "
            "verify who they are"
        )


def _of_approval(policy: Policy) -> Iterator[str]:
    asked = policy.approval
    for word, persons in asked.persons.items():
        if word not in {action.word for action in Action}:
            yield (
                f"unknown action approval.persons.{word}; "
                f"{nearest(word, [action.word for action in Action])}"
            )
        if persons < 1:
            yield f"approval.persons.{word} must be 1 or more, not {persons}"
        if asked.names and persons > len(set(asked.names)):
            yield f"approval.persons.{word} is {persons}, and approval.names has fewer"


def _of_webhooks(policy: Policy) -> Iterator[str]:
    names = Counter(hook.name for hook in policy.webhooks)
    yield from (f"{n} webhooks have the name {name!r}" for name, n in names.items() if n > 1)
    for place, hook in enumerate(policy.webhooks):
        where = f"webhooks[{place}] ({hook.name})"
        if (why := unfit_address(hook.url)) is not None:
            yield f"{where}: url {why}"
        for event in hook.events:
            if event not in set(Event):
                yield f"{where}: unknown event {event!r}; {nearest(event, Event)}"
        yield from (f"{where}: {why}" for why in _bad_networks(hook))


def _bad_networks(hook: Webhook) -> Iterator[str]:
    for network in hook.private_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            yield f"{network!r} is no network, such as 10.1.0.0/16"


def _unlimited(rate: Rate) -> bool:
    return not (rate.requests_per_minute or rate.tokens_per_minute)


def _reasons(count: int) -> str:
    return "one reason" if count == 1 else f"{count} reasons"
