"""The operator's own policy of admission: thresholds, rules of supply, terms of programmes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from revenuer.access.answers import HOLD, STEP_UP, Answer, Reason, Ruling, Thresholds
from revenuer.access.applications import Application, Check, Programme, Share
from revenuer.access.ownership import Ownership, aggregate_ownership
from revenuer.access.vendor import VendorRule
from revenuer.bounds import AtLeast, Within


@dataclass(frozen=True, slots=True)
class RegionRule:
    """Where the operator does not supply.

    Attributes:
        refused: Regions that are not served, as the column `region` writes them.
        statement: What an applicant is told.
    """

    refused: tuple[str, ...] = ()
    statement: str = "We do not offer the service in the region of this application."


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """By whom a customer may not be owned.

    Attributes:
        jurisdictions: Seats of owners that count, as the table of owners writes them.
        most_share: More than this share owned from there is refused.
        control: Whether who is owned beyond that share counts as seated there itself; else
            shares are multiplied along each path.
        unlisted: What is done with an organization of which no owner is listed: `accept` or
            `hold`.
        statement: What an applicant is told who is refused.
        unclear: What an applicant is told while a person looks.
    """

    jurisdictions: tuple[str, ...] = ()
    most_share: Annotated[float, Within(0, 1)] = 0.5
    control: bool = False
    unlisted: str = "accept"
    statement: str = "Our terms of supply do not allow for the ownership of this organization."
    unclear: str = "We need to know more about who owns this organization."


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of one programme.

    Attributes:
        valid_days: So long a confirmation holds. placeholder
        remind_days: So long before its end it is asked for again. placeholder
        grace_days: So long is left where usage brings the re-check forward. placeholder
        exchanges_per_day: Usage beyond this does not fit; 0 for no bound. placeholder
        networks: Usage from more networks does not fit; 0 for no bound. placeholder
        hours_per_day: Usage over more hours of a day does not fit. placeholder
    """

    valid_days: Annotated[int, AtLeast(1)] = 365
    remind_days: Annotated[int, AtLeast(0)] = 30
    grace_days: Annotated[int, AtLeast(0)] = 14
    exchanges_per_day: Annotated[float, AtLeast(0)] = 0.0
    networks: Annotated[int, AtLeast(0)] = 0
    hours_per_day: Annotated[float, Within(0, 24)] = 24.0


@dataclass(frozen=True, slots=True)
class EducationTerms(Terms):
    """Terms of the programme for students and teachers; see `Terms`."""

    exchanges_per_day: Annotated[float, AtLeast(0)] = 1_000.0
    networks: Annotated[int, AtLeast(0)] = 12
    hours_per_day: Annotated[float, Within(0, 24)] = 18.0


@dataclass(frozen=True, slots=True)
class ResearchTerms(Terms):
    """Terms of the programme for security researchers; see `Terms`."""

    valid_days: Annotated[int, AtLeast(1)] = 180
    exchanges_per_day: Annotated[float, AtLeast(0)] = 5_000.0
    networks: Annotated[int, AtLeast(0)] = 20


@dataclass(frozen=True, slots=True)
class StartupTerms(Terms):
    """Terms of the programme for young companies; see `Terms`."""

    exchanges_per_day: Annotated[float, AtLeast(0)] = 20_000.0
    networks: Annotated[int, AtLeast(0)] = 40


@dataclass(frozen=True, slots=True)
class ProgrammeTerms:
    """Terms of the programmes; what a policy leaves out of one is as it is by default.

    Attributes:
        education: Of students and teachers.
        security_research: Of security researchers.
        startup: Of young companies.
    """

    education: EducationTerms = field(default_factory=EducationTerms)
    security_research: ResearchTerms = field(default_factory=ResearchTerms)
    startup: StartupTerms = field(default_factory=StartupTerms)

    def of(self, programme: Programme) -> Terms:
        """The terms of a programme."""
        found: Terms = getattr(self, programme.value.replace("-", "_"))
        return found


@dataclass(frozen=True, slots=True)
class Answers:
    """Where answers begin.

    Attributes:
        step_up: Evidence from which a check is asked for, nats.
        hold: Evidence from which a person looks, nats, if some of it is a link.
        checks: Checks that the operator offers.
    """

    step_up: Annotated[float, AtLeast(0)] = STEP_UP
    hold: Annotated[float, AtLeast(0)] = HOLD
    checks: tuple[str, ...] = tuple(Check)


@dataclass(frozen=True, slots=True)
class MailDomains:
    """Mail domains that the operator knows better than the lists.

    Attributes:
        trusted: Somebody's own, whatever a list says.
        disposable: Disposable.
    """

    trusted: tuple[str, ...] = ()
    disposable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """The operator's own policy of admission.

    Attributes:
        answers: Where answers begin.
        regions: Where the operator does not supply.
        owners: By whom a customer may not be owned.
        domains: Mail domains that the operator knows.
        programmes: Terms of the programmes.
        vendor: How the verification vendor's messages are read.
    """

    answers: Answers = field(default_factory=Answers)
    regions: RegionRule = field(default_factory=RegionRule)
    owners: OwnerRule = field(default_factory=OwnerRule)
    domains: MailDomains = field(default_factory=MailDomains)
    programmes: ProgrammeTerms = field(default_factory=ProgrammeTerms)
    vendor: VendorRule = field(default_factory=VendorRule)

    @property
    def thresholds(self) -> Thresholds:
        """Where answers begin."""
        return Thresholds(self.answers.step_up, self.answers.hold)

    @property
    def offered(self) -> tuple[Check, ...]:
        """Checks that the operator offers."""
        return tuple(Check(name) for name in self.answers.checks)

    def problems(self) -> Iterator[str]:
        """What is well written and still cannot be meant."""
        for name in self.answers.checks:
            if name not in set(Check):
                yield f"answers.checks has {name!r}; known are {', '.join(Check)}"
        if self.answers.hold < self.answers.step_up:
            yield "answers.hold is below answers.step_up"
        if self.owners.unlisted not in ("accept", "hold"):
            yield "owners.unlisted must be accept or hold"
        yield from self.vendor.problems()


def rulings(
    application: Application, policy: AccessPolicy, owners: Mapping[str, Ownership]
) -> Iterator[Ruling]:
    """What the operator's own rules say of an application.

    Args:
        application: From `applications.read`.
        policy: The rules.
        owners: Organization to who owns it, from `owned`.
    """
    region = (application.region or "").casefold()
    if region and region in {name.casefold() for name in policy.regions.refused}:
        yield _ruling(
            Answer.REFUSE, "region-not-served", policy.regions.statement,
            f"The operator's rule `regions.refused` names {application.region}.",
        )  # fmt: skip
    if policy.owners.jurisdictions and application.organization_id is not None:
        yield from _owner_ruling(policy.owners, owners.get(application.organization_id))


def owned(shares: Sequence[Share], policy: AccessPolicy) -> dict[str, Ownership]:
    """Who owns each organization of the table, if the policy asks."""
    rule = policy.owners
    if not rule.jurisdictions:
        return {}
    control = rule.most_share if rule.control else None
    return {
        name: aggregate_ownership(shares, name, frozenset(rule.jurisdictions), control=control)
        for name in dict.fromkeys(row.owned for row in shares)
    }


def _owner_ruling(rule: OwnerRule, found: Ownership | None) -> Iterator[Ruling]:
    if found is None or not found.listed:
        if rule.unlisted == "hold":
            yield _ruling(Answer.HOLD, "owners-unlisted", rule.unclear, "No owner is listed.")
        return
    told = (
        f"{found.within:.1%} is owned from the jurisdictions of the rule `owners`, "
        f"{found.unknown:.1%} is unknown; the bound is {rule.most_share:.1%}."
    )
    if found.within > rule.most_share:
        yield _ruling(Answer.REFUSE, "owners-not-allowed", rule.statement, told)
    elif found.within + found.unknown > rule.most_share:
        yield _ruling(Answer.HOLD, "owners-unclear", rule.unclear, told)
    elif found.oversubscribed:
        wrong = f"Shares of {len(found.oversubscribed)} names sum to more than all. {told}"
        yield _ruling(Answer.HOLD, "owners-contradict", rule.unclear, wrong)


def _ruling(answer: Answer, code: str, applicant: str, analyst: str) -> Ruling:
    return Ruling(answer, Reason(code, applicant, analyst, "rule"))
