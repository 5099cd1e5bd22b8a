"""What the tests of sharing have in common."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from revenuer.records import Attribution, Axis, Campaign, Evidence, Method, Scanned, Verdict
from revenuer.sharing.profile import (
    Confidence,
    Details,
    Level,
    Likelihood,
    Manner,
    Response,
    Said,
    Window,
)
from revenuer.sharing.tlp import Tlp


@pytest.fixture
def details() -> Details:
    """What an object says, every required word of it."""
    return Details(
        methods=(Manner.COT_EXFILTRATION,),
        window=Window(
            first=datetime(2026, 6, 1, tzinfo=UTC), last=datetime(2026, 6, 9, tzinfo=UTC)
        ),
        cluster="cluster--2b1c3f7e-6a55-5c52-9b11-0c9c5b8f2a10",
        verdict=Said.CONVICTED,
        behaviour="Accounts run by one operator ask for reasoning step by step.",
        confidence=Confidence(level=Level.HIGH, value=85),
        likelihood=Likelihood(term="very likely", low_percent=80, high_percent=95),
        response=Response.BLOCKED,
        expires=datetime(2026, 8, 1, tzinfo=UTC),
        tlp=Tlp.AMBER,
        legal_basis="legitimate interest in the security of the service",
        permitted_use=("detection",),
    )


START = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
END = datetime(2026, 6, 9, 22, 15, tzinfo=UTC)
SECRET_WORDS = ("acct-guilty", "campaign--0f0f", "198.51.100.7", "card-", "exchange-")
"""What must not leave, wherever it stood."""


@pytest.fixture
def campaign() -> Campaign:
    """A convicted campaign of 40 accounts."""
    kinds = {
        Axis.COORDINATION: ("shared-payment", "prompt-template"),
        Axis.EXTRACTION: ("reasoning-elicitation", "output-mass"),
        Axis.CONCEALMENT: ("address-rotation", "throwaway-identity"),
    }
    return Campaign(
        id="campaign--0f0f0f0f-0000-5000-8000-000000000001",
        verdict=Verdict.CONVICTED,
        probability=0.93,
        log_e_value=6.0,
        axes=dict.fromkeys(Axis, 6.0),
        account_ids=tuple(f"acct-guilty-{n}" for n in range(40)),
        exchanges=23_456,
        tasks=23_000,
        output_tokens=1_000_000,
        reasoning_tokens=0,
        first_seen=START,
        last_seen=END,
        detected_at=END,
        methods=(Method.COT_EXFILTRATION,),
        capabilities={"reasoning": 0.61, "tool-use": 0.02},
        taxonomy={"atlas": ("AML.T0024.002", "AML.T0008.005", "AML.CS0056")},
        attribution=Attribution(),
        evidence=tuple(
            Evidence(kind, axis, "40 accounts", 3.0, ("acct-guilty-1",), ("exchange-1",))
            for axis, of_axis in kinds.items()
            for kind in of_axis
        ),
    )


@pytest.fixture
def scanned() -> Scanned:
    """The scan that it is from."""
    return Scanned(1_000_000, 1_000_000, 9_000, START, END, 0.05, "b", "c", {}, ())


def tie(
    account: int, kind: str, value: str, holders: int = 0, exchanges: int = 100
) -> dict[str, object]:
    """A row of `ties.parquet`."""
    return {
        "campaign_id": "campaign--0f0f0f0f-0000-5000-8000-000000000001",
        "account_id": f"acct-guilty-{account}",
        "kind": kind,
        "value": value,
        "exchanges": exchanges,
        "first_seen": START,
        "last_seen": END,
        "holders": holders,
        "network": None,
        "reseller": None,
    }


@pytest.fixture
def ties() -> pl.DataFrame:
    """What its accounts are known by: some of it may leave."""
    rows = []
    for n in range(40):
        rows += [
            tie(n, "asn", "64500", holders=3),
            tie(n, "address", "198.51.100.7"),
            tie(n, "payment-fingerprint", f"card-{n}"),
            tie(n, "tls-fingerprint", "t13d1516h2_8daaf6152771_02713d6af862"),
            tie(n, "user-agent", "harvest's client/1.0 \\\\ x"),
            tie(n, "email-domain", "harvest.example", exchanges=0),
            tie(n, "prompt-sketch", f"group-key:{'QUJD' * 4}"),
            tie(n, "system-prompt-sketch", "own-key:QUJD"),
        ]
    return pl.DataFrame(rows)
