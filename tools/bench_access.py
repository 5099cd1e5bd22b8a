"""Sign-ups judged by Revenuer and by rules: who is caught, who is bothered, and how fast.

Streams are simulated (docs/signup-worlds.md). The rules get limits that catch most on streams of
other seeds, with every label, at the share of honest people that Revenuer bothers there; in a
foreign world, made by other means, they are tuned again, while Revenuer stays as it
is. Prints tables and, as the last line, `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from admission.figures import (
    AFTERMATH,
    asked,
    cohorts,
    difference,
    guilty,
    held,
    honest,
    out,
    over,
    pooled,
    price,
    refused,
    share,
)
from admission.foreign import foreign_stream
from admission.ours import Ours
from admission.play import Played, play
from admission.rules import Limits, Rules
from admission.streams import Stream, package_stream
from admission.tuning import Seen, look, tune
from revenuer.access.applications import Programme, Result
from revenuer.access.profile import Tables
from revenuer.access.programmes import asks
from revenuer.sources.offline_tables import load_tables
from revenuer.worlds.signups import SignupSpec

MOST_BOTHERED = 0.05
"""Of honest applicants: one in twenty is what a step-up costs a sign-up page before its owner
switches it off. placeholder"""
MOST_LOST = 0.01
"""Of honest applicants, by a check failed or given up, or a person's mistake. placeholder"""
MOST_OF_A_COHORT = 0.25
"""Of any honest cohort that holds nothing of a convicted campaign: nobody pays for all.
placeholder"""
LEAST_OF_A_COHORT = 60
"""Applicants without whom a cohort's share says nothing."""
LEAST_A_SECOND = 500
"""Assessments, in one process; issue 8."""
TUNING = (901, 902, 903)
THRESHOLDS = (0.8, 1.2, 1.6, 2.4, 4.0)
"""Of evidence from which a check is asked for; 1.6 is the default."""
DEFAULTS = Limits(
    {"disposable": 1, "vpn": 1, "hosting": 1, "voip": 1, "script": 1, "address_day": 5,
     "block_day": 10, "device_month": 3, "card_ever": 4, "phone_ever": 3, "mailbox_ever": 2,
     "banned_card": 1, "banned_phone": 1, "banned_device": 1}
)  # fmt: skip
"""What guides advise before anybody tunes."""


@dataclass(frozen=True)
class Duel:
    """The same streams under each policy.

    Attributes:
        title: Of the world.
        ours: Revenuer's, one a stream.
        rules: Of the tuned rules.
        others: Of rules with limits from elsewhere.
        elsewhere: From where.
    """

    title: str
    ours: tuple[Played, ...]
    rules: tuple[Played, ...]
    others: tuple[Played, ...]
    elsewhere: str


def duel(
    title: str,
    streams: Sequence[Stream],
    tables: Tables,
    limits: Limits,
    elsewhere: tuple[str, Limits],
) -> Duel:
    """Let all policies judge the same streams."""
    name, others = elsewhere
    return Duel(
        title,
        tuple(play(Ours(tables), stream) for stream in streams),
        tuple(play(Rules(tables, limits), stream) for stream in streams),
        tuple(play(Rules(tables, others, name), stream) for stream in streams),
        name,
    )


def overall(found: Duel) -> None:
    """Print what each policy does to the honest and to farms."""
    print(f"\n## {found.title}\n")
    print(f"| | Revenuer | rules, tuned | rules, {found.elsewhere} |")
    print("|---|---|---|---|")
    runs = (found.ours, found.rules, found.others)
    rows = (
        ("honest: asked for anything", honest, asked),
        ("honest: held for a person", honest, held),
        ("honest: refused", honest, refused),
        ("honest: lost in the end", honest, out),
        ("fraudulent: stopped or stepped up", guilty, asked),
        ("fraudulent: without an account in the end", guilty, out),
    )
    for name, whom, of in rows:
        print(f"| {name} | {' | '.join(str(over(run, whom, of)) for run in runs)} |")
    paid = " | ".join(f"${price(run):.2f}" for run in runs)
    print(f"| paid in checks for each fraudulent account | {paid} |")
    for name, of in (("stopped or stepped up", asked), ("without an account", out)):
        print(
            f"\nMore than tuned rules, {name}: {difference(found.ours, found.rules, of)}; "
            f"than rules, {found.elsewhere}: {difference(found.ours, found.others, of)}."
        )


def by_cohort(found: Duel, *, fraudulent: bool) -> None:
    """Print shares by honest cohort, or by operator."""
    title = "operator" if fraudulent else "honest cohort"
    first = "stopped or stepped up" if fraudulent else "asked"
    last = "no account" if fraudulent else "lost"
    print(f"\n| {title} | applications | {first} | rules | {last} | rules | paid | rules |")
    print("|---|---|---|---|---|---|---|---|")
    for name in cohorts(found.ours, fraudulent=fraudulent):
        mine, theirs = pooled(found.ours, name), pooled(found.rules, name)
        shares = " | ".join(
            f"{share(fates, of):.0%}" for of in (asked, out) for fates in (mine, theirs)
        )
        paid = [sum(fate.paid for fate in fates) / len(fates) for fates in (mine, theirs)]
        print(f"| {name} | {len(mine):,} | {shares} | ${paid[0]:.2f} | ${paid[1]:.2f} |")


def programmes(streams: Sequence[Stream], tables: Tables) -> None:
    """Print what the checks of programmes let through, whatever the sign-up was answered."""
    print("\n| programme | honest | confirmed | fraudulent | confirmed |")
    print("|---|---|---|---|---|")
    for programme in Programme:
        counts = {}
        for wrong in (False, True):
            there = [
                one
                for stream in streams
                for one in stream.applicants
                if one.shown.programme is programme and (one.truth.campaign is not None) is wrong
            ]
            passed = sum(
                all(one.truth.would[check.value] is Result.PASSED for check in checks)
                for one in there
                if (checks := asks(one.shown, tables.domains)) is not None
            )
            counts[wrong] = f"{len(there):,} | {passed / len(there):.0%}" if there else "0 | -"
        print(f"| {programme.value} | {counts[False]} | {counts[True]} |")


def frontier(
    streams: Sequence[Stream], tables: Tables, seen: Seen, tuning: Sequence[Stream]
) -> None:
    """Print both policies over the whole range: a threshold for one, limits for the other."""
    print("\n## The same at other prices for the honest\n")
    print("| nats | asked | caught | stopped | rules: asked | caught | stopped |")
    print("|---|---|---|---|---|---|---|")
    for bar in THRESHOLDS:
        at = over([play(Ours(tables, bar), each) for each in tuning], honest, asked).mean
        limits = tune(seen, at)
        shown = []
        for runs in (
            [play(Ours(tables, bar), each) for each in streams],
            [play(Rules(tables, limits), each) for each in streams],
        ):
            shares = ((honest, asked), (guilty, asked), (guilty, out))
            shown += [f"{over(runs, whom, of).mean:.1%}" for whom, of in shares]
        print(f"| {bar:g} | {' | '.join(shown)} |")


def speed(found: Duel) -> float:
    """Print assessments a second; ours."""
    print("\n| | assessments a CPU second | 99 in 100 within |")
    print("|---|---|---|")
    rates = []
    for runs in (found.ours, found.rules):
        judged = sum(len(run.fates) for run in runs)
        rates.append(judged / sum(run.cpu_s for run in runs))
        slowest = max(run.slowest_s for run in runs) * 1000
        print(f"| {runs[0].policy} | {rates[-1]:,.0f} | {slowest:.2f} ms |")
    print(f"\nThe rules are {rates[1] / rates[0]:.1f} times as fast.")
    return rates[0]


def tuned(title: str, tuning: Sequence[Stream], seen: Seen, tables: Tables) -> Limits:
    """The best limits at the share of honest people that Revenuer asks; they are printed."""
    bothered = over([play(Ours(tables), stream) for stream in tuning], honest, asked).mean
    limits = tune(seen, bothered)
    print(
        f"\nRules tuned on {title}, seeds {', '.join(map(str, TUNING))}, at {bothered:.1%} of the"
    )
    print("honest asked: " + ", ".join(f"{n} >= {at:g}" for n, at in limits.limits.items()) + ".")
    print(f"Exceptions: {', '.join(sorted(limits.spared)) or 'none'}.")
    return limits


def falls(found: Duel, label: str) -> list[str]:
    """Targets that do not hold on a world."""
    lost = []
    if over(found.ours, honest, asked).mean > MOST_BOTHERED:
        lost.append("bothered")
    if any(refused(fate) for run in found.ours for fate in honest(run)):
        lost.append("refused")
    if over(found.ours, honest, out).mean > MOST_LOST:
        lost.append("lost")
    for name in cohorts(found.ours, fraudulent=False):
        fates = pooled(found.ours, name)
        large = name not in AFTERMATH and len(fates) >= LEAST_OF_A_COHORT
        if large and share(fates, asked) > MOST_OF_A_COHORT:
            lost.append(f"cohort-{name}")
    for name, of in (("caught", asked), ("stopped", out)):
        more = difference(found.ours, found.rules, of)
        if more.mean - more.half <= 0:
            lost.append(name)
    return [f"{label}{name}" for name in lost]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two small streams of each world")
    parser.add_argument("--applications", type=int, help="of each stream")
    parser.add_argument("--seeds", type=int, nargs="+", help="of the streams")
    chosen = parser.parse_args()
    size = chosen.applications or (4000 if chosen.quick else 12_000)
    seeds = chosen.seeds or ([21, 22, 23] if chosen.quick else [21, 22, 23, 24, 25, 26])
    tables = load_tables().tables
    tuning = [package_stream(SignupSpec(applications=size, seed=seed)) for seed in TUNING]
    seen = look(tuning, tables)
    limits = tuned("the package's worlds", tuning, seen, tables)
    abroad = [foreign_stream(size, seed) for seed in TUNING]
    there = tuned("the foreign world", abroad, look(abroad, tables), tables)
    streams = [package_stream(SignupSpec(applications=size, seed=seed)) for seed in seeds]
    foreign = [foreign_stream(size, seed) for seed in seeds]
    shown = ", ".join(map(str, seeds))
    home = duel(
        f"The package's worlds, seeds {shown}", streams, tables, limits, ("defaults", DEFAULTS)
    )
    away = duel(
        f"A foreign world, seeds {shown}", foreign, tables, there,
        ("tuned on the other worlds", limits),
    )  # fmt: skip
    for found, played in ((home, streams), (away, foreign)):
        overall(found)
        by_cohort(found, fraudulent=False)
        by_cohort(found, fraudulent=True)
        programmes(played, tables)
        sys.stdout.flush()
    if not chosen.quick:
        frontier(streams[:2], tables, seen, tuning[:1])
    rate = speed(home)
    short = falls(home, "") + falls(away, "foreign-")
    short += ["speed"] * (rate < LEAST_A_SECOND)
    print("\n" + ("all targets hold" if not short else f"falls short: {', '.join(short)}"))


if __name__ == "__main__":
    main()
