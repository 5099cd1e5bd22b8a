"""Appeals against what was answered to a sign-up: its grounds, its evidence, and its acceptance.

The application is named by its fingerprint, as admission names it, so that the id that the
operator gave it is nowhere in the clear. What an applicant is told of the reasons is what
`access show --for-applicant` tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from revenuer.access.answers import Answer
from revenuer.access.history import Standing
from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.answering import write_decision
from revenuer.app.admission.desk import ACQUITTED, CONVICTED, STANDING, Desk
from revenuer.app.admission.keeping import DECIDED_ACCEPT
from revenuer.app.admission.kept import Facts, facts_of_all, outcomes_of
from revenuer.app.casebook.appeal_grounds import Evidence, Grounds, Piece
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.casework.appeals import Against, Part
from revenuer.errors import NotAllowedError, NotFoundError
from revenuer.instants import moment
from revenuer.reports.wording import moment as told_moment
from revenuer.store.casebook import applications as store
from revenuer.store.casebook.application_tables import ApplicationRow, Step

PREFIX = "application--"
"""Before an application's fingerprint, where it is what an appeal is against."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up that is appealed against.

    Attributes:
        row: How it stands.
        facts: What is sealed of it; None if that was erased.
    """

    row: ApplicationRow
    facts: Facts | None

    @property
    def application_id(self) -> str:
        """The operator's own; empty if it was erased."""
        return self.facts.application.application_id if self.facts else ""

    @property
    def programme(self) -> str:
        """The programme that it claims; empty for none."""
        claimed = self.facts.application.programme if self.facts else None
        return claimed.value if claimed else ""

    @property
    def answer(self) -> str:
        """What holds: what a person decided, else what was answered."""
        return self.row.decided or self.row.answer

    @property
    def made_at(self) -> datetime:
        """Since when it holds."""
        return moment(self.row.decided_us or self.row.assessed_us)

    @property
    def parts(self) -> list[Part]:
        """Who had a part in it."""
        return [Part(self.row.decided_by, "they decided it")] if self.row.decided_by else []

    @property
    def statements(self) -> tuple[str, ...]:
        """The reasons as the applicant may read them."""
        reasons = self.facts.assessment["reasons"] if self.facts else ()
        return tuple(dict.fromkeys(one["applicant"] for one in reasons))

    @property
    def codes(self) -> tuple[str, ...]:
        """The reasons by their own names."""
        reasons = self.facts.assessment["reasons"] if self.facts else ()
        return tuple(dict.fromkeys(one["code"] for one in reasons))


def target_of(casebook: Casebook, application_id: str) -> str:
    """What an appeal against the answer to an application names."""
    return PREFIX + _desk(casebook).name(application_id)


def sign_up(casebook: Casebook, connection: Connection, target: str) -> SignUp:
    """The sign-up that an appeal is against.

    Raises:
        NotFoundError: It is not kept here.
    """
    name = target.removeprefix(PREFIX)
    row = store.applications_of(connection, [name]).get(name)
    if row is None:
        raise NotFoundError(
            "No such application is kept here.",
            "Name it with --application; `revenuer access assess --keep` keeps what it judges.",
        )
    (facts,) = facts_of_all(_desk(casebook), connection, [row])
    return SignUp(row, facts)


def grounds_of_assessment(
    casebook: Casebook, connection: Connection, target: str
) -> tuple[Grounds, SignUp]:
    """What was answered to an application, unless it was accepted.

    Raises:
        NotFoundError: It is not kept here, or was erased.
        NotAllowedError: Nothing was decided against the applicant.
    """
    found = sign_up(casebook, connection, target)
    if found.facts is None:
        raise NotFoundError("The application was erased.", "Ask for a new one.")
    if found.answer == Answer.ACCEPT.value:
        raise NotAllowedError(
            f"{found.application_id} is accepted: nothing was decided against the applicant.",
            "What was done about the account since is appealed against by its decision.",
        )
    grounds = Grounds(
        against=Against.ASSESSMENT,
        target=target,
        snapshot="",
        campaign="",
        action=found.answer,
        made_at=found.made_at,
        until=None,
        by_people=bool(found.row.decided),
        parts=tuple(found.parts),
        # Before there is an account, the application itself is whose appeal it is.
        subjects=(found.row.subject or found.row.application,),
        rules=found.codes,
    )
    return grounds, found


def assessment_evidence(casebook: Casebook, connection: Connection, target: str) -> Evidence:
    """What speaks for and against a sign-up, as the person who decides sees it."""
    found = sign_up(casebook, connection, target)
    if found.facts is None:
        return Evidence()
    said = found.facts.assessment
    pieces = [
        Piece(one["code"], one["source"], one["analyst"], float(one["log_evidence"]), True)
        for one in said["reasons"]
    ]
    names = [found.row.application, *filter(None, [found.row.subject])]
    campaigns = _convicted(connection, names)
    pieces += [
        Piece(
            "convicted", "campaign", f"Its account is in the convicted campaign {one}.", 0.0, True
        )
        for one in campaigns
    ]
    checks = [
        (f"check {one.check.value}", f"{one.result.value} on {told_moment(moment(one.at_us))} UTC",
         one.result.value == "passed")
        for one in outcomes_of(connection, found.row)
    ]  # fmt: skip
    inherited = tuple(said.get("campaigns") or ())
    return Evidence(
        source=f"assessed {told_moment(moment(found.row.assessed_us))} UTC",
        verdict=found.row.answer,
        pieces=tuple(pieces),
        explanations=tuple(checks),
        # A sentence that is for both readers gives nothing away.
        secrets=frozenset({one.statement for one in pieces} | {*inherited, *campaigns})
        - frozenset(found.statements),
    )


def accept(casebook: Casebook, change: Change, target: str, appeal_id: str) -> None:
    """Accept an application whose appeal was right: it is honest company from now on.

    A conviction that it is held for is taken back too: whoever decided saw it. The index of no
    process is needed for it; every one follows the steps that are written here.
    """
    found = sign_up(casebook, change.connection, target)
    row = found.row
    note = f"{appeal_id}: overturned"
    write_decision(_desk(casebook), change, row, DECIDED_ACCEPT, note, {"appeal": appeal_id})
    names = [row.application, *filter(None, [row.subject])]
    made = [(ACQUITTED, name, "", b"{}") for name in _convicted_names(change.connection, names)]
    good = f'{{"s":{int(Standing.GOOD)},"once":true}}'.encode()
    _steps(change, [*made, (STANDING, row.application, row.subject, good)])


def acquit_subjects(change: Change, subjects: Iterable[str]) -> int:
    """Take back in admission the convictions of accounts that an appeal cleared."""
    subjects = list(subjects)
    applied = store.applications_of_subjects(change.connection, subjects)
    names = [name for one in subjects for name in (*applied.get(one, ()), one)]
    freed = _convicted_names(change.connection, names)
    _steps(change, [(ACQUITTED, name, "", b"{}") for name in freed])
    if freed:
        change.record("applicants-acquitted", {"applicants": len(freed)})
    return len(freed)


def _steps(change: Change, added: Sequence[tuple[str, str, str, bytes]]) -> None:
    first = store.last_step(change.connection) + 1
    store.add_steps(
        change.connection,
        [
            Step(number, kind, name, subject, change.now_us, body)
            for number, (kind, name, subject, body) in enumerate(added, first)
        ],
    )


def _convicted_names(connection: Connection, names: Iterable[str]) -> list[str]:
    standing = store.newest_steps(connection, names, (CONVICTED, ACQUITTED))
    return [name for name, one in standing.items() if one.kind == CONVICTED]


def _convicted(connection: Connection, names: Iterable[str]) -> list[str]:
    """Convicted campaigns that an application or its account is in itself."""
    standing = store.newest_steps(connection, names, (CONVICTED, ACQUITTED))
    return sorted({store.campaign_of(one) for one in standing.values() if one.kind == CONVICTED})


def _desk(casebook: Casebook) -> Desk:
    """A desk without tables and index, for what judges nobody."""
    return Desk(casebook, Tables(), AccessPolicy())
