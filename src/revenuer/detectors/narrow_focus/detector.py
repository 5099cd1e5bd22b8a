"""How alike an account's prompts are in what they talk about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from revenuer.detector import Card, Maturity
from revenuer.features.prompts import Prompts
from revenuer.features.rarity import BUCKETS, word_numbers
from revenuer.records import Axis, Method

CARD = Card(
    id="narrow-focus",
    title="Prompts on one narrow capability",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23: volume "
    "concentrated in a few areas. Breadth of single accounts measured in "
    "docs/decisions/0001: broad attack sets are no narrower than five conversations.",
    blind_spots=(
        "harvests of broad instruction sets, which are as wide as ordinary use",
        "relays of many users, which are wider",
        "logs in which any prompt is read from a sketch",
    ),
    innocent_causes=("a product with one job", "a researcher with one subject", "an evaluation"),
    runbook="Ask whether the narrow subject is one that trains a model (reasoning, code, tools, "
    "grading) and whether anybody uses the answers.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)


def word_vectors(prompts: Prompts) -> sparse.csr_array:
    """Prompts as rows of length 1 over hashed words, words of few accounts weighing most.

    Returns:
        Shape (n_prompts, BUCKETS).
    """
    words = prompts.words
    cells = (words.owner, word_numbers(words))
    counts = sparse.csr_array(
        (np.ones(words.hashes.size), cells), shape=(len(prompts), BUCKETS)
    ).log1p()
    weighted = sparse.csr_array(counts * prompts.rarity)
    length = np.sqrt((weighted**2).sum(axis=1))
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1e-12)) @ weighted)


class NarrowFocus:
    card = CARD
    method: Method | None = None
    phrase = "are close in wording to the account's other prompts"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """Mean likeness of each prompt to its account's other prompts, 0 for a lone one."""
        if prompts.coarse:
            # Sketches hold no single words, and a scan's accounts must all be read alike.
            return np.full(len(prompts), np.nan)
        return likeness_of_texts(prompts)


def likeness_of_texts(prompts: Prompts) -> NDArray[np.float64]:
    """Mean cosine of each prompt with its account's other prompts. Shape (n_prompts,)."""
    vectors = word_vectors(prompts)
    of_account = sparse.csr_array(
        (np.ones(len(prompts)), (prompts.account, np.arange(len(prompts)))),
        shape=(prompts.account_ids.size, len(prompts)),
    )
    towards = _towards(vectors, sparse.csr_array(of_account @ vectors), prompts.account)
    own = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
    others = np.bincount(prompts.account)[prompts.account] - 1
    mean = np.divide(towards - own, others, out=np.zeros(len(prompts)), where=others > 0)
    return np.where(prompts.words.lengths > 0, np.clip(mean, 0.0, 1.0), np.nan)


def _towards(
    vectors: sparse.csr_array, totals: sparse.csr_array, account: NDArray[np.int32]
) -> NDArray[np.float64]:
    """The product of each prompt's vector with its account's total. Shape (n_prompts,).

    Looked up cell by cell: a row of its account's total for each prompt would be as large as
    all accounts' vocabularies, once for each of their prompts.
    """
    vectors.sort_indices()
    totals.sort_indices()
    rows = np.repeat(account.astype(np.int64) * BUCKETS, np.diff(vectors.indptr))
    whose = np.repeat(np.arange(totals.shape[0], dtype=np.int64) * BUCKETS, np.diff(totals.indptr))
    # Every word of a prompt is one of its account's.
    met = totals.data[np.searchsorted(whose + totals.indices, rows + vectors.indices)]
    product = sparse.csr_array(
        (vectors.data * met, vectors.indices, vectors.indptr), shape=vectors.shape
    )
    product.eliminate_zeros()
    return np.asarray(product.sum(axis=1), dtype=np.float64).ravel()


DETECTOR = NarrowFocus()
