"""Effects that others published, and whether they are seen here: direction and rough size."""

from __future__ import annotations

from dataclasses import dataclass

from lab_bench.findings import LEVEL, Findings, Line


@dataclass(frozen=True, slots=True)
class Effect:
    """A published effect.

    Attributes:
        name: What it says.
        published: Its figure, with its source.
        here: Ours.
        seen: Whether direction and rough size agree.
    """

    name: str
    published: str
    here: str
    seen: bool


def effects(findings: Findings, lines: list[Line]) -> list[Effect]:
    """Compare what was measured with what was published; those whose arms are there."""
    by_name = {line.arm: line for line in lines}
    makers = (_withheld, _adaptive, _reordered, _coupled, _radioactive, _paraphrased, _canaries)
    return [one for make in makers if (one := make(findings, by_name)) is not None]


def _withheld(findings: Findings, lines: dict[str, Line]) -> Effect | None:
    if not {"none", "reasoning-withheld"} <= set(lines):
        return None
    clean, bare = lines["none"].passive.value, lines["reasoning-withheld"].passive.value
    return Effect(
        "withholding reasoning takes most of the gain",
        "MATH-500 67.8 -> 31.4 (DistillGuard)",
        f"{clean:.0%} -> {bare:.0%}",
        bare < 0.6 * clean,
    )


def _adaptive(findings: Findings, lines: dict[str, Line]) -> Effect | None:
    tokens = [line for line in lines.values() if line.kind == "tokens" and line.adaptive]
    if not tokens:
        return None
    line = max(tokens, key=lambda one: findings.protection(one.passive))
    passive, best = findings.protection(line.passive), findings.protection(line.reached)
    return Effect(
        f"an adaptive student undoes much of what poisoned traces do ({line.arm})",
        "GSM8K 34.3 passive, 51.5 adaptive of 57.2 (The Distillation Game)",
        f"protection {passive:.0%} passive, {best:.0%} against {line.best}",
        passive > 0.1 and best < 0.75 * passive,
    )


def _reordered(findings: Findings, lines: dict[str, Line]) -> Effect | None:
    line = lines.get("reasoning-reordered")
    if line is None:
        return None
    passive = findings.protection(line.passive)
    undone = findings.protection(line.adaptive["put-in-order"])
    return Effect(
        "conclusions first teach less until they are put in order",
        "AIME24 54.2 -> 46.9 (PART); its reviewers: can be put back",
        f"protection {passive:.0%} passive, {undone:.0%} put in order",
        passive > 0.05 and undone < 0.5 * passive,
    )


def _coupled(findings: Findings, lines: dict[str, Line]) -> Effect | None:
    if not {"many accounts", "seed-coupling"} <= set(lines):
        return None
    free, alike = lines["many accounts"].passive.value, lines["seed-coupling"].passive.value
    gain = free - findings.base().value
    return Effect(
        "accounts whose draws are coupled gather less",
        "gain +29.8 -> +11.2 points (LADS)",
        f"{free:.0%} -> {alike:.0%}",
        gain > 0.05 and (alike - findings.base().value) < 0.8 * gain,
    )


def _radioactive(findings: Findings, lines: dict[str, Line]) -> Effect | None:
    rows = [
        one
        for one in findings.power()
        if one["mark"].startswith("green") and one["share"] == 1.0 and not one["paraphrased"]
    ]
    paired = [one for one in rows if one["paired"]]
    if not paired:
        return None
    most = max(paired, key=lambda one: one["answers"])
    return Effect(
        "a green list is found in who learned from it",
        "p < 1e-5 at 5 % of data, open model, 10,000 samples (Sander et al. 2024)",
        f"{most['found']} of {most['of']} at p <= {LEVEL}, z {most['z']:.1f}, "
        f"{most['answers']} answers, all lessons marked",
        most["found"] == most["of"],
    )


def _paraphrased(findings: Findings, lines: dict[str, Line]) -> Effect | None:
    rows = [one for one in findings.power() if one["mark"].startswith("green") and one["paired"]]
    said = [one for one in rows if one["paraphrased"]]
    if not said:
        return None
    most = max(said, key=lambda one: one["answers"])
    return Effect(
        "a paraphrase before training removes the mark",
        "p .4 to .7 after targeted paraphrase (Pan et al. 2025)",
        f"{most['found']} of {most['of']} found, z {most['z']:.1f}",
        most["found"] == 0,
    )


def _canaries(findings: Findings, lines: dict[str, Line]) -> Effect | None:
    rows = findings.canaries()
    if not {0, 1, 4} <= set(rows):
        return None
    shares = {n: sum(r["recalled"] for r in rows[n]) / sum(r["of"] for r in rows[n]) for n in rows}
    ranks = {n: max(r["rank_p"] for r in rows[n]) for n in rows}
    return Effect(
        "canaries are said word for word when repeated, and ranked high when served once",
        "0 of 20 once, 18 of 20 four times, mean rank 22.6 of 200 once (our own trial before)",
        f"recalled {shares[1]:.0%} once, {shares[4]:.0%} four times, {shares[0]:.0%} never served; "
        f"worst rank p {ranks[1]:.1e} once, {ranks[0]:.2f} never",
        shares[4] > shares[1] + 0.2 and shares[0] == 0 and ranks[1] < LEVEL < ranks[0],
    )
