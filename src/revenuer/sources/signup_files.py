"""Worlds of sign-ups as files: who applies, who came before, what was known, and the truth."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from revenuer.errors import SourceError
from revenuer.records import Findings
from revenuer.reports.campaigns_json import to_json
from revenuer.worlds.signups import SignupSpec, SignupWorld, cast_signups, walk
from revenuer.worlds.signups.applicants import Applicants
from revenuer.worlds.signups.tables import (
    APPLICATIONS,
    TRUTH,
    account_table,
    applications,
    known_campaigns,
    truth,
)

SCAN = "scan"
"""Folder of what was known before the stream, as a scan leaves it."""
PARTS = ("applications.parquet", "accounts.parquet", SCAN, "truth")


@dataclass(frozen=True)
class SignupSummary:
    """What was written.

    Attributes:
        applications: In the stream.
        fraudulent: Of those, how many are a campaign's.
        accounts: That were there before the stream.
        suspended: Of those, how many are suspended.
        campaigns: Convicted before the stream.
    """

    applications: int
    fraudulent: int
    accounts: int
    suspended: int
    campaigns: int


def write_signups(
    spec: SignupSpec, out: Path, *, progress: Callable[[int, int], None] | None = None
) -> SignupSummary:
    """Write a world of sign-ups to a folder.

    Args:
        spec: What to build.
        out: Folder; what an earlier world left in it is replaced.
        progress: Called with the days that are done, and all of them.
    """
    world = cast_signups(spec)
    _clear(out)
    earlier: list[Applicants] = []
    written = fraudulent = 0
    days = spec.history_days + spec.days
    with (
        pq.ParquetWriter(out / "applications.parquet", APPLICATIONS) as stream,
        pq.ParquetWriter(out / "truth" / "applications.parquet", TRUTH) as told,
    ):
        for part in walk(world):
            inside = part.applied >= spec.start_us
            if inside.any():
                now = part.take(inside)
                stream.write_table(applications(now))
                table = truth(world, now)
                told.write_table(table)
                written += len(now)
                fraudulent += len(now) - table["campaign"].null_count
            if not inside.all():
                earlier.append(part.take(~inside))
            if progress is not None:
                last = int(part.applied[-1])
                progress(min(days, 1 + (last - spec.first_us) // 86_400_000_000), days)
    accounts, findings = _write_history(world, earlier, out)
    suspended = int(pc.sum(pc.equal(accounts["status"], "suspended")).as_py() or 0)
    return SignupSummary(written, fraudulent, accounts.num_rows, suspended, len(findings.campaigns))


def _write_history(
    world: SignupWorld, parts: list[Applicants], out: Path
) -> tuple[pa.Table, Findings]:
    """Write the accounts from before the stream, what was known of them, and their truth."""
    spec = world.stage.spec
    names = parts[0].columns
    who = Applicants({n: np.concatenate([part[n] for part in parts]) for n in names})
    accounts = account_table(spec, who).sort_by("account_id")
    findings = known_campaigns(spec, who)
    pq.write_table(accounts, out / "accounts.parquet")
    (out / SCAN / "campaigns.json").write_text(to_json(findings), encoding="utf-8")
    members = [
        {"account_id": account, "campaign_id": campaign.id}
        for campaign in findings.campaigns
        for account in campaign.account_ids
    ]
    schema = pa.schema([("account_id", pa.string()), ("campaign_id", pa.string())])
    pq.write_table(pa.Table.from_pylist(members, schema), out / SCAN / "accounts.parquet")
    pq.write_table(truth(world, who), out / "truth" / "accounts.parquet")
    record = asdict(spec) | {"start": spec.start.isoformat()}
    text = json.dumps(record, indent=1) + "\n"
    (out / "truth" / "spec.json").write_text(text, encoding="utf-8")
    return accounts, findings


def _clear(out: Path) -> None:
    """Make the folder, and remove what an earlier world left in it.

    Raises:
        SourceError: Something is there that no world writes.
    """
    if out.exists() and not out.is_dir():
        raise SourceError(f"{out} is a file.", "Name a folder for --out.")
    strange = (
        sorted(path.name for path in out.iterdir() if path.name not in PARTS)
        if out.exists()
        else []
    )
    if strange:
        raise SourceError(
            f"{out} holds {strange[0]}, which no world of sign-ups writes.",
            "Name an empty folder, or that of an earlier world, for --out.",
        )
    for name in PARTS:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for folder in (SCAN, "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
