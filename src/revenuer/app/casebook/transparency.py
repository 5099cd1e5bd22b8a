"""Counts for a transparency report: what was done in a span of time, and how appeals went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, func, select

from revenuer.app.casebook.appeal_views import AppealCounts, count_appeals
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.places import Around
from revenuer.app.desk import open_desk
from revenuer.app.sharing.record import open_recorder
from revenuer.casework.appeal_counts import Lengths, Rate
from revenuer.casework.appeals import Clock
from revenuer.casework.chain import Entry
from revenuer.casework.coarse import Count, coarse
from revenuer.casework.decisions import Step
from revenuer.casework.roles import Actor, Right
from revenuer.instants import micros
from revenuer.store.audit_file import AuditFile
from revenuer.store.casebook.application_tables import applications, outcomes
from revenuer.store.casebook.case_tables import campaign_sightings
from revenuer.store.casebook.permits import permits

RECORDS = {
    "erasure-asked": "accounts whose erasure was asked for",
    "erased": "accounts that were erased",
    "erasure-refused": "erasures that could not be done at the time",
    "subject-access": "accounts whose data was handed out",
    "held": "legal holds that were laid",
    "released": "legal holds that were lifted",
}
"""Kinds of entries that are counted, and what they count."""
SECTIONS = (
    ("Campaigns", "Groups of accounts that one operator ran, as scans saw them."),
    ("Accounts acted on", "By what was done; a campaign's accounts together."),
    ("Notices", "Customers who were told, of a measure or of its end."),
    ("Appeals", "Each is decided by a person who did not take the decision."),
    ("Permits", "Declared legitimate use that was asked for, by what came of it."),
    ("Applications", "Assessments of sign-ups, by answer."),
    ("Checks", "What was asked for at sign-up, and how it came out."),
    ("Sharing", "With other operators; ids of accounts are never shared."),
    ("People's rights", "Requests about one's own data, and what the law kept."),
)
"""Headings, and what is counted under each."""
SHARED = {
    "exported": "campaigns shared with other operators",
    "revoked": "shared objects taken back",
    "imported": "imports of what others shared",
    "accepted": "decisions to trust what others shared",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report.

    Attributes:
        name: Heading.
        said: What is counted.
        counts: By what they count; of accounts and people coarse, of hours and shares as text.
    """

    name: str
    said: str
    counts: Mapping[str, Count | str]

    def shown(self) -> dict[str, str]:
        """As a page says it."""
        return {name: str(count) for name, count in self.counts.items()}


@dataclass(frozen=True, slots=True)
class Transparency:
    """A transparency report.

    Attributes:
        since: From when on.
        until: Until when, exclusive.
        smallest: Below it counts are told as such.
        sections: What is counted.
    """

    since: datetime
    until: datetime
    smallest: int
    sections: tuple[Section, ...]


def transparency(
    casebook: Casebook,
    around: Around,
    *,
    since: datetime,
    until: datetime,
    smallest: int,
    clock: Clock,
    actor: Actor,
) -> Transparency:
    """Count what was done in a span of time.

    Args:
        casebook: Where.
        around: Snapshots and the folder of sharing.
        since: From when on.
        until: Until when, exclusive.
        smallest: Below it counts are told as such, and all others are multiples of it.
        clock: How long an appeal may take.
        actor: Who asks.
    """
    actor.needs(Right.READ)
    span = (micros(since), micros(until))

    def told(counts: Mapping[str, int]) -> dict[str, Count | str]:
        return {name: coarse(count, smallest) for name, count in sorted(counts.items())}

    with casebook.reading() as connection:
        entries = [
            one for one in casebook.audit(connection).entries() if _within(one, since, until)
        ]
        found = _convicted(connection, span)
        assessed = _grouped(connection, applications.c.answer, applications.c.assessed_us, span)
        checks = _checks(connection, span)
        granted = _grouped(connection, permits.c.state, permits.c.requested_us, span)
    counted = Counter(one.kind for one in entries)
    acted, notices = _acted(around, since, until)
    appeals = count_appeals(casebook, since=since, until=until, clock=clock, actor=actor)
    shared = _shared(around, since, until)
    rights = {said: counted[kind] for kind, said in RECORDS.items()}
    counts: tuple[Mapping[str, Count | str], ...] = (
        told(found),
        told(acted),
        told(notices),
        _appeals(appeals, smallest),
        told(granted),
        told(assessed),
        told(checks),
        told(shared),
        told(rights),
    )
    sections = (Section(*of, each) for of, each in zip(SECTIONS, counts, strict=True))
    return Transparency(since, until, smallest, tuple(sections))


def _appeals(appeals: AppealCounts, smallest: int) -> dict[str, Count | str]:
    came = {
        "came": appeals.opened,
        "open at the end": appeals.open_now,
        "open and late at the end": appeals.late_now,
        "taken back by who made them": appeals.withdrawn,
    }
    return {
        **{name: coarse(count, smallest) for name, count in came.items()},
        **_rates(appeals.rates, smallest),
        **_hours("first answer", appeals.answers, smallest),
        **_hours("decision", appeals.decisions, smallest),
    }


def _within(entry: Entry, since: datetime, until: datetime) -> bool:
    return since <= datetime.fromisoformat(entry.at) < until


def _convicted(connection: Connection, span: tuple[int, int]) -> Counter[str]:
    """Campaigns by the gravest that a scan of the span said of them."""
    table = campaign_sightings
    rows = connection.execute(
        select(table.c.campaign_id, table.c.verdict)
        .where(table.c.at_us >= span[0], table.c.at_us < span[1])
        .distinct()
    )
    gravity = ("convicted", "suspected", "undecided", "cleared")
    worst: dict[str, str] = {}
    for campaign, verdict in rows:
        worst[campaign] = min(worst.get(campaign, "cleared"), verdict, key=gravity.index)
    return Counter(worst.values())


def _grouped(
    connection: Connection, by: Column[str], at: Column[int], span: tuple[int, int]
) -> dict[str, int]:
    counted = select(by, func.count()).where(at >= span[0], at < span[1]).group_by(by)
    return {str(name): int(count) for name, count in connection.execute(counted)}


def _checks(connection: Connection, span: tuple[int, int]) -> dict[str, int]:
    check, result = outcomes.c["check"], outcomes.c.result
    counted = (
        select(check, result, func.count())
        .where(outcomes.c.at_us >= span[0], outcomes.c.at_us < span[1])
        .group_by(check, result)
    )
    return {f"{name}: {how}": int(count) for name, how, count in connection.execute(counted)}


def _acted(around: Around, since: datetime, until: datetime) -> tuple[Counter[str], Counter[str]]:
    """Accounts by action, and notices, of all dockets."""
    acted: Counter[str] = Counter()
    notices: Counter[str] = Counter()
    for snapshot in around.snapshots:
        desk = open_desk(snapshot, around.keys)
        actions: dict[str, str] = {}
        for entry in desk.audit.entries():
            body = entry.body
            if entry.kind == Step.ACTED:
                actions[body["decision"]] = body["action"]
            if not _within(entry, since, until):
                continue
            if entry.kind in (Step.ACTED, Step.EXTENDED):
                tagged = set(body["tagged"])
                acted[actions[body["decision"]]] += len(set(body["members"]) - tagged)
                acted["tag"] += len(tagged)
            elif entry.kind == Step.NOTIFIED:
                lifted = body["about"] in {"undone", "expired"}
                notices["of lifting" if lifted else "of a measure"] += body.get("notices", 0)
            elif entry.kind in (Step.RELEASED, Step.CLEARED):
                acted["let go again"] += len(body["members"])
    return +acted, +notices


def _shared(around: Around, since: datetime, until: datetime) -> dict[str, int]:
    counted: Counter[str] = Counter()
    log = None if around.share is None else around.share / "audit.jsonl"
    if around.share is not None and log is not None and log.exists():
        recorder = open_recorder(around.share, around.keys)
        entries = AuditFile(log, recorder.signing.public.verifies).entries()
        counted = Counter(one.kind for one in entries if _within(one, since, until))
    return {said: counted[kind] for kind, said in SHARED.items()}


def _rates(rates: Mapping[tuple[str, str], Rate], smallest: int) -> dict[str, Count | str]:
    """Decided and not upheld, by what was done; shares only of what is told."""
    found: dict[str, Count | str] = {}
    for (what, name), rate in rates.items():
        if what not in {"all", "action"}:
            continue
        about = "decided" if what == "all" else f"decided, against {name}"
        decided = rate.decided
        undone = rate.overturned + rate.partly
        found[about] = coarse(decided, smallest)
        found[f"{about}: not upheld as it was"] = coarse(undone, smallest)
    return found


def _hours(what: str, lengths: Lengths, smallest: int) -> dict[str, Count | str]:
    median, ninety = lengths.median, lengths.ninety
    if median is None or ninety is None or lengths.count < smallest:
        return {}
    return {
        f"hours until the {what}, median": f"{median:,.0f}",
        f"hours until the {what}, nine in ten": f"{ninety:,.0f}",
    }


def plain(report: Transparency) -> dict[str, object]:
    """As JSON: a number, or what it is less than, or text."""
    return {
        "schema": "revenuer/transparency/1",
        "from": report.since.isoformat(),
        "to": report.until.isoformat(),
        "smallest": report.smallest,
        "sections": {
            section.name: {
                name: count
                if isinstance(count, str)
                else ({"below": count.below} if count.told is None else count.told)
                for name, count in section.counts.items()
            }
            for section in report.sections
        },
    }


def sections_of(report: Transparency) -> Iterable[tuple[str, str, Mapping[str, str]]]:
    """As the page takes them."""
    return [(one.name, one.said, one.shown()) for one in report.sections]
