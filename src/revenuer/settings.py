"""Every setting and its default, frozen. Defaults live here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Release:
    """A model that became available."""

    model: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """How much text is read.

    Attributes:
        prompts_per_account: Prompts of each account that are read, the lowest by MD5.
        prompt_chars: Characters of each prompt that are read; the middle of longer
            prompts is skipped.
    """

    prompts_per_account: int = 24
    prompt_chars: int = 1600


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """What a conviction needs.

    Attributes:
        fdr: Highest tolerated share of innocent campaigns among the convicted, (0, 1).
        effective_accounts: Members of a group that count as independent at most
            (Kish's design effect for an intra-group correlation of its inverse).
            placeholder
        smallest_group: Accounts a group must have.
        smallest_baseline: Accounts outside all groups without which nothing convicts.
    """

    fdr: float = 0.05
    effective_accounts: float = 10.0
    smallest_group: int = 3
    smallest_baseline: int = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a scan."""

    sample: SampleSettings = field(default_factory=SampleSettings)
    judge: JudgeSettings = field(default_factory=JudgeSettings)
    releases: tuple[Release, ...] = ()
    plan_tokens_per_day: dict[str, int] = field(default_factory=dict)
    seed: int = 20260223
