"""What a detector is: a card, and one of four kinds of question it can ask.

A detector never bans anyone and never sees a threshold. It turns logs into one number
an account, one number a prompt, or into tokens that accounts share; `campaigns` turns
those into calibrated evidence about groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.features.prompts import Prompts, ReadPrompts
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel, Method
from revenuer.settings import Release


class Maturity(StrEnum):
    """How far a detector is trusted; only `stable` ones may convict."""

    SANDBOX = "sandbox"
    INCUBATING = "incubating"
    STABLE = "stable"


@dataclass(frozen=True, slots=True)
class Card:
    """What an analyst must know before trusting a detector.

    Attributes:
        id: Kebab-case, equal to the folder's name with dashes; never reused.
        title: What it looks for, a short noun phrase.
        axis: The axis its evidence speaks to.
        atlas: MITRE ATLAS techniques, such as `AML.T0024.002`.
        source: Public reports or papers the idea comes from.
        blind_spots: What it cannot see.
        innocent_causes: Ordinary work that looks the same.
        runbook: What an analyst does with a hit, in a few sentences.
        maturity: How far it is trusted.
        version: Grows when its numbers change.
        needs: Columns without which it is blind, as `exchanges.client_ip`.
    """

    id: str
    title: str
    axis: Axis
    atlas: tuple[str, ...]
    source: str
    blind_spots: tuple[str, ...]
    innocent_causes: tuple[str, ...]
    runbook: str
    maturity: Maturity
    version: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What a detector may know besides the data: no clock, no files.

    Attributes:
        releases: Known model releases, oldest first.
        plan_tokens_per_day: Allowance of a plan where the operator set one.
        window_days: Length of the window that was read, in days.
    """

    releases: tuple[Release, ...]
    plan_tokens_per_day: dict[str, int]
    window_days: float


@runtime_checkable
class BehaviourDetector(Protocol):
    """One statistic an account, from aggregates over its exchanges."""

    card: Card

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """Name the per-account aggregates it needs.

        Merged with those of the other detectors into one pass over the exchanges, so
        each name starts with the detector's id in snake case.
        """
        ...

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Say how far each account is from ordinary use.

        Args:
            accounts: A row an account: its aggregates, the base aggregates of
                `features.accounts`, and the columns of the accounts table.

        Returns:
            Shape (n,), larger is less ordinary, NaN is no evidence.
        """
        ...

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Say in one sentence, with numbers, how members differ from others."""
        ...


@runtime_checkable
class ContentDetector(Protocol):
    """One score a prompt."""

    card: Card
    method: Method | None
    phrase: str
    """What a hit does, to follow "of the prompts": `ask for the hidden reasoning`."""

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """Score each prompt in [0, 1]; NaN where there is no text. Shape (n_prompts,)."""
        ...


@runtime_checkable
class LinkDetector(Protocol):
    """Tokens that accounts share, asked of the engine."""

    card: Card
    channel: Channel
    private: bool
    """True for what strangers do not share by chance or choice: a card, a phone."""
    declared: bool
    """True where the sharing is said openly, as an organization is: it hides nothing."""
    phrase: str
    """What sharing means, to follow "n accounts": `pay with the same card`."""

    def tokens(self, logs: LogTables) -> ir.Table:
        """Incidences: `account_id`, `token` (strings), `exchanges` (int64; 0 if unknown).

        One row a pair at most. Tokens are opaque and need no prefix.
        """
        ...


@runtime_checkable
class TextLinkDetector(Protocol):
    """Tokens that accounts share, read from the sample of prompts."""

    card: Card
    channel: Channel
    private: bool
    declared: bool
    phrase: str

    def read(self, prompts: ReadPrompts) -> pl.DataFrame:
        """Incidences as of `LinkDetector.tokens`, from the sample."""
        ...


Detector = BehaviourDetector | ContentDetector | LinkDetector | TextLinkDetector
