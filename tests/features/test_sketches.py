"""Sketches are read back as they were made, compare under one key, and tell little without it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.features.keyed import SketchKey, name_of, sketch_prompts, sketch_system_prompts
from revenuer.features.prompts import Prompts, read_prompts, shingles_of
from revenuer.features.sketches import (
    FRAGMENT_COUNTS,
    HEAD_BYTES,
    READING_VALUES,
    READINGS,
    Sketches,
    coarse_scores,
    no_sketches,
    read_sketches,
)

KEY = SketchKey("june", bytes(range(32)))
OTHER_KEY = SketchKey("july", bytes(range(1, 33)))
TEMPLATE = (
    "Look at the question below, think about every step on the way to its answer, and only then "
    "write the answer down between two lines of dashes. The question is this one: {}"
)


def _frame(texts: list[str | None], **columns: object) -> pl.DataFrame:
    rows = len(texts)
    return pl.DataFrame(
        {
            "account_id": ["a"] * rows,
            "exchange_id": [f"{number:06}" for number in range(rows)],
            "prompt": pl.Series(texts, dtype=pl.String),
            "system_prompt": pl.Series([None] * rows, dtype=pl.String),
            "tool_count": pl.Series([None] * rows, dtype=pl.Int32),
        }
    ).with_columns(**columns)


def _sketch(
    texts: list[str | None],
    key: SketchKey = KEY,
    scores: list[float] | None = None,
    capability: int = 3,
) -> pa.Array:
    prompts = read_prompts(_frame(texts), chars=2000)
    given = [np.full(len(texts), score) for score in scores or [0.0] * len(READINGS)]
    told = np.full(len(texts), capability, np.int16)
    return sketch_prompts(prompts, pa.array(texts, pa.string()), given, told, key)


def _read(texts: list[str | None], key: SketchKey = KEY, **made: object) -> Sketches:
    return read_sketches(_sketch(texts, key, **made), pa.array([key.id] * len(texts)))


def _fragments(sketches: Sketches, row: int) -> set[int]:
    bounds = sketches.fragments.offsets
    return set(sketches.fragments.hashes[bounds[row] : bounds[row + 1]].tolist())


def test_a_sketch_gives_back_what_was_put_in() -> None:
    scores = [0.0, 0.3, 0.5, 0.8, 1.0, float("nan"), 0.1]
    texts = [TEMPLATE.format("why"), None, "", *(f"prompt number {n}" for n in range(200))]
    read = _read(texts, scores=scores)
    assert read.present.tolist() == [True, False] + [True] * 201
    assert read.size[:4].tolist() == [2, 0, 0, 1]
    values = [READING_VALUES[step] for step in (0, 1, 2, 3, 3, 0, 0)]
    assert [read.scores()[name][0] for name in READINGS] == values
    assert all(np.isnan(read.scores()[name][1]) for name in READINGS)
    # One prompt in four tells its capability, the others say nothing of it.
    told = read.capability[read.present]
    assert set(told.tolist()) == {-1, 3}
    assert 0.15 < (told == 3).mean() < 0.35


def test_equal_texts_have_equal_sketches_under_one_key_and_nothing_in_common_under_two() -> None:
    texts = [TEMPLATE.format(word) for word in ("rain", "rain", "snow")]
    one, other = _read(texts), _read(texts, OTHER_KEY)
    assert one.fingerprint[0] == one.fingerprint[1] != one.fingerprint[2]
    assert _fragments(one, 0) == _fragments(one, 1)
    assert not set(one.fingerprint.tolist()) & set(other.fingerprint.tolist())
    assert not _fragments(one, 0) & _fragments(other, 0)


def test_the_name_of_a_key_keeps_sketches_apart_even_if_the_key_is_the_same() -> None:
    renamed = SketchKey("august", KEY.secret)
    texts = [TEMPLATE.format("rain")]
    one, other = _read(texts), _read(texts, renamed)
    assert one.fingerprint[0] != other.fingerprint[0]
    assert not _fragments(one, 0) & _fragments(other, 0)


def test_blanks_and_capitals_make_no_other_text() -> None:
    one, other = _read(["What is  rain?\n"]), _read(["  what IS rain?"])
    assert one.fingerprint == other.fingerprint


def test_prompts_of_one_template_share_fragments_and_others_do_not() -> None:
    slots = [" ".join(f"slot{n}x{m}" for m in range(40)) for n in range(10)]
    filled = _read([TEMPLATE.format(slot) for slot in slots])
    strange = _read([" ".join(f"word{n}x{m}" for m in range(70)) for n in range(10)])
    common = set.intersection(*(_fragments(filled, row) for row in range(10)))
    assert len(common) >= 5
    assert not common & set.union(*(_fragments(strange, row) for row in range(10)))


def test_the_number_of_fragments_is_one_of_few() -> None:
    read = _read([" ".join(f"w{n}" for n in range(length)) for length in range(80)])
    assert set(read.fragments.lengths.tolist()) == set(FRAGMENT_COUNTS.tolist())
    # And their order says nothing of how they were chosen.
    raw = _sketch([TEMPLATE.format("x")])[0].as_py()[HEAD_BYTES:]
    numbers = [int.from_bytes(raw[at : at + 6], "little") for at in range(0, len(raw), 6)]
    assert numbers == sorted(numbers)


@given(st.lists(st.none() | st.binary(max_size=60), max_size=8))
def test_bytes_that_are_no_sketch_are_as_if_they_were_not_there(made: list[bytes | None]) -> None:
    read = read_sketches(pa.array(made, pa.binary()), pa.nulls(len(made), pa.string()))
    for row, value in enumerate(made):
        if value is None or len(value) < HEAD_BYTES or value[0] != 1:
            assert not read.present[row]
            assert not _fragments(read, row)
    assert len(read) == len(made) == len(read.fragments)


def test_a_part_of_a_column_is_read_as_that_part() -> None:
    column = _sketch([f"prompt number {n} of them" for n in range(9)])
    part = read_sketches(column[3:7], pa.array([KEY.id] * 4))
    whole = read_sketches(column, pa.array([KEY.id] * 9))
    assert part.fingerprint.tolist() == whole.fingerprint[3:7].tolist()
    assert _fragments(part, 2) == _fragments(whole, 5)


def test_system_prompts_compare_as_wholes_and_never_with_prompts() -> None:
    texts = ["You are a pirate.", None, "You are a pirate."]
    read = read_sketches(
        sketch_system_prompts(pa.array(texts), KEY), pa.array([KEY.id] * len(texts))
    )
    assert read.present.tolist() == [True, False, True]
    assert read.fingerprint[0] == read.fingerprint[2]
    assert read.fingerprint[0] != _read(["You are a pirate."]).fingerprint[0]
    assert not read.fragments.hashes.size


def test_a_key_is_named_without_giving_it_away() -> None:
    assert name_of(KEY.secret) == name_of(KEY.secret) != name_of(OTHER_KEY.secret)
    assert KEY.secret.hex() not in repr(KEY)
    assert name_of(KEY.secret) not in KEY.secret.hex()


def test_the_function_is_aes() -> None:
    # FIPS 197, appendix C.3: AES-256 of 00112233445566778899aabbccddeeff.
    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    hashes = np.frombuffer(plain[:8], "<u8")
    domain = int.from_bytes(plain[8:], "little")
    block = SketchKey("fips", bytes(range(32))).blocks(hashes, domain)
    assert block.tobytes().hex() == "8ea2b7ca516745bfeafc49904b496089"


def _mixed(texts: list[str], sketched: list[str]) -> Prompts:
    made = pl.Series([None] * len(texts) + _sketch(sketched).to_pylist(), dtype=pl.Binary)
    column = pl.Series([KEY.id] * made.len())
    frame = _frame([*texts, *([None] * len(sketched))], prompt_sketch=made, sketch_key_id=column)
    return read_prompts(frame, chars=2000)


def test_texts_among_sketches_are_read_as_coarsely() -> None:
    long = " ".join(f"word{n}" for n in range(200))
    prompts = _mixed([long], [long])
    assert prompts.coarse
    assert prompts.shingles.lengths.tolist() == [32, 32]
    assert not set(prompts.shingles.hashes[:32]) & set(prompts.shingles.hashes[32:])
    scores = prompts.scored(READINGS[0], np.array([0.7, 0.0]))
    assert scores.tolist() == [0.6, 0.0]
    assert np.isnan(prompts.scored("somebody-elses", np.array([0.7, 0.0]))[1])
    assert prompts.has_words.all()


def test_without_sketches_nothing_is_coarse() -> None:
    long = " ".join(f"word{n}" for n in range(200))
    prompts = read_prompts(_frame([long, None]), chars=2000)
    assert not prompts.coarse
    assert prompts.shingles.lengths.tolist() == [198, 0]
    assert prompts.scored(READINGS[0], np.array([0.7, 0.0]))[0] == 0.7
    assert np.isnan(prompts.scored(READINGS[0], np.array([0.7, 0.0]))[1])


def test_exchanges_by_themselves_are_read_as_the_sample_is() -> None:
    texts = [TEMPLATE.format(word) for word in ("rain", "snow")]
    made = pl.Series([None, _sketch(texts)[1].as_py()], dtype=pl.Binary)
    frame = _frame([texts[0], None], prompt_sketch=made, sketch_key_id=pl.Series([None, KEY.id]))
    prompts = read_prompts(frame, chars=2000)
    shingles, has_words = shingles_of(frame, chars=2000, coarse=prompts.coarse)
    assert shingles.hashes.tolist() == prompts.shingles.hashes.tolist()
    assert has_words.tolist() == [True, True]


def test_whole_prompts_have_one_number_each() -> None:
    wholes = _mixed(["rain", "snow", "rain"], ["rain", "snow", "rain"]).wholes
    assert wholes.null_count() == 0
    assert wholes[0] == wholes[2]
    assert wholes[3] == wholes[5]
    assert wholes.n_unique() == 4


def test_coarse_scores_keep_hits_hits() -> None:
    scores = np.array([0.0, 0.19, 0.49, 0.5, 0.74, 0.75, 1.0])
    assert ((coarse_scores(scores) >= 0.5) == (scores >= 0.5)).all()
    assert np.isnan(coarse_scores(np.array([np.nan]))).all()


@pytest.mark.parametrize("size", [0, 3])
def test_no_sketches_are_none(size: int) -> None:
    assert no_sketches(size).present.tolist() == [False] * size
