"""What is known before the first application: accounts, and campaigns that were convicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.access.applications import COLUMNS, Application, moment, read
from revenuer.access.assessing import PROVING, Judge
from revenuer.access.history import STANDING_US, Standing
from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Digest, Tables, plain_digest
from revenuer.access.reference import fit
from revenuer.app.progress import Progress
from revenuer.app.saved import read_findings
from revenuer.records import Verdict
from revenuer.sources.small_table import read_small_table

ACCOUNT = "account "
"""Before an account's id in a history's names, so that no application has the same."""
PROVED = frozenset((*(check.value for check in PROVING), "id-document"))

_MILDEST = (Verdict.CLEARED, Verdict.SUSPECTED, Verdict.CONVICTED)
"""From the mildest to the hardest: an account may be in two campaigns of one scan."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What scans said of accounts.

    Attributes:
        convicted: Account to convicted campaign.
        suspected: Accounts of suspected campaigns.
        freed: Campaigns that are convicted no more.
    """

    convicted: Mapping[str, str]
    suspected: frozenset[str]
    freed: frozenset[str] = frozenset()

    def of(self, account_id: str) -> str:
        """`convicted`, `suspected` or empty."""
        if account_id in self.convicted:
            return Verdict.CONVICTED.value
        return Verdict.SUSPECTED.value if account_id in self.suspected else ""


def verdicts_of(scans: Sequence[Path]) -> Verdicts:
    """What the folders of scans say; a later folder's word holds, and in one folder the worst.

    Raises:
        NotFoundError: One is not the folder of a scan.
    """
    convicted: dict[str, str] = {}
    suspected: set[str] = set()
    verdicts: dict[str, Verdict] = {}
    for scan in scans:
        campaigns = read_findings(scan).campaigns
        for campaign in sorted(campaigns, key=lambda each: _MILDEST.index(each.verdict)):
            verdicts[campaign.id] = campaign.verdict
            for account in campaign.account_ids:
                convicted.pop(account, None)
                suspected.discard(account)
                if campaign.verdict is Verdict.CONVICTED:
                    convicted[account] = campaign.id
                elif campaign.verdict is Verdict.SUSPECTED:
                    suspected.add(account)
    freed = (name for name, verdict in verdicts.items() if verdict is not Verdict.CONVICTED)
    return Verdicts(convicted, frozenset(suspected), frozenset(freed))


def judge_of(
    tables: Tables,
    policy: AccessPolicy,
    *,
    now: datetime,
    workdir: Path,
    accounts: str | None = None,
    scans: Sequence[Path] = (),
    digest: Digest = plain_digest,
    progress: Progress,
) -> Judge:
    """A judge that knows these accounts and campaigns.

    Args:
        tables: The offline tables.
        policy: Of admission.
        now: The time.
        workdir: An existing folder for what is staged.
        accounts: The table of accounts.
        scans: Folders of scans.
        digest: Makes values opaque.
        progress: Told how far the work is.

    Raises:
        SourceError: A table cannot be read.
        NotFoundError: A folder is not a scan's.
    """
    judge = Judge(
        tables,
        digest=digest,
        thresholds=policy.thresholds,
        offered=policy.offered,
    )
    if accounts is not None:
        verdicts = verdicts_of(scans)
        frame, _ = read_small_table("accounts", accounts, workdir)
        now_us = moment(now) or 0
        with progress.stage("Remembering accounts", frame.height) as advance:
            for row in frame.sort("created_at").iter_rows(named=True):
                remember(judge, row, verdicts, now_us)
                advance(1)
    judge.reference = fit(judge.history)
    return judge


def remember(judge: Judge, row: Mapping[str, Any], verdicts: Verdicts, now_us: int) -> None:
    """Take one account into the history."""
    account = account_application(row, verdicts, now_us)
    if account is None:
        return
    application, at_us, standing, verification = account
    name, campaign = application.application_id, ""
    if standing is Standing.CONVICTED:
        campaign = verdicts.convicted[str(row["account_id"])]
    judge.history.advance(at_us)
    judge.history.add(
        name, judge.seen(application), at_us=at_us, standing=standing, campaign=campaign
    )
    if standing is Standing.GOOD and verification in PROVED:
        judge.history.settle(name, standing, at_once=True)


def account_application(
    row: Mapping[str, Any], verdicts: Verdicts, now_us: int
) -> tuple[Application, int, Standing, str] | None:
    """An account as if it applied now: what it shows, since when, what is known, how verified."""
    account_id = str(row["account_id"])
    said = {name: row[name] for name in COLUMNS if name in row}
    name = ACCOUNT + account_id
    found = read({**said, "application_id": name, "applied_at": row.get("created_at")})
    if found is None:
        return None
    # An account of unknown age is an old one: the table is of those that exist.
    at_us = found.applied_us if found.applied_us is not None else now_us - STANDING_US
    standing = _standing(row, verdicts.of(account_id))
    return found, min(at_us, now_us), standing, str(row.get("verification"))


def _standing(row: Mapping[str, Any], verdict: str) -> Standing:
    if verdict == Verdict.CONVICTED:
        return Standing.CONVICTED
    suspended = str(row.get("status") or "").lower() == "suspended"
    return Standing.OPEN if verdict or suspended else Standing.GOOD
