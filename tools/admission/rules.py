"""A rules engine as one is set up today: features, limits, and what is asked where one is passed.

What such engines have in common (tirreno's and Osprey's presets for registration, vendors'
guides): lists of disposable mail and of hosting and VPN ranges, kinds of phones and cards,
counts per device, card, number, address, /24 and mail domain, a blocklist of what suspended
accounts had, and exceptions for universities and organizations. Limits are tuned on streams
of their own, by `tuning.py`, to catch as much as can be at a given share of honest people
who are bothered. Nothing here looks at two rules together, which is what rules do not do.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from admission.play import Said
from admission.streams import Applicant
from revenuer.access.applications import Application, Check, Outcome, Programme
from revenuer.access.domains import DomainKind
from revenuer.access.mail import hostname, parse
from revenuer.access.networks import NetworkKind, public
from revenuer.access.profile import Tables

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
WINDOWS: Mapping[str, int] = {
    "address_hour": HOUR_US,
    "address_day": DAY_US,
    "block_day": DAY_US,
    "network_hour": HOUR_US,
    "domain_day": DAY_US,
    "domain_month": 30 * DAY_US,
    "device_day": DAY_US,
    "device_month": 30 * DAY_US,
    "device_ever": 10**18,
    "card_day": DAY_US,
    "card_month": 30 * DAY_US,
    "card_ever": 10**18,
    "phone_month": 30 * DAY_US,
    "phone_ever": 10**18,
    "mailbox_ever": 10**18,
    "client_day": DAY_US,
    "client_share": 7 * DAY_US,
    "referral_day": DAY_US,
}
"""Counts of other applications that share a thing, and over how long."""
FLAGS = (
    "disposable", "hosting", "vpn", "voip", "prepaid", "virtual", "no_device", "digits", "tagged",
    "claim_unlisted", "claim_elsewhere", "banned_card", "banned_phone", "banned_device",
    "banned_domain", "banned_block", "script",
)  # fmt: skip
FEATURES = (*WINDOWS, *FLAGS)
LIMITS: Mapping[str, tuple[float, ...]] = {
    **dict.fromkeys(WINDOWS, (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100)),
    **dict.fromkeys(FLAGS, (1,)),
    "digits": (3, 4, 5, 6),
}
"""Limits that the tuning may choose from: a rule fires at or above its limit."""
EXCEPTIONS = ("university", "organization", "company")
"""Applicants whose shared places and cards a rule may be told to leave alone."""
PLACES = ("address_hour", "address_day", "block_day", "network_hour", "domain_day", "domain_month",
          "client_day", "client_share", "referral_day", "device_day", "device_month",
          "device_ever")  # fmt: skip
ASKS: Mapping[str, Check] = {
    **dict.fromkeys(WINDOWS, Check.PHONE),
    **dict.fromkeys(FLAGS, Check.PHONE),
    "disposable": Check.EMAIL,
    "voip": Check.CARD,
    **dict.fromkeys(("phone_month", "phone_ever", "banned_phone"), Check.CARD),
    **dict.fromkeys(("claim_unlisted", "claim_elsewhere"), Check.INSTITUTION),
    **dict.fromkeys(("banned_card", "banned_device"), Check.DOCUMENT),
}
"""What a rule asks for. Two rules ask for a document, a blocked card and another blocked thing
bring it before a person: as an engine's score bands would."""
DOCUMENT_RULES = 3
HOLD_BANNED = 2
_DIGITS = re.compile(r"\d+")
_DEVICE = ("device_day", "device_month", "device_ever")
_CARD = ("card_day", "card_month", "card_ever")
_PHONE = ("phone_month", "phone_ever")


@dataclass(frozen=True)
class Limits:
    """A tuned rule set.

    Attributes:
        limits: Feature to the least value at which its rule fires; others are switched off.
        spared: Of `EXCEPTIONS`.
    """

    limits: Mapping[str, float]
    spared: frozenset[str] = frozenset(EXCEPTIONS)


class Rules:
    """The engine, one application at a time."""

    def __init__(self, tables: Tables, limits: Limits, name: str = "rules") -> None:
        self.name = name
        self.tables = tables
        self.limits = limits
        self.kept: list[NDArray[np.float64]] = []
        """Features of every application, where `keep` asks for them."""
        self.spare: list[frozenset[str]] = []
        self.keep = False
        self._times: dict[str, dict[object, deque[int]]] = {}
        self._banned: dict[str, set[object]] = {}

    def begin(self, accounts: Sequence[Applicant], start_us: int) -> None:
        """Count the accounts that are there, and block what suspended ones had."""
        self._times = {name: defaultdict(deque) for name in (*WINDOWS, "clients")}
        self._banned = defaultdict(set)
        for each in accounts:
            self._count(each.shown, self._values(each.shown))
            stopped = each.truth.suspended_us
            if stopped is not None and stopped <= start_us:
                self.convict(each.shown, "", start_us)

    def judge(self, shown: Application, outcomes: Sequence[Outcome]) -> Said:
        """Answer by the rules that fire."""
        if outcomes:
            # An engine's flow ends when what it asked for was passed.
            return Said("accept")
        values = self._values(shown)
        found = self._features(shown, values)
        spared = self._spared(shown)
        if self.keep:
            self.kept.append(np.array([found[name] for name in FEATURES]))
            self.spare.append(spared)
        self._count(shown, values)
        return answer(fired(found, spared, self.limits))

    def settle(self, shown: Application, outcomes: Sequence[Outcome], *, admitted: bool) -> None:
        """Engines count sign-ups, not their fates."""

    def convict(self, shown: Application, campaign: str, at_us: int) -> None:
        """Block what the account had."""
        values = self._values(shown)
        for name, key in (("card", "card_ever"), ("phone", "phone_ever"),
                          ("device", "device_ever"), ("block", "block_day"),
                          ("domain", "domain_month")):  # fmt: skip
            if values.get(key) is not None:
                self._banned[name].add(values[key])

    def _values(self, shown: Application) -> dict[str, object]:
        """What each count is kept by; None is not counted."""
        address = public(shown.signup_ip or "")
        block = int(address) >> 8 if address is not None and address.version == 4 else None
        domain = hostname(shown.email_domain or "")
        own = domain is not None and self.tables.domains.lookup(domain).kind in (
            DomainKind.OWN, DomainKind.DISPOSABLE,
        )  # fmt: skip
        mail = parse(shown.email) if shown.email else None
        box = (mail.mailbox, mail.domain) if mail is not None and mail.mailbox else None
        client = (shown.user_agent, shown.tls_fingerprint) if shown.tls_fingerprint else None
        return {
            "address_hour": shown.signup_ip,
            "address_day": shown.signup_ip,
            "block_day": block,
            "network_hour": shown.signup_asn,
            "domain_day": domain if own else None,
            "domain_month": domain if own else None,
            **dict.fromkeys(_DEVICE, shown.device_fingerprint),
            **dict.fromkeys(_CARD, shown.payment_fingerprint),
            **dict.fromkeys(_PHONE, shown.phone_fingerprint),
            "mailbox_ever": box,
            "client_day": client,
            "client_share": shown.tls_fingerprint,
            "referral_day": shown.referral,
        }

    def _features(self, shown: Application, values: Mapping[str, object]) -> dict[str, float]:
        now = shown.applied_us or 0
        found: dict[str, float] = {}
        for name, window in WINDOWS.items():
            value = values[name]
            times = self._times[name].get(value) if value is not None else None
            while times and times[0] < now - window:
                times.popleft()
            found[name] = 1 + len(times) if times else 1
        # A handshake that a browser's version shares is no sign: only a rare one counts.
        usual = sum(len(times) for times in self._times["client_share"].values()) or 1
        if found["client_share"] > 0.02 * usual:
            found["client_share"] = 0
        return found | self._flags(shown, values)

    def _flags(self, shown: Application, values: Mapping[str, object]) -> dict[str, float]:
        domains, networks = self.tables.domains, self.tables.networks
        domain = hostname(shown.email_domain or "")
        kind = domains.lookup(domain).kind if domain else None
        address = public(shown.signup_ip or "")
        network = networks.kind(address) if address is not None else None
        local = (shown.email or "").partition("@")[0]
        tail = max((len(run) for run in _DIGITS.findall(local)), default=0)
        claimed = hostname(shown.claimed_domain or "")
        schooled = shown.programme is Programme.EDUCATION
        listed = claimed is not None and domains.lookup(claimed).kind is DomainKind.ACADEMIC
        banned = self._banned
        agent = shown.user_agent or ""
        return {
            "disposable": kind is DomainKind.DISPOSABLE,
            "hosting": network in (NetworkKind.HOSTING, NetworkKind.SERVER),
            "vpn": network in (NetworkKind.VPN, NetworkKind.TOR, NetworkKind.PROXY),
            "voip": shown.phone_kind == "voip",
            "prepaid": shown.payment_kind == "prepaid",
            "virtual": shown.payment_kind == "virtual",
            "no_device": shown.device_fingerprint is None,
            "digits": tail,
            "tagged": "+" in local,
            "claim_unlisted": schooled and not listed,
            "claim_elsewhere": shown.programme is not None and claimed != domain,
            "banned_card": values["card_ever"] in banned["card"],
            "banned_phone": values["phone_ever"] in banned["phone"],
            "banned_device": values["device_ever"] in banned["device"],
            "banned_domain": values["domain_month"] in banned["domain"],
            "banned_block": values["block_day"] in banned["block"],
            "script": not agent.startswith("Mozilla/"),
        }

    def _spared(self, shown: Application) -> frozenset[str]:
        domain = hostname(shown.email_domain or "")
        kind = self.tables.domains.lookup(domain).kind if domain else None
        found = set()
        if kind is DomainKind.ACADEMIC:
            found.add("university")
        if shown.organization_id is not None:
            found.add("organization")
        if shown.plan in ("team", "scale") and kind is DomainKind.OWN:
            found.add("company")
        return frozenset(found)

    def _count(self, shown: Application, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            if value is not None:
                self._times[name][value].append(shown.applied_us or 0)


def fired(found: Mapping[str, float], spared: frozenset[str], limits: Limits) -> list[str]:
    """The rules that fire; who is spared has no rule of shared places or cards."""
    spare = bool(spared & limits.spared)
    return [
        name
        for name, limit in limits.limits.items()
        if found[name] >= limit and not (spare and (name in PLACES or name.startswith("card")))
    ]


def answer(rules: Sequence[str]) -> Said:
    """What an engine does with the rules that fired."""
    codes = tuple(rules)
    if not rules:
        return Said("accept")
    banned = [name for name in rules if name in ("banned_card", "banned_phone", "banned_device")]
    if len(banned) >= HOLD_BANNED:
        return Said("hold", (), codes)
    checks = {ASKS[name] for name in rules}
    if len(rules) >= DOCUMENT_RULES:
        checks = {Check.DOCUMENT}
    return Said("step-up", tuple(check for check in Check if check in checks), codes)
