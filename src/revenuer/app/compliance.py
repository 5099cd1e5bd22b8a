"""`compliance`: drafts of what an operator publishes and files, filled in with what is done."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from revenuer.app.cards import detectors
from revenuer.app.guard_policy import load_policy
from revenuer.disk import OPEN, put
from revenuer.reports.compliance import TO_FILL_IN, Filled, render_compliance
from revenuer.settings import Settings


def write_compliance(
    out: Path, *, settings: Settings, operator: str, now: datetime, policy: Path | None = None
) -> dict[Path, int]:
    """Write the drafts, each with how many places are left to fill in.

    Args:
        out: Folder; made if missing.
        settings: In force.
        operator: What the operator calls itself.
        now: When.
        policy: What is done about whom; None where nothing is.

    Raises:
        ConfigError: The policy cannot be used.
    """
    named = None if policy is None else load_policy(policy)
    filled = Filled(operator, f"{now:%Y-%m-%d}", settings, named, detectors())
    out.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, text in render_compliance(filled).items():
        put(out / name, text.encode(), OPEN)
        written[out / name] = text.count(TO_FILL_IN)
    return written
