"""Erasing an account: what is taken out of findings, and what each place answers.

A place is somewhere that may know the account: a scan's folder, the state of a watch, a docket, a
table. Each says one of four things, and never nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from revenuer.records import Campaign, Evidence, Example, Exhibit, Findings

ERASED = "(erased)"
"""What stands where an id stood in a text that stays."""


class Answer(StrEnum):
    """What a place says."""

    DONE = "done"
    NOTHING = "nothing there"
    COULD_NOT = "could not"
    KEPT = "kept"
    WOULD = "would be erased"


SETTLED = frozenset({Answer.DONE, Answer.NOTHING, Answer.KEPT})
"""After one of these there is nothing left to do at a place."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file that was changed.

    Attributes:
        name: Of the file, from its place.
        before: SHA-256 of what was there.
        after: SHA-256 of what is there; empty if it was deleted.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one place.

    Attributes:
        kind: Of place, such as `scan`.
        where: A path, a URL, or the name of a table.
        answer: What it says.
        said: What was found or done, a sentence without a value.
        to_do: What a person has to do; empty where nothing is left.
        files: What was changed.
    """

    kind: str
    where: str
    answer: Answer
    said: str = ""
    to_do: str = ""
    files: tuple[Rewritten, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do."""
        return self.answer in SETTLED


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom an erasure is about.

    Attributes:
        account_id: As the operator calls it.
        act: Whether to do it, or only to look.
        exchange_ids: Exchanges that are known to be its; places add what they know.
    """

    account_id: str
    act: bool = False
    exchange_ids: frozenset[str] = field(default=frozenset(), repr=False)


def without_account(
    findings: Findings,
    account_id: str,
    exchange_ids: Collection[str] = (),
    others: Collection[str] = (),
) -> Findings:
    """Findings that know nothing of an account.

    Counts stay as they were: they are about the campaign. A campaign that has no other account
    goes. Of evidence that named the account, only exchanges stay that are known to be others'.

    Args:
        findings: As they were written.
        account_id: Whom to take out.
        exchange_ids: Exchanges that are its.
        others: Exchanges that are known to be other accounts'.
    """
    gone = frozenset(exchange_ids)
    campaigns = (
        replace(
            one,
            account_ids=_less(one.account_ids, {account_id}),
            evidence=tuple(_evidence(each, account_id, gone, others) for each in one.evidence),
        )
        for one in findings.campaigns
    )
    kept = tuple(one for one in campaigns if one.account_ids)
    named = {one.id for one in kept}
    exhibits = (_exhibit(one, account_id) for one in findings.exhibits if one.campaign_id in named)
    return replace(findings, campaigns=kept, exhibits=tuple(exhibits))


def _evidence(
    one: Evidence, account_id: str, gone: frozenset[str], others: Collection[str]
) -> Evidence:
    if account_id in one.account_ids:
        exchanges = tuple(each for each in one.exchange_ids if each in others)
    else:
        exchanges = _less(one.exchange_ids, gone)
    accounts = _less(one.account_ids, {account_id})
    return replace(one, account_ids=accounts, exchange_ids=exchanges)


def _exhibit(one: Exhibit, account_id: str) -> Exhibit:
    def examples(several: Iterable[Example]) -> tuple[Example, ...]:
        return tuple(each for each in several if each.account_id != account_id)

    return replace(
        one,
        ties=tuple(
            replace(tie, account_ids=_less(tie.account_ids, {account_id})) for tie in one.ties
        ),
        telling=examples(one.telling),
        random=examples(one.random),
        account_volumes=tuple(each for each in one.account_volumes if each[0] != account_id),
    )


def names(campaigns: Iterable[Campaign], account_id: str) -> tuple[str, ...]:
    """The campaigns that name an account."""
    return tuple(one.id for one in campaigns if account_id in one.account_ids)


def scrubbed(value: Any, account_id: str) -> Any:
    r"""Any JSON value without an account: list items that are it or about it go, texts lose it.

    Examples:
        >>> scrubbed({"account_ids": ["a1", "a12"], "text": "of a1: a12"}, "a1")
        {'account_ids': ['a12'], 'text': 'of (erased): a12'}
        >>> scrubbed([{"account_id": "a1", "n": 1}, {"account_id": "a2", "n": 2}], "a1")
        [{'account_id': 'a2', 'n': 2}]
    """
    word = re.compile(rf"(?<![\w-]){re.escape(account_id)}(?![\w-])")

    def about(item: Any) -> bool:
        if isinstance(item, dict):
            customer = item.get("customer")
            whose = item.get("account_id")
            if isinstance(customer, dict) and customer.get("kind") == "account":
                whose = customer.get("id")
            return bool(whose == account_id)
        # A pair of an account and its number, as exhibits have.
        if isinstance(item, list):
            return bool(item) and item[0] == account_id and not isinstance(item[-1], str)
        return bool(item == account_id)

    def clean(item: Any) -> Any:
        if isinstance(item, dict):
            return {
                word.sub(ERASED, key): clean(one) for key, one in item.items() if key != account_id
            }
        if isinstance(item, list):
            return [clean(one) for one in item if not about(one)]
        return word.sub(ERASED, item) if isinstance(item, str) else item

    return clean(value)


def _less(several: tuple[str, ...], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in several if one not in gone)
