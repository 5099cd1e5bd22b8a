"""What campaigns do after they were enforced against, where a world is asked for it.

Public cases say that operators went on through other accounts within hours (GTG-16005), came back
with new ones, changed their traffic, or stopped. Each cohort is built as ever; its draws are then
changed from the time of the enforcement on, so that a campaign that reacts is the same one until
then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.cohort import Adoption, Cohort, Columns, Dispatcher, Finish, Reacted, Stream
from revenuer.worlds.dispatch import FORBIDDEN, Draw
from revenuer.worlds.network import STATIC
from revenuer.worlds.people import NEVER_US
from revenuer.worlds.rhythm import DAY_US, HOUR_US
from revenuer.worlds.stage import Stage

RESERVE = 1 / 3
"""Share of the accounts that the enforcement does not know: reserves, or not yet signed up.
placeholder"""
IDLE = 0.05
"""Share of their requests that reserves make before they are needed. placeholder"""
SLOWER = 0.25
"""Share of their requests that accounts still make that go slowly. placeholder"""
LAST_TRIES_H = 6.0
"""Hours after which an operator has noticed, at most. placeholder"""


@dataclass(frozen=True)
class Reaction:
    """What one campaign does.

    Attributes:
        kind: One of `spec.REACTIONS`.
        at_us: When it is enforced against, microseconds since 1970.
        noticed_us: When its operator reacts.
        late: Mask of accounts that the enforcement does not know. Shape (n,).
    """

    kind: str
    at_us: int
    noticed_us: int
    late: NDArray[np.bool_]


def react(stage: Stage, cohort: Cohort, kind: str) -> Cohort:
    """A campaign that is enforced against on the spec's day, and what it does then.

    Args:
        stage: The world.
        cohort: The campaign as it would be without.
        kind: One of `spec.REACTIONS`.
    """
    assert cohort.campaign is not None
    rng = stage.random(cohort.name, "reaction")
    at_us = stage.spec.start_us + int(stage.spec.enforced_day * DAY_US)
    count = len(cohort.accounts)
    late = np.zeros(count, dtype=bool)
    wait_h = float(rng.uniform(1, LAST_TRIES_H))
    if kind in ("failover", "return"):
        late[rng.permutation(count)[: max(1, int(count * RESERVE))]] = True
    if kind == "return":
        wait_h = float(rng.uniform(30, 66))
    reaction = Reaction(kind, at_us, at_us + int(wait_h * HOUR_US), late)
    if kind == "return":
        signed_up = reaction.noticed_us - (rng.random(late.sum()) * 6 * HOUR_US).astype(np.int64)
        cohort.accounts.put("created_at", signed_up.astype(object), late)
    streams = tuple(
        one for stream in cohort.streams for one in _streams(stage, rng, stream, reaction)
    )
    created = cohort.accounts["created_at"].astype(np.int64)
    known = cohort.accounts["account_id"][~late & (created < at_us)]
    reacted = Reacted(kind, at_us, reaction.noticed_us, tuple(sorted(known.tolist())))
    return replace(cohort, streams=streams, campaign=replace(cohort.campaign, reacted=reacted))


def _streams(
    stage: Stage, rng: np.random.Generator, stream: Stream, reaction: Reaction
) -> Sequence[Stream]:
    """The streams that one becomes."""
    if reaction.kind == "adaptation":
        before = replace(stream, dispatch=_between(stream.dispatch, 0, reaction.noticed_us))
        count = reaction.late.size
        after = replace(
            stream,
            name=f"{stream.name}, changed",
            dispatch=_between(stream.dispatch, reaction.noticed_us, 2**62, kept=SLOWER),
            places=stage.internet.homes(rng, count).but(STATIC),
            adoption=_other_model(stream.adoption),
        )
        return before, after
    dispatch = stream.dispatch
    if reaction.kind == "retreat":
        dispatch = _between(dispatch, 0, reaction.noticed_us)
    if reaction.late.any():
        dispatch = _moved(dispatch, reaction)
    return (replace(stream, dispatch=dispatch, finish=_refused(stream.finish, reaction)),)


def _between(dispatch: Dispatcher, first: int, last: int, *, kept: float = 1.0) -> Dispatcher:
    """Requests of a span of time, or a share of them."""

    def inside(day: int, rng: np.random.Generator) -> Draw:
        draw = dispatch(day, rng)
        there = (draw.at >= first) & (draw.at < last)
        if kept < 1:
            there &= rng.random(len(draw)) < kept
        return draw.take(np.flatnonzero(there))

    return inside


def _moved(dispatch: Dispatcher, reaction: Reaction) -> Dispatcher:
    """Requests that go through the other accounts once the operator has noticed."""
    others = np.flatnonzero(reaction.late)
    tries_end = reaction.at_us + int(LAST_TRIES_H * HOUR_US)

    def moved(day: int, rng: np.random.Generator) -> Draw:
        draw = dispatch(day, rng)
        own, after = reaction.late[draw.who], draw.at >= reaction.noticed_us
        given = others[(draw.item % np.uint64(others.size)).astype(np.int64)]
        # Reserves idle until they are needed; accounts that are not there yet do nothing.
        idle = own & ~after & (rng.random(len(draw)) >= IDLE)
        given_up = ~own & ~after & (draw.at >= tries_end)
        draw = replace(draw, who=np.where(after & ~own, given, draw.who))
        return draw.take(np.flatnonzero(~idle & ~given_up))

    return moved


def _refused(finish: Finish | None, reaction: Reaction) -> Finish:
    """What the guard does to requests of accounts that are blocked."""

    def refuse(draw: Draw, columns: Columns, rng: np.random.Generator) -> None:
        if finish is not None:
            finish(draw, columns, rng)
        rows = pa.array((draw.at >= reaction.at_us) & ~reaction.late[draw.who])
        said = {"outcome": "guard_block", "status": FORBIDDEN, "stop_reason": None}
        said |= dict.fromkeys(("output_tokens", "delivered_output_tokens", "reasoning_tokens"), 0)
        said |= dict.fromkeys(("response", "issued_reasoning_signature"))
        for name, value in said.items():
            columns[name] = pc.if_else(rows, pa.scalar(value, columns[name].type), columns[name])

    return refuse


def _other_model(adoption: Adoption) -> Adoption:
    """The other of the models that were there from the beginning, and no move to the new one."""
    never = np.full(adoption.base.size, NEVER_US)
    return replace(adoption, base=1 - np.minimum(adoption.base, 1), delay_us=never)
