"""`casebook add`: what a scan or a watch found becomes cases, or makes cases grow."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from revenuer.app.casebook.figures import figures_of
from revenuer.app.casebook.folders import Seen, read_folder
from revenuer.app.casebook.heads import Reopened, look_again, refresh
from revenuer.app.casebook.joining import Joined, joined
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.permit_check import Checked, check_permits
from revenuer.app.casebook.signs import keep_signs
from revenuer.app.casebook.told import packed, told_of
from revenuer.app.casebook.webs import fill_webs, keep_webs, lacks_webs
from revenuer.casework.cases import State, merged_state
from revenuer.casework.roles import Actor, Right
from revenuer.casework.sameness import Group
from revenuer.instants import micros
from revenuer.reports.wording import counted
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.rosters import join, keep_roster, numbers_of

CASE = "case--"
NAMES_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a folder.

    Attributes:
        folder: Which.
        sighting: Its name.
        is_new: Whether it had not been added before.
        campaigns: How many it has.
        opened: Cases that were opened.
        grown: Cases that were known and were seen again.
        merged: Cases that turned out to be one: those that ended, to where they went.
        reopened: Cases that came back, and why.
        permits: What it says of permits; see `permit_check`.
        tied: Campaigns of a folder that was known whose ties were missing until now.
    """

    folder: Path
    sighting: str
    is_new: bool
    campaigns: int
    opened: tuple[str, ...] = ()
    grown: tuple[str, ...] = ()
    merged: Mapping[str, str] | None = None
    reopened: tuple[Reopened, ...] = ()
    permits: Checked | None = None
    tied: int = 0

    @property
    def summary(self) -> str:
        """What came of it, in a sentence."""
        if not self.is_new:
            said = "The casebook has this already."
            if self.tied:
                of = counted(self.tied, "campaign")
                said += f" What ties the accounts of {of} was missing, and is there now."
            return said
        said = f"In the casebook: {counted(len(self.opened), 'case')} opened, "
        said += f"{len(self.grown)} seen again"
        back = f", of which {len(self.reopened)} came back" if self.reopened else ""
        return f"{said}{back}."


def add(casebook: Casebook, folders: Sequence[Path], *, actor: Actor, now: datetime) -> list[Added]:
    """Add what scans and watches found; of what was added before, only missing ties are.

    Each folder is added as a whole or not at all, and none if one of them cannot be read.

    Args:
        casebook: Where.
        folders: The `--out` folders of scans and watches.
        actor: Who adds them.
        now: When.

    Raises:
        NotFoundError: One is no such folder.
        SourceError: One is not whole, or is another version's.
        NotAllowedError: The actor may not.
    """
    actor.needs(Right.WORK)
    if len(folders) > 1:
        for folder in folders:
            read_folder(folder)
    done = [_add(casebook, read_folder(folder), actor, now) for folder in folders]
    # Once the cases are there, which permits that are outgrown are told of in.
    return [
        replace(
            one,
            permits=check_permits(casebook, folder=folder, actor=actor, now=now),
        )
        for one, folder in zip(done, folders, strict=True)
    ]


def _add(casebook: Casebook, seen: Seen, actor: Actor, now: datetime) -> Added:
    campaigns = len(seen.findings.campaigns)
    at_us = micros(seen.findings.scanned.last)
    known = Added(seen.folder, seen.id, False, campaigns)
    with casebook.reading() as connection:
        is_there = sightings.is_there(connection, seen.id)
        if is_there and not lacks_webs(connection, seen, at_us):
            return known
    if is_there:
        with casebook.changing(actor, now) as change:
            return replace(known, tied=fill_webs(casebook, change, seen, at_us))
    with casebook.changing(actor, now) as change:
        # Somebody else may have been quicker.
        if sightings.is_there(change.connection, seen.id):
            return known
        return _Adding(casebook, change, seen).added()


@dataclass(slots=True)
class _Adding:
    """One folder on its way into the casebook."""

    casebook: Casebook
    change: Change
    seen: Seen

    def added(self) -> Added:
        connection, seen = self.change.connection, self.seen
        numbers = self._numbers()
        members = {
            one.id: np.unique(np.array([numbers[name] for name in one.account_ids], np.int64))
            for one in seen.findings.campaigns
        }
        groups = [
            Group(one.id, frozenset(one.supersedes), frozenset(members[one.id].tolist()))
            for one in seen.findings.campaigns
        ]
        merged: dict[str, str] = {}
        opened: list[str] = []
        grown: list[str] = []
        of_campaign: dict[str, str] = {}
        for each in joined(connection, groups, self.at_us, seen.id):
            case = self._case_of(each, opened, merged)
            if case not in opened:
                grown.append(case)
            of_campaign |= dict.fromkeys(each.campaigns, case)
        self._keep(of_campaign, members, numbers)
        keep_webs(self.casebook, self.change, seen, numbers, of_campaign, self.at_us)
        keep_signs(self.casebook, self.change, seen, numbers)
        reopened = []
        for case in (*opened, *grown):
            refresh(connection, case)
            if (back := look_again(self.casebook, self.change, case)) is not None:
                reopened.append(back)
        result = Added(
            folder=seen.folder,
            sighting=seen.id,
            is_new=True,
            campaigns=len(groups),
            opened=tuple(opened),
            grown=tuple(grown),
            merged=merged,
            reopened=tuple(reopened),
        )
        self.change.record("scan-added", _said(result, seen))
        return result

    @property
    def at_us(self) -> int:
        return micros(self.seen.findings.scanned.last)

    def _numbers(self) -> dict[str, int]:
        """The number of each account that is named anywhere."""
        named = {name for one in self.seen.findings.campaigns for name in one.account_ids}
        named |= {
            name
            for one in self.seen.findings.campaigns
            for piece in one.evidence
            for name in piece.account_ids
        }
        named |= {name for sign in self.seen.signs for name in sign.account_ids}
        found: dict[str, int] = {}
        names = sorted(named)
        # A key is a big thing beside an id: some thousand at once, however large the campaign.
        for start in range(0, len(names), NAMES_AT_ONCE):
            some = names[start : start + NAMES_AT_ONCE]
            subjects = self.casebook.keep_names(self.change, some)
            numbers = numbers_of(self.change.connection, subjects.values())
            found.update((name, numbers[subject]) for name, subject in subjects.items())
        return found

    def _case_of(self, each: Joined, opened: list[str], merged: dict[str, str]) -> str:
        """The case that campaigns belong to: a new one, or the oldest of those that they have."""
        connection, now_us = self.change.connection, self.change.now_us
        known = cases.all_of(connection, each.cases)
        by = self.change.actor.name
        if known:
            case = known[0].case_id
            for gone in known[1:]:
                self._merge(gone.case_id, case)
                merged[gone.case_id] = case
        else:
            case = f"{CASE}{uuid.uuid4()}"
            cases.open_case(connection, case, now_us)
            cases.note_act(connection, case, kind="opened", by=by, at_us=now_us)
            opened.append(case)
        new = each.campaigns - cases.cases_of(connection, each.campaigns).keys()
        cases.give_campaigns(connection, case, sorted(new))
        return case

    def _merge(self, gone: str, into: str) -> None:
        """Let one case go into another, which keeps all that both have."""
        connection, now_us = self.change.connection, self.change.now_us
        old, new = cases.found(connection, gone), cases.found(connection, into)
        assert old is not None
        assert new is not None
        cases.put_into(connection, gone, into)
        state = merged_state(State(new.state), State(old.state))
        cases.change(
            connection,
            into,
            state=state.value,
            since_us=new.since_us if state == new.state else old.since_us,
            waiting_us=min(new.waiting_us, old.waiting_us),
            assigned_to=new.assigned_to or old.assigned_to,
        )
        by, about = self.change.actor.name, {"from": gone, "into": into, "state": state.value}
        about |= {"state_of_from": old.state, "sighting": self.seen.id}
        cases.note_act(connection, into, kind="merged", by=by, at_us=now_us, body=about)

    def _keep(
        self,
        of_campaign: Mapping[str, str],
        members: Mapping[str, np.ndarray],
        numbers: Mapping[str, int],
    ) -> None:
        connection, seen = self.change.connection, self.seen
        campaigns = seen.findings.campaigns
        exhibits, scores = seen.exhibits, seen.scores
        bodies = [
            (of_campaign[one.id], packed(told_of(one, exhibits.get(one.id), numbers, scores)))
            for one in campaigns
        ]
        sealed = self.casebook.vault.seal_all(connection, bodies, self.change.now_us)
        until = seen.findings.scanned.last.astimezone(UTC).date()
        rows = [
            figures_of(one, seen.exhibits.get(one.id), until)
            | {
                "sighting_id": seen.id,
                "at_us": self.at_us,
                "accounts": members[one.id].size,
                "roster": keep_roster(connection, members[one.id]),
                "owner": of_campaign[one.id],
                "sealed": body,
            }
            for one, body in zip(campaigns, sealed, strict=True)
        ]
        mergers = {old: one.id for one in campaigns for old in one.supersedes}
        sightings.keep(connection, self._sighting(), rows, mergers)
        for one in campaigns:
            join(connection, one.id, members[one.id], self.at_us, seen.id)

    def _sighting(self) -> dict[str, Any]:
        scanned = self.seen.findings.scanned
        return {
            "sighting_id": self.seen.id,
            "kind": self.seen.kind,
            "folder": str(self.seen.folder),
            "at_us": self.at_us,
            "from_us": micros(scanned.first),
            "added_us": self.change.now_us,
            "added_by": self.change.actor.name,
            "exchanges": scanned.exchanges,
            "accounts": scanned.accounts,
            "fdr": scanned.fdr,
            "baseline_id": scanned.baseline_id[:128],
            "config_sha256": scanned.config_sha256[:128],
        }


def _said(result: Added, seen: Seen) -> dict[str, Any]:
    """What the audit log says of it: cases and counts."""
    return {
        "sighting": result.sighting,
        "source": seen.kind,
        "campaigns": result.campaigns,
        "opened": list(result.opened),
        "grown": len(result.grown),
        "merged": dict(result.merged or {}),
        "reopened": [one.case for one in result.reopened],
    }
