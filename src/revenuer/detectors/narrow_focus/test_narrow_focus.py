import numpy as np
import polars as pl

from revenuer.detectors.cases import run_cases
from revenuer.detectors.narrow_focus import DETECTOR
from revenuer.detectors.narrow_focus.detector import likeness_of_texts, word_vectors
from revenuer.features.prompts import read_prompts


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_likeness_is_the_mean_cosine_with_the_accounts_other_prompts() -> None:
    rng = np.random.default_rng(5)
    vocabulary = np.array([f"word{number}" for number in range(40)])
    # "the" is in every prompt of every account, so it weighs nothing; one prompt is empty.
    texts = [" ".join(["the", *rng.choice(vocabulary, 6)]) for _ in range(30)]
    texts[7] = ""
    sample = pl.DataFrame(
        {
            "account_id": [f"a{number % 4}" for number in range(30)],
            "exchange_id": [f"e{number:02}" for number in range(30)],
            "prompt": texts,
            "system_prompt": pl.Series([None] * 30, dtype=pl.String),
            "tool_count": [0] * 30,
        }
    )
    prompts = read_prompts(sample, chars=1600)
    dense = word_vectors(prompts).toarray()
    found = likeness_of_texts(prompts)
    for place, account in enumerate(prompts.account):
        others = np.flatnonzero(prompts.account == account)
        others = others[others != place]
        if not prompts.words.lengths[place]:
            assert np.isnan(found[place])
            continue
        assert abs(found[place] - (dense[others] @ dense[place]).mean()) < 1e-12
