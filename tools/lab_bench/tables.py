"""The bench's tables and its closing line."""

from __future__ import annotations

from lab_bench.effects import effects
from lab_bench.findings import LEVEL, Findings, Line
from lab_bench.jobs import FEW_PROMPTS

MOST_CPU_MINUTES = 90
"""Forty-five minutes of two cores."""


def say(findings: Findings, lines: list[Line]) -> None:
    """Print every table."""
    print(f"students: untaught {findings.base()}, own examples alone {findings.own()}\n")
    _arms(findings, lines)
    _power(findings)
    _habit(findings)
    _innocents(findings)
    _canaries(findings)
    ways = findings.ways()
    print(f"ways of distilling, {FEW_PROMPTS} prompts")
    for name, reached in ways.items():
        print(f"  {name:32} {reached}")
    print(
        f"\nsafeguards: the teacher refuses all restricted programs, students {findings.refusals()}"
    )
    print("\npublished effects")
    for one in effects(findings, lines):
        print(f"  {'seen    ' if one.seen else 'NOT seen'} {one.name}")
        print(f"           published: {one.published}; here: {one.here}")
    print(f"\n{findings.cpu_s / 60:.0f} minutes of processor time")


def closing_line(findings: Findings, lines: list[Line]) -> str:
    """Give the last line: what holds, by name of what does not."""
    clean = next(line for line in lines if line.arm == "none")
    missed = {
        "clean student learns": clean.passive.value < 0.85,
        "three published effects": sum(one.seen for one in effects(findings, lines)) < 3,
        "answers kept": any(_answers_lost(line, clean) for line in lines),
        "false accusations": any(
            rate.low > level
            for level in (LEVEL, 0.05)
            for rate in findings.false_accusations(level).values()
        ),
        "time": findings.cpu_s > MOST_CPU_MINUTES * 60,
    }
    names = [name for name, is_missed in missed.items() if is_missed]
    return f"falls short: {', '.join(names)}" if names else "all targets hold"


def _answers_lost(line: Line, clean: Line) -> bool:
    lost = clean.served["accuracy"] - line.served["accuracy"]
    return line.kind in ("text", "tokens", "parameters") and lost > 0.01


def _arms(findings: Findings, lines: list[Line]) -> None:
    print("                               | customer                       | student, by queries")
    print(
        f"{'countermeasure':30} | {'right':>5} {'true':>5} {'shown':>5} {'odd':>5} {'time':>5}"
        f"  | {'passive':16} {'kept':>5}  {'the best adaptive':34} {'kept':>5}"
    )
    for line in lines:
        served = line.served
        true = "    -" if served["true_steps"] is None else f"{served['true_steps']:5.0%}"
        best = f"{line.best} x{line.queries[line.best] / line.queries['passive']:.0f}"
        print(
            f"{line.arm:30} | {served['accuracy']:5.0%} {true} {served['steps_shown']:5.0%} "
            f"{served['surprise']:5.2f} {served['slower']:4.1f}x  | {line.passive!s:16} "
            f"{findings.protection(line.passive):5.0%}  {best:17} {line.reached!s:16} "
            f"{findings.protection(line.reached):5.0%}{_dominated(line)}"
        )
    print(
        "right: answers; true: of the steps shown; odd: nats a word to the unchanged teacher;\n"
        "kept: share of an unprotected student's gain that this one does not get;\n"
        "(!): the student is better than what is served\n"
    )


def _dominated(line: Line) -> str:
    true = line.served["true_steps"]
    worse = true is not None and true < 0.98 and line.reached.value >= true
    return " (!)" if worse else ""


def _power(findings: Findings) -> None:
    print(f"marks found in students at p <= {LEVEL}, by answers asked for (paired / plain)")
    rows = findings.power()
    budgets = sorted({one["answers"] for one in rows})
    cases = list(dict.fromkeys((one["mark"], one["share"], one["paraphrased"]) for one in rows))
    print(f"  {'mark':45} {'share':>5} " + "".join(f"{budget:>20}" for budget in budgets))
    for mark, share, paraphrased in cases:
        cells = []
        for budget in budgets:
            both = {
                one["paired"]: one
                for one in rows
                if (one["mark"], one["share"], one["paraphrased"], one["answers"])
                == (mark, share, paraphrased, budget)
            }
            cell = f"{both[True]['found']}/{both[True]['of']} z{both[True]['z']:5.1f} | "
            cells.append(f"{cell}{both[False]['found']}/{both[False]['of']}")
        name = f"{mark}{', paraphrased' if paraphrased else ''}"
        print(f"  {name:45} {share:5.0%} " + "".join(f"{cell:>20}" for cell in cells))
    print()


def _habit(findings: Findings) -> None:
    worst = findings.habit_of_innocents()
    print(f"a habit of opening in one way, in answers; of the worst innocent: {worst}")
    for row in findings.habit():
        how = ", paraphrased" if row["paraphrased"] else ""
        print(
            f"  {row['share']:4.0%} of lessons{how:13} {row['answers']:4} answers: "
            f"{row['rate']:4.0%}, found {row['found']}/{row['of']}"
        )
    print()


def _innocents(findings: Findings) -> None:
    print("innocent micro-students of other teachers accused, with the exact 95 % interval")
    print(f"they solve {findings.innocents_solve()} of programs; half of their teachers mark too")
    few, many = findings.false_accusations(LEVEL), findings.false_accusations(0.05)
    for test in few:
        print(f"  {test:40} at {LEVEL}: {few[test]!s:30} at 0.05: {many[test]}")
    print()


def _canaries(findings: Findings) -> None:
    print("canaries: 20 of them, by how often each was served")
    for copies, rows in sorted(findings.canaries().items()):
        for row in rows:
            print(
                f"  {copies}x seed {row['seed']}: {row['recalled']} of {row['of']} recalled, p "
                f"{row['recall_p']:.1e}; mean rank {row['mean_rank']:.1f} of 200, p "
                f"{row['rank_p']:.1e}; student solves {row['accuracy']:.0%}"
            )
    print()
