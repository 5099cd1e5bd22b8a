"""The graph of a case: groups of its accounts, what ties them, and how rare that is.

It is drawn from what the casebook keeps (see `webs`), so it does not matter whether the folder of
the scan is still there. Of a campaign whose ties were never kept, the strongest that its report
tells are drawn, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import Connection, Row

from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import campaigns_seen
from revenuer.app.casebook.tie_words import family_of, kind_named, mark_shown
from revenuer.app.casebook.told import Told
from revenuer.app.casebook.web_pieces import unpacked
from revenuer.campaigns.web_drawing import (
    NODES_AT_MOST,
    Drawing,
    draw_web,
    group_shares,
    unfolded_first,
)
from revenuer.campaigns.web_union import side_by_side
from revenuer.campaigns.webs import Web, Whole, web_of
from revenuer.casework.roles import Actor, Right
from revenuer.instants import moment
from revenuer.reports.wording import count, counted, day
from revenuer.store.casebook import sightings
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.rosters import rosters, subjects_of
from revenuer.store.casebook.webs import webs_of

TOKENS_LISTED = 1_000
"""Tokens that the table beside the graph lists, those that tell most. placeholder"""
BINDING_SHOWN = 3
"""Tokens that are named of a group. placeholder"""
_LOOSE = "In no group"
_NO_TIES = pl.DataFrame(
    schema={
        "member": pl.Int64,
        "kind": pl.String,
        "mark": pl.UInt64,
        "outside": pl.Int64,
        "first_us": pl.Int64,
        "last_us": pl.Int64,
    }
)


@dataclass(frozen=True, slots=True)
class TokenTold:
    """Something that members share.

    Attributes:
        id: Its name on the page.
        kind: What it is, in words.
        family: The family of links; empty for none.
        mark: The beginning of the keyed fingerprint of its value.
        members: Members that have it.
        outside: Accounts in no campaign that have it.
        groups: Groups that have it.
        first_us: When members first showed it; 0 where that has no time.
        last_us: Likewise the last time.
    """

    id: str
    kind: str
    family: str
    mark: str
    members: int
    outside: int
    groups: int
    first_us: int
    last_us: int

    @property
    def label(self) -> str:
        """What it is called."""
        return f"{self.kind} {self.mark}"


@dataclass(frozen=True, slots=True)
class GroupTold:
    """Members that hang together.

    Attributes:
        name: By which it is unfolded; 0 for those whom nothing rare binds.
        label: What it is called.
        members: How many they are.
        tokens: Tokens that at least two of them share.
        bound_by: What binds most of them, and how many have it.
        outside: Accounts in no campaign that have the first of these.
        unfolded: Whether its members are drawn.
    """

    name: int
    label: str
    members: int
    tokens: int
    bound_by: tuple[tuple[str, int], ...]
    outside: int
    unfolded: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The graph of a case.

    Attributes:
        row: The case.
        web: All that is known of it.
        drawing: What is drawn.
        groups: Every group, the largest first.
        tokens: What members share, what tells most first; at most `TOKENS_LISTED`.
        labels: How each drawn member is called, in their order.
        drawn_tokens: What is told of each drawn token, in their order.
        notes: What is left out, and where this comes from, in sentences.
    """

    row: CaseRow
    web: Web
    drawing: Drawing
    groups: tuple[GroupTold, ...]
    tokens: tuple[TokenTold, ...]
    labels: tuple[str, ...]
    drawn_tokens: tuple[TokenTold, ...]
    notes: tuple[str, ...]


def campaign_graph(
    casebook: Casebook,
    case: str,
    *,
    actor: Actor,
    now: datetime,
    unfold: Sequence[int] | None = (),
) -> Graph:
    """The graph of a case's campaigns, as their newest sightings have them.

    Args:
        casebook: Where.
        case: The case, or a campaign of it.
        actor: Who asks.
        now: When.
        unfold: Groups whose members are drawn; None for a group that is alone and small enough.

    Raises:
        NotFoundError: There is no such case.
        NotAllowedError: They may not see it.
    """
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        row = case_named(connection, case)
        head = sightings.head_of(connection, row.case_id)
        web, sources = _web(casebook, connection, head)
        drawing = draw_web(web, unfolded_first(web).tolist() if unfold is None else unfold)
        numbers = web.members[drawing.members].tolist()
        subjects = subjects_of(connection, numbers)
    shares = group_shares(web)
    several = (shares > 0).sum(axis=1)
    listed = np.arange(min(len(web.tokens.kind), TOKENS_LISTED))
    return Graph(
        row=row,
        web=web,
        drawing=drawing,
        groups=tuple(_groups(web, drawing, shares)),
        tokens=tuple(_token(web, place, several) for place in listed.tolist()),
        labels=tuple(subjects.get(number, "erased") for number in numbers),
        drawn_tokens=tuple(_token(web, place, several) for place in drawing.tokens.tolist()),
        notes=(*sources, *_left_out(web, drawing)),
    )


def _web(
    casebook: Casebook, connection: Connection, head: Sequence[Row[Any]]
) -> tuple[Web, list[str]]:
    """The web of what a case's newest sighting has, and what is to be said about it."""
    kept = webs_of(connection, [one.campaign_id for one in head])
    rows = list(kept.values())
    clear = casebook.vault.unseal_all(connection, [(one.owner, one.sealed) for one in rows])
    webs = [unpacked(data) for data in clear if data is not None]
    newest = head[0].at_us if head else 0
    old = [one for one in rows if one.at_us < newest]
    said = []
    if old:
        last = day(moment(max(one.at_us for one in old)))
        said.append(f"Ties are those of {last}: the newest sighting brought none.")
    if missing := [one for one in head if one.campaign_id not in kept]:
        for seen in campaigns_seen(casebook, connection, missing):
            webs.append(_reported(connection, seen.figures, seen.told))
        said.append(
            f"The ties of {counted(len(missing), 'campaign')} are not in the casebook: the folder "
            "had none when it was added. Drawn are the strongest that its report tells."
        )
    if not webs:
        webs = [web_of(np.zeros(0, np.int64), _NO_TIES, 0)]
    return side_by_side(webs), said


def _reported(connection: Connection, row: Row[Any], told: Told | None) -> Web:
    """What the report of a campaign tells of its ties, as a web."""
    members = rosters(connection, [row.roster])[row.roster]
    sighting = sightings.sightings(connection, [row.sighting_id])[row.sighting_id]
    parts = [_NO_TIES]
    for tie in told.drawn.ties if told is not None else ():
        theirs = np.intersect1d(np.array(tie.members, np.int64), members)
        # Its label ends with letters that stand for its value.
        mark = int(sha256(tie.label.encode()).hexdigest()[:16], 16)
        with suppress(ValueError):
            mark = int(tie.label.rpartition(" ")[2].ljust(16, "0")[:16], 16)
        about = {"kind": tie.kind, "outside": tie.others, "first_us": 0, "last_us": 0}
        rows = pl.DataFrame({"member": theirs}).with_columns(
            pl.lit(mark, pl.UInt64).alias("mark"), **{name: pl.lit(v) for name, v in about.items()}
        )
        parts.append(rows.select(_NO_TIES.columns).cast(_NO_TIES.schema))
    return web_of(members, pl.concat(parts), max(sighting.accounts - members.size, 0))


def _token(web: Web, place: int, several: Whole) -> TokenTold:
    tokens = web.tokens
    kind, mark = tokens.kind[place], int(tokens.mark[place])
    return TokenTold(
        id=f"t{place}",
        kind=kind_named(kind),
        family=family_of(kind),
        mark=mark_shown(mark),
        members=int(tokens.inside[place]),
        outside=int(tokens.outside[place]),
        groups=int(several[place]),
        first_us=int(tokens.first_us[place]),
        last_us=int(tokens.last_us[place]),
    )


def _groups(web: Web, drawing: Drawing, shares: Whole) -> Iterator[GroupTold]:
    sizes = np.bincount(web.group, minlength=web.names.size)
    bound = web.names.any()
    unfolded = set(drawing.groups[drawing.unfolded].tolist())
    for place, size in enumerate(sizes.tolist()):
        if not size:
            continue
        mine = shares[:, place]
        # What most of it has, and few others.
        best = np.argsort(-mine * web.tokens.telling, kind="stable")[:BINDING_SHOWN]
        best = best[mine[best] > 1]
        name = int(web.names[place])
        yield GroupTold(
            name=name,
            label=f"Group {place + 1}" if name else _LOOSE if bound else "All members",
            members=size,
            tokens=int((mine > 1).sum()),
            bound_by=tuple((_called(web, one), int(mine[one])) for one in best.tolist()),
            outside=int(web.tokens.outside[best[0]]) if best.size else 0,
            unfolded=place in unfolded,
        )


def _called(web: Web, token: int) -> str:
    return f"{kind_named(web.tokens.kind[token])} {mark_shown(int(web.tokens.mark[token]))}"


def _left_out(web: Web, drawing: Drawing) -> Iterator[str]:
    """What is not drawn, in sentences."""
    if drawing.groups_left:
        yield f"{counted(drawing.groups_left, 'small group')} not drawn."
    if drawing.tokens_left:
        some = counted(drawing.tokens_left, "weaker tie")
        yield (
            f"{some} between groups not drawn: drawn are those that most members and fewest "
            "others have."
        )
    if drawing.members_left:
        some = counted(drawing.members_left, "member")
        yield (
            f"{some} of unfolded groups not drawn, those with fewest ties: a picture has at most "
            f"{count(NODES_AT_MOST)} nodes."
        )
    if drawing.inner_left:
        yield f"{counted(drawing.inner_left, 'weaker tie')} inside unfolded groups not drawn."
    if drawing.edges_left:
        yield f"{counted(drawing.edges_left, 'line')} between what is drawn left out."
    if web.left_out:
        yield f"{counted(web.left_out, 'shared value')} that tell least are not kept."
