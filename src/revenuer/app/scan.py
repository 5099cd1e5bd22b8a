"""`scan`: logs in, campaigns out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from revenuer.app.baseline import Held, hold_against, judge_with, read_baseline
from revenuer.app.innocence import KnownInnocent, check_known_innocent, read_ids
from revenuer.app.opening import open_with
from revenuer.app.outputs import keep_quarantine, start_over
from revenuer.app.progress import Progress, Silent
from revenuer.app.reading import Reading, read_logs, settings_digest
from revenuer.app.reporting import Reporting, report
from revenuer.app.saved import read_findings
from revenuer.app.sharing.intel import listen, read_intelligence
from revenuer.app.sketch_keys import read_key
from revenuer.app.sketching import sketched_tables
from revenuer.app.state import finish, hold, keeping, remember, state_of
from revenuer.errors import NothingToReadError
from revenuer.records import Campaign, Findings
from revenuer.settings import Settings
from revenuer.sources import EngineMaker, Intake, Logs


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """What a scan leaves behind.

    Attributes:
        findings: The campaigns.
        intake: What was read and what was left out.
        known_innocent: How near the operator's known innocents came; None without a list.
    """

    findings: Findings
    intake: Intake
    known_innocent: KnownInnocent | None


def scan(
    exchanges: Sequence[str],
    *,
    out: Path,
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    settings: Settings | None = None,
    content_free: bool = False,
    sketch_key: Path | None = None,
    baseline: Path | None = None,
    known_innocent: Path | None = None,
    previous: Path | None = None,
    intel: Path | None = None,
    unmask: bool = False,
    engine: EngineMaker | None = None,
    state: Path | None = None,
    progress: Progress | None = None,
) -> ScanOutcome:
    """Find the campaigns in logs and write them to a folder.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        out: Folder for the results; its earlier results are replaced.
        accounts: The accounts table.
        permits: The permits table.
        account_links: The table of attributes that change.
        column_map: A TOML column map.
        map_pairs: `name=column` pairs on top of it.
        log_format: Name of an adapter; None to look at the logs.
        settings: None for the defaults.
        content_free: Look at no text, only at sketches and metadata.
        sketch_key: The key of the log's sketches; its text is sketched with it and compared.
        baseline: What `baseline fit` wrote; without it, ordinary use is what this log shows.
        known_innocent: A file of account ids, none of which may be convicted.
        previous: Folder of the scan before, so that campaigns keep their ids.
        intel: Folder of what peers say, as far as a person accepted it; None to hear nobody.
        unmask: Show prompts in the report.
        engine: Starts what runs the queries; None for DuckDB.
        state: Folder that keeps what is worked out: a stopped scan goes on where it was, and
            a later one reads only the files that are new.
        progress: Told how far the work is.
    """
    settings, progress = settings or Settings(), progress or Silent()
    earlier = _earlier(previous)
    innocents = read_ids(known_innocent)
    stored = None if baseline is None else read_baseline(baseline)
    key = read_key(sketch_key) if sketch_key is not None else None
    said = read_intelligence(intel)
    kept = None
    with ExitStack() as stack:
        if state is not None:
            places = [*exchanges, *filter(None, (accounts, permits, account_links))]
            about = (
                settings_digest(settings), settings.engine, *map_pairs, log_format,
                content_free, None if said is None else said.digest,
            )  # fmt: skip
            kept = state_of(state, places, about, read=(column_map, sketch_key))
            stack.enter_context(hold(state))
        start_over(out)
        work = stack.enter_context(tempfile.TemporaryDirectory(prefix="revenuer-"))
        try:
            logs = open_with(
                exchanges,
                accounts=accounts,
                permits=permits,
                account_links=account_links,
                column_map=column_map,
                map_pairs=map_pairs,
                log_format=log_format,
                engine=engine,
                keeping=None if state is None else keeping(state, settings, content_free),
                workdir=Path(work),
                progress=progress,
            )
        except NothingToReadError as problem:
            raise keep_quarantine(Path(work), out, problem) from problem
        with logs:
            if kept is not None:
                remember(logs, kept)
            if key is not None:
                logs.tables = sketched_tables(logs, Path(work), key, settings, progress)
            logs.tables = listen(logs, said)
            reading = read_logs(logs, settings, progress, content_free=content_free)
            held = None if stored is None else hold_against(stored, logs, reading, settings)
            how = Reporting(
                out=out,
                labels_in=Path(work) / "labels",
                settings=settings,
                baseline_id=None if held is None else held.baseline.id,
                earlier=earlier,
                innocents=innocents,
                unmask=unmask,
            )
            outcome = _judged(logs, reading, held, how, progress)
        if kept is not None:
            finish(kept)
        return outcome


def _judged(
    logs: Logs, reading: Reading, held: Held | None, how: Reporting, progress: Progress
) -> ScanOutcome:
    population = reading.observation.population
    with progress.stage("campaigns: grouping and judging", None):
        judgement = judge_with(held, population, how.settings)
    findings = report(logs, reading, judgement, how, progress)
    checked = check_known_innocent(how.innocents, judgement, population)
    return ScanOutcome(findings, logs.intake, checked)


def _earlier(previous: Path | None) -> tuple[Campaign, ...]:
    return () if previous is None else read_findings(previous).campaigns
