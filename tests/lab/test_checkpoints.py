"""A training that was killed goes on from the newest checkpoint that is whole."""

from __future__ import annotations

from pathlib import Path

from revenuer.lab.checkpoints import last_whole_checkpoint


def checkpoint(folder: Path, step: int, state: str | None) -> Path:
    made = folder / f"checkpoint-{step}"
    made.mkdir()
    (made / "model.safetensors").write_bytes(b"weights")
    if state is not None:
        (made / "trainer_state.json").write_text(state)
    return made


def test_the_newest_is_the_one_of_the_most_steps(tmp_path: Path) -> None:
    checkpoint(tmp_path, 9, "{}")
    newest = checkpoint(tmp_path, 10, "{}")
    assert last_whole_checkpoint(tmp_path) == newest


def test_torn_ones_are_removed(tmp_path: Path) -> None:
    whole = checkpoint(tmp_path, 5, "{}")
    torn = [checkpoint(tmp_path, 10, None), checkpoint(tmp_path, 15, '{"global_st')]
    assert last_whole_checkpoint(tmp_path) == whole
    assert not any(one.exists() for one in torn)


def test_there_may_be_none(tmp_path: Path) -> None:
    assert last_whole_checkpoint(tmp_path) is None
