"""Revenuer's own judge as a policy."""

from __future__ import annotations

from collections.abc import Sequence

from admission.play import Said
from admission.streams import Applicant
from revenuer.access.answers import Thresholds
from revenuer.access.applications import Application, Outcome
from revenuer.access.assessing import Judge
from revenuer.access.history import History, Standing
from revenuer.access.profile import Tables
from revenuer.access.reference import Reference, fit

REFIT_US = 7 * 86_400_000_000
"""How often the rates of honest company are taken anew."""


class Ours:
    """`access`, driven as `revenuer access assess` drives it."""

    name = "revenuer"

    def __init__(self, tables: Tables, step_up: float | None = None) -> None:
        self.tables = tables
        self.bars = Thresholds() if step_up is None else Thresholds(step_up=step_up)
        self.judge_ = Judge(tables)
        self._fitted_us = 0

    def begin(self, accounts: Sequence[Applicant], start_us: int) -> None:
        """Take the accounts in, and what is known of them."""
        self.judge_ = Judge(self.tables, History(), Reference(), thresholds=self.bars)
        for each in accounts:
            seen = self.judge_.seen(each.shown)
            told = each.truth
            stopped = told.suspended_us is not None and told.suspended_us <= start_us
            convicted = told.convicted_us is not None and told.convicted_us <= start_us
            standing = (
                Standing.CONVICTED if convicted else Standing.BAD if stopped else Standing.GOOD
            )
            self.judge_.history.add(
                each.shown.application_id, seen, at_us=each.shown.applied_us or 0,
                standing=standing, campaign=(told.campaign or "mistaken") if convicted else "",
            )  # fmt: skip
        self.judge_.history.advance(start_us)
        self.judge_.reference = fit(self.judge_.history)
        self._fitted_us = start_us

    def judge(self, shown: Application, outcomes: Sequence[Outcome]) -> Said:
        """Answer, and remember the application."""
        now = shown.applied_us or 0
        if now - self._fitted_us > REFIT_US:
            self._fitted_us = now
            self.judge_.reference = fit(self.judge_.history)
        seen = self.judge_.seen(shown)
        found = self.judge_.judge(shown, now_us=now, outcomes=outcomes, seen=seen)
        self.judge_.take_in(shown, seen, found)
        codes = tuple(reason.code for reason in found.reasons)
        return Said(found.answer.value, found.checks, codes)

    def settle(self, shown: Application, outcomes: Sequence[Outcome], *, admitted: bool) -> None:
        """Tell how the checks came out."""
        for each in outcomes:
            self.judge_.settle(each)
        if admitted:
            self.judge_.history.settle(shown.application_id, Standing.GOOD)

    def convict(self, shown: Application, campaign: str, at_us: int) -> None:
        """Tell of a conviction, or of a suspension for something else."""
        standing = Standing.CONVICTED if campaign else Standing.BAD
        self.judge_.history.settle(shown.application_id, standing, campaign=campaign)
