"""The sample of prompts, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.features.words import Words


@dataclass(frozen=True, slots=True)
class Prompts:
    """A fixed-size sample of each account's exchanges, ordered by account.

    Attributes:
        account: Position of each prompt's account in `account_ids`. Shape (n,).
        account_ids: Shape (n_accounts,), sorted.
        exchange_id: Shape (n,).
        text: The last user turn; null without text. Shape (n,).
        system_text: The system prompt; null without text. Shape (n,).
        words: The words of `text`, hashed.
        system_words: The words of `system_text`, hashed.
        tool_count: Tools offered with the request, -1 if unknown. Shape (n,).
    """

    account: NDArray[np.int32]
    account_ids: NDArray[np.object_]
    exchange_id: NDArray[np.object_]
    text: pa.StringArray
    system_text: pa.StringArray
    words: Words
    system_words: Words
    tool_count: NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.account.size)
