"""One application against what is known, in one call."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from revenuer.access.answers import Answer, Assessment, Ruling, Thresholds, answer
from revenuer.access.applications import Application, Check, Outcome, Programme, Result
from revenuer.access.domains import DomainKind
from revenuer.access.history import History, Standing
from revenuer.access.mail import hostname
from revenuer.access.profile import Digest, Profile, Tables, plain_digest, profile
from revenuer.access.reference import Reference
from revenuer.access.weighing import weigh

PROVING = frozenset((Check.INSTITUTION, Check.ORGANIZATION, Check.DOCUMENT))
"""Who passed one of these counts as honest company at once."""


@dataclass(slots=True)
class Judge:
    """What applications are judged with.

    Attributes:
        tables: The offline tables.
        history: Earlier applicants; it grows with each that is taken in.
        reference: How honest applicants look.
        digest: Makes values opaque.
        thresholds: Where answers begin.
        offered: Checks that the operator offers.
    """

    tables: Tables = field(default_factory=Tables)
    history: History = field(default_factory=History)
    reference: Reference = field(default_factory=Reference)
    digest: Digest = plain_digest
    thresholds: Thresholds = field(default_factory=Thresholds)
    offered: Collection[Check] = tuple(Check)

    def seen(self, application: Application) -> Profile:
        """What an application shows, with its values opaque."""
        return profile(application, self.tables, self.digest)

    def judge(
        self,
        application: Application,
        *,
        now_us: int,
        outcomes: Iterable[Outcome] = (),
        rulings: Iterable[Ruling] = (),
        seen: Profile | None = None,
    ) -> Assessment:
        """Judge an application, and change nothing.

        Args:
            application: From `applications.read`.
            now_us: The time, microseconds since 1970.
            outcomes: How its checks came out so far.
            rulings: What the operator's own rules say of it.
            seen: What `seen` gave, if it is at hand.
        """
        self.history.advance(now_us)
        shown = seen or self.seen(application)
        return answer(
            application.application_id,
            weigh(shown, self.history, self.reference, now_us),
            now_us=now_us,
            outcomes=outcomes,
            rulings=rulings,
            offered=self._takes(application),
            thresholds=self.thresholds,
        )

    def take_in(self, application: Application, seen: Profile, assessment: Assessment) -> None:
        """Remember an application and its answer."""
        self.history.add(
            application.application_id,
            seen,
            at_us=seen.at_us if seen.at_us is not None else assessment.at_us,
            standing=standing_of(assessment.answer),
        )

    def settle(self, outcome: Outcome) -> None:
        """Remember how a check came out: who proved who they are is honest company."""
        if outcome.result is Result.PASSED and outcome.check in PROVING:
            self.history.settle(outcome.application_id, Standing.GOOD, at_once=True)
        elif outcome.result is Result.FAILED:
            self.history.settle(outcome.application_id, Standing.BAD)

    def _takes(self, application: Application) -> tuple[Check, ...]:
        """Checks that this applicant can take: not everybody has an organization."""
        domain = application.claimed_domain or application.email_domain
        if domain is None and application.email is not None:
            domain = application.email.rpartition("@")[2]
        name = hostname(domain) if domain else None
        kind = self.tables.domains.lookup(name).kind if name else None
        lacks = set()
        if application.programme is None and kind is not DomainKind.ACADEMIC:
            lacks.add(Check.INSTITUTION)
        # Pupils of a school that is in no table write from its own domain, and are no company.
        pupil = application.programme is Programme.EDUCATION
        if application.organization_id is None and (pupil or kind is not DomainKind.OWN):
            lacks.add(Check.ORGANIZATION)
        return tuple(check for check in self.offered if check not in lacks)


def standing_of(given: Answer) -> Standing:
    """What an answer makes of an applicant, for those who come after."""
    if given is Answer.ACCEPT:
        return Standing.GOOD
    return Standing.BAD if given in (Answer.HOLD, Answer.REFUSE) else Standing.OPEN
