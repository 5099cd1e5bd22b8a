"""What a test sees of a suspect of the embedded task, and what the owner expects there."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from revenuer.lab.embedded.network import Network
from revenuer.lab.embedded.sampling import replies
from revenuer.lab.embedded.task import Programs, Task, prompts
from revenuer.lab.embedded.vocabulary import PAD, Ids
from revenuer.provenance.radioactivity import Expected, Pairs, pairs_of

LIKELY = 12
"""Words of the owner's distribution that pair the test: as many as the widest free choice has."""


def said_by(suspects: Network, given: Programs, task: Task, seed: int) -> list[Ids]:
    """What suspects answer, drawn freely: prompts and replies. Shape (n, length) each."""
    asked = torch.from_numpy(prompts(given, task))
    said = replies(suspects, asked, task.reply_length, temperature=1.0, seed=seed)
    whole = torch.cat((asked.expand(suspects.members, -1, -1), said), -1)
    return [rows.numpy() for rows in whole]


def scored(
    rows: Ids, task: Task, width: int, owner: Network | None, *, answers: int | None = None
) -> Pairs:
    """Weigh what a suspect said for a test of radioactivity.

    Args:
        rows: Prompts and replies. Shape (n, length).
        task: Says where replies begin.
        width: Of the mark's context.
        owner: The unmarked teacher, which pairs the test; None leaves it unpaired.
        answers: How many of the rows are asked for; all where None.
    """
    rows = rows[:answers]
    start = task.prompt_length
    row, place = np.nonzero(rows[:, start:] != PAD)
    place = place + start
    contexts = np.stack([rows[row, place - back] for back in range(width, 0, -1)], axis=1)
    expected = None if owner is None else _expected(rows, owner, row, place)
    return pairs_of(contexts, rows[row, place], owner=expected)


@torch.inference_mode()  # type: ignore[untyped-decorator]
def _expected(
    rows: Ids, owner: Network, row: NDArray[np.intp], place: NDArray[np.intp]
) -> Expected:
    logits = owner(torch.from_numpy(rows)[None])[0]
    top = logits[row, place - 1].softmax(-1).double().topk(LIKELY, dim=-1)
    return Expected(top.indices.numpy(), top.values.numpy())
