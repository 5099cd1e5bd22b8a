"""What is true about a world, as tables and records to write beside its logs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from revenuer.worlds.cohort import CampaignTruth, Cohort
from revenuer.worlds.columns import CAMPAIGN, TIME
from revenuer.worlds.stage import Stage

EXCHANGE_TRUTH = pa.schema([("exchange_id", pa.string()), (CAMPAIGN, pa.string())])
PERMITS = pa.schema(
    [
        ("account_id", pa.string()),
        ("organization_id", pa.string()),
        ("purpose", pa.string()),
        ("valid_from", TIME),
        ("valid_until", TIME),
        ("max_exchanges", pa.int64()),
        ("max_tokens", pa.int64()),
        ("models", pa.list_(pa.string())),
    ]
)
ACCOUNT_LINKS = pa.schema(
    [
        ("account_id", pa.string()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("first_seen", TIME),
        ("last_seen", TIME),
    ]
)


def own_exchanges(part: pa.Table) -> pa.Table:
    """The exchanges of a part that are a campaign's own, with its id."""
    return part.select(EXCHANGE_TRUTH.names).filter(part[CAMPAIGN].is_valid())


def account_table(cohorts: Iterable[Cohort]) -> pa.Table:
    """All accounts, in an order that tells nothing about who belongs together."""
    return pa.concat_tables([c.accounts.table() for c in cohorts]).sort_by("account_id")


def account_truth(cohorts: Iterable[Cohort]) -> pa.Table:
    """Cohort, campaign and guilt of each account."""
    parts = []
    for cohort in cohorts:
        count, campaign = len(cohort.accounts), cohort.campaign
        parts.append(
            pa.table(
                {
                    "account_id": pa.array(cohort.accounts["account_id"], pa.string()),
                    "cohort": pa.array([cohort.name] * count, pa.string()),
                    "campaign": pa.array([campaign.id if campaign else None] * count, pa.string()),
                    "guilty": pa.array(np.full(count, campaign is not None)),
                }
            )
        )
    return pa.concat_tables(parts).sort_by("account_id")


def campaign_records(cohorts: Iterable[Cohort]) -> list[dict[str, Any]]:
    """What is true about each campaign, ready for JSON."""
    return [
        {
            "id": cohort.campaign.id,
            "scenario": cohort.campaign.scenario,
            "decidable": cohort.campaign.decidable,
            "expected_verdict": cohort.campaign.expected_verdict,
            "account_ids": sorted(cohort.accounts["account_id"].tolist()),
            "methods": list(cohort.campaign.methods),
            "ties": list(cohort.campaign.ties),
            "note": cohort.campaign.note,
        }
        | _reaction(cohort.campaign)
        for cohort in cohorts
        if cohort.campaign is not None
    ]


def _reaction(campaign: CampaignTruth) -> dict[str, Any]:
    """What it did after it was enforced against, where it was."""
    reacted = campaign.reacted
    if reacted is None:
        return {}
    told = {
        "kind": reacted.kind,
        "enforced_at": datetime.fromtimestamp(reacted.at_us / 1e6, UTC).isoformat(),
        "noticed_at": datetime.fromtimestamp(reacted.noticed_us / 1e6, UTC).isoformat(),
        "account_ids": list(reacted.account_ids),
    }
    return {"reaction": told}


def spec_record(stage: Stage) -> dict[str, Any]:
    """The spec that a world was built from, ready for JSON."""
    record = asdict(stage.spec) | {"start": stage.spec.start.isoformat()}
    if not stage.spec.reactions:
        del record["reactions"], record["enforced_day"]
    return record


def releases_toml(stage: Stage) -> str:
    """The provider's releases, as a settings file spells them."""
    blocks = []
    for name, released in zip(stage.models.names, stage.models.released_us, strict=True):
        moment = datetime.fromtimestamp(released / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        blocks.append(f'[[releases]]\nmodel = "{name}"\nat = {moment}\n')
    return "\n".join(blocks)
