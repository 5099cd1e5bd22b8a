"""`access simulate`: sign-ups whose truth is known."""

from __future__ import annotations

from pathlib import Path

from revenuer.app.progress import Progress, Silent
from revenuer.sources.signup_files import SignupSummary, write_signups
from revenuer.worlds.signups import SignupSpec


def simulate_signups(
    spec: SignupSpec, *, out: Path, progress: Progress | None = None
) -> SignupSummary:
    """Write a stream of sign-ups to a folder, with the accounts before it and the truth.

    Args:
        spec: What to build.
        out: Folder; what an earlier stream left in it is replaced.
        progress: Told how far the work is.
    """
    progress = progress or Silent()
    done = 0
    with progress.stage("simulating: days", spec.history_days + spec.days) as advance:

        def told(day: int, _: int) -> None:
            nonlocal done
            advance(max(0, day - done))
            done = max(done, day)

        return write_signups(spec, out, progress=told)
