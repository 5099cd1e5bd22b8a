"""Cohorts: accounts, and streams of exchanges that they send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.accounts import Accounts
from revenuer.worlds.columns import CAMPAIGN, SCHEMA, account_values, complete, token_counts
from revenuer.worlds.dispatch import OK, Draw
from revenuer.worlds.draws import hex_strings, mix, share
from revenuer.worlds.language.everyday import write_answers
from revenuer.worlds.network import Places, address_strings
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import NEW, Stage
from revenuer.worlds.texts import SIZES, TextMaker, Texts

Columns = dict[str, pa.Array]
Dispatcher = Callable[[int, np.random.Generator], Draw]
Finish = Callable[[Draw, Columns, np.random.Generator], None]


@dataclass(frozen=True)
class Adoption:
    """When accounts move to the new model.

    Attributes:
        base: Position of the model each account uses before. Shape (n,).
        delay_us: Time after the release at which it moves; a huge one never. Shape (n,).
        share: Share of its exchanges that move. Shape (n,).
    """

    base: NDArray[np.int64]
    delay_us: NDArray[np.int64]
    share: NDArray[np.float64]


@dataclass(frozen=True)
class Stream:
    """One kind of traffic of a cohort's accounts.

    Attributes:
        name: Tells it from the cohort's other streams.
        dispatch: Makes the exchanges of a day, before anything is said in them.
        text: Says something in them.
        setup: Client and settings of each account, in the cohort's order.
        places: Addresses of each account, in the cohort's order.
        adoption: Models of each account, in the cohort's order.
        own: True for a campaign's own exchanges, False for anybody else's.
        finish: Last changes to the columns, such as a replayed signature.
    """

    name: str
    dispatch: Dispatcher
    text: TextMaker
    setup: Setup
    places: Places
    adoption: Adoption
    own: bool = False
    finish: Finish | None = None

    @cached_property
    def by_account(self) -> Columns:
        """What the account's software sets, a value an account."""
        columns = self.setup.columns.items()
        return {name: account_values(each, SCHEMA.field(name).type) for name, each in columns}


@dataclass(frozen=True)
class Reacted:
    """What a campaign did after it was enforced against.

    Attributes:
        kind: One of `spec.REACTIONS`.
        at_us: When it was enforced against, microseconds since 1970.
        noticed_us: When its operator reacted.
        account_ids: The accounts that were enforced against.
    """

    kind: str
    at_us: int
    noticed_us: int
    account_ids: tuple[str, ...]


@dataclass(frozen=True)
class CampaignTruth:
    """What is true about a campaign."""

    id: str
    scenario: str
    decidable: bool
    expected_verdict: str
    methods: tuple[str, ...]
    note: str
    ties: tuple[str, ...] = ()
    guilty: NDArray[np.bool_] | None = None
    reacted: Reacted | None = None


@dataclass(frozen=True)
class Cohort:
    """People of one kind and what they send.

    Attributes:
        name: `S1`, `N3`, `ordinary`, ...
        accounts: Who they are.
        streams: What they send.
        campaign: The truth, where the cohort is a campaign.
        permits: Rows of the permit table.
        links: Rows of the account_links table.
    """

    name: str
    accounts: Accounts
    streams: tuple[Stream, ...]
    campaign: CampaignTruth | None = None
    permits: tuple[dict[str, object], ...] = ()
    links: tuple[dict[str, object], ...] = field(default=())

    @cached_property
    def by_account(self) -> Columns:
        """Account and organization, a value an account."""
        names = ("account_id", "organization_id")
        return {name: account_values(self.accounts[name], pa.string()) for name in names}

    @cached_property
    def lives(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sign-up of each account, and its suspension or the end of time; microseconds."""
        created = self.accounts["created_at"].astype(np.int64)
        stop = np.full(created.size, 2**62)
        for name in ("suspended_at", "closed_at"):
            ends = self.accounts[name]
            stop = np.minimum(stop, np.where(ends == np.array(None), 2**62, ends).astype(np.int64))
        return created, stop


def send(stage: Stage, cohort: Cohort, day: int) -> Iterator[pa.Table]:
    """The exchanges of a cohort on one day of the window, a table a stream."""
    first = str(cohort.accounts["account_id"][0]) if len(cohort.accounts["account_id"]) else ""
    for place, stream in enumerate(cohort.streams):
        label = cohort.campaign.id if cohort.campaign else cohort.name
        # Ordinary users come in several cohorts of one name: the first account tells them apart.
        rng = stage.random("send", label, first, stream.name, place, day)
        draw = stream.dispatch(day, rng)
        draw = draw.take(np.flatnonzero((draw.at < stage.spec.end_us) & alive(cohort, draw)))
        if len(draw):
            yield write(stage, cohort, stream, draw, rng)


def alive(cohort: Cohort, draw: Draw) -> NDArray[np.bool_]:
    """Exchanges after the account's sign-up and before its suspension."""
    created, stop = cohort.lives
    alive_mask: NDArray[np.bool_] = (draw.at >= created[draw.who]) & (draw.at < stop[draw.who])
    return alive_mask


def write(
    stage: Stage, cohort: Cohort, stream: Stream, draw: Draw, rng: np.random.Generator
) -> pa.Table:
    """Fill the columns of a draw."""
    texts = stream.text(draw)
    columns = who_columns(cohort, stream, draw)
    columns |= wire_columns(stage, stream, draw)
    columns |= {"prompt": texts.prompt}
    if texts.system is not None:
        columns["system_prompt"] = texts.system
    columns |= answer_columns(stage, stream, draw, texts, columns, rng)
    identity = mix(rng.integers(0, 2**63, len(draw)).astype(np.uint64), stage.spec.seed)
    columns["response"] = some_answers(draw)
    columns["exchange_id"] = hex_strings(identity, "ex_")
    columns["request_id"] = hex_strings(mix(draw.item, "request"), "req_")
    if stream.finish is not None:
        stream.finish(draw, columns, rng)
    own = cohort.campaign.id if cohort.campaign and stream.own else None
    columns[CAMPAIGN] = pa.repeat(pa.scalar(own, pa.string()), len(draw))
    return complete(columns, len(draw))


def who_columns(cohort: Cohort, stream: Stream, draw: Draw) -> Columns:
    """Account, organization, and everything that the account's software sets."""
    who = pa.array(draw.who)
    values = cohort.by_account | stream.by_account
    return {name: each.take(who) for name, each in values.items()}


def wire_columns(stage: Stage, stream: Stream, draw: Draw) -> Columns:
    """Time, addresses, conversation and status."""
    address, network = stage.internet.seen_from(
        stream.places, draw.who, draw.at, draw.session, draw.item
    )
    country = pa.array(stage.internet.countries(np.arange(stage.internet.asns.size)).tolist())
    count = len(draw)
    return {
        "occurred_at": pa.array(draw.at, pa.timestamp("us", tz="UTC")),
        "client_ip": address_strings(address),
        "client_ip_source": pa.repeat("connection", count),
        "asn": pa.array(stage.internet.asns[network]),
        "country": country.take(pa.array(network)),
        "operation": pa.repeat("chat", count),
        "session_id": hex_strings(mix(draw.session, "session"), "ses_"),
        "task_id": hex_strings(mix(draw.session + draw.turn.astype(np.uint64), "task"), "task_"),
        "turn_kind": pa.repeat("user", count),
        "attempt": pa.array(draw.attempt.astype(np.int32)),
        "message_count": pa.array((2 * draw.turn + 1).astype(np.int32)),
        "status": pa.array(draw.status.astype(np.int32)),
        "data_policy": pa.repeat("full", count),
    }


def choose_models(stage: Stage, adoption: Adoption, draw: Draw) -> pa.Array:
    """The model of each exchange: the new one once its account has moved."""
    released = stage.models.released_us[NEW] + adoption.delay_us[draw.who]
    moved = (draw.at >= released) & (share(draw.session, "model") < adoption.share[draw.who])
    which = np.where(moved, NEW, adoption.base[draw.who])
    return pa.array(stage.models.names).take(pa.array(which))


def answer_columns(
    stage: Stage,
    stream: Stream,
    draw: Draw,
    texts: Texts,
    columns: Columns,
    rng: np.random.Generator,
) -> Columns:
    """Model, tokens, latency and outcome."""
    count, fine = len(draw), draw.status == OK
    median, sigma = SIZES[texts.size]
    output = np.maximum(1, median * np.exp(sigma * rng.standard_normal(count))).astype(np.int64)
    effort = pc.fill_null(
        pc.is_in(columns["reasoning_effort"], pa.array(["medium", "high"])), False
    )
    thinks = np.asarray(effort) & fine
    reasoning = np.where(thinks, (output * rng.uniform(0.4, 1.6, count)).astype(np.int64) + 20, 0)
    system = token_counts(columns["system_prompt"])
    past = draw.turn * (median + 40) * (1 if texts.history else 0)
    entered = system + token_counts(texts.prompt) + past.astype(np.int64)
    cached = np.where(draw.turn > 0, system + past.astype(np.int64), 0)
    output = np.where(fine, output + reasoning, 0)
    model = choose_models(stage, stream.adoption, draw)
    replays = np.asarray(effort) & (draw.previous > 0)
    # A few requests of everybody's are refused.
    stop = pc.if_else(pa.array(share(draw.item, "refused") < 0.005), "refusal", "end_turn")
    latency = np.where(fine, 300 + output * 11, 40) * rng.uniform(0.7, 1.5, count)
    return {
        "model": model,
        "requested_model": model,
        "input_tokens": pa.array(entered),
        "output_tokens": pa.array(output),
        "reasoning_tokens": pa.array(reasoning),
        "cached_input_tokens": pa.array(cached),
        "delivered_output_tokens": pa.array(output),
        "latency_ms": pa.array(latency.astype(np.int64)),
        "reasoning_signature": masked(signatures(draw.previous, draw.session), replays),
        "issued_reasoning_signature": masked(signatures(draw.item, draw.session), thinks),
        "outcome": pc.if_else(pa.array(fine), "complete", "upstream_error"),
        "stop_reason": pc.if_else(pa.array(fine), stop, pa.scalar(None, pa.string())),
    }


def signatures(items: NDArray[np.uint64], session: NDArray[np.uint64]) -> pa.StringArray:
    """The provider's signature on the reasoning behind each answer, other ones every time."""
    return hex_strings(mix(mix(items, "signed") ^ session, "signature"), "sig_")


def masked(values: pa.Array, keep: NDArray[np.bool_]) -> pa.Array:
    """The values where `keep` is true, null elsewhere."""
    return pc.if_else(pa.array(keep), values, pa.scalar(None, values.type))


def some_answers(draw: Draw) -> pa.StringArray:
    """Answers to one exchange in twenty, null for the rest: logs seldom keep all of them."""
    kept = np.flatnonzero((share(draw.item, "kept") < 0.05) & (draw.status == OK))
    place = np.full(len(draw), -1)
    place[kept] = np.arange(kept.size)
    return write_answers(draw.item[kept]).take(pa.array(place, mask=place < 0))
