"""Countermeasures and marks as logits processors of transformers' `generate`.

KGW and SynthID are transformers' own classes, with keys that follow from one committed secret
and the account, as `revenuer.provenance.keys` derives them. Anything else that is a function of
logits and the tokens so far, as in `token_methods`, goes through `MethodProcessor`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor
from transformers import (
    LogitsProcessor,
    SynthIDTextWatermarkingConfig,
    WatermarkingConfig,
)

from revenuer.disk import refuse_if_shared
from revenuer.errors import ConfigError
from revenuer.lab.token_methods import TokenMethod
from revenuer.provenance.keys import SECRET_BYTES, mark_key

GAMMA, DELTA = 0.25, 2.0
"""Share of green tokens and what is added to them: the strength that Kirchenbauer et al. (2023)
recommend."""
SYNTHID_ROUNDS, SYNTHID_NGRAM = 30, 5
"""Depth of the tournament and tokens of an n-gram: what Dathathri et al. (2024) deployed."""


class MethodProcessor(LogitsProcessor):  # type: ignore[misc]
    """Any token method as a logits processor.

    Args:
        method: What is done with the logits, on the processor whatever the model runs on.
        rows: Which sequences of the batch it acts on; None for all.
    """

    def __init__(self, method: TokenMethod, rows: Sequence[int] | None = None) -> None:
        self.method = method
        self.rows = rows

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Change the logits of the next token."""
        chosen = list(range(len(scores)) if self.rows is None else self.rows)
        given = self.method(scores[chosen].float().cpu(), input_ids[chosen].cpu())
        changed = scores.clone()
        changed[chosen] = given.to(scores)
        return changed


def kgw(secret: bytes, account: str, vocabulary: int, device: Any = "cpu") -> Any:
    """The green-list mark of Kirchenbauer et al. (2023), algorithm 2, by transformers.

    Args:
        secret: The committed one.
        account: Whose mark it is; empty for the one of all.
        vocabulary: Rows of the logits.
        device: Of the logits.
    """
    # transformers multiplies the key with a token's number and seeds torch with the product.
    key = int.from_bytes(mark_key(secret, "transformers-kgw", account)[:6], "big")
    return WatermarkingConfig(
        greenlist_ratio=GAMMA, bias=DELTA, hashing_key=key, seeding_scheme="lefthash"
    ).construct_processor(vocabulary, device)


def synthid(secret: bytes, account: str, vocabulary: int, device: Any = "cpu") -> Any:
    """The tournament mark of Dathathri et al. (2024), by transformers; arguments as in `kgw`."""
    return SynthIDTextWatermarkingConfig(
        ngram_len=SYNTHID_NGRAM, keys=synthid_keys(secret, account)
    ).construct_processor(vocabulary, device)


def synthid_keys(secret: bytes, account: str) -> list[int]:
    """One key a round, 31 bits each."""
    seed = mark_key(secret, "transformers-synthid", account)
    words = hashlib.shake_256(seed).digest(4 * SYNTHID_ROUNDS)
    return [
        int.from_bytes(words[at : at + 4], "big") >> 1 for at in range(0, 4 * SYNTHID_ROUNDS, 4)
    ]


def read_secret(file: Path) -> bytes:
    """Read the secret that all marks follow from.

    Raises:
        ConfigError: It is not there, too short, or others can read it.
    """
    try:
        refuse_if_shared(file, "secret of the marks")
        secret = file.read_bytes()
    except OSError as failure:
        raise ConfigError(
            f"The secret of the marks {file} cannot be read: {failure.strerror}.",
            "Name a file of 32 random bytes that only its owner reads.",
        ) from None
    if len(secret) < SECRET_BYTES:
        raise ConfigError(
            f"The secret of the marks {file} has {len(secret)} bytes, and needs {SECRET_BYTES}.",
            "Write 32 random bytes.",
        )
    return secret
