"""Worlds that the promise is held against, each drawn from its kind and number.

`innocent` has look-alikes and nobody guilty. `clusters` adds honest groups that declare
nothing: larger, more alike and heavier than the look-alikes; `harvest-like` words their work
as harvests are worded. `mixed` hides campaigns of 2 to
15 % of the accounts, in some worlds up to half of the new sign-ups. `newcomers` has new
sign-ups that are nearly all look-alikes. `shifted` is a later window of an operator that
fitted a baseline earlier, after something changed. `lied-to` is `mixed` and `clusters` in
turns, heard by a scan that believes one to four peers who lie (`promise_liars`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from promise_liars import MOST_LIARS
from revenuer.sources.world_files import simulate
from revenuer.worlds import INNOCENT_IDS, SCENARIO_IDS, WorldSpec

KINDS = ("innocent", "clusters", "mixed", "newcomers", "shifted", "harvest-like", "lied-to")
BASELINES = 6
"""First label of the random streams of baselines; a kind that is new since has other streams."""
LIED_TO = 8
"""The same of worlds in which peers lie."""
SHIFTS = ("nothing", "new model", "holiday", "new client", "other mix", "more new sign-ups")
PER_BASELINE = 3
"""Later windows that are held against one baseline."""
MOST_GUILTY = 0.125
"""Of those who signed up. Many innocents send nothing, so of the active up to 15 % are guilty."""
MOST_GUILTY_NEW = 0.5
LATER = timedelta(days=28)

ACCOUNT_COLUMNS = ("payment_fingerprint", "device_fingerprint", "phone_fingerprint",
                   "email_domain", "signup_ip", "created_at", "organization_id")  # fmt: skip
"""Of the accounts table; each is missing in some worlds."""
COLUMNS = ("tls_fingerprint", "client_ip", "system_prompt", "session_id", "user_agent",
           "reasoning_signature")  # fmt: skip
TEMPLATES = (
    "You answer for our support desk. Reply politely and in two sentences. Request: {}",
    "Translate for our catalogue, and keep names as they are: {}",
    "Minutes of today's call, please as bullet points with owners. Notes: {}",
    "Draft a reply in our house style; sign as the service team. Mail: {}",
    "Check this for typing mistakes and return the corrected text only. {}",
    "Ticket {}. Which of our teams should take it? Answer with the team's name.",
)
HARVEST_LIKE = (
    "For the weekly review, explain step by step and then answer: {}",
    "Write a complete worked solution with every step for the following. {}",
    "Rate this text from 1 to 10, justify each criterion, then rewrite it. Text: {}",
)
NEW_IDS = ("task_id", "session_id", "request_id")
NO_REPLAYS = ("parent_exchange_id", "reasoning_signature", "issued_reasoning_signature")


@dataclass(frozen=True, slots=True)
class Trial:
    """One world: its kind and number decide everything else.

    Attributes:
        kind: One of `KINDS`.
        number: From 0.
    """

    kind: str
    number: int

    def random(self, *labels: int) -> np.random.Generator:
        """The random stream of this world."""
        first = LIED_TO if self.kind == "lied-to" else KINDS.index(self.kind)
        return np.random.default_rng([first, self.number, *labels])

    @property
    def liars(self) -> int:
        """How many peers lie."""
        return 1 + self.number // 2 % MOST_LIARS if self.kind == "lied-to" else 0

    @property
    def built_as(self) -> str:
        """The kind that the world is built as."""
        if self.kind != "lied-to":
            return self.kind
        return ("mixed", "clusters")[self.number % 2]

    @property
    def shift(self) -> str | None:
        """What changed since the baseline was fitted."""
        return SHIFTS[self.number % len(SHIFTS)] if self.kind == "shifted" else None

    @property
    def baseline(self) -> int | None:
        """Number of the baseline that it is held against."""
        # Neighbours have different shifts, so a baseline meets several of them.
        return self.number // PER_BASELINE if self.kind == "shifted" else None


@dataclass(frozen=True)
class Tables:
    """A world's tables while it is being changed.

    Attributes:
        exchanges, accounts: The contract's.
        truth: `account_id`, `cohort`, `campaign`, `guilty`.
    """

    exchanges: pl.DataFrame
    accounts: pl.DataFrame
    truth: pl.DataFrame

    def innocents(self, *cohorts: str) -> list[str]:
        """Ids of the innocent, of some cohorts or of all."""
        kept = self.truth.filter(~pl.col("guilty"))
        if cohorts:
            kept = kept.filter(pl.col("cohort").is_in(cohorts))
        return kept["account_id"].sort().to_list()


def build_baseline_world(number: int, out: Path, prompts: Path | None) -> None:
    """The earlier window of an operator; up to 15 % of its accounts are guilty too."""
    rng = np.random.default_rng([BASELINES, number])
    simulate(_earlier_spec(number, rng), out, prompts=prompts)


def _earlier_spec(number: int, rng: np.random.Generator) -> WorldSpec:
    few = tuple(rng.choice(INNOCENT_IDS, int(rng.integers(1, 5)), replace=False))
    return replace(_spec(rng, seed=900_000 + number, guilty=number % 2 == 0), innocents=few)


def build_world(trial: Trial, out: Path, prompts: Path | None) -> None:
    """Write the world of a trial, with its truth."""
    rng = trial.random()
    simulate(spec_of(trial, rng), out, prompts=prompts)
    tables = Tables(
        pl.read_parquet(out / "exchanges" / "*.parquet"),
        pl.read_parquet(out / "accounts.parquet"),
        pl.read_parquet(out / "truth" / "accounts.parquet"),
    )
    tables = change(trial, tables, rng)
    columns = [] if trial.kind == "shifted" else _dropped(rng, COLUMNS, 0.05)
    shutil.rmtree(out / "exchanges")
    (out / "exchanges").mkdir()
    tables.exchanges.drop(columns).write_parquet(out / "exchanges" / "part-00000.parquet")
    columns = [] if trial.kind == "shifted" else _dropped(rng, ACCOUNT_COLUMNS, 0.1)
    tables.accounts.drop(columns).write_parquet(out / "accounts.parquet")
    tables.truth.write_parquet(out / "truth" / "accounts.parquet")


def _dropped(rng: np.random.Generator, columns: tuple[str, ...], share: float) -> list[str]:
    return [name for name in columns if rng.random() < share]


def spec_of(trial: Trial, rng: np.random.Generator) -> WorldSpec:
    """What the generator builds, before the world is changed."""
    if trial.kind == "shifted":
        number = trial.number // PER_BASELINE
        earlier = _earlier_spec(number, np.random.default_rng([BASELINES, number]))
        spec = _spec(rng, seed=earlier.seed, guilty=trial.number % 4 != 0)
        # The same operator's clients and networks; another head count draws everything else anew.
        accounts = spec.accounts + 1 if spec.accounts == earlier.accounts else spec.accounts
        spec = replace(spec, accounts=accounts, start=earlier.start + LATER, text=earlier.text)
        many = tuple(rng.choice(INNOCENT_IDS, int(rng.integers(7, 13)), replace=False))
        return replace(spec, innocents=many if trial.shift == "other mix" else earlier.innocents)
    seed = 10_000 * (1 + KINDS.index(trial.kind)) + trial.number
    guilty = trial.built_as == "mixed" or (trial.kind == "newcomers" and trial.number % 2 == 1)
    spec = _spec(rng, seed=seed, guilty=guilty)
    if fills_newcomers(trial):
        # Enough of them for new sign-ups to be compared with themselves.
        share = max(spec.guilty_share, 0.1)
        return replace(spec, accounts=spec.accounts + 200, guilty_share=share)
    if trial.kind == "newcomers":
        share = min(spec.guilty_share, 0.08)
        return replace(spec, accounts=max(spec.accounts, 550), guilty_share=share)
    return spec


def fills_newcomers(trial: Trial) -> bool:
    """Whether up to half of the new sign-ups are guilty."""
    return trial.built_as == "mixed" and trial.number % 3 == 0


def _spec(rng: np.random.Generator, *, seed: int, guilty: bool) -> WorldSpec:
    share = float(rng.uniform(0.02, MOST_GUILTY))
    # A campaign has at least a dozen accounts: a small share has room for few of them.
    several = int(rng.integers(1, 2 + int(share / 0.04)))
    return WorldSpec(
        scenarios=tuple(rng.choice(SCENARIO_IDS, several, replace=False)) if guilty else (),
        innocents=tuple(rng.choice(INNOCENT_IDS, int(rng.integers(2, 9)), replace=False)),
        accounts=int(rng.integers(400, 701)),
        exchanges=int(rng.integers(6000, 10_001)),
        seed=seed,
        text=bool(rng.random() < 0.75),
        guilty_share=share if guilty else 0.0,
    )


def change(trial: Trial, tables: Tables, rng: np.random.Generator) -> Tables:
    """What the generator cannot do by itself."""
    if trial.built_as == "clusters":
        for _ in range(int(rng.integers(1, 4))):
            tables = form_cluster(tables, rng)
    if trial.kind == "harvest-like":
        tables = form_cluster(tables, rng, HARVEST_LIKE)
    if trial.built_as == "mixed":
        if rng.random() < 0.5:
            tables = form_cluster(tables, rng)
        if fills_newcomers(trial):
            tables = fill_newcomers(tables, rng)
    if trial.kind == "newcomers":
        for _ in range(2):
            tables = form_cluster(tables, rng)
        tables = settle_ordinary(tables, rng)
    if trial.shift is not None:
        tables = SHIFT_BY_NAME[trial.shift](tables, rng)
    return tables


def form_cluster(
    tables: Tables, rng: np.random.Generator, templates: tuple[str, ...] = TEMPLATES
) -> Tables:
    """Make an honest cluster of ordinary accounts that no organization declares.

    A firm whose people sign up each for themselves, behind one address, with the firm's own
    client and prompt, all of them heavy: coordination and volume without one operator.
    """
    loners = tables.accounts.filter(pl.col("organization_id").is_null())["account_id"]
    free = sorted(set(tables.innocents("ordinary")) & set(loners))
    size = min(int(rng.integers(8, 61)), len(free) // 3)
    members = list(rng.choice(free, size, replace=False))
    inside = pl.col("account_id").is_in(members)
    mine = tables.exchanges.filter(inside)
    if mine.is_empty():
        return tables
    if rng.random() < 0.75:
        mine = make_heavy(mine, tables.exchanges, rng, spread=float(rng.choice([0.2, 0.5, 1.0])))
    donor = mine.row(int(rng.integers(mine.height)), named=True)
    names = ["user_agent", "tls_fingerprint", "harness"]
    if rng.random() < 0.7:
        names += ["system_prompt", "temperature", "max_output_tokens"]
    if rng.random() < 0.7:
        names += ["client_ip", "asn", "country"]
    mine = mine.with_columns(**{name: pl.lit(donor[name], mine[name].dtype) for name in names})
    if rng.random() < 0.5:
        mine = mine.with_columns(prompt=pl.format(str(rng.choice(templates)), pl.col("prompt")))
    if rng.random() < 0.5:
        mine = mine.with_columns((pl.col("output_tokens", "reasoning_tokens") * 2).cast(pl.Int64))
    changed: dict[str, pl.Expr] = {}
    if rng.random() < 0.5:
        changed["email_domain"] = pl.lit(f"firm-{rng.integers(10**6)}.com")
    if rng.random() < 0.5:
        first = tables.exchanges["occurred_at"].min() - timedelta(days=float(rng.uniform(0, 60)))
        spread = pl.int_range(pl.len()) * 3_600_000_000 % (5 * 86_400_000_000)
        changed["created_at"] = pl.lit(first) + pl.duration(microseconds=spread)
    if size <= 8 and rng.random() < 0.3:
        changed["payment_fingerprint"] = pl.lit(f"pay_{rng.integers(10**9)}")
    return Tables(
        pl.concat([tables.exchanges.filter(~inside), mine]),
        with_changed(tables.accounts, inside, changed),
        with_changed(tables.truth, inside, {"cohort": pl.lit("cluster")}),
    )


def with_changed(frame: pl.DataFrame, rows: pl.Expr, changed: dict[str, pl.Expr]) -> pl.DataFrame:
    """Set columns in some rows."""
    return frame.with_columns(
        **{
            name: pl.when(rows).then(value.cast(frame[name].dtype)).otherwise(pl.col(name))
            for name, value in changed.items()
        }
    )


def make_heavy(
    mine: pl.DataFrame, everybody: pl.DataFrame, rng: np.random.Generator, *, spread: float
) -> pl.DataFrame:
    """Let accounts send as much as the heaviest do, at their usual hours, other prompts each.

    Args:
        mine: The accounts' exchanges.
        everybody: All exchanges, to take volumes and prompts from.
        rng: Source of chance.
        spread: Standard deviation of log volumes; that of ordinary people is above 1.
    """
    volumes = everybody["account_id"].value_counts()["count"].to_numpy()
    heavy = float(np.quantile(volumes, rng.uniform(0.85, 0.97)))
    parts = []
    for _, rows in mine.group_by("account_id", maintain_order=True):
        wanted = int(heavy * np.exp(rng.normal(0, spread)))
        more = max(wanted - rows.height, 0)
        parts.append(rows)
        again = pl.Series([f"-{n}" for n in range(more)], dtype=pl.String)
        copies = rows[rng.integers(0, rows.height, more)].with_columns(
            pl.col("exchange_id", *NEW_IDS) + again,
            *(pl.lit(None, rows[name].dtype).alias(name) for name in NO_REPLAYS),
        )
        parts.append(copies)
    heavier = pl.concat(parts)
    copied = heavier["exchange_id"].str.contains("-", literal=True)
    first, last = everybody["occurred_at"].min(), everybody["occurred_at"].max()
    days = max(int((last - first) / timedelta(days=1)), 1)
    moved = rng.integers(0, days, heavier.height) * 86_400 + rng.integers(0, 1800, heavier.height)
    # Another day at the same hour, round the end of the window to its beginning.
    since = (pl.col("occurred_at") - first).dt.total_microseconds()
    since = (since + pl.lit(pl.Series(moved * 1_000_000))) % (days * 86_400_000_000)
    asked = everybody["prompt"].gather(rng.integers(0, everybody.height, heavier.height))
    return heavier.with_columns(
        occurred_at=pl.when(copied)
        .then(pl.lit(first) + pl.duration(microseconds=since))
        .otherwise(pl.col("occurred_at")),
        prompt=pl.when(copied).then(asked).otherwise(pl.col("prompt")),
    )


def fill_newcomers(tables: Tables, rng: np.random.Generator) -> Tables:
    """Let campaigns sign up anew, and settle innocents until up to half of that are guilty."""
    share = float(rng.uniform(0.3, MOST_GUILTY_NEW))
    innocent = _new_on_api(tables).filter(~pl.col("guilty"))["account_id"].to_list()
    guilty = tables.truth.filter("guilty")["account_id"].sort().to_list()
    room = int(len(innocent) * share / (1 - share))
    accused = list(rng.permutation(guilty))
    tables = settle(tables, accused[room:], rng)
    spread = pl.Series(rng.integers(0, 12 * 86_400, tables.accounts.height) * 1_000_000)
    week = pl.lit(tables.exchanges["occurred_at"].min() - timedelta(days=6.5))
    # Nobody signs up after the first request.
    asked = pl.col("created_at").clip(lower_bound=week)
    created = (week + pl.lit(spread.cast(pl.Duration("us")))).clip(upper_bound=asked)
    rows = pl.col("account_id").is_in(accused[:room])
    tables = replace(tables, accounts=with_changed(tables.accounts, rows, {"created_at": created}))
    there = _new_on_api(tables)["guilty"].sum()
    surplus = len(innocent) - int(np.ceil(there * (1 - share) / share))
    return settle(tables, list(rng.permutation(innocent)[: max(surplus, 0)]), rng)


def _new_on_api(tables: Tables) -> pl.DataFrame:
    return newcomers(tables).filter(pl.col("new") & (pl.col("channel") == "api"))


def settle_ordinary(tables: Tables, rng: np.random.Generator) -> Tables:
    """Make ordinary accounts old, nearly all of them, and look-alikes new."""
    old = [one for one in tables.innocents("ordinary") if rng.random() < 0.95]
    tables = settle(tables, old, rng)
    first = tables.exchanges["occurred_at"].min()
    young = set(tables.innocents()) - set(tables.innocents("ordinary"))
    return replace(
        tables,
        accounts=with_changed(
            tables.accounts,
            pl.col("account_id").is_in(young),
            {"created_at": pl.lit(first) - pl.duration(hours=pl.int_range(pl.len()) % 150)},
        ),
    )


def settle(tables: Tables, accounts: list[str], rng: np.random.Generator) -> Tables:
    """Move sign-ups to long before the window."""
    ago = pl.Series(rng.integers(30, 400, tables.accounts.height) * 86_400_000_000)
    moved = tables.exchanges["occurred_at"].min() - ago.cast(pl.Duration("us"))
    rows = pl.col("account_id").is_in(accounts)
    changed = with_changed(tables.accounts, rows, {"created_at": pl.lit(moved)})
    return replace(tables, accounts=changed)


def newcomers(tables: Tables) -> pl.DataFrame:
    """Accounts with `guilty`, their channel, and whether they are `new`."""
    channel = tables.exchanges.group_by("account_id").agg(channel=pl.col("channel").max())
    week = tables.exchanges["occurred_at"].min() - timedelta(days=7)
    return (
        tables.accounts.select("account_id", new=pl.col("created_at") >= week)
        .join(tables.truth, on="account_id")
        .join(channel, on="account_id")
        .sort("account_id")
    )


def _nothing(tables: Tables, rng: np.random.Generator) -> Tables:
    return tables


def _new_model(tables: Tables, rng: np.random.Generator) -> Tables:
    """A model that answers at greater length takes over a good part of the traffic."""
    share, longer = rng.uniform(0.2, 0.6), rng.uniform(1.3, 2.5)
    moved = pl.Series(rng.random(tables.exchanges.height) < share)
    names = ("output_tokens", "reasoning_tokens", "delivered_output_tokens")
    exchanges = with_changed(
        tables.exchanges,
        pl.lit(moved),
        {"model": pl.lit("corvid-6-large"), "requested_model": pl.lit("corvid-6-large")}
        | {name: (pl.col(name) * longer).round() for name in names},
    )
    return replace(tables, exchanges=exchanges)


def _holiday(tables: Tables, rng: np.random.Generator) -> Tables:
    """On some days in a row most people stay away; harvests and pipelines run on."""
    first = tables.exchanges["occurred_at"].min()
    start, length = int(rng.integers(2, 12)), int(rng.integers(2, 8))
    day = (pl.col("occurred_at") - first).dt.total_days()
    resting = pl.col("account_id").is_in(tables.innocents("ordinary"))
    away = pl.Series(rng.random(tables.exchanges.height) < rng.uniform(0.6, 0.9))
    gone = day.is_between(start, start + length) & resting & pl.lit(away)
    return replace(tables, exchanges=tables.exchanges.filter(~gone))


def _new_client(tables: Tables, rng: np.random.Generator) -> Tables:
    """A client that was not there is used by a good part of the ordinary people."""
    people = tables.innocents("ordinary")
    users = rng.choice(people, int(len(people) * rng.uniform(0.1, 0.35)), replace=False)
    changed = {
        "user_agent": pl.lit("Tidewater/1.0 (Linux 6.8)"),
        "tls_fingerprint": pl.lit("t13d1516h2_0a1b2c3d4e5f_f5e4d3c2b1a0"),
        "system_prompt": pl.lit("You are Tidewater, a helpful assistant for everyday work."),
    }
    if tables.exchanges["system_prompt"].is_null().all():
        del changed["system_prompt"]
    rows = pl.col("account_id").is_in(list(users))
    return replace(tables, exchanges=with_changed(tables.exchanges, rows, changed))


def _more_new(tables: Tables, rng: np.random.Generator) -> Tables:
    """A campaign of the operator's own brings many new customers at once."""
    people = tables.innocents("ordinary")
    new = list(rng.choice(people, int(len(people) * rng.uniform(0.3, 0.7)), replace=False))
    first = tables.exchanges["occurred_at"].min()
    spread = pl.Series(rng.integers(0, 6 * 86_400, tables.accounts.height) * 1_000_000)
    created = pl.lit(first) - pl.lit(spread.cast(pl.Duration("us")))
    changed = with_changed(tables.accounts, pl.col("account_id").is_in(new),
                           {"created_at": created})  # fmt: skip
    return replace(tables, accounts=changed)


SHIFT_BY_NAME: dict[str, Callable[[Tables, np.random.Generator], Tables]] = {
    "nothing": _nothing,
    "new model": _new_model,
    "holiday": _holiday,
    "new client": _new_client,
    # Its look-alikes are others: `spec_of`.
    "other mix": _nothing,
    "more new sign-ups": _more_new,
}
