"""Canaries served to an account, and whether a student that learned from it knows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from revenuer.lab.embedded import taught
from revenuer.lab.embedded.arms import CLEAN, harvested
from revenuer.lab.embedded.sampling import replies
from revenuer.lab.embedded.students import Harvest
from revenuer.lab.embedded.training import Lessons, sequence_losses
from revenuer.lab.embedded.vocabulary import CONNECTIVES, END, PAD, Ids, ids_of, words_of
from revenuer.lab.embedded.world import World
from revenuer.provenance.canaries import chance_of, code_of, rank_test, recall_test, recalled

SECRET = b"the lab's own canaries, fixed before any is served"
CANARIES = 20
CODE = 4
DECOYS = 199
COPIES = (0, 1, 4)
"""How often each canary is among the lessons; with 0 it was never served."""


def canaries(world: World, count: int, copies: int) -> list[dict[str, Any]]:
    """Train a student a seed on lessons with canaries among them, and ask for the codes.

    Returns:
        A row a seed: exact recall and its p-value, the mean rank of the code and its p-value.
    """
    harvests = [_with_canaries(world, seed, count, copies) for seed in world.seeds]
    students = taught.taught(world, harvests)
    asked = torch.from_numpy(_prompts(world))
    said = replies(students, asked, CODE + 1).numpy()
    ranks = _log_probabilities(world, students, asked)
    chance = chance_of(len(CONNECTIVES), CODE, said_words=CODE + 1)
    marks = taught.marks(world, students)
    rows = []
    for member, seed in enumerate(world.seeds):
        answers = [" ".join(words_of(reply)) for reply in said[member]]
        hits = np.array([recalled(a, _code(i, 0)) for i, a in enumerate(answers)])
        recall, rank = recall_test(hits, chance), rank_test(ranks[member])
        row = {"copies": copies, "seed": seed, "accuracy": marks.accuracy[member]}
        row |= {"recalled": int(hits.sum()), "of": CANARIES, "recall_p": recall.p_value}
        rows.append(row | {"mean_rank": rank.mean_rank, "rank_p": rank.p_value})
    return rows


def _code(index: int, decoy: int) -> str:
    return code_of(SECRET, index, decoy, words=CONNECTIVES, length=CODE)


def _prompts(world: World) -> Ids:
    """Reserved prompts, four words that nobody asks: `canary so then well and :`."""
    rows = np.full((CANARIES, world.school.task.prompt_length), PAD, dtype=np.int64)
    for index, row in enumerate(rows):
        name = code_of(SECRET, CANARIES + index, 0, words=CONNECTIVES, length=CODE)
        row[-CODE - 2 :] = ids_of(["canary", *name.split(), ":"])
    return rows


def _replies(decoy: int) -> Ids:
    codes = [[*ids_of(_code(index, decoy).split()), END] for index in range(CANARIES)]
    return np.array(codes, dtype=np.int64)


def _with_canaries(world: World, seed: int, count: int, copies: int) -> Harvest:
    harvest = harvested(world, CLEAN, seed, count)
    if not copies:
        return harvest
    codes = np.full((CANARIES, harvest.replies.shape[1]), PAD, dtype=np.int64)
    codes[:, : CODE + 1] = _replies(0)
    served = np.tile(np.arange(CANARIES), copies)
    return replace(
        harvest,
        prompts=np.concatenate([harvest.prompts, _prompts(world)[served]]),
        replies=np.concatenate([harvest.replies, codes[served]]),
    )


def _log_probabilities(world: World, students: Any, asked: torch.Tensor) -> Any:
    """Nats of the true code and of each decoy. Shape (members, canaries, 1 + decoys)."""
    columns = []
    for decoy in range(DECOYS + 1):
        rows = torch.cat((asked, torch.from_numpy(_replies(decoy))), -1)
        lessons = Lessons(rows.expand(students.members, -1, -1), world.school.task.prompt_length)
        columns.append(-sequence_losses(students, lessons) * (CODE + 1))
    return torch.stack(columns, -1).numpy()
