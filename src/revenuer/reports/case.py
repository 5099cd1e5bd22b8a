"""A case as one self-contained page: what was found, and what people did with it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from revenuer.records import Campaign, Exhibit
from revenuer.reports.html import environment, style
from revenuer.reports.reasons import least_for_conviction
from revenuer.reports.view import MOST_EXAMPLES, campaign_view


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was decided about a case, or done with it.

    Attributes:
        at: When.
        by: Who.
        what: What, in a few words.
        words: In theirs; empty for none.
    """

    at: datetime
    by: str
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What the page is made from.

    Attributes:
        case: Its id.
        state: Where it stands.
        since: Since when.
        whose: Whose it is; empty for nobody's.
        fdr: Share of the convicted that may be innocent, of the scan that saw it last.
        seen_at: When that was, by the time of the log.
        made_at: When the page is made.
        made_by: For whom.
        campaigns: Its campaigns, as that scan has them, with what is drawn of each.
        erased: Campaigns of which what was said was erased.
        decided: Decisions about it.
        done: What was done with it.
    """

    case: str
    state: str
    since: datetime
    whose: str
    fdr: float
    seen_at: datetime
    made_at: datetime
    made_by: str
    campaigns: Sequence[tuple[Campaign, Exhibit | None]]
    erased: int
    decided: Sequence[Done]
    done: Sequence[Done]


def render_case(report: CaseReport) -> str:
    """Draw the page."""
    css = style()
    least = least_for_conviction(report.fdr)
    return (
        environment()
        .get_template("case.html")
        .render(
            report=report,
            style=Markup(css),
            style_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
            views=[campaign_view(one, exhibit, least) for one, exhibit in report.campaigns],
            least=least,
            most_examples=MOST_EXAMPLES,
        )
    )
