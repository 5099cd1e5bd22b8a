"""A report for an authority: facts apart from inference, rivals named, custody shown.

It names no account, no address and no person; identifiers are for legal process. Two things
are never mixed: how likely the finding is, and how far the analysis is to be trusted.

Source:
    Intelligence Community Directive 203 (2015), D.6.e: facts distinguished from judgements,
    likelihood words, confidence apart from them, alternatives considered.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from markupsafe import Markup

from revenuer.records import Campaign, Scanned
from revenuer.reports.html import environment

LADDER = (
    ("L0", "a group of accounts behaves alike"),
    ("L1", "one operator runs them"),
    ("L2", "a named reseller or relay carries them"),
    ("L3", "a named organization is behind them"),
)
RULES = (
    "Networks, addresses and countries alone name nobody, however many agree.",
    "L3 needs two independent families of evidence, an author and another person who approves.",
    "Nationality is no evidence, and nothing in the analysis encodes it.",
)
CHANGES = (
    "An owner who shows that the accounts serve separate customers.",
    "A permit or contract for this use that was not on file.",
    "The same ties among accounts that are known to be innocent.",
)


@dataclass(frozen=True, slots=True)
class File:
    """A file that the report rests on."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Custody:
    """What shows that the report is of these files, and when that was written down.

    Attributes:
        tool: Name and version of the program.
        files: What it rests on.
        manifest_sha256: Digest of the manifest, which lists them.
        entry: Number of the entry in the audit log.
        entry_hash: Its hash, which covers all entries before.
        signature: Ed25519 over that hash, base64.
        public_key: What checks the signature, in hexadecimal.
        at: When, ISO 8601.
    """

    tool: str
    files: tuple[File, ...]
    manifest_sha256: str
    entry: int
    entry_hash: str
    signature: str
    public_key: str
    at: str


@dataclass(frozen=True, slots=True)
class AuthorityReport:
    """What the report says.

    Attributes:
        campaign: Of which.
        scanned: The scan that it is from.
        reference: The pseudonym of the campaign.
        reporter: Who reports.
        contact: Whom to ask; empty for none.
        tlp: Who may see it, such as `AMBER`, and what that means.
        legal_basis: Why it may be shared.
        likelihood: The word and its range.
        confidence: In the analysis.
        behaviour: What is inferred, a sentence.
        actor: Who may be behind it.
        level: The step of the ladder.
        rivals: Other explanations of who.
        shows_nats: Evidence below it is counted and not listed.
        kinds: How many different values of each kind the accounts are known by.
        custody: Of the files.
    """

    campaign: Campaign
    scanned: Scanned
    reference: str
    reporter: str
    contact: str
    tlp: tuple[str, str]
    legal_basis: str
    likelihood: str
    confidence: str
    behaviour: str
    actor: str
    level: str
    rivals: tuple[str, ...]
    shows_nats: float
    custody: Custody
    kinds: tuple[tuple[str, int], ...] = field(default=())


def render_authority(report: AuthorityReport) -> str:
    """Draw the report as one self-contained page that prints well."""
    made = environment()
    assert made.loader is not None
    style = made.loader.get_source(made, "authority.css")[0]
    evidence = sorted(report.campaign.evidence, key=lambda one: -one.log_e_value)
    strong = [one for one in evidence if abs(one.log_e_value) >= report.shows_nats]
    return made.get_template("authority.html").render(
        report=report,
        campaign=report.campaign,
        scanned=report.scanned,
        strong=strong,
        weak=len(evidence) - len(strong),
        ladder=LADDER,
        rules=RULES,
        changes=CHANGES,
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
