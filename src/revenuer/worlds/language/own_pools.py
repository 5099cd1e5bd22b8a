"""Pools of prompts from the project's own grammar, for worlds built without prompt folders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from revenuer.worlds.language import tasks
from revenuer.worlds.language.topics import ASPECTS, FRAMES, LANGUAGE_SHARES
from revenuer.worlds.texts import Pools, TextColumn, choose, fill, join, numbers


def write_pools(rng: np.random.Generator, *, size: int = 12_000) -> Pools:
    """Write pools of prompts, other ones for every generator.

    Args:
        size: Prompts in the largest pools.
    """
    items = rng.integers(0, 2**63, size).astype(np.uint64)
    few = items[: max(size // 20, 20)]
    return Pools(
        reasoning=sums(items),
        coding=compose(items, "coding", tasks.CODING, tasks.CODE_THINGS, tasks.CODE_LIMITS),
        tools=compose(items, "tools", tasks.TOOL_REQUESTS, tasks.TOOL_THINGS, tasks.TOOL_LIMITS),
        general=compose(items, "general", tasks.GENERAL, tasks.GENERAL_THINGS, ASPECTS),
        chinese=compose(
            items, "chinese", tasks.CHINESE, tasks.CHINESE_THINGS, tasks.CHINESE_LIMITS
        ),
        sensitive=compose(few, "sensitive", tasks.SENSITIVE, tasks.SENSITIVE_THINGS, ("",)),
        chat=chats(items),
        passages=passages(items[: size // 3]),
        elicitations=compose(few, "elicit", tasks.ELICIT, tasks.ELICIT_THINGS, tasks.ELICIT_LIMITS),
        show_work=compose(few, "work", tasks.SHOW_WORK, tasks.SHOW_WORK_THINGS, ("",)),
    )


def compose(
    items: np.ndarray[tuple[int], np.dtype[np.uint64]],
    salt: str,
    frames: Sequence[str],
    things: Sequence[str],
    limits: Sequence[str],
) -> TextColumn:
    """A frame around a thing, with a limit after it and a number in it."""
    thing = choose(pa.array(things), items, salt + "-thing")
    limit = choose(pa.array(limits), items, salt + "-limit")
    count = numbers(items, salt + "-count", 2, 60)
    text = join(fill(frames, items, salt, thing), limit)
    return pc_replace(text, count)


def pc_replace(text: TextColumn, count: TextColumn) -> TextColumn:
    """Put a number where texts say #."""
    parts = [t.replace("#", c) for t, c in zip(text.to_pylist(), count.to_pylist(), strict=True)]
    return pa.array(parts, pa.string())


def sums(items: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> TextColumn:
    """Word problems with numbers of their own."""
    pieces: list[str] = []
    names, things = tasks.NAMES, tasks.GOODS
    for item in items.tolist():
        story = tasks.STORIES[item % len(tasks.STORIES)]
        pieces.append(
            story.format(
                who=names[item // 7 % len(names)], other=names[item // 11 % len(names)],
                thing=things[item // 13 % len(things)],
                a=item // 17 % 90 + 3, b=item // 19 % 40 + 2, c=item // 23 % 12 + 2,
            )
        )  # fmt: skip
    return pa.array(pieces, pa.string())


def chats(items: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> TextColumn:
    """Everyday requests in six languages."""
    bounds = np.floor(np.cumsum(list(LANGUAGE_SHARES.values())) * items.size).astype(int)
    parts: list[TextColumn] = []
    for language, group in zip(LANGUAGE_SHARES, np.split(items, bounds[:-1]), strict=True):
        frames, subjects = FRAMES[language]
        thing = choose(pa.array(subjects), group, "subject")
        if language == "en":
            thing = join(thing, " ", choose(pa.array(ASPECTS), group, "aspect"))
        parts.append(fill(frames, group, "frame", thing))
    return pa.concat_arrays(parts)


def passages(items: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> TextColumn:
    """Prose of a few sentences, as found in reports and manuals."""
    sentences = [
        compose(items, f"passage-{place}", tasks.SENTENCES, tasks.SENTENCE_THINGS, ("",))
        for place in range(5)
    ]
    return join(*sentences)
