"""`share report`: a campaign for an authority, with the chain of custody of what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import polars as pl

from revenuer import __version__
from revenuer.app.enforce_plan import campaign_named
from revenuer.app.pdf import as_pdf, need_weasyprint
from revenuer.app.saved import read_findings
from revenuer.app.sharing.export import may_be_shared
from revenuer.app.sharing.record import Recorder
from revenuer.app.ties import read_ties
from revenuer.casework.chain import canonical, line_of
from revenuer.casework.custody import REPORTED, SCHEMA, WRITTEN
from revenuer.disk import put
from revenuer.errors import NotAllowedError
from revenuer.reports.authority import AuthorityReport, Custody, File, render_authority
from revenuer.sharing.profile import Ladder
from revenuer.sharing.terms import Producer, Terms
from revenuer.sharing.words import (
    SHOWS_NATS,
    attribution_of,
    behaviour_of,
    confidence_of,
    likelihood_of,
)

RESTS_ON = (
    "campaigns.json",
    "accounts.parquet",
    "exchanges.parquet",
    "ties.parquet",
    "quarantine.jsonl",
)
"""Files of a scan that a report rests on."""
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What report somebody wants.

    Attributes:
        campaign: Its id, or the beginning of it.
        scan: The folder of the scan.
        reporter: Who reports.
        terms: Under which terms.
        contact: Whom to ask; empty for none.
        suspected: Whether a campaign that is only suspected may be reported.
        author: Who wrote the judgement; needed where an organization is named.
        approver: Who else approves it; needed there too.
    """

    campaign: str
    scan: Path
    reporter: str
    terms: Terms
    contact: str = ""
    suspected: bool = False
    author: str = ""
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a report."""

    html: Path
    manifest: Path
    pdf: Path | None


def write_report(
    asked: Asked, out: Path, recorder: Recorder, *, by: str, now: datetime, pdf: bool = False
) -> Written:
    """Write the report, and its manifest beside it.

    The audit log gets the digest of the manifest before the report is made, so that the
    report can show the entry, and the digests of the report's own files after.

    Raises:
        NotFoundError: There is no such campaign, or no ties of it.
        NotAllowedError: It may not be reported, or names somebody without two people.
        ConfigError: A PDF is wanted and cannot be made here.
    """
    if pdf:
        need_weasyprint()
    findings = read_findings(asked.scan)
    campaign = campaign_named(findings, asked.campaign)
    may_be_shared(campaign, suspected=asked.suspected)
    behind = attribution_of(campaign)
    if behind.level is Ladder.ORGANIZATION:
        _two_people(asked)
    ties = read_ties(asked.scan).filter(campaign_id=campaign.id)
    kinds = ties.group_by("kind").agg(pl.col("value").n_unique()).sort("kind")
    reference = Producer(asked.reporter, recorder.secret).cluster(campaign.id)
    files = _files(asked.scan)
    manifest = _manifest(files, reference, asked, now)
    custody, entry = _written_down(manifest, files, recorder, reference, by, now)
    odds = likelihood_of(campaign)
    page = render_authority(
        AuthorityReport(
            campaign=campaign,
            scanned=findings.scanned,
            reference=reference,
            reporter=asked.reporter,
            contact=asked.contact,
            tlp=(asked.terms.tlp.value, asked.terms.tlp.meaning),
            legal_basis=asked.terms.legal_basis,
            likelihood=f"{odds.term} ({odds.low_percent} to {odds.high_percent} %)",
            confidence=confidence_of(campaign).level.value,
            behaviour=behaviour_of(campaign),
            actor=behind.actor,
            level=behind.level.value,
            rivals=behind.rivals,
            shows_nats=SHOWS_NATS,
            custody=custody,
            kinds=tuple((str(kind), int(values)) for kind, values in kinds.iter_rows()),
        )
    )
    beside = _beside(out, ".manifest.json")
    told = {out: page.encode(), beside: manifest + b"\n" + entry}
    if pdf:
        told[_beside(out, ".pdf")] = as_pdf(page)
    digests = {path.name: sha256(data).hexdigest() for path, data in told.items()}
    step = (WRITTEN, {"cluster": reference, "sha256": digests})
    # The report's own digests come last, so that who has the three files can check them all.
    told[beside] += line_of(recorder.record([step], now)[-1])
    for path, data in told.items():
        put(path, data)
    return Written(out, beside, _beside(out, ".pdf") if pdf else None)


def _two_people(asked: Asked) -> None:
    if not asked.author or not asked.approver or asked.author == asked.approver:
        raise NotAllowedError(
            "The report would name an organization.",
            "That needs --author and --approver, two people, who stand behind it.",
        )


def _files(scan: Path) -> tuple[File, ...]:
    found = []
    for name in RESTS_ON:
        path = scan / name
        if not path.exists():
            continue
        digest = sha256()
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
        found.append(File(name, path.stat().st_size, digest.hexdigest()))
    return tuple(found)


def _manifest(files: tuple[File, ...], reference: str, asked: Asked, now: datetime) -> bytes:
    """What the report rests on, as canonical JSON."""
    return canonical(
        {
            "schema": SCHEMA,
            "reference": reference,
            "reporter": asked.reporter,
            "author": asked.author,
            "approver": asked.approver,
            "tool": f"Revenuer {__version__}",
            "at": now.isoformat(timespec="seconds"),
            "files": [{"name": one.name, "bytes": one.size, "sha256": one.sha256} for one in files],
        }
    )


def _written_down(
    manifest: bytes,
    files: tuple[File, ...],
    recorder: Recorder,
    reference: str,
    by: str,
    now: datetime,
) -> tuple[Custody, bytes]:
    """The audit log's entry of a manifest, for the page and as the line that it is."""
    digest = sha256(manifest).hexdigest()
    body = {"cluster": reference, "manifest_sha256": digest, "files": len(files), "by": by}
    entry = recorder.record([(REPORTED, body)], now)[-1]
    custody = Custody(
        tool=f"Revenuer {__version__}",
        files=files,
        manifest_sha256=digest,
        entry=entry.number,
        entry_hash=entry.hash,
        signature=entry.signature,
        public_key=recorder.signing.public.public.public_bytes_raw().hex(),
        at=entry.at,
    )
    return custody, line_of(entry)


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(f"{out.name.removesuffix('.html')}{ending}")
