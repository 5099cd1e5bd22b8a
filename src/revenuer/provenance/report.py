"""What a test says, as JSON has it and a page shows it: evidence, its limits, never proof."""

from __future__ import annotations

from dataclasses import dataclass, field

from revenuer.provenance.plan import Plan
from revenuer.stats.exact_rate import Rate

NEVER = "This is statistical evidence, not proof: it says how rarely chance alone looks like this."
MARK_LIMITS = (
    "Text marked with the key may have reached the suspect by way of others who published it.",
    "A model that reads marked text in its prompts repeats the mark: ask with prompts without any.",
    "No evidence is not innocence: paraphrase, a small share of marked text, few answers hide it.",
)
CANARY_LIMITS = (
    "Whoever knew a code, by a leak or because it was served to them, can teach it to a model.",
    "A suspect that searches, or remembers across requests, may have met the code after training.",
    "No evidence is not innocence: a code seen once in training is seldom repeated word for word.",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A plan, and where the log says that it was fixed.

    Attributes:
        id: Of the commitment.
        name: As its owner calls it.
        plan: What was fixed.
        key: Commitment to the master secret.
        roster: Commitment to the accounts, in order.
        at: When, ISO 8601 in UTC.
        entry: Number of the entry in the audit log.
        entry_hash: Of that entry, which covers all before it.
    """

    id: str
    name: str
    plan: Plan
    key: str
    roster: str
    at: str
    entry: int
    entry_hash: str


@dataclass(frozen=True, slots=True)
class Result:
    """What was found about the key of one account.

    Attributes:
        number: Of the account in the roster, from 1.
        pseudonym: Of the account; empty where all answers share one key.
        p_value: By itself.
        adjusted: Corrected for the number of accounts (Holm).
        passes: Whether that is at or below the threshold.
        effect: In the statistic's own unit, under `effect_unit` of the report.
        z: The statistic in standard deviations of the drawn keys'; None for canaries.
        recalled: Canaries that came back; None for other statistics.
    """

    number: int
    pseudonym: str
    p_value: float
    adjusted: float
    passes: bool
    effect: float
    z: float | None = None
    recalled: Rate | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How often the same test accused models that are known to be innocent.

    Attributes:
        rate: Of how many, with the exact 95 % interval.
        alpha: At which threshold.
        at: When.
        entry: Number of the entry in the audit log; 0 before it is written.
    """

    rate: Rate
    alpha: float
    at: str = ""
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a casebook's audit log says how far the log of commitments had got.

    Attributes:
        entry: Number of the entry in the casebook's audit log.
        at: When it was written, ISO 8601 in UTC.
        checkpoint: That entry as a witness of the casebook's log, `NUMBER:HASH`.
        log: What it says of the log of commitments, `NUMBER:HASH`.
    """

    entry: int
    at: str
    checkpoint: str
    log: str


@dataclass(frozen=True, slots=True)
class TestReport:
    """A test of one suspect.

    Attributes:
        registered: The commitment.
        suspect: What it is called.
        control: Whether it is known to be innocent; a control is never accused.
        at: When it was tested.
        look: Which test under the commitment this is, from 1; 0 for a control.
        threshold: What the corrected p-value must not exceed at this look.
        answers: How many answers it rests on.
        answers_sha256: Of each file that it rests on, by what it is.
        scored: Tokens, or canaries.
        effect_unit: What `effect` of the results is.
        results: Accounts, the strongest first.
        others_tested: How many other commitments in the log were tested: whoever tests many and
            tells of one has chosen.
        measured: The false accusations of this test where somebody measured them.
        conclusion: One sentence.
        limits: What it cannot show.
        anchor: Where a casebook first wrote the commitment down; None where none did.
    """

    __test__ = False

    registered: Registered
    suspect: str
    control: bool
    at: str
    look: int
    threshold: float
    answers: int
    answers_sha256: dict[str, str]
    scored: int
    effect_unit: str
    results: tuple[Result, ...]
    others_tested: int = 0
    measured: Measured | None = None
    conclusion: str = ""
    limits: tuple[str, ...] = field(default=())
    anchor: Anchor | None = None


def statistic_said(plan: Plan) -> str:
    """The statistic in a sentence, as it was fixed."""
    if plan.statistic == "recall":
        return (
            f"How many of {plan.canaries} codes of {plan.code_words} words come back within the "
            f"first {plan.answer_words} words of an answer; binomial, by the chance of a code "
            "drawn evenly."
        )
    if plan.statistic == "rank":
        return (
            f"The sum of the ranks of {plan.canaries} codes among {plan.decoys} decoys each, by "
            "the suspect's own log-probabilities; exact."
        )
    kind = {
        "green": f"green tokens (share {plan.gamma:g})",
        "gumbel": "-log(1 - u) of each token",
        "tournament": f"bits set of {plan.layers}",
    }[plan.statistic]
    less = ", less what the owner's unmarked model expects" if plan.paired else ""
    repeats = "" if plan.repeats == "all" else ", a repeated context and token once"
    return (
        f"The sum of {kind} after contexts of {plan.width} tokens{less}{repeats}; its rank among "
        f"{plan.drawn:,} drawn keys."
    )


def anchor_said(anchor: Anchor | None) -> str:
    """Whether others can know when a commitment was made, in a sentence."""
    if anchor is None:
        return (
            "The commitment is in no casebook: whoever holds the signing key could have written "
            "its log anew, with other times; only a witness that others hold shows that."
        )
    return (
        f"The commitment was anchored by {anchor.at[:19]}Z, in entry {anchor.checkpoint} of the "
        f"casebook's audit log, and the log of commitments still has what was written there."
    )


def conclusion_of(report: TestReport) -> str:
    """What may be said, in a sentence."""
    passing = [one for one in report.results if one.passes]
    if report.control:
        return (
            "A control: it would have been accused." if passing else "A control: nothing was found."
        )
    if not passing:
        return (
            "No evidence that the suspect learned from these answers was found; that does not "
            "show that it did not."
        )
    whose = ""
    if passing[0].pseudonym:
        numbers = ", ".join(f"{one.number} ({one.pseudonym})" for one in passing)
        whose = f" of {'account' if len(passing) == 1 else 'accounts'} {numbers}"
    source = "answers marked with the key" if report.registered.plan.is_mark else "the canaries"
    return f"Evidence consistent with a model that was trained on {source}{whose}."
