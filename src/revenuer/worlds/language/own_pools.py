"""Pools of prompts from the project's own grammar, for worlds built without prompt folders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc

from revenuer.worlds.language import tasks
from revenuer.worlds.language.everyday import write_everyday
from revenuer.worlds.language.grammar import write_rows
from revenuer.worlds.texts import Pools, TextColumn


def write_pools(rng: np.random.Generator, *, size: int = 12_000) -> Pools:
    """Write pools of prompts, other ones for every generator.

    Args:
        rng: Source of chance.
        size: Prompts in the largest pools.
    """
    items = rng.integers(0, 2**63, size).astype(np.uint64)
    few = items[: max(size // 20, 20)]

    def pool(frames: Sequence[str], of: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> TextColumn:
        return write_rows(of, frames[0], frames, tasks.SLOTS)

    return Pools(
        reasoning=pool(tasks.STORIES, items),
        coding=pool(tasks.CODING, items),
        tools=pool(tasks.TOOL_REQUESTS, items),
        general=pool(tasks.GENERAL, items),
        chinese=pool(tasks.CHINESE, items),
        sensitive=pool(tasks.SENSITIVE, few),
        chat=write_everyday(items, np.zeros(size, dtype=np.int64)),
        traces=pc.binary_join_element_wise(
            *(write_rows(items[: size // 3], f"t{n}", tasks.STEPS, tasks.SLOTS) for n in range(7)),
            " ",
        ),
        passages=pc.binary_join_element_wise(
            *(
                write_rows(items[: size // 3], f"p{n}", tasks.SENTENCES, tasks.SLOTS)
                for n in range(5)
            ),
            " ",
        ),
        elicitations=pool(tasks.ELICIT, few),
        show_work=pool(tasks.SHOW_WORK, few),
    )
