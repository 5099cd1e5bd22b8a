"""No answer is another one because of a countermeasure, on models of transformers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from revenuer.errors import ConfigError

torch = pytest.importorskip("torch", reason="needs the extra [lab]: make test-lab")
pytestmark = pytest.mark.lab
END = 7


class Beside:
    """Says of each token what holds of the one before it: as harmful as can be."""

    def __call__(self, logits: Any, said: Any) -> Any:
        return logits.roll(1, -1)


def replied(model: Any, until: list[int]) -> tuple[list[list[int]], list[list[int]]]:
    from revenuer.lab.answers_kept import replies

    torch.manual_seed(3)
    prompts = torch.randint(8, 40, (24, 5))
    how = {"do_sample": True, "max_new_tokens": 40, "min_new_tokens": 40, "pad_token_id": 0}
    torch.manual_seed(4)
    unchanged = model.generate(prompts, **how)[:, 5:].tolist()
    torch.manual_seed(4)
    return unchanged, replies(model, prompts, Beside(), until, **how)


def test_answers_are_those_of_the_unchanged_model(tiny: Callable[..., Path]) -> None:
    from revenuer.lab.pretrained import load

    unchanged, under = replied(load(tiny(rows=64)).model, [END])
    cases = set()
    for plain, other in zip(unchanged, under, strict=True):
        if END not in plain or other == plain:
            cases.add("unchanged")
            assert other == plain
            continue
        cases.add("changed")
        assert other[other.index(END) :] == plain[plain.index(END) :]
        assert other[: other.index(END)] != plain[: plain.index(END)]
    assert cases == {"unchanged", "changed"}


def test_a_mark_of_several_tokens_that_never_comes_leaves_all_as_it_is(
    tiny: Callable[..., Path],
) -> None:
    from revenuer.lab.pretrained import load

    unchanged, under = replied(load(tiny(rows=64)).model, [END, END, END, END])
    assert under == unchanged


def test_what_ends_reasoning_has_to_be_said(tiny: Callable[..., Path]) -> None:
    from revenuer.lab.pretrained import load

    with pytest.raises(ConfigError, match="No token ends reasoning"):
        replied(load(tiny(rows=64)).model, [])
