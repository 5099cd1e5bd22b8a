"""`provenance test`: the registered test of one suspect, counted, within its budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from revenuer.app.provenance.answers import read_answers
from revenuer.app.provenance.judging import Inputs, Judged, judge
from revenuer.app.provenance.nulls import measured_of
from revenuer.app.provenance.registering import Registry, find, first_covering
from revenuer.casework.chain import Entry
from revenuer.disk import OPEN, locked, put
from revenuer.errors import ConfigError, NotAllowedError
from revenuer.provenance.plan import drawn_needed, threshold_of
from revenuer.provenance.report import (
    CANARY_LIMITS,
    MARK_LIMITS,
    NEVER,
    Anchor,
    Registered,
    TestReport,
    conclusion_of,
)
from revenuer.reports.provenance import render_provenance

LOOK, TESTED = "provenance-look", "provenance-tested"


@dataclass(frozen=True, slots=True)
class Tested:
    """A test and where its report lies.

    Attributes:
        report: What it says.
        named: Of the ids that were asked about, those of accounts whose keys pass.
        files: What was written.
    """

    report: TestReport
    named: tuple[str, ...]
    files: tuple[Path, ...]


def run_test(
    registry: Registry,
    id_: str,
    inputs: Inputs,
    *,
    suspect: str,
    now: datetime,
    control: bool = False,
    out: Path | None = None,
    witnesses: Sequence[str] = (),
    candidates: Sequence[str] = (),
    anchors: Sequence[Anchor] = (),
) -> Tested:
    """Test what a suspect answered, as it was committed.

    The look is in the log before anything is worked out: a result that displeases cannot be left
    out of the count. The same files once more are the same look.

    Args:
        registry: Where.
        id_: Of the commitment, or its name.
        inputs: The files.
        suspect: What it is called in the report.
        now: When.
        control: It is known to be innocent; the look does not count, and accuses nobody.
        out: Folder of the report; None for none.
        witnesses: What others were told of the log; each entry must be there.
        candidates: Raw ids of accounts to be named where their keys pass; nothing else knows them.
        anchors: What a casebook has of the log, oldest first; the log must hold each.

    Raises:
        AuditError: The log or the secrets were changed.
        NotAllowedError: The plan's budget is exceeded, or answers are older than the commitment.
        ConfigError: A file is missing, or the test could not pass whatever it found.
    """
    one, kept = find(registry, id_, (*witnesses, *(each.log for each in anchors)))
    answers = read_answers(inputs.answers)
    _refuse(one, answers.count, answers.earliest())
    digests = inputs.digests()
    look = _look(registry, one, digests, now, control)
    threshold = one.plan.alpha if control else threshold_of(one.plan.alpha, look)
    judged = judge(one, kept, inputs).at(threshold)
    report = _reported(registry, one, judged, suspect, control, now, look, threshold, digests)
    report = replace(report, anchor=first_covering(anchors, one.entry))
    registry.record(TESTED, _said(report), now)
    files = () if out is None else write_report(out, report)
    passing = {kept.accounts[each.number - 1] for each in report.results if each.passes}
    named = tuple(each for each in candidates if each and kept.pseudonym(each) in passing)
    return Tested(report, named, files)


def write_report(out: Path, report: TestReport) -> tuple[Path, ...]:
    """Write a report as JSON and as a page."""
    out.mkdir(parents=True, exist_ok=True)
    data, page = out / "provenance.json", out / "provenance.html"
    text = msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
    put(data, text, OPEN)
    put(page, render_provenance(report).encode(), OPEN)
    return data, page


def _refuse(one: Registered, answers: int, earliest: datetime | None) -> None:
    if answers > one.plan.budget:
        raise NotAllowedError(
            f"There are {answers:,} answers, and the plan allows {one.plan.budget:,}.",
            "Take the first ones, by a rule that does not look at them.",
        )
    if earliest is not None and earliest < datetime.fromisoformat(one.at):
        raise NotAllowedError(
            f"An answer is of {earliest.astimezone(UTC).isoformat(timespec='seconds')}, before "
            f"the commitment of {one.at}.",
            "A test rests on answers that were given after it was committed.",
        )


def _look(
    registry: Registry, one: Registered, digests: dict[str, str], now: datetime, control: bool
) -> int:
    """Which look this is, 0 for a control; it is in the log when this returns."""
    # Two tests at once would otherwise be the same look.
    with locked(registry.folder / "lock"):
        looks = [entry for entry in registry.audit.entries() if _of(entry, LOOK, one)]
        for entry in looks:
            if not control and not entry.body["look"] and _same_answers(entry, digests):
                raise NotAllowedError(
                    "These answers were tested as a control's, and what was found is known.",
                    "Ask the suspect again: a test is of answers that nobody has tried.",
                )
            if entry.body["files"] == digests and bool(entry.body["look"]) != control:
                return int(entry.body["look"])
        number = 0 if control else 1 + sum(bool(entry.body["look"]) for entry in looks)
        if one.plan.is_mark and one.plan.drawn < (least := drawn_needed(one.plan, max(number, 1))):
            raise ConfigError(
                f"Look {number} would need {least:,} drawn keys to name anybody, and the plan has "
                f"{one.plan.drawn:,}.",
                "Commit a new plan with more, for answers that are still to be served.",
            )
        registry.record(LOOK, {"commitment": one.id, "look": number, "files": digests}, now)
        return number


def _same_answers(entry: Entry, digests: dict[str, str]) -> bool:
    return bool(entry.body["files"]["answers"] == digests["answers"])


def _reported(
    registry: Registry,
    one: Registered,
    judged: Judged,
    suspect: str,
    control: bool,
    now: datetime,
    look: int,
    threshold: float,
    digests: dict[str, str],
) -> TestReport:
    limits = MARK_LIMITS if one.plan.is_mark else CANARY_LIMITS
    report = TestReport(
        registered=one,
        suspect=suspect,
        control=control,
        at=now.astimezone(UTC).isoformat(timespec="seconds"),
        look=look,
        threshold=threshold,
        answers=judged.answers,
        answers_sha256=digests,
        scored=judged.scored,
        effect_unit=judged.effect_unit,
        results=judged.results,
        others_tested=len(
            {entry.body["commitment"] for entry in registry.audit.entries() if entry.kind == LOOK}
            - {one.id}
        ),
        measured=measured_of(registry, one),
        limits=(NEVER, *limits),
    )
    return replace(report, conclusion=conclusion_of(report))


def _said(report: TestReport) -> dict[str, object]:
    """What the log keeps of a test: numbers, no name of the suspect and no account."""
    return {
        "commitment": report.registered.id,
        "control": report.control,
        "look": report.look,
        "threshold": report.threshold,
        "answers": report.answers,
        "least": report.results[0].adjusted,
        "passing": sum(one.passes for one in report.results),
        "report_sha256": _digest(report),
    }


def _digest(report: TestReport) -> str:
    return sha256(msgspec.json.encode(report)).hexdigest()


def _of(entry: Entry, kind: str, one: Registered) -> bool:
    return entry.kind == kind and entry.body.get("commitment") == one.id
