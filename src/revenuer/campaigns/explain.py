"""The innocent explanations that are tested for every group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from disposable_email_domains import blocklist
from numpy.typing import NDArray

from revenuer.campaigns.permits import covered_by
from revenuer.campaigns.population import Population
from revenuer.campaigns.relays import OPEN_RELAY, VOICES
from revenuer.records import InnocentExplanation

PERMIT = "permit"
UNEXPLAINED = 3.0
"""Nats that an explanation leaves over without failing: 1 in 20."""
SETTLED_DAYS = 30
"""Age of accounts from which a firm did not sign them up for the occasion. placeholder"""
MOSTLY = 0.8
"""Share of a group that an explanation must cover to hold for it. placeholder"""


@dataclass(frozen=True, slots=True)
class Tested:
    """What an explanation is tested on.

    Attributes:
        population: All accounts.
        owners: The group's owners. Shape (k,).
        accounts: The rows of their accounts.
        permits: The permits table, with a number `permit` a row.
        baseline: Owners taken for ordinary use. Shape (n_owners,).
        coordination: The group's log e-values by family of links, nats.
        concealment: The group's log e-value of concealment, nats, but for an even load and
            many owners: one assignment and a class list explain both.
        use: What accounts with permits used by model; None where nobody asked.
    """

    population: Population
    owners: NDArray[np.int64]
    accounts: pl.DataFrame
    permits: pl.DataFrame
    baseline: NDArray[np.bool_]
    coordination: Mapping[str, float]
    concealment: float
    use: pl.DataFrame | None = None


def open_organization(group: Tested) -> InnocentExplanation:
    """Colleagues: most of the accounts say themselves that they belong together."""
    counts = group.accounts.group_by("owner").len()["len"].to_numpy()
    share = float(counts.max() / counts.sum())
    return InnocentExplanation(
        "one open organization",
        f"{share:.0%} of the {counts.sum()} accounts declare the same owner; there "
        f"are {counts.size} in all.",
        holds=share >= MOSTLY,
    )


def open_firm(group: Tested) -> InnocentExplanation:
    """One firm that signs up under its own name: one mail domain, one payer, no haste.

    Its accounts declare no organization, but hide nothing: whoever looks at the accounts
    table sees one customer.
    """
    accounts, everyone = group.accounts, group.population.accounts
    domain, same_domain = _commonest(accounts, "email_domain")
    _, same_payer = _commonest(accounts, "payment_fingerprint")
    own = int(everyone["email_domain"].eq_missing(domain).sum()) if domain else 0
    start = everyone.select(pl.col("first_at").min()).item()
    ages = accounts.select((start - pl.col("created_at")).dt.total_days()).to_series().to_list()
    age = float(np.median([day if day is not None else -np.inf for day in ages]))
    mostly_theirs = own <= accounts.height / MOSTLY and domain not in blocklist
    said = f"{age:,.0f} days old at the log's start" if np.isfinite(age) else "of unknown age"
    return InnocentExplanation(
        "one firm in the open",
        f"{same_domain:.0%} of the accounts share one mail domain, which {own} accounts of this "
        f"log use, and {same_payer:.0%} one payer; the median account is {said}.",
        holds=bool(
            min(same_domain, same_payer) >= MOSTLY and mostly_theirs and age >= SETTLED_DAYS
        ),
    )


def _commonest(accounts: pl.DataFrame, column: str) -> tuple[str | None, float]:
    """The commonest value of a column, and the share of the accounts that have it."""
    counts = accounts[column].drop_nulls().value_counts().sort("count", column, descending=True)
    if counts.is_empty():
        return None, 0.0
    return counts[column][0], counts["count"][0] / accounts.height


def permit(group: Tested) -> InnocentExplanation:
    """Declared and agreed use: a permit that covers who, when, how much and which models."""
    found = covered_by(group.accounts, group.permits, group.use)
    if not found.accounts:
        return InnocentExplanation(PERMIT, "No permit names any of the accounts.")
    said = " and ".join(
        f"{found.used[unit]:,} {unit}" + ("" if most is None else f" of at most {most:,}")
        for unit, most in found.bounds.items()
    )
    others = f"; {found.outside:.0%} went to models that they do not name" if found.outside else ""
    return InnocentExplanation(
        PERMIT,
        f"Permits cover {found.accounts} of {group.accounts.height} accounts, which used "
        f"{said}{others}.",
        holds=(
            found.accounts >= MOSTLY * group.accounts.height
            and found.within
            and found.outside <= 1 - MOSTLY
        ),
    )


def popular_client(group: Tested) -> InnocentExplanation:
    """A client or framework that many unrelated people use."""
    incidences = group.population.incidences
    software = {"client-fingerprint", "system-prompt", "prompt-template", "request-shape"}
    tokens, inside = np.unique(incidences.token[_rows_of(group, software)], return_counts=True)
    wide = inside >= group.owners.size / 2
    if not wide.any():
        return InnocentExplanation(
            "popular client", "No client, template or system prompt is common to half of them."
        )
    exclusive = inside[wide] / incidences.holders[tokens[wide]]
    best = int(exclusive.argmax())
    holders = int(incidences.holders[tokens[wide]][best])
    beyond = max((e for name, e in group.coordination.items() if name != "software"), default=0.0)
    return InnocentExplanation(
        "popular client",
        f"Of {holders} owners with the rarest client or text that half of them share, "
        f"{int(inside[wide][best])} are members; links of other kinds "
        f"give {beyond:.1f} nats.",
        holds=bool(exclusive[best] < 1 - MOSTLY and beyond < UNEXPLAINED),
    )


def class_behind_one_address(group: Tested) -> InnocentExplanation:
    """Students in one building: one address, little use each, and nothing private shared."""
    incidences = group.population.incidences
    at_one = _most_at_one(group, {"live-address", "live-block"})
    private = {kind.id for kind in incidences.kinds if kind.private}
    sharing = _linked(group, private)
    volume = group.population.volume
    typical = float(np.median(volume[group.owners]))
    high = float(np.quantile(volume[group.baseline], 0.99)) if group.baseline.any() else 0.0
    return InnocentExplanation(
        "class behind one address",
        f"{at_one:.0%} of the owners meet at one address block and {sharing:.0%} share something "
        f"private; their median is {typical:,.0f} exchanges, and 99 in 100 ordinary owners "
        f"stay under {high:,.0f}; signs of hiding give {group.concealment:.1f} nats.",
        holds=(
            at_one >= MOSTLY
            and sharing <= 1 - MOSTLY
            and typical <= high
            and group.concealment < UNEXPLAINED
        ),
    )


def _rows_of(group: Tested, kinds: set[str]) -> NDArray[np.intp]:
    """The group's incidences with tokens of some kinds."""
    incidences = group.population.incidences
    wanted = np.array([kind.id in kinds for kind in incidences.kinds], dtype=bool)
    rows = group.population.rows_of(group.owners)
    return np.asarray(rows[wanted[incidences.kind[incidences.token[rows]]]], dtype=np.intp)


def _most_at_one(group: Tested, kinds: set[str]) -> float:
    """Largest share of the group that holds one token of some kinds."""
    tokens = group.population.incidences.token[_rows_of(group, kinds)]
    return float(np.unique(tokens, return_counts=True)[1].max(initial=0) / group.owners.size)


def _linked(group: Tested, kinds: set[str]) -> float:
    """Share of the group that shares a token of some kinds with another member."""
    incidences = group.population.incidences
    rows = _rows_of(group, kinds)
    _, place, inside = np.unique(incidences.token[rows], return_inverse=True, return_counts=True)
    return float(np.unique(incidences.owner[rows[inside[place] > 1]]).size / group.owners.size)


def declared_gateway(group: Tested) -> InnocentExplanation:
    """A gateway or reseller that says so; what it keeps of the answers does not show."""
    weight = group.accounts["n_exchanges"].to_numpy()
    named = group.accounts["gateway_share"].fill_null(0.0).to_numpy()
    share = float(np.average(named, weights=weight))
    # The most of one account: forty colleagues speak each for one.
    spoken = group.accounts.select(pl.max_horizontal("n_end_users", "n_system_prompts"))
    voices = int(spoken.to_series().to_numpy().max(initial=0))
    return InnocentExplanation(
        OPEN_RELAY,
        f"{share:.0%} of the exchanges name an end user or a reseller, and one account speaks for "
        f"up to {voices} end users or system prompts, under {_owners(group.owners.size)}; whether "
        "the answers are kept to train a model does not show in traffic.",
        holds=group.owners.size == 1 and (voices >= VOICES or share >= 1 - MOSTLY),
    )


def _owners(n: int) -> str:
    return "1 owner" if n == 1 else f"{n} owners"


def batch_job(group: Tested) -> InnocentExplanation:
    """One owner's large job, sent through the batch interface that is made for it."""
    share = float(
        np.average(
            group.accounts["batch_share"].fill_null(0.0).fill_nan(0.0).to_numpy(),
            weights=group.accounts["n_exchanges"].to_numpy(),
        )
    )
    owners = group.owners.size
    return InnocentExplanation(
        "batch job",
        f"{share:.0%} of the exchanges came as a batch; {_owners(owners)}.",
        holds=share >= MOSTLY and owners == 1,
    )


def evaluation(group: Tested) -> InnocentExplanation:
    """An evaluation or a monitor: the same questions again and again, by one owner."""
    repeats = group.accounts["repeat_share"].fill_null(0.0).fill_nan(0.0).to_numpy()
    share = float(np.average(repeats, weights=group.accounts["n_exchanges"].to_numpy()))
    owners = group.owners.size
    return InnocentExplanation(
        "evaluation",
        f"{share:.0%} of the sampled prompts repeat one of the same account to the letter; "
        f"training data is not asked for twice; {_owners(owners)}.",
        holds=share >= MOSTLY / 2 and owners <= 2,
    )


EXPLANATIONS: tuple[Callable[[Tested], InnocentExplanation], ...] = (
    open_organization,
    open_firm,
    permit,
    popular_client,
    class_behind_one_address,
    declared_gateway,
    batch_job,
    evaluation,
)


def weigh_explanations(group: Tested) -> tuple[InnocentExplanation, ...]:
    """Test every innocent explanation; those that hold come first, the gateway's foremost.

    That one owner is one owner says little; that it speaks for many says all.
    """
    tested = [explanation(group) for explanation in EXPLANATIONS]
    return tuple(sorted(tested, key=lambda one: (not one.holds, one.name != OPEN_RELAY)))
