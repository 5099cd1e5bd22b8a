"""`python -m revenuer.app.casebook.verify_process`: verifies an audit log; see `verification`."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from revenuer.app.background import (
    DONE,
    FAILED,
    NICENESS,
    RUNNING,
    URL,
    Telling,
    alone,
    told_in,
)
from revenuer.app.casebook.auditing import look_at, verify_anchored, verify_casebook
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.verification import Verified, folder_of, plain
from revenuer.errors import RevenuerError


def main() -> int:
    """Verify it, unless another does; the exit code."""
    parser = argparse.ArgumentParser(prog=__package__)
    parser.add_argument("--keys", type=Path, required=True)
    keys = parser.parse_args().keys
    os.nice(NICENESS)
    there = look_at(os.environ[URL], keys)
    with alone(folder_of(there)) as is_mine:
        return _verify(there) if is_mine else 1


def _verify(there: Casebook) -> int:
    folder = folder_of(there)
    told = told_in(folder) or {"by": "", "begun_us": 0, "last": None}
    telling = Telling(folder, {**told, "status": RUNNING, "pid": os.getpid()})
    begun = time.monotonic()
    try:
        own = verify_casebook(there, progress=telling)
        with telling.stage("anchored logs", None):
            anchored = tuple(verify_anchored(there))
    except Exception as failure:
        words = failure.message if isinstance(failure, RevenuerError) else type(failure).__name__
        telling.write(status=FAILED, stage="", said=words)
        raise
    took = round(time.monotonic() - begun, 1)
    done = Verified(str(told["by"]), int(time.time() * 1e6), took, own, anchored)
    telling.write(status=DONE, stage="", last=plain(done))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
