"""`access recheck`: what has become known since, and whose time has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from revenuer.access.applications import Application
from revenuer.access.history import CROWD_US, Standing
from revenuer.access.programmes import State, Usage, looked_at
from revenuer.app.admission.desk import ACQUITTED, CONVICTED, STANDING, Desk
from revenuer.app.admission.keeping import judge_again, take_answer
from revenuer.app.admission.kept import entitlement_of, entitlement_row, facts_of_all
from revenuer.app.admission.known import PROVED, Verdicts, account_application, verdicts_of
from revenuer.app.admission.reading import usage
from revenuer.app.admission.rechecked import Changed, Due, Rechecked
from revenuer.app.casebook.opening import Change
from revenuer.app.progress import Progress, Silent
from revenuer.casework.roles import Actor, Right
from revenuer.sources.small_table import read_small_table
from revenuer.store.casebook import appeals
from revenuer.store.casebook import applications as store
from revenuer.store.casebook.application_tables import ApplicationRow

INNOCENT_US = 180 * 86_400_000_000
"""How long no finding convicts whom a person acquitted here; as long as an appeal holds by default.
placeholder"""
AT_ONCE = 2_000
"""Accounts or applications in one change: others may write between two."""


def recheck(
    desk: Desk,
    *,
    actor: Actor,
    now: datetime,
    accounts: str | None = None,
    scans: Sequence[Path] = (),
    usage_table: str | None = None,
    progress: Progress | None = None,
) -> Rechecked:
    """Take in accounts, convictions and usage; judge again who was accepted of late.

    Nobody is locked out by this: an answer that became harder is reported and joins the queue.

    Args:
        desk: Where.
        actor: Who asks.
        now: When.
        accounts: The table of accounts; what is opaque of it is kept.
        scans: Folders of scans.
        usage_table: How accounts were used of late.
        progress: Told how far the work is.

    Raises:
        NotAllowedError: They do not have the right.
        SourceError: A table cannot be read.
        NotFoundError: A folder is not a scan's.
    """
    actor.needs(Right.WORK)
    progress, done = progress or Silent(), Rechecked()
    verdicts = verdicts_of(scans)
    with TemporaryDirectory(prefix="revenuer-") as folder:
        if accounts is not None:
            _take_accounts(desk, accounts, verdicts, Path(folder), actor, now, done, progress)
        used = usage(usage_table, Path(folder)) if usage_table else {}
    _convict(desk, verdicts, actor, now, done)
    _judge_again(desk, actor, now, done, progress)
    _look_at_programmes(desk, used, verdicts, actor, now, done)
    return done


def take_convictions(
    desk: Desk, scans: Sequence[Path], *, actor: Actor, now: datetime
) -> Rechecked:
    """Take in what scans convict, and what they convict no more; nobody is judged again by it.

    Whoever applies later is judged in the light of it. Where nobody ever applied, nothing is done.

    Args:
        desk: Where; it may be one without tables.
        scans: Folders of scans.
        actor: Who asks.
        now: When.

    Raises:
        NotFoundError: A folder is not a scan's.
    """
    actor.needs(Right.WORK)
    done = Rechecked()
    with desk.casebook.reading() as connection:
        if not store.last_step(connection):
            return done
    _convict(desk, verdicts_of(scans), actor, now, done)
    return done


def acquit(desk: Desk, account_ids: Iterable[str], *, actor: Actor, now: datetime) -> int:
    """Take convictions back, such as after an appeal: nothing is inherited from them any more.

    A person said so: the same findings, or later ones, do not convict them again for half a year.
    """
    actor.needs(Right.APPROVE)
    with desk.changing(actor, now) as change:
        freed = [
            name
            for name in _names(desk, change, account_ids)
            if _standing(desk, name) is Standing.CONVICTED
        ]
        for name in freed:
            desk.step(ACQUITTED, name, change.now_us, {"until": change.now_us + INNOCENT_US})
        if freed:
            change.record("applicants-acquitted", {"applicants": len(freed)})
    return len(freed)


def _take_accounts(
    desk: Desk,
    place: str,
    verdicts: Verdicts,
    workdir: Path,
    actor: Actor,
    now: datetime,
    done: Rechecked,
    progress: Progress,
) -> None:
    frame, _ = read_small_table("accounts", place, workdir)
    rows = frame.sort("created_at")
    with progress.stage("Remembering accounts", rows.height) as advance:
        for part in rows.iter_slices(AT_ONCE):
            with desk.changing(actor, now) as change:
                read = [account_application(row, verdicts, change.now_us) for row in
                        part.iter_rows(named=True)]  # fmt: skip
                news = sum(_take_account(desk, change, each) for each in read if each)
                if news:
                    change.record("accounts-remembered", {"accounts": news})
            done.accounts += news
            advance(part.height)


def _take_account(
    desk: Desk, change: Change, account: tuple[Application, int, Standing, str]
) -> bool:
    application, at_us, standing, verification = account
    subject = desk.subject(application.account_id)
    applied = store.applications_of_subjects(change.connection, [subject]).get(subject)
    if applied or desk.judge.history.find(subject) is not None:
        return False
    # Convictions come by `_convict`, which names the campaign.
    plain = Standing.OPEN if standing is Standing.CONVICTED else standing
    desk.applied(subject, desk.judge.seen(application), plain, at_us, subject)
    if plain is Standing.GOOD and verification in PROVED:
        desk.step(STANDING, subject, at_us, {"s": int(plain), "once": True}, subject)
    return True


def _convict(desk: Desk, verdicts: Verdicts, actor: Actor, now: datetime, done: Rechecked) -> None:
    if not verdicts.convicted and not verdicts.freed:
        return
    with desk.changing(actor, now) as change:
        # Whom a person found innocent no scan convicts here.
        innocent = appeals.innocents(change.connection, change.now_us)
        for account, campaign in verdicts.convicted.items():
            if desk.subject(account) in innocent:
                continue
            for name in _names(desk, change, [account]):
                if _standing(desk, name) is not Standing.CONVICTED and not _is_innocent(
                    desk, name, change.now_us
                ):
                    said = {"campaign": campaign}
                    desk.step(CONVICTED, name, change.now_us, said, desk.subject(account))
                    done.convicted += 1
        freed = [
            name
            for name, each in desk.judge.history.items()
            if each.standing is Standing.CONVICTED and each.campaign in verdicts.freed
        ]
        for name in freed:
            desk.step(ACQUITTED, name, change.now_us, {})
            done.acquitted += 1
        if done.convicted or done.acquitted:
            change.record(
                "convictions-taken-in",
                {"convicted": done.convicted, "acquitted": done.acquitted},
            )


def _is_innocent(desk: Desk, name: str, now_us: int) -> bool:
    """Whether a person acquitted them not long ago."""
    found = desk.judge.history.find(name)
    return found is not None and found.innocent_until_us > now_us


def _names(desk: Desk, change: Change, account_ids: Iterable[str]) -> list[str]:
    """By what names the index knows accounts: their applications', or their own."""
    subjects = [desk.subject(account) for account in account_ids]
    applied = store.applications_of_subjects(change.connection, subjects)
    names = [name for subject in subjects for name in (*applied.get(subject, ()), subject)]
    return [name for name in names if desk.judge.history.find(name) is not None]


def _standing(desk: Desk, name: str) -> Standing | None:
    found = desk.judge.history.find(name)
    return found.standing if found else None


def _judge_again(
    desk: Desk, actor: Actor, now: datetime, done: Rechecked, progress: Progress
) -> None:
    with desk.changing(actor, now) as change:
        rows = store.due(change.connection, change.now_us, change.now_us - CROWD_US)
    with progress.stage("Judging again", len(rows)) as advance:
        for start in range(0, len(rows), AT_ONCE):
            names = [row.application for row in rows[start : start + AT_ONCE]]
            with desk.changing(actor, now) as change:
                # As they stand now: others may have decided since.
                fresh = list(store.applications_of(change.connection, names).values())
                before = len(done.changed)
                _judge_some(desk, change, fresh, done)
                if len(done.changed) > before:
                    change.record("applications-rejudged", {"changed": len(done.changed) - before})
            advance(len(names))


def _judge_some(
    desk: Desk, change: Change, rows: Sequence[ApplicationRow], done: Rechecked
) -> None:
    for row, facts in zip(rows, facts_of_all(desk, change.connection, rows), strict=True):
        if facts is None or row.decided or desk.judge.history.find(row.application) is None:
            continue
        done.judged += 1
        assessment = judge_again(desk, change.connection, row, facts, change.now_us)
        if assessment.answer.value != row.answer:
            take_answer(desk, change, row, facts, assessment)
            done.changed.append(
                Changed(
                    facts.application.application_id,
                    row.answer,
                    assessment.answer.value,
                    tuple(reason.analyst for reason in assessment.reasons),
                )
            )


def _look_at_programmes(
    desk: Desk,
    used: Mapping[str, Usage],
    verdicts: Verdicts,
    actor: Actor,
    now: datetime,
    done: Rechecked,
) -> None:
    known = _by_subject(desk, used, verdicts)
    with desk.changing(actor, now) as change:
        brought = 0
        for row in store.all_entitlements(change.connection):
            entitlement = entitlement_of(row)
            terms = desk.policy.programmes.of(entitlement.programme)
            new = looked_at(entitlement, known.get(row.subject, Usage()), change.now_us, terms)
            application = store.applications_of(change.connection, [row.application])
            mine = application.get(row.application)
            if new != entitlement and mine is not None:
                brought += 1
                store.put_entitlement(
                    change.connection, entitlement_row(mine, new, row.version + 1)
                )
            state = new.state(change.now_us, terms)
            if state in (State.EXPIRING, State.EXPIRED):
                found = facts_of_all(desk, change.connection, [mine] if mine else [])
                name = found[0].application.application_id if found and found[0] else ""
                done.due.append(
                    Due(
                        name,
                        new.programme.value,
                        state.value,
                        tuple(check.value for check in new.asks),
                        new.misfits,
                    )
                )
        if brought:
            change.record("programmes-brought-forward", {"programmes": brought})


def _by_subject(desk: Desk, used: Mapping[str, Usage], verdicts: Verdicts) -> dict[str, Usage]:
    """Usage with verdicts, by subject."""
    accounts = dict.fromkeys((*used, *verdicts.convicted, *verdicts.suspected))
    found = {}
    for account in accounts:
        usage_ = used.get(account, Usage())
        found[desk.subject(account)] = Usage(
            usage_.exchanges_per_day, usage_.networks, usage_.hours_per_day, verdicts.of(account)
        )
    return found
