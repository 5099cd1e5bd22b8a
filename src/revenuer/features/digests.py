"""Digests that stand for texts which need not be read again.

A scan that keeps a log's rows for the next one (`sources.kept_files`) works these out once and
lays them beside the texts. What asks for a digest takes the one that is there, and else makes
it of the text: the answers are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from revenuer.features.expressions import known, md5, spelled_text

SHORTEST_CHARS = 40
"""Shorter prompts are greetings and stock phrases that anybody sends. placeholder"""


@dataclass(frozen=True, slots=True)
class TextDigest:
    """A digest of one text of an exchange.

    Attributes:
        column: Where it lies in tables that have it.
        text: The column that it is made of.
        of: What of that text it is made of; NULL has no digest.
    """

    column: str
    text: str
    of: Callable[[ir.StringValue], ir.StringValue]

    def made(self, rows: ir.Table) -> ir.StringValue:
        """The digest as it is kept, worked out of the text."""
        return md5(self.of(rows[self.text]))

    def raw(self, rows: ir.Table) -> ir.StringValue:
        """The digest as it is kept, read where it is and else worked out of the text."""
        return rows[self.column] if self.column in rows.columns else self.made(rows)

    def name(self, rows: ir.Table) -> ir.StringValue:
        """The digest as `expressions.digest` spells it."""
        return spelled_text(self.raw(rows))


def _long(prompt: ir.StringValue) -> ir.StringValue:
    return (prompt.length() >= SHORTEST_CHARS).ifelse(prompt, ibis.null("string"))


def _whole(text: ir.StringValue) -> ir.StringValue:
    return text


LONG_PROMPT = TextDigest("long_prompt_md5", "prompt", _long)
"""Of prompts from `SHORTEST_CHARS` on."""
SYSTEM_PROMPT = TextDigest("system_prompt_md5", "system_prompt", _whole)
"""Of the system prompt to the letter."""
INSTRUCTION = TextDigest("instruction_md5", "system_prompt", known)
"""Of the system prompt without the blanks around it."""

DIGESTS = (LONG_PROMPT, SYSTEM_PROMPT, INSTRUCTION)


def standing_for(rows: ir.Table, column: str) -> tuple[str, ...]:
    """The columns that tell a column's values apart: digests of system prompts where kept.

    Args:
        rows: The contract's exchanges, or a part of them.
        column: One of their columns.
    """
    if column == SYSTEM_PROMPT.text and SYSTEM_PROMPT.column in rows.columns:
        return (SYSTEM_PROMPT.column, INSTRUCTION.column)
    return (column,)
