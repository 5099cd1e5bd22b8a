"""Which cases the campaigns of a new sighting belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection

from revenuer.casework.sameness import Group, known_in, went_into
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.rosters import sharing

Node = tuple[str, str]
CAMPAIGN, CASE = "campaign", "case"


@dataclass(frozen=True, slots=True)
class Joined:
    """Campaigns of a sighting that are one case.

    Attributes:
        campaigns: Their ids, and those that ended in them.
        cases: Cases that they belong to so far; none for a new one.
    """

    campaigns: frozenset[str]
    cases: frozenset[str]


@dataclass(slots=True)
class _Components:
    """Sets that are put together (union-find)."""

    parents: dict[Node, Node] = field(default_factory=dict)

    def components(self, wanted: Iterable[Node]) -> list[set[Node]]:
        """Those that these are in, each once, in one order."""
        tops = {self.top(name) for name in wanted}
        found: dict[Node, set[Node]] = {top: set() for top in sorted(tops)}
        for name in list(self.parents):
            if (top := self.top(name)) in found:
                found[top].add(name)
        return list(found.values())

    def top(self, name: Node) -> Node:
        path = []
        while (parent := self.parents.setdefault(name, name)) != name:
            path.append(name)
            name = parent
        self.parents.update(dict.fromkeys(path, name))
        return name

    def put_together(self, one: Node, other: Node) -> None:
        a, b = sorted((self.top(one), self.top(other)))
        self.parents[b] = a

    def are_one(self, one: Node, other: Node) -> bool:
        return self.top(one) == self.top(other)


def joined(
    connection: Connection, groups: Sequence[Group], at_us: int, sighting: str
) -> list[Joined]:
    """Put the campaigns of a sighting together with what the casebook knows.

    Args:
        connection: A transaction that writes, in which the sighting is not yet.
        groups: Its campaigns.
        at_us: Its time; it may be older than others.
        sighting: Its name.
    """
    known = known_in(groups)
    together = _Components()
    for campaign, case in cases.cases_of(connection, known).items():
        together.put_together(_node(campaign), _node(case, CASE))
    for group in groups:
        for name in group.supersedes:
            together.put_together(_node(group.campaign), _node(name))
    _by_members(connection, groups, at_us, sighting, known, together)
    return [
        Joined(
            frozenset(name for kind, name in names if kind == CAMPAIGN and name in known),
            frozenset(name for kind, name in names if kind == CASE),
        )
        for names in together.components({_node(group.campaign) for group in groups})
    ]


def _node(name: str, kind: str = CAMPAIGN) -> Node:
    # A campaign may be called as a case is.
    return kind, name


def _by_members(
    connection: Connection,
    groups: Sequence[Group],
    at_us: int,
    sighting: str,
    known: frozenset[str],
    together: _Components,
) -> None:
    """Put together what neither scan knows to be one, by the accounts."""
    near = {
        group.campaign: sharing(connection, np.array(sorted(group.members), np.int64)).keys()
        for group in groups
    }
    every = frozenset().union(*near.values())
    for campaign, case in cases.cases_of(connection, every).items():
        together.put_together(_node(campaign), _node(case, CASE))

    strangers = {
        name
        for group in groups
        for name in near[group.campaign]
        if not together.are_one(_node(name), _node(group.campaign))
    }
    if not strangers:
        return
    for earlier in sightings.groups_before(connection, strangers - known, at_us, sighting):
        later = [group for group in groups if earlier.campaign in near[group.campaign]]
        if (into := went_into(earlier, later, known)) is not None:
            together.put_together(_node(earlier.campaign), _node(into))
    _into_later(connection, groups, at_us, sighting, near, strangers, together)


def _into_later(
    connection: Connection,
    groups: Sequence[Group],
    at_us: int,
    sighting: str,
    near: Mapping[str, Iterable[str]],
    strangers: set[str],
    together: _Components,
) -> None:
    """The same for a sighting that is older than others: what its campaigns became there."""
    for group in groups:
        if not strangers.intersection(near[group.campaign]):
            continue
        after = sightings.groups_after(connection, near[group.campaign], at_us, sighting)
        for name, later in after.items():
            known = sightings.known_by(connection, name)
            if (into := went_into(group, later, known)) is not None:
                together.put_together(_node(group.campaign), _node(into))
