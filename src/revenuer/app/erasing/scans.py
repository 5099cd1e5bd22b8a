"""An account taken out of a scan's folder: tables, findings, report, and what is kept beside.

The findings go before the tables: whoever comes back after a crash still finds in the tables which
exchanges were the account's.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from revenuer.app.erasing.files import (
    digest_of,
    exchanges_of,
    mentions,
    noted,
    rewritten,
    scrub_json,
    sweep,
    take_out_rows,
)
from revenuer.app.sample import FILE as SAMPLE
from revenuer.app.saved import EXHIBITS, RESULTS, read_findings
from revenuer.app.state import FILES, SCANS, hold
from revenuer.casework.erasure import Answer, Outcome, Rewritten, Whom, without_account
from revenuer.disk import put
from revenuer.errors import ConfigError, RevenuerError
from revenuer.reports.campaigns_json import to_json
from revenuer.reports.exhibits_json import exhibits_to_json
from revenuer.reports.html import render_html

SCAN, SCAN_STATE = "scan", "scan-state"
REPORT = "report.html"
FINDINGS = RESULTS[0]


def erase_from_scan(folder: Path, whom: Whom) -> Outcome:
    """Take an account out of the `--out` folder of a scan or of a watch.

    Args:
        folder: Where.
        whom: Whom, and whether to do it.
    """
    where = str(folder)
    if not folder.is_dir():
        return Outcome(SCAN, where, Answer.NOTHING, "the folder is gone")
    if whom.act:
        sweep(folder)
    there = [path for path in _files(folder) if mentions(path, whom.account_id)]
    if not there:
        return Outcome(SCAN, where, Answer.NOTHING)
    said = f"in {_counted(folder, there)}"
    if not whom.act:
        return Outcome(SCAN, where, Answer.WOULD, said)
    try:
        files = tuple(_take_out(folder, whom))
    except (RevenuerError, OSError, ValueError) as problem:
        to_do = "Put right what is wrong, or delete the folder, and go on."
        return Outcome(SCAN, where, Answer.COULD_NOT, _why(problem), to_do)
    left = [path for path in _files(folder) if mentions(path, whom.account_id)]
    if left:
        to_do = "Delete what is not a scan's, or the folder, and go on."
        return Outcome(SCAN, where, Answer.COULD_NOT, f"in {_counted(folder, left)}", to_do, files)
    return Outcome(SCAN, where, Answer.DONE, said, files=files)


def erase_from_scan_state(folder: Path, whom: Whom) -> Outcome:
    """Empty the `--state` folder of scans if it knows the account: it is made again from logs."""
    where = str(folder)
    if not any((folder / name).is_dir() for name in (FILES, SCANS)):
        return Outcome(SCAN_STATE, where, Answer.NOTHING)
    said = "what scans worked out is deleted; the next one reads the logs again"
    if not whom.act:
        return Outcome(SCAN_STATE, where, Answer.WOULD, said)
    try:
        with hold(folder):
            # One of them may be gone since a crash.
            for there in filter(Path.is_dir, (folder / FILES, folder / SCANS)):
                shutil.rmtree(there)
    except (ConfigError, OSError) as problem:
        to_do = "Wait for the scan that works there, and go on."
        return Outcome(SCAN_STATE, where, Answer.COULD_NOT, _why(problem), to_do)
    return Outcome(SCAN_STATE, where, Answer.DONE, said)


def _take_out(folder: Path, whom: Whom) -> Iterator[Rewritten]:
    account = whom.account_id
    mine, others = set(whom.exchange_ids), set[str]()
    for name in ("exchanges.parquet", SAMPLE):
        own, foreign = exchanges_of(folder / name, account)
        mine |= own
        others |= foreign
    if (folder / FINDINGS).exists():
        yield from _findings(folder, account, mine, others)
    rest = [path for path in _files(folder) if path.suffix in {".json", ".jsonl"}]
    known = {folder / FINDINGS, folder / EXHIBITS}
    yield from noted(
        folder,
        (path for path in rest if path not in known),
        lambda path: scrub_json(path, account, lines=path.suffix == ".jsonl"),
    )
    tables = [path for path in _files(folder) if path.suffix == ".parquet"]
    yield from noted(folder, tables, lambda path: take_out_rows(path, account))


def _findings(folder: Path, account: str, mine: set[str], others: set[str]) -> Iterator[Rewritten]:
    """The findings, their exhibits, and the page drawn from both."""
    before = read_findings(folder)
    after = without_account(before, account, mine, others)
    if before == after:
        return
    texts = {REPORT: render_html(after), EXHIBITS: exhibits_to_json(after.exhibits)}
    # The findings last: as long as they name the account, the others are written again.
    for name, text in {**texts, FINDINGS: to_json(after)}.items():
        path = folder / name
        if not path.exists() or path.read_bytes() == text.encode():
            continue
        digest = digest_of(path)
        put(path, text.encode(), stat.S_IMODE(path.stat().st_mode))
        yield rewritten(folder, path, digest)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _counted(folder: Path, paths: list[Path]) -> str:
    names = [str(path.relative_to(folder)) for path in paths]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more


def _why(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    return str(problem) if isinstance(problem, RevenuerError) else type(problem).__name__
