"""What lies in the folder of a scan or a watch, read whole or not at all."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import polars as pl

from revenuer.app.casebook.told import NO_SCORES, Scores
from revenuer.app.details import FOLDER
from revenuer.app.saved import EXHIBITS, RESULTS, SIGNS, reading_scan
from revenuer.errors import NotFoundError, SourceError
from revenuer.records import Axis, Campaign, Exhibit, Findings, Sign
from revenuer.reports.campaigns_json import from_json
from revenuer.reports.exhibits_json import exhibits_from_json
from revenuer.reports.signs_json import signs_from_json

CAMPAIGNS = RESULTS[0]
WHOLE = (CAMPAIGNS, "accounts.parquet", "exchanges.parquet", "report.html")
"""What every scan and every look has ever left; the other results came later, or are rare."""
EVIDENCE = f"{FOLDER}/evidence.parquet"
COMPOSITE = "composite"
"""What all detectors of an axis make of an account together, among the others of the file."""
PARQUET = b"PAR1"
SCAN, WATCH = "scan", "watch"
LONGEST_ID = 96
_ID = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """A folder, read.

    Attributes:
        id: Digest of what was read: the same findings, the same name.
        kind: `scan` or `watch`.
        folder: Where it lay.
        findings: The campaigns.
        exhibits: What is drawn of them, by campaign, where that was kept.
        signs: The early signs of a watch.
        scores: What each account of a campaign shows by itself.
    """

    id: str
    kind: str
    folder: Path
    findings: Findings
    exhibits: dict[str, Exhibit]
    signs: tuple[Sign, ...]
    scores: Scores = field(default_factory=dict)


def read_folder(folder: Path) -> Seen:
    """Read the `--out` folder of a scan or a watch.

    Raises:
        NotFoundError: It is none.
        ScanError: It is not whole, was written by another version, or is not what a scan writes.
    """
    with reading_scan(folder):
        return _read(folder)


def _read(folder: Path) -> Seen:
    text = _bytes_of(folder, CAMPAIGNS)
    if text is None:
        raise NotFoundError(
            f"{folder} holds no {CAMPAIGNS}.", "Name the --out folder of a scan or of a watch."
        )
    _look_whole(folder)
    signs = _bytes_of(folder, SIGNS)
    drawn = _bytes_of(folder, EXHIBITS)
    findings = from_json(text)
    _look_sound(folder, findings.campaigns)
    exhibits = exhibits_from_json(drawn) if drawn is not None else ()
    told = signs_from_json(signs) if signs is not None else ()
    scores = _scores(folder, findings.campaigns)
    if _bytes_of(folder, CAMPAIGNS) != text:
        raise SourceError(
            f"{folder} was written to while it was read.", "Try again; nothing was added."
        )
    digest = sha256(text)
    if signs is not None:
        digest.update(signs)
    return Seen(
        id=digest.hexdigest(),
        kind=SCAN if signs is None else WATCH,
        folder=folder.resolve(),
        findings=findings,
        exhibits={one.campaign_id: one for one in exhibits},
        signs=told,
        scores=scores,
    )


def _bytes_of(folder: Path, name: str) -> bytes | None:
    try:
        return (folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _scores(folder: Path, campaigns: tuple[Campaign, ...]) -> Scores:
    """What the accounts of campaigns show by themselves; nothing where the scan did not keep it.

    Of coordination an account shows nothing by itself.
    """
    members = sorted({name for one in campaigns for name in one.account_ids})
    wanted = pl.DataFrame({"account_id": members}, schema={"account_id": pl.String}).lazy()
    try:
        found = (
            pl.scan_parquet(folder / EVIDENCE)
            .filter(pl.col("detector") == COMPOSITE)
            .select("account_id", "axis", "log_e_value")
            .join(wanted, on="account_id", how="semi")
            .collect()
        )
    except (pl.exceptions.PolarsError, OSError):
        return NO_SCORES
    scores: dict[Axis, dict[str, float]] = {}
    for account, axis, nats in found.iter_rows():
        scores.setdefault(Axis(axis), {})[account] = nats
    return scores


def _look_whole(folder: Path) -> None:
    """Refuse the folder of a scan that has not ended, or did not end well."""
    missing = [name for name in WHOLE if not (folder / name).is_file()]
    broken = [
        name
        for name in WHOLE
        if name not in missing and name.endswith(".parquet") and not _is_parquet(folder / name)
    ]
    if missing or broken:
        said = [f"no {name}" for name in missing] + [f"half a {name}" for name in broken]
        raise SourceError(
            f"{folder} is not whole: it has {', '.join(said)}.",
            "Add it when its scan has ended, or scan again; nothing was added.",
        )


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(len(PARQUET))
        if head != PARQUET or path.stat().st_size < 3 * len(PARQUET):
            return False
        file.seek(-len(PARQUET), 2)
        return file.read() == PARQUET


def _look_sound(folder: Path, campaigns: tuple[Campaign, ...]) -> None:
    """Refuse what no scan writes: it would make cases that nothing can be matched with."""
    problems = []
    for name, count in Counter(one.id for one in campaigns).items():
        if count > 1:
            problems.append(f"{count} campaigns are called {name[:LONGEST_ID]!r}")
    for one in campaigns:
        for name in (one.id, *one.supersedes):
            if len(name) > LONGEST_ID or not _ID.fullmatch(name):
                problems.append(f"{name[:LONGEST_ID]!r} is no id of a campaign")
        if not one.account_ids or not all(one.account_ids):
            problems.append(f"{one.id} has no accounts, or one without an id")
        if one.id in one.supersedes:
            problems.append(f"{one.id} supersedes itself")
        if not 0.0 <= one.probability <= 1.0:
            problems.append(f"{one.id} has the probability {one.probability:g}")
    if problems:
        shown = "; ".join(problems[:3])
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise SourceError(
            f"{folder / CAMPAIGNS} is not what a scan writes: {shown}{more}.",
            "Scan again with this version; nothing was added.",
        )
