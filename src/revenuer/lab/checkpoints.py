"""Where a killed training goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path


def last_whole_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end; torn ones are removed.

    The trainer writes `trainer_state.json` last, so one that cannot be read tells a kill.
    """
    found = sorted(
        folder.glob("checkpoint-*"), key=lambda one: int(one.name.rpartition("-")[2]), reverse=True
    )
    for one in found:
        try:
            json.loads((one / "trainer_state.json").read_text("utf-8"))
        except (OSError, ValueError):
            shutil.rmtree(one)
        else:
            return one
    return None
