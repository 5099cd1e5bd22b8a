"""Marks and token methods inside transformers' generate, and in vLLM's two protocols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from revenuer.errors import ConfigError

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.lab, pytest.mark.filterwarnings("default")]

SECRET = bytes(range(32))


def generated(model: Any, processors: list[Any], tokens: int = 40, rows: int = 8) -> Any:
    torch.manual_seed(0)
    with torch.inference_mode():
        return model.generate(
            torch.full((rows, 1), 5), do_sample=True, max_new_tokens=tokens,
            min_new_tokens=tokens, pad_token_id=0, logits_processor=processors, top_k=0,
        )  # fmt: skip


def test_a_green_list_inside_generate_is_found_by_its_own_key_alone(
    tiny: Callable[..., Path],
) -> None:
    from revenuer.lab.pretrained import load
    from revenuer.lab.processors_transformers import MethodProcessor
    from revenuer.lab.token_methods import GreenList
    from revenuer.provenance.keys import mark_key
    from revenuer.stats.green_list import contexts_of, green

    key = mark_key(SECRET, "green", "ann")
    method = GreenList(key, delta=4.0, gamma=0.5, width=1)
    said = generated(load(tiny()).model, [MethodProcessor(method, rows=range(4))]).numpy()

    def share(rows: Any, by: bytes) -> float:
        found = [green(contexts_of(row, 1), row[1:], by, 0.5) for row in rows]
        return float(np.mean(found))

    assert share(said[:4], key) > 0.85
    # The other rows of the batch were left alone, and another account's key sees nothing.
    assert share(said[4:], key) < 0.7
    assert share(said[:4], mark_key(SECRET, "green", "bob")) < 0.7


def test_transformers_own_marks_follow_from_secret_and_account(tiny: Callable[..., Path]) -> None:
    from transformers import WatermarkDetector

    from revenuer.lab.pretrained import load
    from revenuer.lab.processors_transformers import DELTA, GAMMA, kgw, synthid, synthid_keys

    model = load(tiny(rows=2000)).model
    # The detector wants one to skip; no text here begins with it.
    model.config.bos_token_id = 1
    said = generated(model, [kgw(SECRET, "ann", 2000)], tokens=60)

    def z(account: str) -> float:
        mark = kgw(SECRET, account, 2000)
        config = {"greenlist_ratio": GAMMA, "bias": DELTA, "hashing_key": mark.hash_key}
        detector = WatermarkDetector(model.config, "cpu", config)
        return float(detector(said, return_dict=True).z_score.mean())

    assert z("ann") > 4
    assert abs(z("bob")) < 2
    keys = synthid_keys(SECRET, "ann")
    assert len(set(keys)) == 30
    assert set(keys).isdisjoint(synthid_keys(SECRET, "bob"))
    assert all(0 <= key < 2**31 for key in keys)

    def g_values(account: str, tokens: Any) -> float:
        return float(synthid(SECRET, account, 2000).compute_g_values(tokens).float().mean())

    drawn = generated(model, [synthid(SECRET, "ann", 2000)], tokens=60)
    assert g_values("ann", drawn) > 0.53
    assert g_values("bob", drawn) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("mode", "size", "said"),
    [(0o644, 32, "can be read by others"), (0o600, 31, "31 bytes"), (None, 0, "cannot be read")],
)
def test_a_secret_that_is_none_is_refused(
    tmp_path: Path, mode: int | None, size: int, said: str
) -> None:
    from revenuer.lab.processors_transformers import read_secret

    file = tmp_path / "secret"
    if mode is not None:
        file.write_bytes(bytes(size))
        file.chmod(mode)
    with pytest.raises(ConfigError, match=said):
        read_secret(file)


def remembering(seen: list[Any], add: float) -> Callable[[Any, Any], Any]:
    def method(logits: Any, said: Any) -> Any:
        seen.extend(said.tolist())
        return logits + add

    return method


def params(name: str | None) -> SimpleNamespace:
    return SimpleNamespace(extra_args={"revenuer_account": name} if name else None)


class Direction(Enum):
    UNIDIRECTIONAL = auto()
    SWAP = auto()


@dataclass(frozen=True)
class BatchUpdate:
    """As `vllm.v1.sample.logits_processor.interface` documents it."""

    batch_size: int
    removed: tuple[int, ...] = ()
    added: tuple[tuple[int, Any, list[int] | None, list[int]], ...] = ()
    moved: tuple[tuple[int, int, Direction], ...] = ()


def test_the_runner_before_is_followed_through_additions_moves_and_removals() -> None:
    from revenuer.lab.processors_vllm import LegacyTokenMethods

    seen: dict[str, list[Any]] = {"ann": [], "bob": []}

    class Marks(LegacyTokenMethods):
        width = 3

        def method_for(self, sampling_params: Any) -> Any:
            name = (sampling_params.extra_args or {}).get("revenuer_account")
            return remembering(seen[name], {"ann": 1.0, "bob": 2.0}[name]) if name else None

    marks = Marks(None, "cpu", False)
    assert not marks.is_argmax_invariant()
    ann, bob, free = [], [], []
    added = ((0, params("ann"), [1, 2], ann), (1, params(None), [3], free))
    marks.update_state(BatchUpdate(3, added=(*added, (2, params("bob"), None, bob))))
    assert marks.apply(torch.zeros(3, 4))[:, 0].tolist() == [1.0, 0.0, 2.0]
    assert seen == {"ann": [[-1, 1, 2]], "bob": [[-1, -1, -1]]}
    ann += [7, 8]
    marks.update_state(None)
    marks.apply(torch.zeros(3, 4))
    assert seen["ann"][-1] == [2, 7, 8]
    ann += [9]
    marks.update_state(BatchUpdate(3, moved=((0, 2, Direction.SWAP),)))
    assert marks.apply(torch.zeros(3, 4))[:, 0].tolist() == [2.0, 0.0, 1.0]
    assert seen["ann"][-1] == [7, 8, 9]
    marks.update_state(BatchUpdate(2, removed=(0,), moved=((2, 0, Direction.UNIDIRECTIONAL),)))
    assert marks.apply(torch.zeros(2, 4))[:, 0].tolist() == [1.0, 0.0]
    # Another request takes the place, unmarked.
    marks.update_state(BatchUpdate(2, added=((0, params(None), [1], []),)))
    assert marks.apply(torch.zeros(2, 4))[:, 0].tolist() == [0.0, 0.0]


def test_model_runner_v2_is_followed_through_slots_rows_and_drafts() -> None:
    from revenuer.lab.processors_vllm import TokenMethods

    seen: dict[str, list[Any]] = {"ann": [], "bob": []}

    class Marks(TokenMethods):
        width = 3

        def method_for(self, sampling_params: Any) -> Any:
            name = (sampling_params.extra_args or {}).get("revenuer_account")
            return remembering(seen[name], {"ann": 1.0, "bob": 2.0}[name]) if name else None

    written = torch.full((4, 16), 99)
    states = SimpleNamespace(max_num_reqs=4, all_token_ids=SimpleNamespace(gpu=written))
    marks = Marks(None, states)
    assert marks.add_request(3, params("ann"))
    assert marks.add_request(0, params("bob"))
    assert not marks.add_request(1, params(None))
    # Slot 3 has written 1 2 3 4 and drafts 5 6; slot 1 is unmarked; slot 0 has written 7.
    written[3, :4], written[1, :2] = torch.tensor([1, 2, 3, 4]), torch.tensor([8, 9])
    written[0, :1] = torch.tensor([7])
    step = SimpleNamespace(
        expanded_idx_mapping=torch.tensor([1, 3, 3, 3, 0], dtype=torch.int32),
        expanded_local_pos=torch.tensor([0, 0, 1, 2, 0], dtype=torch.int32),
        input_ids=torch.tensor([9, 4, 5, 6, 7], dtype=torch.int32),
        pos=torch.tensor([1, 3, 4, 5, 0]),
    )
    changed = marks.apply(torch.zeros(5, 4, dtype=torch.bfloat16), step)
    assert changed.dtype == torch.bfloat16
    assert changed[:, 0].tolist() == [0.0, 1.0, 1.0, 1.0, 2.0]
    assert seen == {"ann": [[2, 3, 4], [3, 4, 5], [4, 5, 6]], "bob": [[-1, -1, 7]]}
    # A slot that is taken again forgets who had it.
    assert not marks.add_request(3, params(None))
    assert not marks.add_request(0, params(None))
    assert marks.apply(torch.zeros(5, 4), step).abs().sum() == 0
