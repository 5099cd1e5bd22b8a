"""A campaign's own exchanges are told from those of customers in the same accounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from revenuer.campaigns.stream import Ordinary, Sample, StreamModel, habits, learn_stream
from revenuer.features.shingles import ngram_hashes
from revenuer.features.words import split_words

COLUMNS: dict[str, Any] = {
    "tls_fingerprint": pl.String,
    "user_agent": pl.String,
    "temperature": pl.Float64,
    "max_output_tokens": pl.Int64,
    "n": pl.Int32,
    "reasoning_effort": pl.String,
    "response_format": pl.String,
    "streamed": pl.Boolean,
    "logprobs": pl.Boolean,
    "system_prompt": pl.String,
    "system_prompt_sketch": pl.Binary,
    "model": pl.String,
    "message_count": pl.Int32,
    "tool_count": pl.Int32,
    "turn_kind": pl.String,
    "session_id": pl.String,
    "reasoning_signature": pl.String,
    "output_tokens": pl.Int64,
    "prompt": pl.String,
}
TOPICS = ("bread", "rent", "ferry", "wool", "opera", "garden", "bicycle", "visa", "kettle", "choir")
VERBS = ("cook", "paint", "mend", "choose", "explain", "compare", "plan", "clean", "sell", "write")


def _ordinary(rng: np.random.Generator, **changed: Any) -> dict[str, Any]:
    verb, topic = rng.choice(VERBS), rng.choice(TOPICS)
    client = f"browser {rng.integers(0, 5)}"
    return {
        "user_agent": client,
        "tls_fingerprint": client,
        "model": "m1",
        "message_count": int(rng.integers(1, 6)),
        "output_tokens": int(rng.integers(20, 900)),
        "prompt": f"How do I {verb} {rng.choice(TOPICS)} without {topic} in {rng.integers(9)}?",
    } | changed


def _harvest(rng: np.random.Generator, **changed: Any) -> dict[str, Any]:
    return {
        "user_agent": "script 9",
        "tls_fingerprint": "script 9",
        "model": "m1",
        "temperature": 1.0,
        "message_count": 1,
        "output_tokens": int(rng.integers(1500, 4000)),
        "prompt": f"Lay out every intermediate inference about the {rng.choice(TOPICS)} task "
        f"number {rng.integers(999)} before stating a conclusion in brackets.",
    } | changed


def _sample(rows: list[dict[str, Any]]) -> Sample:
    """Rows of thirty owners in turn."""
    frame = pl.DataFrame([dict.fromkeys(COLUMNS) | row for row in rows], schema=COLUMNS)
    words = split_words(frame["prompt"].to_list())
    whose = np.arange(len(rows)) % 30
    return Sample.of(habits(frame), ngram_hashes(words, 3), words.lengths > 0, whose)


def _mixed(seed: int, **changed: Any) -> tuple[Sample, NDArray[np.bool_]]:
    """300 exchanges of a campaign's accounts, half of them of its customers."""
    rng = np.random.default_rng(seed)
    own = rng.random(300) < 0.5
    rows = [_harvest(rng, **changed) if mine else _ordinary(rng, **changed) for mine in own]
    return _sample(rows), own


def _everybody(seed: int, **changed: Any) -> Ordinary:
    rng = np.random.default_rng(seed)
    return Ordinary.of(_sample([_ordinary(rng, **changed) for _ in range(2000)]))


@pytest.mark.parametrize("seed", range(3))
def test_a_template_is_told_from_customers_prompts(seed: int) -> None:
    sample, own = _mixed(seed)
    found = learn_stream(sample, _everybody(100 + seed)).log_odds(sample) > 0
    assert found[own].mean() >= 0.98
    assert found[~own].mean() <= 0.02


def test_what_was_learnt_holds_for_exchanges_that_were_not_in_the_sample() -> None:
    sample, _ = _mixed(1)
    model = learn_stream(sample, _everybody(2))
    fresh, own = _mixed(50)
    found = model.log_odds(fresh) > 0
    assert found[own].mean() >= 0.98
    assert found[~own].mean() <= 0.02


def test_in_a_relay_the_text_decides_although_all_leave_through_one_client() -> None:
    relay = {"user_agent": "relay", "tls_fingerprint": "relay", "temperature": 0.3}
    sample, own = _mixed(4, **relay)
    found = learn_stream(sample, _everybody(5)).log_odds(sample) > 0
    assert found[own].mean() >= 0.95
    assert found[~own].mean() <= 0.1


def test_without_text_the_client_decides() -> None:
    sample, own = _mixed(6, prompt=None)
    found = learn_stream(sample, _everybody(7, prompt=None)).log_odds(sample) > 0
    assert found[own].mean() >= 0.95
    assert found[~own].mean() <= 0.1


def test_a_campaign_without_customers_keeps_its_exchanges() -> None:
    rng = np.random.default_rng(8)
    sample = _sample([_harvest(rng) for _ in range(100)])
    assert (learn_stream(sample, _everybody(9)).log_odds(sample) > 0).mean() >= 0.98


def test_habits_carry_no_text() -> None:
    secret = "a confidential instruction"
    frame = habits(
        pl.DataFrame([dict.fromkeys(COLUMNS) | {"system_prompt": secret}], schema=COLUMNS)
    )
    assert secret not in str(frame.rows())


def test_equal_exchanges_have_equal_habits() -> None:
    rows = [dict.fromkeys(COLUMNS) | {"user_agent": agent} for agent in ("a", "b", "a")]
    one, other, again = habits(pl.DataFrame(rows, schema=COLUMNS)).rows()
    assert one == again
    assert one != other


def test_a_category_that_nobody_showed_speaks_against_the_campaign() -> None:
    sample, _ = _mixed(1)
    model: StreamModel = learn_stream(sample, _everybody(2))
    assert all(nats < 0 for nats in model.unseen.values())
