"""Prompts as columns: pools to draw from, and what a request says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.dispatch import Draw
from revenuer.worlds.draws import pick
from revenuer.worlds.language.grammar import by_kind

TextColumn: TypeAlias = pa.StringArray

# Median output tokens and their spread (standard deviation of the logarithm). placeholder
SIZES: dict[str, tuple[float, float]] = {
    "chat": (220.0, 0.9),
    "reasoning": (1400.0, 0.5),
    "score": (14.0, 0.6),
    "critique": (420.0, 0.4),
    "generation": (900.0, 0.4),
    "agentic": (380.0, 1.0),
    "rewrite": (330.0, 0.5),
    "extract": (120.0, 0.7),
    "probe": (90.0, 1.0),
}


@dataclass(frozen=True)
class Texts:
    """What is said in one draw.

    Attributes:
        prompt: The last user turn. Shape (n,).
        size: Name in `SIZES` of the kind of answer.
        system: System prompts that replace the accounts' own, or None.
        history: Messages and tokens already in the context follow the turn; True for chats.
    """

    prompt: TextColumn
    size: str
    system: TextColumn | None = None
    history: bool = False


TextMaker = Callable[[Draw], Texts]


@dataclass(frozen=True)
class Pools:
    """Prompts to draw from, without anything wrapped around them.

    Attributes:
        reasoning, coding, tools, general, chinese: Tasks of one capability each.
        sensitive: Questions on contested political subjects.
        chat: Requests of ordinary people.
        traces: Reasoning written out, as a teacher would answer.
        passages: Prose for retrieval and summaries.
        elicitations: Requests for hidden reasoning.
        show_work: Innocent requests to show one's work.
    """

    reasoning: TextColumn
    coding: TextColumn
    tools: TextColumn
    general: TextColumn
    chinese: TextColumn
    sensitive: TextColumn
    chat: TextColumn
    traces: TextColumn
    passages: TextColumn
    elicitations: TextColumn
    show_work: TextColumn


def choose(pool: TextColumn, item: NDArray[np.uint64], salt: str) -> TextColumn:
    """One text of the pool for each item."""
    return pool.take(pa.array(pick(item, salt, len(pool))))


def join(*parts: TextColumn | str) -> TextColumn:
    """Texts side by side, without anything between."""
    return pc.binary_join_element_wise(*parts, "")


def fill(
    templates: Sequence[str], item: NDArray[np.uint64], salt: str, body: TextColumn
) -> TextColumn:
    """Put each text into one of the templates, where they say {body}."""
    heads, tails = zip(*(t.split("{body}") for t in templates), strict=True)
    place = pa.array(pick(item, salt, len(templates)))
    return join(pa.array(heads).take(place), body, pa.array(tails).take(place))


def choose_among(pools: Sequence[TextColumn], item: NDArray[np.uint64], salt: str) -> TextColumn:
    """One text for each item, from one of several pools."""
    return by_kind(
        pick(item, salt + "-pool", len(pools)),
        lambda place, rows: choose(pools[place], item[rows], salt),
    )
