"""`report.html`: findings for a person, as one self-contained page.

The page needs no script and asks nothing of any server: its style is inline and named by
its hash in a content security policy that forbids everything else.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from revenuer.records import Findings
from revenuer.reports import wording
from revenuer.reports.blind_spots import ALWAYS_BLIND
from revenuer.reports.reasons import least_for_conviction
from revenuer.reports.view import MOST_EXAMPLES, campaign_views, verdict_counts

TITLE = "Distillation campaigns"
FILTERS = (
    wording.amount,
    wording.count,
    wording.counted,
    wording.day,
    wording.duration,
    wording.likelihood,
    wording.moment,
    wording.nats,
    wording.percent,
    wording.short_id,
    wording.visible,
)


def render_html(findings: Findings, *, title: str = TITLE) -> str:
    """Draw the report.

    Args:
        findings: What a scan found. Example texts are shown as they are, so mask them
            before; campaigns without an exhibit are shown without pictures.
        title: The page's heading.

    Returns:
        The file's text, the same for equal findings.
    """
    page = environment().get_template("report.html")
    css = style()
    return page.render(
        title=title,
        style=Markup(css),
        style_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        scanned=findings.scanned,
        verdicts=verdict_counts(findings.campaigns),
        campaigns=campaign_views(findings),
        least=least_for_conviction(findings.scanned.fdr),
        always_blind=ALWAYS_BLIND,
        most_examples=MOST_EXAMPLES,
    )


@cache
def environment() -> Environment:
    """What reads the templates of pages."""
    made = Environment(
        loader=PackageLoader("revenuer.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update({function.__name__: function for function in FILTERS})
    return made


@cache
def style() -> str:
    """The style of pages that stand alone."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), "report.css")[0]
