"""`convert`: any readable log as the contract's Parquet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from revenuer.app.opening import open_with
from revenuer.app.progress import Progress, Silent
from revenuer.sources import Intake
from revenuer.sources import convert as write_table


def convert(
    exchanges: Sequence[str],
    *,
    out: Path,
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Write logs as canonical Parquet, one file for each table that was named.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        out: Folder for `exchanges.parquet`, `accounts.parquet` and so on, and for
            `quarantine.jsonl` if a row could not be used.
        accounts: The accounts table.
        permits: The permits table.
        account_links: The table of attributes that change.
        column_map: A TOML column map.
        map_pairs: `name=column` pairs on top of it.
        log_format: Name of an adapter; None to look at the logs.
        progress: Told how far the work is.

    Returns:
        What was read and what was left out.
    """
    progress = progress or Silent()
    named = {"accounts": accounts, "permits": permits, "account_links": account_links}
    tables = ["exchanges", *(name for name, place in named.items() if place is not None)]
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        logs = open_with(
            exchanges,
            **named,
            column_map=column_map,
            map_pairs=map_pairs,
            log_format=log_format,
            engine=None,
            keeping=None,
            kept=None,
            workdir=Path(work),
            progress=progress,
        )
        out.mkdir(parents=True, exist_ok=True)
        with logs, progress.stage("writing", len(tables)) as advance:
            for table in tables:
                write_table(logs, out / f"{table}.parquet", table=table)
                advance(1)
        return replace(logs.intake, quarantine_file=_keep_quarantine(logs.intake, out))


def _keep_quarantine(intake: Intake, out: Path) -> Path:
    """Put the quarantine beside the tables; one of an earlier run goes."""
    kept = out / "quarantine.jsonl"
    kept.unlink(missing_ok=True)
    if intake.quarantined:
        shutil.copyfile(intake.quarantine_file, kept)
    return kept
