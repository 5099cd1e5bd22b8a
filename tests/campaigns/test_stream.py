"""A campaign's own exchanges are told from those of customers in the same accounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from revenuer.campaigns.habits import Sample, habits
from revenuer.campaigns.pooling import sigmoid
from revenuer.campaigns.stream import Ordinary, StreamModel, learn_stream
from revenuer.features.shingles import ngram_hashes
from revenuer.features.sketches import choose_fragments
from revenuer.features.words import split_words

COLUMNS: dict[str, Any] = {
    "account_id": pl.String,
    "exchange_id": pl.String,
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


OWNERS = 30


def _sample(rows: list[dict[str, Any]], *, sketched: bool = False) -> Sample:
    """Rows of thirty owners in turn, but where a row says whose it is."""
    full = [
        dict.fromkeys(COLUMNS) | {"account_id": f"a{n % OWNERS}", "exchange_id": f"e{n}"} | row
        for n, row in enumerate(rows)
    ]
    frame = pl.DataFrame(full, schema=COLUMNS)
    words = split_words(frame["prompt"].to_list())
    shingles = ngram_hashes(words, 3)
    if sketched:
        shingles = choose_fragments(shingles, shingles.hashes, shingles.hashes)
    whose = frame["account_id"].rank("dense").cast(pl.Int64).to_numpy()
    return Sample.of(frame, shingles, words.lengths > 0, whose)


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
    found = learn_stream(sample, _everybody(100 + seed)).evidence(sample).pooled() > 0
    assert found[own].mean() >= 0.98
    assert found[~own].mean() <= 0.02


def test_what_was_learnt_holds_for_exchanges_that_were_not_in_the_sample() -> None:
    sample, _ = _mixed(1)
    model = learn_stream(sample, _everybody(2))
    fresh, own = _mixed(50)
    found = model.evidence(fresh).pooled() > 0
    assert found[own].mean() >= 0.98
    assert found[~own].mean() <= 0.02


def test_in_a_relay_the_text_decides_although_all_leave_through_one_client() -> None:
    relay = {"user_agent": "relay", "tls_fingerprint": "relay", "temperature": 0.3}
    sample, own = _mixed(4, **relay)
    found = learn_stream(sample, _everybody(5)).evidence(sample).pooled() > 0
    assert found[own].mean() >= 0.95
    assert found[~own].mean() <= 0.1


@pytest.mark.parametrize("worn", [{"max_output_tokens": 4096}, {"system_prompt": "You are exact."}])
def test_behind_one_client_parameters_or_a_system_prompt_tell_whose_marked_prompts_are(
    worn: dict[str, Any],
) -> None:
    rng = np.random.default_rng(31)
    relay = {"user_agent": "relay", "tls_fingerprint": "relay", "output_tokens": 90}
    relay["message_count"] = 1
    own = rng.random(600) < 0.25
    rows = [_harvest(rng) | {"temperature": None} | relay | worn if mine else _ordinary(rng) | relay
            for mine in own]  # fmt: skip
    sample = _sample(rows)
    found = learn_stream(sample, _everybody(32)).evidence(sample).pooled() > 0
    assert found[own].mean() >= 0.98
    assert found[~own].mean() <= 0.02


def test_without_text_the_client_decides() -> None:
    sample, own = _mixed(6, prompt=None)
    found = learn_stream(sample, _everybody(7, prompt=None)).evidence(sample).pooled() > 0
    assert found[own].mean() >= 0.95
    assert found[~own].mean() <= 0.1


def test_sketches_tell_a_template_as_text_does() -> None:
    rng = np.random.default_rng(11)
    own = rng.random(300) < 0.5
    rows = [_harvest(rng) if mine else _ordinary(rng) for mine in own]
    sample = _sample(rows, sketched=True)
    everybody = Ordinary.of(_sample([_ordinary(rng) for _ in range(2000)], sketched=True))
    found = learn_stream(sample, everybody).evidence(sample).pooled() > 0
    assert found[own].mean() >= 0.98
    assert found[~own].mean() <= 0.02


def test_a_customers_own_template_is_no_mark_of_the_campaign() -> None:
    rng = np.random.default_rng(12)
    rows = [_harvest(rng) for _ in range(150)]
    product = {"account_id": "a3", "user_agent": "shop 1", "tls_fingerprint": "shop 1"}
    rows += [
        _ordinary(rng, **product, prompt=f"Sort this parcel label into a bin: {number} grams.")
        for number in range(60)
    ]
    sample = _sample(rows)
    found = learn_stream(sample, _everybody(13)).evidence(sample).pooled() > 0
    assert found[:150].mean() >= 0.98
    assert found[150:].mean() <= 0.02


def test_a_relay_of_ordinary_prompts_is_known_by_what_its_accounts_wear() -> None:
    rng = np.random.default_rng(14)
    worn = {"user_agent": "relay", "tls_fingerprint": "relay", "temperature": 0.3}
    own = rng.random(600) < 0.5
    rows = [_ordinary(rng, **worn) if mine else _ordinary(rng) for mine in own]
    sample = _sample(rows)
    found = learn_stream(sample, _everybody(15)).evidence(sample).pooled() > 0
    assert found[own].mean() >= 0.95
    assert found[~own].mean() <= 0.05


def test_a_pool_without_customers_keeps_what_is_marked_by_chance_and_the_rest() -> None:
    rng = np.random.default_rng(21)
    worn = {"user_agent": "relay", "tls_fingerprint": "relay", "temperature": 0.3}
    said = "Please take the usual shared preamble of this public data set."
    rows = [
        _ordinary(rng, **worn) | ({"prompt": said} if rng.random() < 0.25 else {})
        for _ in range(300)
    ]
    sample = _sample(rows)
    found = learn_stream(sample, _everybody(22)).evidence(sample).pooled() > 0
    assert found.mean() >= 0.98


def test_one_owner_has_no_others_to_be_compared_with() -> None:
    rng = np.random.default_rng(16)
    sample = _sample([_harvest(rng, account_id="a1") for _ in range(40)])
    found = learn_stream(sample, _everybody(17)).evidence(sample).pooled() > 0
    assert found.mean() >= 0.98


def test_what_is_not_read_is_never_certain() -> None:
    rng = np.random.default_rng(18)
    read = _sample([_harvest(rng) for _ in range(100)])
    unread = _sample([_harvest(rng, prompt=None) for _ in range(100)])
    sure = learn_stream(read, _everybody(19)).evidence(read).pooled()
    unsure = learn_stream(unread, _everybody(20, prompt=None)).evidence(unread).pooled()
    assert sigmoid(sure).mean() > 0.99
    assert (unsure > 0).mean() > 0.98
    assert sigmoid(unsure).max() < 0.96


def test_a_campaign_without_customers_keeps_its_exchanges() -> None:
    rng = np.random.default_rng(8)
    sample = _sample([_harvest(rng) for _ in range(100)])
    assert (learn_stream(sample, _everybody(9)).evidence(sample).pooled() > 0).mean() >= 0.98


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
    assert all(one.unseen < 0 for one in model.ratios.values())
