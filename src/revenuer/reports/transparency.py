"""The transparency report as a page: counts of what was done, none of which points at a person."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from revenuer.reports.html import environment


def render_transparency(
    title: str,
    since: datetime,
    until: datetime,
    sections: Sequence[tuple[str, str, Mapping[str, str]]],
    smallest: int,
) -> str:
    """Draw the page; it needs no script and asks nothing of any server.

    Args:
        title: Whose report it is.
        since: From when on.
        until: Until when.
        sections: Heading, a sentence, and counts by what they count.
        smallest: Below it counts are told as such.
    """
    made = environment()
    assert made.loader is not None
    style = made.loader.get_source(made, "records.css")[0]
    return made.get_template("transparency.html").render(
        title=title,
        since=since,
        until=until,
        sections=sections,
        smallest=smallest,
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
