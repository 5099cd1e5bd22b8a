"""Measure what sketches cost, and what they give away to who has no key.

The attack: someone without the key has a sketch and 10,000 candidate prompts, one of which is
the true one. Whatever stands clear in a sketch (size, number of fragments, readings,
capability) is worked out for each candidate and compared; the keyed parts are compared with
what a key of the attacker's own gives. Prints a table and, as the last line, `all targets
hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.app.sketching import SketchMaker, strongest_capability
from revenuer.features.keyed import SketchKey
from revenuer.features.prompts import read_prompts
from revenuer.features.sketches import Sketches, read_sketches
from revenuer.sources.columns import EXCHANGES
from revenuer.sources.world_files import PROMPT_SETS, read_prompt_set
from revenuer.worlds import write_pools
from revenuer.worlds.draws import generator

CANDIDATES = 10_000
TARGETS = 1000
CHARS = 1600
OWN_KEY = SketchKey("owner", bytes(range(32)))
GUESSED_KEY = SketchKey("owner", bytes(range(1, 33)))
CLEAR_TOP_1 = 0.01
"""Share of targets that the clear parts may name at first guess, of 10,000 candidates; of
fewer, more."""
CLEAR_RANK = 100.0
"""Mean rank of the true prompt that the clear parts must leave, of 10,000."""
UNIFORM_SIGMAS = 6.0
"""How far the share of ones of any keyed bit may be from a half, in standard errors."""


@dataclass(frozen=True, slots=True)
class Attack:
    """How well an attacker names the true prompt.

    Attributes:
        top_1: Chance that the first guess is right, over the targets.
        mean_rank: Mean rank of the true prompt; equals are tried in any order.
    """

    top_1: float
    mean_rank: float


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--quick", action="store_true", help="2,000 candidates")
    asked = parser.parse_args()
    texts = candidates(2000 if asked.quick else CANDIDATES, asked.prompts)
    started = time.process_time()
    owned = sketched(texts, OWN_KEY)
    micros = (time.process_time() - started) / len(texts) * 1e6
    print(f"{micros:.0f} microseconds of processor and {mean_bytes(texts):.0f} bytes a prompt")
    print()
    print(f"| attacker, {len(texts):,} candidates | top-1 | mean rank |")
    print("|---|---|---|")
    guessed, known = sketched(texts, GUESSED_KEY), sketched(texts, OWN_KEY)
    capability = capabilities(texts)
    found = attacks(owned, guessed, known, capability)
    for name, attack in found.items():
        print(f"| {name} | {attack.top_1:.4f} | {attack.mean_rank:,.1f} |")
    print()
    print(f"clear parts say {clear_bits(owned, capability):.1f} bits of {np.log2(len(texts)):.1f}")
    print(f"keyed bits are off a half by {worst_bias(owned):.1f} standard errors at most")
    names = shortfalls(found, owned)
    print(f"falls short: {', '.join(names)}" if names else "all targets hold")


def candidates(count: int, prompts: Path | None = None) -> list[str]:
    """So many different prompts, in any order but always the same."""
    rng = generator(7, "sketch attack")
    if prompts is not None:
        sets = sorted({name for names in PROMPT_SETS.values() for name in names})
        texts = [text for name in sets for text in read_prompt_set(prompts / name)]
    else:
        pools = write_pools(rng, size=2 * count)
        columns = (pools.chat, pools.reasoning, pools.coding, pools.general, pools.chinese)
        texts = [text for column in columns for text in column.to_pylist()]
    different = sorted(set(texts))
    if len(different) < count:
        raise SystemExit(f"only {len(different)} different prompts, {count} are needed")
    return [different[place] for place in rng.permutation(len(different))[:count]]


def sketched(texts: Sequence[str], key: SketchKey) -> Sketches:
    """The sketches of some prompts, as who reads the log sees them."""
    column = _column(texts, key)
    return read_sketches(column, pa.array([key.id] * len(texts)))


def mean_bytes(texts: Sequence[str]) -> float:
    """Bytes that a sketch takes."""
    return float(pc.mean(pc.binary_length(_column(texts, OWN_KEY))).as_py())


def _column(texts: Sequence[str], key: SketchKey) -> pa.Array:
    frame = pl.DataFrame(
        {name: pl.Series([None] * len(texts)) for name in EXCHANGES.schema.names}
    ).with_columns(
        pl.Series("prompt", texts, dtype=pl.String),
        pl.lit(0, pl.Int64).alias("_strictness"),
    )
    table = pa.table(
        {
            name: frame[name].to_arrow().cast(EXCHANGES.types.get(name, pa.int64()))
            if name != "modalities"
            else pa.nulls(len(texts), EXCHANGES.types[name])
            for name in frame.columns
        }
    )
    made, _ = SketchMaker(key, CHARS).sketch(table.combine_chunks().to_batches()[0])
    return made["prompt_sketch"].combine_chunks()


def clear_parts(sketches: Sketches) -> NDArray[np.int64]:
    """All that stands clear but the capability, as one number a sketch. Shape (n,)."""
    columns = np.column_stack([sketches.size, sketches.fragments.lengths, sketches.readings])
    _, number = np.unique(columns, axis=0, return_inverse=True)
    return number


def capabilities(texts: Sequence[str]) -> NDArray[np.int16]:
    """The capability of each prompt: an attacker works it out, told or not. Shape (n,)."""
    rows = len(texts)
    frame = pl.DataFrame(
        {
            "account_id": ["attacker"] * rows,
            "exchange_id": np.arange(rows),
            "prompt": pl.Series(texts, dtype=pl.String),
            "system_prompt": pl.Series([None] * rows, dtype=pl.String),
            "tool_count": pl.Series([None] * rows, dtype=pl.Int32),
        }
    )
    return strongest_capability(read_prompts(frame, chars=CHARS))


def agreement_of_clear(
    owned: Sketches, capability: NDArray[np.int16], targets: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which candidates have the clear parts of each target. Shape (n_targets, n)."""
    clear = clear_parts(owned)
    same = clear[targets, None] == clear[None, :]
    # Whether a candidate's capability would be told, only the key says.
    told = owned.capability[targets, None]
    return same & ((told < 0) | (told == capability[None, :]))


def attacks(
    owned: Sketches, guessed: Sketches, known: Sketches, capability: NDArray[np.int16]
) -> dict[str, Attack]:
    """What attackers reach on the first targets: by chance, without the key, and with it.

    Args:
        owned: The sketches of the candidates in the log.
        guessed: Of the same, under a key of the attacker's own.
        known: Of the same, under the true key.
        capability: Of the candidates.
    """
    targets = np.arange(min(TARGETS, len(owned)))
    by_clear = agreement_of_clear(owned, capability, targets).astype(np.float64)
    nothing = np.zeros_like(by_clear)
    return {
        "chance": _ranked(nothing, targets),
        "without the key, clear parts": _ranked(by_clear, targets),
        "without the key, all parts": _ranked(by_clear + _keyed(owned, guessed, targets), targets),
        "with the key": _ranked(by_clear + _keyed(owned, known, targets), targets),
    }


def _keyed(owned: Sketches, other: Sketches, targets: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much the keyed parts of each target agree with those of each candidate."""
    equal = owned.fingerprint[targets, None] == other.fingerprint[None, :]
    holders = Counter[int]()
    mine = [set(owned.fragments.hashes[slice(*_part(owned, row))].tolist()) for row in targets]
    shared = np.zeros(equal.shape)
    index: dict[int, list[int]] = {}
    for row, hashes in enumerate(mine):
        for one in hashes:
            index.setdefault(one, []).append(row)
            holders[one] += 1
    for column in range(len(other)):
        for one in other.fragments.hashes[slice(*_part(other, column))].tolist():
            for row in index.get(one, ()):
                shared[row, column] += 1
    return 1000.0 * equal + shared


def _part(sketches: Sketches, row: int) -> tuple[int, int]:
    return int(sketches.fragments.offsets[row]), int(sketches.fragments.offsets[row + 1])


def _ranked(agreement: NDArray[np.float64], targets: NDArray[np.int64]) -> Attack:
    """Candidates tried from the most agreement down, equals in any order."""
    true = agreement[np.arange(targets.size), targets][:, None]
    better = (agreement > true).sum(axis=1)
    equal = (agreement == true).sum(axis=1)
    first = np.where(better == 0, 1 / equal, 0.0)
    return Attack(float(first.mean()), float((better + (equal + 1) / 2).mean()))


def clear_bits(owned: Sketches, capability: NDArray[np.int16]) -> float:
    """Bits by which the clear parts of a target narrow the candidates down, in the mean."""
    targets = np.arange(min(TARGETS, len(owned)))
    left = agreement_of_clear(owned, capability, targets).sum(axis=1)
    return float(np.log2(len(owned) / left).mean())


def worst_bias(sketches: Sketches) -> float:
    """How far any bit of the keyed parts is from a fair coin, in standard errors."""
    parts = (
        np.unique(sketches.fingerprint),
        np.unique(sketches.fragments.hashes),
    )
    found = []
    for numbers in parts:
        bits = np.unpackbits(numbers.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1)
        found.append(np.abs(bits.mean(axis=0) - 0.5).max() * 2 * np.sqrt(numbers.size))
    return float(max(found))


def shortfalls(found: dict[str, Attack], owned: Sketches) -> list[str]:
    """The targets that are missed."""
    clear, blind = (found[f"without the key, {what} parts"] for what in ("clear", "all"))
    checks = {
        "top-1 without the key": clear.top_1 <= CLEAR_TOP_1 * CANDIDATES / len(owned),
        "rank without the key": clear.mean_rank >= CLEAR_RANK * len(owned) / CANDIDATES,
        "keyed parts tell nothing": blind == clear,
        "the attack works with the key": found["with the key"].top_1 > 0.99,
        "keyed bits are even": worst_bias(owned) <= UNIFORM_SIGMAS,
    }
    return [name for name, holds in checks.items() if not holds]


if __name__ == "__main__":
    main()
