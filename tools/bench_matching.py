"""What private matching costs, what a bucket looks like, and what somebody hostile gets.

Costs are CPU seconds per 1,000 elements in one process, without HTTP. Prints tables and, as the
last line, `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from revenuer.matching.answering import Answering, oprf_key
from revenuer.matching.asking import LEAST_DECOYS, ask, in_questions
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import SPACES, Element, element_of
from revenuer.matching.intersection import Intersecting, hold
from revenuer.matching.keyring import GroupKey, quarter_of
from revenuer.matching.messages import Card, read_question, written
from revenuer.matching.quotas import Limits
from revenuer.matching.table import Label, Table, fill_table

KIND = MatchKind.PAYMENT
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LABEL = Label(UUID(int=1), True)
MOST_CPU_S = 1.0
"""Of either side, for 1,000 elements of a question."""
MOST_ANSWER_MB = 5.0
"""Of an answer to 1,000 elements, at 50,000 held values."""
LEAST_DAYS = 14.0
"""That somebody needs at the limits to ask for a hundredth of all blocks of IPv4."""


def group() -> GroupKey:
    """A group's key."""
    name, begins, ends = quarter_of(NOW)
    return GroupKey(name, b"k" * 32, begins, ends)


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of some work."""
    started = time.process_time()
    work()
    return time.process_time() - started


def made(values: int, bits: int) -> tuple[Answering, list[Element], float]:
    """Tables of so many values, and the CPU seconds that they took."""
    key, oprf = group(), oprf_key(b"s" * 32, KIND)
    elements = [element_of(key, KIND, f"pay_{number}", bits) for number in range(values)]
    tables: list[Table] = []

    def work() -> None:
        entries = ((each, LABEL) for each in elements)
        tables.append(fill_table(entries, oprf, edition=b"e" * 16, bits=bits, filler=b"f" * 32))

    spent = timed(work)
    return Answering({KIND: tables[0]}, {KIND: oprf}), elements, spent


def membership(values: int) -> tuple[float, float]:
    """Print what 1,000 elements cost; the dearer side's CPU seconds, and the answer's MB."""
    answering, held, building = made(values, 12)
    card = Card(
        "identity--x", group().id, group().check(), b"e" * 16, 12, answering.offers(), NOW,
        NOW + timedelta(days=7),
    )  # fmt: skip
    spent = {"blind": 0.0, "answer": 0.0, "unblind and look": 0.0}
    sent = came = found = 0
    wanted = held[:500] + [element_of(group(), KIND, f"other_{n}", 12) for n in range(500)]
    for part in in_questions(wanted):
        started = time.process_time()
        asked = ask(part, KIND, card, group(), Random(1))
        question = written(asked.question)
        spent["blind"] += time.process_time() - started
        started = time.process_time()
        answer = written(answering.answer(read_question(question, 12)))
        spent["answer"] += time.process_time() - started
        started = time.process_time()
        found += sum(bool(labels) for labels in asked.labels(answer))
        spent["unblind and look"] += time.process_time() - started
        sent, came = sent + len(question), came + len(answer)
    assert found == 500
    print(f"| {values:,} | {building / values * 1000:.2f} s | " + " | ".join(
        f"{each:.2f} s" for each in spent.values()
    ) + f" | {sent / 1e3:.0f} kB | {came / 1e6:.1f} MB |")  # fmt: skip
    asker = spent["blind"] + spent["unblind and look"]
    return max(asker, spent["answer"]), came / 1e6


def intersection(values: int, asked: int) -> None:
    """Print what an intersection costs."""
    key = group()
    theirs = [element_of(key, KIND, f"pay_{number}", 12) for number in range(values)]
    ours = [element_of(key, KIND, f"pay_{values - asked // 2 + n}", 12) for n in range(asked)]
    started = time.process_time()
    holding = hold(theirs)
    setup = time.process_time() - started
    started = time.process_time()
    asking = Intersecting(ours, reveal=False, rng=Random(1))
    request = time.process_time() - started
    started = time.process_time()
    reply, _ = holding.reply(asking.request, elements=False)
    replying = time.process_time() - started
    started = time.process_time()
    assert asking.count(holding.setup, reply) == asked // 2
    counting = time.process_time() - started
    sizes = f"{len(holding.setup) / 1e3:.0f} kB | {(len(asking.request) + len(reply)) / 1e3:.0f} kB"
    costs = " | ".join(f"{each:.2f} s" for each in (setup, request, replying, counting))
    print(f"| {values:,} | {asked:,} | {costs} | {sizes} |")


def buckets(quick: bool) -> None:
    """Print how full buckets are and what they show."""
    print("\n| held values | bits | mean true entries | most | shown by every bucket |")
    print("|---|---|---|---|---|")
    for values in (1000, 10_000) if quick else (1000, 10_000, 50_000):
        for bits in (12, 14, 16):
            answering, _, _ = made(values, bits)
            table = answering.tables[KIND]
            most = max(len(each) for each in table.buckets.values()) // 64
            print(f"| {values:,} | {bits} | {values / 2**bits:.2f} | {most} | {table.size} |")


def enumerator() -> float:
    """Print what somebody who goes through all values gets; days for a hundredth of the blocks."""
    limits = Limits()
    print("\n| kind | values there are | asked in a day | days for 1 % | ever, at most |")
    print("|---|---|---|---|---|")
    for kind, space in SPACES.items():
        days, budget = limits.days_to_cover(kind, 0.01), limits.budget(kind) or 0
        shown = f"{limits.elements:,} | {days:,.0f} | {budget:,} ({budget / space:.0%})"
        print(f"| {kind} | {space:,} | {shown} |")
    return limits.days_to_cover(MatchKind.ADDRESS_BLOCK, 0.01)


def poisoner(runs: int) -> None:
    """Print how often a peer that claims a share of all values is found out by its decoys."""
    rng = Random(5)
    print("\n| share of all values that a peer claims | found out, 1 question | by formula |")
    print("|---|---|---|")
    for share in (0.01, 0.05, 0.1, 0.25, 0.5):
        caught = sum(any(rng.random() < share for _ in range(LEAST_DECOYS)) for _ in range(runs))
        print(f"| {share:.0%} | {caught / runs:.1%} | {1 - (1 - share) ** LEAST_DECOYS:.1%} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="at most 10,000 values")
    quick = parser.parse_args().quick
    print("| held values | build | blind | answer | unblind and look | question | answer |")
    print("|---|---|---|---|---|---|---|")
    dearest, largest = 0.0, 0.0
    for values in (1000, 10_000) if quick else (1000, 10_000, 50_000):
        cpu, size = membership(values)
        dearest, largest = max(dearest, cpu), max(largest, size)
    print("\n| held | asked | set | request | reply | count | set | both messages |")
    print("|---|---|---|---|---|---|---|---|")
    for values, asked in (
        ((1000, 960), (10_000, 1024)) if quick else ((10_000, 1024), (24_000, 10_240))
    ):
        intersection(values, asked)
    buckets(quick)
    days = enumerator()
    poisoner(2000 if quick else 20_000)
    falls = [
        name
        for name, holds in (
            ("cpu", dearest <= MOST_CPU_S),
            ("answer-size", largest <= MOST_ANSWER_MB),
            ("enumeration", days >= LEAST_DAYS),
        )
        if not holds
    ]
    print("\n" + ("all targets hold" if not falls else f"falls short: {', '.join(falls)}"))


if __name__ == "__main__":
    main()
