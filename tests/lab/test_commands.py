"""`revenuer lab` on the command line, without torch: what is refused, and what is shown."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from revenuer.app.lab.checking import check
from revenuer.app.lab.run_folder import RunFolder
from revenuer.cli.exits import Exit
from revenuer.cli.group import revenuer
from revenuer.errors import ConfigError
from revenuer.lab.config_reading import config_of
from revenuer.lab.data_card import Hashes, data_card, markdown
from revenuer.lab.memory import parameters_in, training_bytes
from revenuer.lab.results import SCHEMA, Cost, Filters, Measured, Results, Student
from revenuer.lab.safeguards import Safeguards
from revenuer.stats.exact_rate import Rate

FILTERS = Filters(asked=80, kept=70, empty=1, wrong=4, endless=2, too_long=3, cut_off=5)
COST = Cost({"training": 12.5, "measuring": 2.5}, 1000, 2000, 0.05, "EUR")


@pytest.fixture
def results() -> Results:
    def measured(right: int, refused: int) -> Measured:
        safe = Safeguards(Rate.of(refused, 10), Rate.of(0, 10), 0)
        return Measured(Rate.of(right, 20), 1.25, 30.0, safe)

    after = Student(7, measured(15, 2), 40, ((1, 2.0), (40, 0.5)), "students/seed-7/model")
    return Results(
        SCHEMA, "ours-70b", "small", "logits, jsd 0.5", 20, FILTERS,
        measured(18, 9), measured(1, 8), (after,), COST,
    )  # fmt: skip


def ran(*words: str) -> Result:
    return CliRunner().invoke(revenuer, ["lab", *words])


@pytest.mark.parametrize("words", [["--help"], ["distil", "--help"], ["check", "no-such-file"]])
def test_help_and_mistakes_load_no_torch(words: list[str]) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from revenuer.cli.group import revenuer;"
        "CliRunner().invoke(revenuer, ['lab', *sys.argv[1:]]); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code, *words], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "revenuer.cli.lab" in loaded
    assert not {"torch", "transformers", "trl", "matplotlib"} & set(loaded)


def test_show_prints_the_table(results: Results, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_bytes(msgspec.json.encode(results))
    # The console wraps.
    said = " ".join(ran("show", str(tmp_path)).output.split())
    assert "small learned from ours-70b (logits, jsd 0.5)" in said
    assert "75% (51% to 91%)" in said  # 15 of 20, Clopper and Pearson
    assert "after, seed 7" in said
    assert "from 70 of 80 answers; left out: 1 empty, 4 wrong, 2 endless, 3 too long." in said
    assert "15 processor seconds" in said
    plain = json.loads(ran("show", str(tmp_path), "--json").output)
    assert plain["students"][0]["measured"]["safeguards"]["refused"]["count"] == 2


def test_what_is_not_done_is_told(tmp_path: Path) -> None:
    said = ran("show", str(tmp_path))
    assert "has no results.json" in str(said.exception)


def test_a_config_without_consent_starts_nothing(
    config_tree: dict[str, Any], tmp_path: Path
) -> None:
    config = tmp_path / "lab.toml"
    config.write_text('[teacher]\nkind = "openai"\nlicence = "MIT"\n[data]\nprompts = "p"\n')
    said = ran("distil", str(config), "--out", str(tmp_path / "run"))
    assert said.exit_code != Exit.DONE
    assert "teacher lacks consent" in str(said.exception)
    assert not (tmp_path / "run").exists()


def test_missing_places_and_answers_are_told_before_torch_is_asked_for(
    config_tree: dict[str, Any], tmp_path: Path
) -> None:
    config_tree["teacher"]["path"] = str(tmp_path / "nowhere")
    config_tree["student"]["path"] = str(tmp_path / "nobody")
    with pytest.raises(ConfigError) as caught:
        check(config_of(config_tree, "lab.toml", tmp_path), {})
    assert "teacher.path" in caught.value.message
    assert "student.path" in caught.value.message
    config_tree["data"]["grader"] = "exact"
    rows = [{"prompt": "a", "answer": 1}, {"prompt": "b"}]
    Path(config_tree["data"]["prompts"]).write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(ConfigError, match=r"1 of 2 prompts .* have no `answer`"):
        check(config_of(config_tree, "lab.toml", tmp_path), {})


def test_an_api_without_a_key_is_told(config_tree: dict[str, Any], tmp_path: Path) -> None:
    config_tree["teacher"] |= {"kind": "openai", "base_url": "http://x/v1", "model": "m"}
    config_tree["student"]["path"] = str(tmp_path)
    with pytest.raises(ConfigError, match="OPENAI_API_KEY holds no key"):
        check(config_of(config_tree, "lab.toml", tmp_path), {})


def test_a_folder_belongs_to_one_config(config_tree: dict[str, Any], tmp_path: Path) -> None:
    config_tree["teacher"]["path"] = config_tree["student"]["path"] = "here"
    run, files = tmp_path / "run", {"prompts": "abc"}

    def opened(hashes: dict[str, str]) -> RunFolder:
        return RunFolder.opened(run, config_of(config_tree, "lab.toml", tmp_path), hashes)

    begun = opened(files)
    config_tree["cost"] = {"most_teacher_tokens": 10}
    config_tree["training"]["threads"] = 2
    assert opened(files) == begun
    with pytest.raises(ConfigError, match="another config or other files"):
        opened({"prompts": "changed"})
    config_tree["training"]["epochs"] = 9
    with pytest.raises(ConfigError, match="another config or other files"):
        opened(files)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("x")
    with pytest.raises(ConfigError, match="is not empty, and no run"):
        RunFolder.opened(tmp_path / "mine", config_of(config_tree, "t", tmp_path), files)


def test_the_data_card_tells_by_what_right_and_at_what_cost(
    config_tree: dict[str, Any], tmp_path: Path
) -> None:
    config_tree["teacher"] |= {
        "path": "ours", "mark": "kgw", "mark_key_file": "key", "mark_account": "acct-secret-17",
    }  # fmt: skip
    config_tree["student"]["path"] = "small"
    config_tree["data"]["source"] = "our | own\nsums"
    config = config_of(config_tree, "lab.toml", tmp_path)
    made = {"begun_at": "2026-01-01T00:00:00Z", "versions": {"torch": "2"}}
    card = data_card(config, FILTERS, COST, Hashes("t", "s", "p", "a"), held_out=20, made=made)
    page = markdown(card)
    for told in (
        "| consent | the tests made it |",
        "| licence | our own |",
        "| filters: wrong | 4 |",
        "| cpu s: training | 12.5 |",
        "| output tokens | 2000 |",
        "| mark | kgw |",
        "| key | one account's |",
        "| versions: torch | 2 |",
        "our \\| own sums",
    ):
        assert told in page
    assert "acct-secret-17" not in page + msgspec.json.encode(card).decode()


def test_parameters_are_counted_from_the_headers_alone(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [3, 5], "data_offsets": [0, 60]},
        "b": {"dtype": "F32", "shape": [7], "data_offsets": [60, 88]},
    }
    raw = json.dumps(header).encode()
    (tmp_path / "model.safetensors").write_bytes(struct.pack("<Q", len(raw)) + raw)
    assert parameters_in(tmp_path) == 22
    with pytest.raises(ConfigError, match=r"no \.safetensors"):
        parameters_in(tmp_path / "nowhere")


def test_memory_grows_as_adam_says(config_tree: dict[str, Any], tmp_path: Path) -> None:
    config_tree["teacher"]["path"] = config_tree["student"]["path"] = "x"
    config_tree["training"] |= {"batch": 4, "most_tokens": 1024}
    config = config_of(config_tree, "lab.toml", tmp_path)
    # 16 bytes a parameter, and logits with their gradient.
    assert training_bytes(config, 10**9, 0, 50_000) == 16 * 10**9 + 2 * 4 * 1024 * 50_000 * 4
