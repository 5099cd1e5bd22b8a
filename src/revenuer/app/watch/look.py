"""One look: the segments as logs, judged, with what earlier looks said."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import polars as pl

from revenuer.app.baseline import Baseline, Held, hold_against, judge_with
from revenuer.app.opening import Beside, open_with
from revenuer.app.progress import Progress
from revenuer.app.reading import Reading, read_logs
from revenuer.app.reporting import Reporting, report
from revenuer.app.saved import RESULTS, SIGNS
from revenuer.app.sharing.intel import listen, read_intelligence
from revenuer.app.side_by_side import begun
from revenuer.app.ties import FILE as TIES
from revenuer.app.ties import keep_ties
from revenuer.app.watch.aftermath import Enforced
from revenuer.app.watch.detections import Earlier, with_earlier
from revenuer.app.watch.looks import Due
from revenuer.app.watch.remembered import Remembered
from revenuer.app.watch.signs import ask_again, blind_signs, find_signs
from revenuer.campaigns.sequential import Look, follow
from revenuer.records import Findings
from revenuer.reports.signs_json import signs_to_json
from revenuer.settings import Settings
from revenuer.sources import Keeping, Logs, Span

UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Looking:
    """What is the same at every look.

    Attributes:
        out: Folder for the results.
        beside: Which tables stand beside the exchanges, and how to read them.
        keeping: How segments are kept.
        settings: Of the watch.
        content_free: Look at no text.
        baseline: What was ordinary; None if each look's own exchanges say it.
        innocents: Accounts that the operator knows to be innocent; None without a list.
        intel: Folder of what peers say; None to hear nobody.
        unmask: Show prompts in the report.
        enforced: Says what was decided about campaigns; None where nothing is published.
    """

    out: Path
    beside: Beside
    keeping: Keeping
    settings: Settings
    content_free: bool = False
    baseline: Baseline | None = None
    innocents: frozenset[str] | None = None
    intel: Path | None = None
    unmask: bool = False
    enforced: Callable[[], Enforced | None] | None = None

    def held(self, logs: Logs, reading: Reading) -> Held | None:
        """The exchanges of a look against the baseline; None without one."""
        if self.baseline is None:
            return None
        return hold_against(self.baseline, logs, reading, self.settings)

    def decided(self) -> Enforced | None:
        """What was decided about campaigns; None where nothing is published."""
        return None if self.enforced is None else self.enforced()


def look_at(
    how: Looking,
    due: Due,
    folders: Sequence[Path],
    before: Remembered,
    progress: Progress,
) -> Remembered:
    """Judge what came until now, write the results, and say what the next look must know.

    Args:
        how: The watch.
        due: Which look it is.
        folders: The segments that may have exchanges of its time.
        before: What the look before left.
        progress: Told how far the work is.

    Raises:
        NothingToReadError: No exchange can be used.
    """
    settings = how.settings
    with tempfile.TemporaryDirectory(prefix="revenuer-") as scratch:
        work = Path(scratch)
        with open_with(
            (),
            workdir=work,
            progress=progress,
            keeping=how.keeping,
            kept=Span(tuple(folders), due.start, due.at),
            **how.beside.as_arguments(),
        ) as logs:
            logs.tables = listen(logs, read_intelligence(how.intel))
            reading = read_logs(logs, settings, progress, content_free=how.content_free, aside=True)
            population = reading.observation.population
            held = how.held(logs, reading)
            with progress.stage("campaigns: grouping and judging", None):
                judgement = judge_with(held, population, settings)
                horizon = timedelta(days=settings.watch.horizon_days)
                look = Look(due.at, due.since, horizon, settings.judge.fdr)
                followed, judgement = follow(before.followed, judgement, population, look)
            earlier = Earlier(before.findings, due.start, due.at, horizon)
            unfinished = how.out / UNFINISHED
            shutil.rmtree(unfinished, ignore_errors=True)
            told = Reporting(
                out=unfinished,
                labels_in=work / "labels",
                settings=settings,
                baseline_id=None if held is None else held.baseline.id,
                earlier=earlier.campaigns,
                innocents=how.innocents,
                unmask=how.unmask,
                amend=partial(with_earlier, earlier=earlier),
                aside=True,
            )
            # Telling keeps one core busy: the engine answers meanwhile.
            with begun(partial(ask_again, logs), aside=logs.engine.at_once > 1) as asked:
                findings = report(logs, reading, judgement, told, progress)
                with progress.stage("early signs", None):
                    signs = find_signs(
                        logs, reading, judgement, findings, due.at, before.signs,
                        since=due.since, asked=asked, enforced=how.decided(),
                    )  # fmt: skip
            blind = blind_signs(logs.tables.present)
            (unfinished / SIGNS).write_text(signs_to_json(signs, blind, due.at), encoding="utf-8")
            _keep_exchanges(unfinished, how.out, findings)
            keep_ties(unfinished / TIES, how.out / TIES, findings.campaigns)
            put_in_place(unfinished, how.out)
    return Remembered(followed, findings, signs, blind)


def _keep_exchanges(new: Path, old: Path, findings: Findings) -> None:
    """Add the exchanges of convicted campaigns that this look says nothing of."""
    path, before = new / "exchanges.parquet", old / "exchanges.parquet"
    if not before.exists():
        return
    rows = pl.read_parquet(path)
    named = {one.id for one in findings.campaigns if one.verdict == "convicted"}
    missing = sorted(named - set(rows["campaign_id"].unique()))
    kept = pl.scan_parquet(before).filter(pl.col("campaign_id").is_in(missing)).collect()
    if kept.height:
        pl.concat([rows, kept]).write_parquet(path)


def put_in_place(new: Path, out: Path) -> None:
    """Move a look's files over those of the look before, `campaigns.json` last."""
    files = [path for path in sorted(new.rglob("*")) if path.is_file()]
    last = RESULTS[0]
    for path in sorted(files, key=lambda one: one.name == last):
        place = out / path.relative_to(new)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
    if not any(path.name == "quarantine.jsonl" for path in files):
        (out / "quarantine.jsonl").unlink(missing_ok=True)
    shutil.rmtree(new)
