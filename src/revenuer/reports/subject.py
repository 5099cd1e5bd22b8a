"""What is held about an account, as a page for whom it is about."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from revenuer.reports.html import environment


def render_subject(found: Mapping[str, Any]) -> str:
    """Draw the page; it needs no script and asks nothing of any server."""
    made = environment()
    assert made.loader is not None
    style = made.loader.get_source(made, "records.css")[0]
    return made.get_template("subject.html").render(
        found=found,
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
