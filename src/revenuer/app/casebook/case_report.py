"""A case as a page that stands alone, for the file or for print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from revenuer.app.casebook.decisions import Made
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import Act, show_case
from revenuer.app.casebook.sighted import records_of
from revenuer.app.pdf import as_pdf, need_weasyprint
from revenuer.casework.roles import Actor, Right
from revenuer.instants import moment
from revenuer.reports.case import CaseReport, Done, render_case
from revenuer.reports.wording import counted
from revenuer.reports.wording import moment as worded

REPORTED = "case-reported"


def case_report(
    casebook: Casebook,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[str] = (),
    pdf: bool = False,
) -> bytes:
    """A case as one file, HTML or PDF; that it was made is written down.

    Accounts are in it by their fingerprints, and no text of anybody's.

    Args:
        casebook: Where.
        name: Of the case, or of a campaign.
        actor: For whom.
        now: When.
        snapshots: Whose decisions belong to it.
        pdf: As PDF.

    Raises:
        NotFoundError: There is no such case.
        ConfigError: A PDF is wanted and cannot be made here.
    """
    actor.needs(Right.WORK)
    if pdf:
        need_weasyprint()
    view = show_case(casebook, name, actor=actor, now=now, snapshots=snapshots)
    records = records_of(casebook, view, actor=actor, named=True)
    row = view.row
    page = render_case(
        CaseReport(
            case=row.case_id,
            state=row.state,
            since=moment(row.since_us),
            whose=row.assigned_to,
            fdr=view.scanned.fdr if view.scanned is not None else 0.05,
            seen_at=moment(row.seen_us),
            made_at=now,
            made_by=actor.name,
            campaigns=[(one.campaign, one.exhibit) for one in records if one.campaign is not None],
            erased=sum(one.campaign is None for one in records),
            decided=[_decided(one) for one in view.made],
            done=[_done(one) for one in view.acts],
        )
    )
    with casebook.changing(actor, now) as change:
        change.record(REPORTED, {"case": row.case_id, "form": "pdf" if pdf else "html"})
    return as_pdf(page) if pdf else page.encode()


def _decided(one: Made) -> Done:
    made = one.decision
    accounts = counted(len(made.members), "account or owner", "accounts and owners")
    what = f"{made.action}, {made.status.value}, until {worded(made.until)} UTC: {accounts}"
    return Done(made.made_at, ", ".join((made.by, *made.approvers)), what, made.why)


def _done(one: Act) -> Done:
    return Done(moment(one.at_us), one.by, one.kind, "(erased)" if one.text is None else one.text)
