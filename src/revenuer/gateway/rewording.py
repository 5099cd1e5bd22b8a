"""Reasoning of one answer that waits for a second model's words.

What rewrites reasoning does not wait: it is given a text and gives one back. So it is given a
stand-in, 128 drawn bits that no answer holds by chance or on purpose, and puts that where the text
belongs. An adapter that finds stand-ins in what should go on asks for the words that they stand
for, waits, and puts these in. Nothing else of what passes is looked at or changed.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable

from revenuer.gateway.bound_answers import dumps
from revenuer.gateway.rewriter import Outcome, Rewriter


class Rewording:
    """Stand-ins of one answer, and what they stand for.

    Args:
        rewriter: Has the words.
        told: Told what came of asking for each text.
    """

    __slots__ = ("_found", "_mark", "_numbers", "_rewriter", "_said", "_told")

    def __init__(self, rewriter: Rewriter, told: Callable[[Outcome], None]) -> None:
        self._rewriter, self._told = rewriter, told
        mark = secrets.token_hex(16)
        self._mark = mark.encode()
        self._found = re.compile(rb'"%b-(\d+)"' % self._mark)
        self._numbers: dict[str, int] = {}
        self._said: dict[int, bytes] = {}

    def stand_in(self, reasoning: str) -> str:
        """What stands for some reasoning until it is worded anew; the same for the same text."""
        if not reasoning.strip():
            return ""
        number = self._numbers.setdefault(reasoning, len(self._numbers))
        return f"{self._mark.decode()}-{number}"

    def waits_in(self, passing: bytes) -> bool:
        """Whether something that should go on has to wait."""
        return self._mark in passing

    async def put_in(self, passing: bytes) -> bytes:
        """What goes on, with the words in their places; each text is asked for once.

        Args:
            passing: Whole events, or a whole answer.
        """
        texts = list(self._numbers)
        wanted = {int(found[1]) for found in self._found.finditer(passing)} - self._said.keys()
        await asyncio.gather(*(self._ask(number, texts[number]) for number in wanted))
        return self._found.sub(lambda found: self._said[int(found[1])], passing)

    async def _ask(self, number: int, reasoning: str) -> None:
        text, outcome = await self._rewriter.shown(reasoning)
        self._said[number] = dumps(text)
        self._told(outcome)
