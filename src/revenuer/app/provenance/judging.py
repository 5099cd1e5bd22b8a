"""The registered statistic of one suspect's answers: p-values of every account's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from revenuer.app.provenance.answers import (
    Answers,
    expected_at,
    read_answers,
    texts_of,
    token_lists,
)
from revenuer.app.provenance.registering import Secrets
from revenuer.errors import ColumnError, ConfigError
from revenuer.provenance.canaries import WORDS, chance_of, code_of, rank_test, recall_test, recalled
from revenuer.provenance.plan import Plan
from revenuer.provenance.radioactivity import Expected, pairs_of, radioactivity
from revenuer.provenance.report import Registered, Result
from revenuer.stats.green_list import contexts_of
from revenuer.stats.holm import holm

SHOWN = 12
"""Digits of a pseudonym in a report: no two of a million accounts are likely to share them."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a test reads.

    Attributes:
        answers: What the suspect said.
        owner: The owner's unmarked model at the same positions; for a paired plan.
        suspect: The suspect's own probabilities at the same positions, where it is open.
        tokenizer: Where answers come as text.
    """

    answers: Path
    owner: Path | None = None
    suspect: Path | None = None
    tokenizer: Path | None = None

    def digests(self) -> dict[str, str]:
        """SHA-256 of each file, by what it is."""
        named = {
            "answers": self.answers,
            "owner": self.owner,
            "suspect": self.suspect,
            "tokenizer": self.tokenizer,
        }
        return {
            name: sha256(path.read_bytes()).hexdigest()
            for name, path in named.items()
            if path is not None
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """What a test found, before any threshold.

    Attributes:
        results: Of every account, the strongest first; none passes yet.
        answers: How many answers there were.
        scored: Tokens, or canaries.
        effect_unit: What the effects are.
    """

    results: tuple[Result, ...]
    answers: int
    scored: int
    effect_unit: str

    def at(self, threshold: float) -> Judged:
        """The same with what passes a threshold."""
        return replace(
            self,
            results=tuple(replace(one, passes=one.adjusted <= threshold) for one in self.results),
        )


def judge(one: Registered, kept: Secrets, inputs: Inputs) -> Judged:
    """Work out the registered statistic.

    Args:
        one: The commitment.
        kept: What it binds.
        inputs: The files.

    Raises:
        ConfigError: A file is missing that the plan needs, or one is given that it does not allow.
        SourceError: A file cannot be used.
    """
    plan = one.plan
    _refuse_other_files(plan, inputs)
    answers = read_answers(inputs.answers)
    if plan.is_mark:
        return _judge_mark(one, kept, inputs, answers)
    if plan.statistic == "recall":
        return _judge_canaries(plan, kept, answers, _recalls(plan, kept, answers))
    return _judge_canaries(plan, kept, answers, _ranks(plan, answers))


def _refuse_other_files(plan: Plan, inputs: Inputs) -> None:
    if not plan.is_mark:
        return
    if plan.paired != (inputs.owner is not None):
        raise ConfigError(
            "The plan is paired, and no probabilities of your unmarked model are given."
            if plan.paired
            else "The plan is not paired, and probabilities of your unmarked model are given.",
            "A test is the one that was committed; commit another plan for another test.",
        )
    digest = inputs.digests().get("tokenizer", "")
    if digest != plan.tokenizer_sha256 and (plan.tokenizer_sha256 or digest):
        raise ConfigError(
            "The tokenizer is not the one that was committed.",
            "Give the file that was named with `provenance commit --tokenizer`.",
        )


def _judge_mark(one: Registered, kept: Secrets, inputs: Inputs, answers: Answers) -> Judged:
    plan = one.plan
    tokens = token_lists(answers, inputs.tokenizer)
    contexts = np.concatenate([contexts_of(said, plan.width) for said in tokens])
    sampled = np.concatenate([said[plan.width :] for said in tokens])

    def expected(path: Path | None) -> Expected | None:
        if path is None:
            return None
        return expected_at(read_answers(path), answers, tokens, plan.width)

    suspect = expected(inputs.suspect)
    pairs = pairs_of(
        contexts,
        None if suspect is not None else sampled,
        suspect=suspect,
        owner=expected(inputs.owner),
        repeats=plan.repeats,
    )
    keys = [kept.key_of(plan, account) for account in kept.accounts]
    # Known to nobody before the commitment was in the log, and to no one's choice after it.
    rng = np.random.default_rng(int(one.entry_hash, 16))
    found = radioactivity(pairs, keys, plan.score, drawn=plan.drawn, rng=rng)
    results = _results(
        kept,
        found.p_values,
        lambda i, result: replace(result, effect=float(found.lift[i]), z=float(found.z[i])),
    )
    return Judged(results, answers.count, found.positions, "score a token above chance")


def _judge_canaries(
    plan: Plan, kept: Secrets, answers: Answers, found: dict[int, tuple[float, Result]]
) -> Judged:
    """Accounts that were not asked about have a p-value of 1, and still count in the correction."""
    p_values = np.array([found[i][0] if i in found else 1.0 for i in range(plan.accounts)])

    def filled(i: int, result: Result) -> Result:
        if i not in found:
            return result
        return replace(result, effect=found[i][1].effect, recalled=found[i][1].recalled)

    unit = "share of canaries recalled" if plan.statistic == "recall" else "mean rank below chance"
    results = _results(kept, p_values, filled)
    return Judged(results, answers.count, len(_asked(plan, answers)), unit)


def _recalls(plan: Plan, kept: Secrets, answers: Answers) -> dict[int, tuple[float, Result]]:
    texts, asked = texts_of(answers), _asked(plan, answers)
    several = max(len(rows) for rows in asked.values())
    # All canaries of an account count, asked or not: whom to ask is no choice after the fact.
    chance = chance_of(len(WORDS), plan.code_words, said_words=plan.answer_words, answers=several)
    found = {}
    for account in sorted({account for account, _ in asked}):
        secret = kept.key_of(plan, kept.accounts[account])
        hits = np.zeros(plan.canaries, dtype=np.bool_)
        for canary in range(plan.canaries):
            code = code_of(secret, canary, 0, length=plan.code_words)
            hits[canary] = any(
                recalled(texts[row], code, within=plan.answer_words)
                for row in asked.get((account, canary), ())
            )
        tested = recall_test(hits, chance)
        share = tested.rate.count / tested.rate.total
        found[account] = (
            tested.p_value,
            Result(account + 1, "", 1.0, 1.0, False, share, recalled=tested.rate),
        )
    return found


def _ranks(plan: Plan, answers: Answers) -> dict[int, tuple[float, Result]]:
    scores = answers.lists("log_probabilities", whole=False)
    asked = _asked(plan, answers)
    found = {}
    for account in sorted({account for account, _ in asked}):
        mine: list[NDArray[np.float64]] = []
        for canary in range(plan.canaries):
            rows = asked.get((account, canary), ())
            if len(rows) != 1 or len(scores[rows[0]]) != plan.decoys + 1:
                raise ColumnError(
                    f"{answers.path}: canary {canary} of account {account + 1} needs one row with "
                    f"{plan.decoys + 1} log-probabilities.",
                    "Score the true code and every decoy that `provenance canaries` wrote.",
                )
            mine.append(np.array(scores[rows[0]], dtype=np.float64))
        try:
            tested = rank_test(np.stack(mine))
        except ValueError as problem:
            raise ColumnError(f"{answers.path}: {problem}.") from problem
        effect = tested.null_mean - tested.mean_rank
        found[account] = (tested.p_value, Result(account + 1, "", 1.0, 1.0, False, effect))
    return found


def _asked(plan: Plan, answers: Answers) -> dict[tuple[int, int], list[int]]:
    """The rows of each canary that was asked, by account and canary from 0."""
    accounts, canaries = answers.column("account"), answers.column("canary")
    asked: dict[tuple[int, int], list[int]] = {}
    for row, (account, canary) in enumerate(zip(accounts, canaries, strict=True)):
        whole = isinstance(account, int) and isinstance(canary, int)
        if not whole or not (1 <= account <= plan.accounts and 0 <= canary < plan.canaries):
            raise ColumnError(
                f"{answers.path}: a row is of no canary of this commitment.",
                "Take account and canary from what `provenance canaries` wrote.",
            )
        asked.setdefault((account - 1, canary), []).append(row)
    return asked


def _results(
    kept: Secrets, p_values: NDArray[np.float64], filled: Callable[[int, Result], Result]
) -> tuple[Result, ...]:
    adjusted = holm(p_values)
    results = [
        filled(
            i,
            Result(
                number=i + 1,
                pseudonym=account[:SHOWN],
                p_value=float(p_values[i]),
                adjusted=float(adjusted[i]),
                passes=False,
                effect=0.0,
            ),
        )
        for i, account in enumerate(kept.accounts)
    ]
    return tuple(sorted(results, key=lambda one: (one.p_value, -one.effect, one.number)))
