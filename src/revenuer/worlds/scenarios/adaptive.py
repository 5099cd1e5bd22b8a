"""An attacker that buys its way around detection, one habit at a time.

No public case: a campaign whose every habit is a price that its operator may pay. The other
scenarios say what was seen; this one says what it would cost not to be.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from revenuer.worlds.accounts import Accounts, sign_up
from revenuer.worlds.attacker import EVERY_REQUEST, Attacker
from revenuer.worlds.cohort import (
    Adoption,
    CampaignTruth,
    Cohort,
    Columns,
    Dispatcher,
    Finish,
    Stream,
)
from revenuer.worlds.dispatch import Draw, balance, plain_draw, waves, work_alone
from revenuer.worlds.draws import label_number, mix, pick
from revenuer.worlds.harvest import task_pools
from revenuer.worlds.language.everyday import write_everyday
from revenuer.worlds.language.paraphrase import wrap, write_wordings
from revenuer.worlds.network import ROTATING, STICKY, Places
from revenuer.worlds.operators import (
    burst,
    live_network,
    mail_domains,
    odd_client,
    share_fingerprints,
    share_signup_network,
)
from revenuer.worlds.people import (
    daily_volumes,
    everyday_texts,
    gradual_adoption,
    heavy_tail,
    own_software,
    prompt_adoption,
)
from revenuer.worlds.rhythm import DAY_US, HOUR_US, IS_EVENING, IS_OFFICE
from revenuer.worlds.scenarios.s09_probe_then_scale import mostly_refused, probes
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextColumn, TextMaker, Texts, choose_among, join


def adaptive(stage: Stage, attacker: Attacker, *, name: str = "adaptive") -> Cohort:
    """The campaign of an attacker.

    Each habit has a random stream of its own, so that paying for one changes that one only.
    """

    def random(habit: str) -> np.random.Generator:
        return stage.random(name, habit)

    accounts = enrol(random("accounts"), random("identity"), stage, attacker)
    places = locate(random("network"), stage, attacker, accounts)
    setup = equip(random("client"), stage, attacker)
    adoption = adopt(random("adoption"), attacker)
    finish = strip if attacker.client == "bare" else None
    own = Stream(
        "own", dispatch_own(random("rhythm"), stage, attacker, accounts, places),
        say_own(random("tasks"), stage, attacker, name), setup, places, adoption,
        own=True, finish=_both(finish, mostly_refused if attacker.probes else None),
    )  # fmt: skip
    streams = [own]
    if attacker.cover:
        streams.append(cover_stream(random("cover"), stage, attacker, accounts, places, setup))
    truth = CampaignTruth(
        name, name, True, "convicted", ("cot-exfiltration",),
        "An attacker that pays for being unlike itself.",
    )  # fmt: skip
    return Cohort(name, accounts, tuple(streams), truth)


def _both(*steps: Finish | None) -> Finish | None:
    wanted = [step for step in steps if step is not None]
    if not wanted:
        return None

    def finish(draw: Draw, columns: Columns, rng: np.random.Generator) -> None:
        for step in wanted:
            step(draw, columns, rng)

    return finish


def enrol(
    rng: np.random.Generator, private: np.random.Generator, stage: Stage, attacker: Attacker
) -> Accounts:
    """Sign the accounts up: in a burst or over months, on shared or fresh identities."""
    count, start = attacker.accounts, stage.spec.start_us
    first = start - int(attacker.signup_days * DAY_US)
    created = burst(rng, count, first, days=attacker.signup_days, clumps=3)
    if attacker.signup_days > 30:
        created = start - (rng.random(count) * attacker.signup_days * DAY_US).astype(np.int64)
    accounts = sign_up(rng, stage.internet, count, created=created, plan="pro")
    if attacker.per_card > 1:
        for name in ("payment", "device", "phone"):
            size = (attacker.per_card, attacker.per_card)
            share_fingerprints(private, accounts, f"{name}_fingerprint", name[:3] + "_", size)
        accounts.put("payment_kind", "virtual")
    if not attacker.own_mail:
        accounts.put("email_domain", mail_domains(private, count))
    if attacker.network == "hosting":
        share_signup_network(private, stage, accounts)
    return accounts


def locate(
    rng: np.random.Generator, stage: Stage, attacker: Attacker, accounts: Accounts
) -> Places:
    """Where the requests come from."""
    homes = stage.internet.homes(rng, attacker.accounts)
    if attacker.network == "hosting":
        return live_network(rng, stage, homes, attacker.accounts)
    if attacker.network == "household":
        accounts.put("country", stage.internet.countries(homes.network))
        return homes
    return homes.but(STICKY if attacker.network == "sticky" else ROTATING)


def equip(rng: np.random.Generator, stage: Stage, attacker: Attacker) -> Setup:
    """Which client and settings the requests show."""
    software, count = stage.software, attacker.accounts
    libraries = ~software.is_app
    if attacker.client == "imitated":
        setup = own_software(stage, rng, count, apps=0.5, prompts=0.3)
        # The provider says which door a request came through, whatever the client claims.
        setup.put("channel", "api")
        return setup
    setup = software.setup(rng, np.repeat(software.builds(rng, 1, libraries), count))
    for name in ("temperature", "max_output_tokens", "reasoning_effort", "response_format",
                 "streamed", "tool_count", "system_prompt"):  # fmt: skip
        setup.put(name, setup.columns[name][0])
    if attacker.client == "script":
        odd_client(rng, setup, count)
    else:
        setup.put("user_agent", None)
        for name in ("temperature", "max_output_tokens", "reasoning_effort", "response_format"):
            setup.put(name, None)
    return setup


def strip(draw: Draw, columns: Columns, rng: np.random.Generator) -> None:
    """Send no conversation ids either."""
    columns["session_id"] = pa.nulls(len(draw), pa.string())


def adopt(rng: np.random.Generator, attacker: Attacker) -> Adoption:
    """One decision for all, or each its own."""
    if attacker.rhythm == "people":
        return gradual_adoption(rng, attacker.accounts)
    return prompt_adoption(rng, attacker.accounts, hours=(10, 50), moved=0.8)


def own_total(stage: Stage, attacker: Attacker) -> float:
    """The campaign's own requests over the window."""
    if attacker.probes:
        return float(attacker.probes)
    per_account = attacker.requests_per_day * (1 - attacker.cover) * stage.spec.days
    return attacker.accounts * per_account


def dispatch_own(
    rng: np.random.Generator, stage: Stage, attacker: Attacker, accounts: Accounts, places: Places
) -> Dispatcher:
    """The campaign's own requests, day by day."""
    total, days = own_total(stage, attacker), stage.spec.days
    if attacker.rhythm == "people":
        return alone(rng, stage, accounts, places, total, stay=0.0)
    weights = rng.gamma(25.0, 1 / 25.0, days)
    load = weights / weights.sum() * total
    created = accounts["created_at"].astype(np.int64)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        start = stage.day_start(day)
        count = int(random.poisson(load[day]))
        if not count:
            return plain_draw(random, np.empty(0, np.int64), np.empty(0, np.int64))
        at = waves(random, start, count, crests=40, width_s=900.0)
        members = np.flatnonzero(created < start + DAY_US)
        draw = balance(random, at, members, hand_over=0.03)
        moved = draw.at + (random.standard_normal(len(draw)) * attacker.jitter_h * HOUR_US)
        inside = (moved.astype(np.int64) - start) % DAY_US + start
        return replace(draw, at=inside) if attacker.jitter_h else draw

    return dispatch


def alone(
    rng: np.random.Generator,
    stage: Stage,
    accounts: Accounts,
    places: Places,
    total: float,
    *,
    stay: float,
) -> Dispatcher:
    """Every account in the hours of its own place, with a volume of its own."""
    count = len(accounts)
    profile = np.where(rng.random(count) < 0.4, IS_OFFICE, IS_EVENING)
    offset = stage.internet.offsets(places.network)
    created = accounts["created_at"].astype(np.int64)
    volumes = heavy_tail(rng, count, total)
    expected = daily_volumes(rng, stage, volumes, profile, created, busy=0.7)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        start = stage.day_start(day)
        return work_alone(random, start, expected[:, day], profile, offset, stay=stay)

    return dispatch


def say_own(rng: np.random.Generator, stage: Stage, attacker: Attacker, name: str) -> TextMaker:
    """The demand around tasks, in as many wordings as the attacker pays for."""
    if attacker.probes:
        return probes(stage)
    targets = task_pools(stage, rng, 2)

    def say(draw: Draw) -> Texts:
        body = tasks(targets, draw, attacker, name)
        prompt = body if not attacker.wordings else wrap(word(draw, attacker, name), body)
        if attacker.filler:
            before = write_everyday(mix(draw.item, "before"), np.zeros(len(draw), np.int64))
            after = write_everyday(mix(draw.item, "after"), np.zeros(len(draw), np.int64))
            prompt = join(before, "\n\n", prompt, "\n\n", after)
        return Texts(prompt, "reasoning" if attacker.wordings else "chat")

    return say


def tasks(targets: list[TextColumn], draw: Draw, attacker: Attacker, name: str) -> TextColumn:
    """The tasks: drawn by anyone, or dealt out so that no two accounts get the same."""
    if attacker.tasks == "drawn":
        return choose_among(targets, draw.item, name)
    # What a pool holds twice would reach two accounts.
    pool = pc.unique(pa.concat_arrays(targets))
    shares = len(pool) // attacker.accounts
    place = pick(draw.item, name, max(shares, 1)) * attacker.accounts + draw.who
    return pool.take(pa.array(place % len(pool)))


def word(draw: Draw, attacker: Attacker, name: str) -> TextColumn:
    """The wording of each request."""
    key = draw.item
    if attacker.wordings < EVERY_REQUEST:
        key = pick(draw.item, "wording", attacker.wordings).astype(np.uint64)
        key = mix(key, label_number(name))
        if attacker.own_wordings:
            key = mix(key + draw.who.astype(np.uint64), "own wording")
    return write_wordings(key, name)


def cover_stream(
    rng: np.random.Generator,
    stage: Stage,
    attacker: Attacker,
    accounts: Accounts,
    places: Places,
    setup: Setup,
) -> Stream:
    """Ordinary use in the same accounts, in conversations, through the same client."""
    total = own_total(stage, attacker) * attacker.cover / (1 - attacker.cover)
    dispatch = alone(rng, stage, accounts, places, total, stay=0.6)
    texts = everyday_texts(stage, "adaptive cover", rng.random(len(accounts)) < 0.2)
    adoption = gradual_adoption(rng, len(accounts))
    return Stream("cover", dispatch, texts, setup, places, adoption)
