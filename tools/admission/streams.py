"""A stream in memory: applications, the accounts before them, and what is true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from revenuer.access.applications import COLUMNS, Application, Check, Result, read
from revenuer.worlds.signups import SignupSpec, cast_signups, walk
from revenuer.worlds.signups.applicants import Applicants
from revenuer.worlds.signups.checks import ASKED, PERSONAS, REVIEW, draw_outcomes


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true about one applicant.

    Attributes:
        cohort: Honest cohort or operator.
        campaign: The operator, or None.
        convicted_us: When a scan would convict the account; None for never.
        suspended_us: When it is suspended, for whatever reason.
        would: What was asked to how it comes out.
        prices: What was asked to what passing costs, US dollars.
    """

    cohort: str
    campaign: str | None
    convicted_us: int | None
    suspended_us: int | None
    would: dict[str, Result]
    prices: dict[str, float]


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application and its truth."""

    shown: Application
    truth: Truth


@dataclass(frozen=True)
class Stream:
    """A world of sign-ups to play.

    Attributes:
        name: Of the kind of world, and the seed.
        start_us: When the stream begins.
        accounts: Who signed up before, each with an `account_id`.
        applicants: The stream, oldest first.
    """

    name: str
    start_us: int
    accounts: tuple[Applicant, ...]
    applicants: tuple[Applicant, ...]


def package_stream(spec: SignupSpec) -> Stream:
    """A stream of `revenuer access simulate`, as its files would be read."""
    world = cast_signups(spec)
    accounts: list[Applicant] = []
    applicants: list[Applicant] = []
    for number, part in enumerate(walk(world)):
        outcomes = draw_outcomes(world.stage.random("bench checks", number), part["persona"])
        for one in people(part, outcomes):
            before = (one.shown.applied_us or 0) < spec.start_us
            (accounts if before else applicants).append(one)
    known = tuple(as_account(one) for one in accounts)
    return Stream(f"worlds, seed {spec.seed}", spec.start_us, known, tuple(applicants))


def people(part: Applicants, outcomes: dict[str, np.ndarray]) -> Iterable[Applicant]:
    """Applicants of a part, one by one, read as an operator's table would be."""
    names = [name for name in COLUMNS if name in part.columns]
    columns = [part[name].tolist() for name in names]
    hidden = [part[name].tolist() for name in TRUTHS]
    would = [outcomes[asked].tolist() for asked in ASKED]
    for row in zip(*columns, *hidden, *would, strict=True):
        values = dict(zip(names, row, strict=False))
        applied, account = values.pop("applied_at"), values.pop("account_id")
        shown = read(values)
        assert shown is not None
        cohort, campaign, persona, convicted, suspended = row[len(names) : len(names) + 5]
        results = (Result(value) for value in row[len(names) + 5 :])
        told = Truth(
            cohort, campaign, convicted, suspended,
            dict(zip(ASKED, results, strict=True)),
            dict(zip(ASKED, PERSONAS[persona].prices, strict=True)),
        )  # fmt: skip
        yield Applicant(replace(shown, applied_us=int(applied), account_id=account), told)


def as_account(one: Applicant) -> Applicant:
    """What is left of an application in a table of accounts: no address, no client."""
    shown = replace(
        one.shown, application_id=one.shown.account_id or one.shown.application_id, email=None,
        user_agent=None, tls_fingerprint=None, referral=None, claimed_domain=None, region=None,
    )  # fmt: skip
    return Applicant(shown, one.truth)


TRUTHS = ("cohort", "campaign", "persona", "convicted_us", "suspended_us")
CHECKS = tuple(check for check in Check if check.value != REVIEW)
