"""What campaigns ask: tasks, wrapped in one pipeline's wording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from revenuer.worlds.dispatch import Draw
from revenuer.worlds.draws import share
from revenuer.worlds.language.everyday import write_developers
from revenuer.worlds.language.grammar import by_kind, write_rows
from revenuer.worlds.language.methods import FAMILIES, FLOURISHES
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextColumn, TextMaker, Texts, choose_among, fill

# Who uses a method, and how many families of wording each takes: no two pipelines of one
# world share a family, because strangers do not write the same sentences.
USERS: dict[str, dict[str, int]] = {
    "cot": {"S1": 1, "S2": 1, "S4": 1, "S9": 1, "S10": 1, "permitted": 1},
    "judge": {"S1": 1, "S7": 2, "S8": 1},
    "clean": {"S7": 2},
    "tasks": {"S7": 1},
    "examples": {"S10": 1, "N10": 1},
    "rewrite": {"S1": 1},
    "agentic": {"S2": 2, "S3": 2, "S10": 1},
}


def choose_wordings(stage: Stage, method: str, user: str) -> tuple[str, ...]:
    """The templates that a campaign or look-alike uses for a method.

    Its families of wording are its own in this world; a sentence about form, drawn for it,
    follows each template.
    """
    families = FAMILIES[method]
    order = stage.random("wordings", method).permutation(len(families))
    users = list(USERS[method])
    first = sum(USERS[method][other] for other in users[: users.index(user)])
    mine = order[first : first + USERS[method][user]]
    seeds = stage.random("flourish", method, user).integers(0, 2**63, 1).astype(np.uint64)
    flourish = write_rows(seeds, "flourish", *FLOURISHES)[0].as_py()
    return tuple(f"{template} {flourish}" for place in mine for template in families[place])


def harvest(
    targets: Sequence[TextColumn], wordings: Sequence[str], size: str, *, salt: str
) -> TextMaker:
    """Tasks of some capabilities, drawn from equally, each wrapped in one of the wordings.

    Args:
        targets: Pools of tasks.
        wordings: Templates with `{body}` in them.
        size: Kind of answer, as in `texts.SIZES`.
        salt: Makes choices other than those of another stream.
    """

    def say(draw: Draw) -> Texts:
        body = choose_among(targets, draw.item, salt)
        return Texts(fill(wordings, draw.item, salt + "wording", body), size)

    return say


def relayed_developers(stage: Stage, salt: str) -> TextMaker:
    """What users of coding harnesses ask, in words of their own."""
    targets = (stage.pools.coding, stage.pools.tools)

    def say(draw: Draw) -> Texts:
        kind = (share(draw.item, salt) < 0.3).astype(np.int64)
        prompt = by_kind(
            kind,
            lambda pooled, rows: (
                choose_among(targets, draw.item[rows], salt)
                if pooled
                else write_developers(draw.item[rows])
            ),
        )
        return Texts(prompt, "agentic", history=True)

    return say


def task_pools(stage: Stage, rng: np.random.Generator, count: int) -> list[TextColumn]:
    """The capabilities that a campaign is after."""
    pools = stage.pools
    every = [pools.reasoning, pools.coding, pools.tools, pools.general, pools.chinese]
    return [every[place] for place in rng.permutation(len(every))[:count]]
