"""`simulate`: worlds whose campaigns are known."""

from __future__ import annotations

from pathlib import Path

from revenuer.app.progress import Progress, Silent
from revenuer.sources import world_files
from revenuer.sources.world_files import WorldSummary
from revenuer.worlds import WorldSpec


def simulate(
    spec: WorldSpec, *, out: Path, prompts: Path | None = None, progress: Progress | None = None
) -> WorldSummary:
    """Write a world to a folder: exchanges, accounts, permits, releases and the truth.

    Args:
        spec: What to build.
        out: Folder; what an earlier world left in it is replaced.
        prompts: A folder of prompt sets; None for the project's own generators.
        progress: Told how far the work is.
    """
    progress = progress or Silent()
    done = 0
    with progress.stage("simulating: days", spec.days) as advance:

        def told(_: str, day: int, __: int) -> None:
            nonlocal done
            advance(day - done)
            done = day

        return world_files.simulate(spec, out, prompts=prompts, progress=told)
