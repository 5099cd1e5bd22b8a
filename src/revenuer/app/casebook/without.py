"""What each campaign of a case would be without each piece of its evidence, as `explain` says it.

The casebook keeps what speaks against a campaign, not all groups of its scan, and these set what a
conviction takes. So the folder of the scan is asked, as long as that is there and is what was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from revenuer.app.casebook.folders import CAMPAIGNS
from revenuer.app.casebook.reading import CampaignSeen, CaseView
from revenuer.app.details import read_groups
from revenuer.app.saved import reading_scan
from revenuer.app.without import Without, axes_of, bar_of, group_of, parts_of, without_each
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError, ScanError
from revenuer.records import Axis, Campaign, Verdict
from revenuer.reports.campaigns_json import from_json
from revenuer.reports.reasons import ROUNDING

GONE = "The folder of its scan is not here any more, or cannot be read."
OTHER = "The folder of its scan was written anew since: it does not hold this verdict any more."
ERASED = "What was said of it was erased."
NO_GROUP = "The folder of its scan does not hold the group that was judged."


@dataclass(frozen=True, slots=True)
class Weighed:
    """A campaign of a case without each piece of its evidence.

    Attributes:
        campaign: Its id.
        is_convicted: Whether its verdict is that.
        least: Nats of its weakest axis with all pieces.
        bar: The least nats with which a group of its scan was convicted; None if none was.
        without: The verdict without each piece, the least evidence first.
        unread: Why that is not known; empty where it is.
    """

    campaign: str
    is_convicted: bool
    least: float = 0.0
    bar: float | None = None
    without: tuple[Without, ...] = ()
    unread: str = ""

    @property
    def weaker(self) -> tuple[Without, ...]:
        """Without which it has visibly less, or however little less that is not enough."""
        return tuple(one for one in self.without if self._loses(one))

    def _loses(self, one: Without) -> bool:
        loss = self.least - one.log_e_value
        # Adding up in another order is no loss.
        tips = self.is_convicted and not one.passes and loss > 1e-9
        return tips or loss >= ROUNDING


def weigh_without(view: CaseView, *, actor: Actor) -> tuple[Weighed, ...]:
    """Each campaign of a case without each piece of its evidence.

    Args:
        view: The case.
        actor: Who asks.
    """
    actor.needs(Right.READ)
    if view.scanned is None:
        return ()
    try:
        folder = Path(view.scanned.folder)
        # Not all that `explain` reads: what each account shows alone is most of a folder.
        with reading_scan(folder):
            found = from_json((folder / CAMPAIGNS).read_bytes()).campaigns
            campaigns, judged = {one.id: one for one in found}, read_groups(folder)
            return tuple(_weighed(one, campaigns, judged) for one in view.seen)
    except (NotFoundError, ScanError):
        return tuple(_unread(one, ERASED if one.told is None else GONE) for one in view.seen)


def _weighed(one: CampaignSeen, campaigns: dict[str, Campaign], judged: pl.DataFrame) -> Weighed:
    row = one.figures
    if one.told is None:
        return _unread(one, ERASED)
    campaign = campaigns.get(row.campaign_id)
    # A watch writes its folder anew at each look.
    if campaign is None or _says(campaign) != (row.verdict, *(getattr(row, a.value) for a in Axis)):
        return _unread(one, OTHER)
    group = group_of(campaign.id, campaign, judged) if campaign.account_ids else None
    if group is None:
        return _unread(one, NO_GROUP)
    axes, bar = axes_of(group), bar_of(judged)
    found = without_each(parts_of(group), axes, bar)
    return Weighed(
        campaign=row.campaign_id,
        is_convicted=campaign.verdict is Verdict.CONVICTED,
        least=min(axes.values()),
        bar=bar,
        without=tuple(sorted(found, key=lambda each: each.log_e_value)),
    )


def _says(campaign: Campaign) -> tuple[str | float, ...]:
    return (campaign.verdict.value, *(campaign.axes[axis] for axis in Axis))


def _unread(one: CampaignSeen, why: str) -> Weighed:
    is_convicted = one.figures.verdict == Verdict.CONVICTED.value
    return Weighed(one.figures.campaign_id, is_convicted, unread=why)
