"""What the report draws of a campaign."""

from __future__ import annotations

import hashlib
import heapq
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from revenuer.records import Campaign, Example, Exhibit, Tie
from revenuer.settings import Release

EXAMPLES = 10
"""Telling and random exchanges that are shown of a campaign."""
SHOWN_CHARS = 600
SHOWN = ("exchange_id", "account_id", "prompt")
"""Columns of an exchange that an example shows."""


def make_exhibit(
    campaign: Campaign,
    *,
    exchanges: pl.DataFrame,
    accounts: pl.DataFrame,
    sample: pl.DataFrame,
    ties: tuple[Tie, ...],
    releases: tuple[Release, ...],
    unmask: bool,
) -> Exhibit:
    """Gather a campaign's pictures.

    Args:
        campaign: Its record.
        exchanges: All exchanges of its accounts: `account_id`, `occurred_at`, `own`.
        accounts: Its accounts' rows.
        sample: The sampled exchanges of its accounts: `SHOWN`.
        ties: What members share.
        releases: Known model releases.
        unmask: Show prompts as they are.
    """
    days = _days(exchanges)
    first, last = exchanges["occurred_at"].min(), exchanges["occurred_at"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    volumes = exchanges.group_by("account_id").agg(pl.col("own").sum()).sort("account_id")
    why = _citations(campaign)
    return Exhibit(
        campaign_id=campaign.id,
        days=tuple(str(day) for day in days["day"]),
        own=tuple(days["own"]),
        other=tuple(days["other"]),
        suspensions=tuple(accounts["suspended_at"].drop_nulls().sort()),
        releases=tuple((r.at, r.model) for r in releases if first <= r.at <= last),
        ties=ties,
        telling=_examples(sample.filter(pl.col("exchange_id").is_in(list(why))), why, unmask),
        random=_examples(sample, {}, unmask),
        account_volumes=tuple((str(name), int(own)) for name, own in volumes.iter_rows()),
    )


def _days(exchanges: pl.DataFrame) -> pl.DataFrame:
    """Own and other exchanges of every day between the first and the last."""
    counted = (
        exchanges.group_by(day=pl.col("occurred_at").dt.date())
        .agg(own=pl.col("own").sum(), other=(~pl.col("own")).sum())
        .sort("day")
    )
    first, last = counted["day"][0], counted["day"][-1]
    every = pl.DataFrame({"day": pl.date_range(first, last, timedelta(days=1), eager=True)})
    return every.join(counted, on="day", how="left").fill_null(0).sort("day")


def _citations(campaign: Campaign) -> dict[str, str]:
    """The exchanges that evidence cites, each with the first piece that cites it."""
    cited: dict[str, str] = {}
    for piece in campaign.evidence:
        for exchange_id in piece.exchange_ids:
            cited.setdefault(exchange_id, piece.kind)
    return cited


def _examples(sample: pl.DataFrame, why: Mapping[str, str], unmask: bool) -> tuple[Example, ...]:
    """The exchanges with the lowest SHA-256 of their id: random, and the same every time."""
    lots = ((hashlib.sha256(i.encode()).digest(), n) for n, i in enumerate(sample["exchange_id"]))
    drawn = [place for _, place in heapq.nsmallest(EXAMPLES, lots)]
    rows = sample.select(SHOWN)[drawn].iter_rows()
    return tuple(
        Example(
            exchange_id=str(exchange_id),
            account_id=str(account_id),
            text=str(prompt)[:SHOWN_CHARS] if unmask and prompt else mask(prompt),
            why=why.get(str(exchange_id), "drawn at random"),
        )
        for exchange_id, account_id, prompt in rows
    )


def mask(text: str | None) -> str:
    """The shape of a text without its words: letters become dots.

    Examples:
        >>> mask("Judge it: 1 to 5.")
        '····· ··: · ·· ·.'
        >>> mask(None)
        '(no text)'
    """
    if not text:
        return "(no text)"
    return "".join("·" if _is_of_a_word(char) else char for char in text[:SHOWN_CHARS])


def _is_of_a_word(char: str) -> bool:
    """Letters, digits, and the marks that are vowels in many scripts."""
    return char.isalnum() or unicodedata.category(char).startswith("M")
