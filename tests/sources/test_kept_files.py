"""What is kept of log files reads as the log files do, whichever of them are new."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis.expr.types as ir
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from revenuer.app.state import keeping
from revenuer.errors import ColumnError, NothingToReadError, SourceError
from revenuer.features.accounts import MAY_BE_SAMPLED, sampled
from revenuer.settings import DataPolicy, SampleSettings, Settings
from revenuer.sources import ColumnMap, FileIntake, Intake, Keeping, load_column_map, open_logs

SETTINGS = Settings(sample=SampleSettings(prompts_per_account=2))
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = {"instruction_key", "software_key", "request_shape_key"}
BESIDE = {MAY_BE_SAMPLED, "long_prompt_md5", "system_prompt_md5", "instruction_md5", *KEYS}
UNKNOWN_ROW = {"exchange_id": "x", "account_id": "a", "occurred_at": "yesterday"}


@dataclass
class Read:
    """What opened logs say.

    Attributes:
        rows: All exchanges without what is not kept, ordered by id.
        sample: Ids of the sampled ones.
        present: Columns with a value.
        intake: What was read and left out.
        quarantined: Each bad row's file, line and reason.
    """

    rows: pl.DataFrame
    sample: list[str]
    present: frozenset[str]
    intake: Intake
    quarantined: list[tuple[str, int, str]] = field(default_factory=list)


def read(
    places: Sequence[Path], kept: Keeping | None = None, column_map: ColumnMap | None = None
) -> Read:
    with (
        tempfile.TemporaryDirectory() as workdir,
        open_logs(
            [str(place) for place in places],
            workdir=Path(workdir),
            keeping=kept,
            column_map=column_map,
        ) as logs,
    ):
        exchanges = logs.tables.exchanges
        contract = [name for name in exchanges.columns if name not in BESIDE]
        rows = logs.engine.fetch(exchanges.select(contract).drop("response"))
        sample = logs.engine.fetch(sampled(exchanges, 2).select("exchange_id"))
        lines = logs.intake.quarantine_file.read_text("utf-8").splitlines()
        return Read(
            rows.sort("exchange_id", "account_id"),
            sorted(sample["exchange_id"]),
            logs.tables.present,
            logs.intake,
            sorted((one["file"], one["line"], one["reason"]) for one in map(json.loads, lines)),
        )


def assert_alike(kept: Read, plain: Read) -> None:
    assert kept.rows.equals(plain.rows)
    assert kept.sample == plain.sample
    assert kept.present == plain.present
    assert kept.quarantined == plain.quarantined
    of_run = {"quarantine_file": Path(), "files": ()}
    assert replace(kept.intake, **of_run) == replace(plain.intake, **of_run)
    assert by_name(kept.intake) == by_name(plain.intake)


def by_name(intake: Intake) -> list[FileIntake]:
    return sorted(intake.files, key=lambda one: one.file)


def rows_of(ids: Sequence[int], **more: object) -> list[dict[str, object]]:
    """Rows that are good, two accounts in turn."""
    return [
        {
            "exchange_id": f"e{number}",
            "occurred_at": (FIRST + timedelta(minutes=number)).isoformat(),
            "account_id": f"a{number % 2}",
            "prompt": f"What is {number} times itself, and how is that found by hand?",
            **more,
        }
        for number in ids
    ]


def write(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    """Write rows as what the file's ending says."""
    if path.suffix == ".parquet":
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)
    elif path.suffix == ".csv":
        pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def spoil(path: Path) -> None:
    """Overwrite a file so that nobody can read it and nothing but its bytes shows that."""
    status = path.stat()
    path.write_bytes(b"\x00garbage" * (status.st_size // 8) + b"\x00" * (status.st_size % 8))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size


def kept_in(folder: Path, **changed: object) -> Keeping:
    return replace(keeping(folder, SETTINGS, content_free=False), **changed)  # type: ignore[arg-type]


EXCHANGE = st.builds(
    lambda number, account, said, system, tokens, answer, status: {
        "exchange_id": f"e{number}",
        "occurred_at": (FIRST + timedelta(minutes=number)).isoformat(),
        "account_id": account,
        "prompt": said,
        "system_prompt": system,
        "input_tokens": tokens,
        "response": answer,
        "status": status,
    },
    # Few ids, so that many repeat, with the same content or another, in the same account or not.
    number=st.integers(0, 25),
    account=st.sampled_from(["a", "a", "a", "b", "c", None]),
    said=st.sampled_from(
        [None, "", "hi", "x" * 39, "y" * 40, "A long question, asked twice. " * 3]
    ),
    system=st.sampled_from([None, "You help.", " You help. "]),
    tokens=st.sampled_from([None, 3, 4, -1]),
    answer=st.sampled_from([None, "yes", "no"]),
    status=st.sampled_from([None, 200]),
)
FILES = st.lists(
    st.tuples(
        st.sampled_from([".parquet", ".parquet", ".jsonl", ".csv"]),
        st.lists(EXCHANGE, min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=4,
)


# Shrinking reads thousands of files anew; the example as it was found tells enough.
UNSHRUNK = [Phase.explicit, Phase.generate]


@settings(max_examples=6, phases=UNSHRUNK)
@given(files=FILES, earlier=st.data())
def test_kept_files_read_as_the_files_do(
    files: list[tuple[str, list[dict[str, object]]]], earlier: st.DataObject
) -> None:
    check_kept_files(files, earlier)


@pytest.mark.slow
@settings(max_examples=150, phases=UNSHRUNK)
@given(files=FILES, earlier=st.data())
def test_kept_files_read_as_the_files_do_in_many_worlds(
    files: list[tuple[str, list[dict[str, object]]]], earlier: st.DataObject
) -> None:
    check_kept_files(files, earlier)


def check_kept_files(
    files: list[tuple[str, list[dict[str, object]]]], earlier: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        state = kept_in(Path(folder) / "state")
        paths = []
        for number, (ending, rows) in enumerate(files):
            # An id that no other file has: a file of bad rows alone may be refused.
            good = rows_of([100 + number], input_tokens=5, status=200, system_prompt="Be kind.")
            paths.append(write(Path(folder) / f"{number}{ending}", [*good, *rows]))
        for seen in earlier.draw(st.lists(st.sets(st.sampled_from(paths), min_size=1), max_size=3)):
            read(sorted(seen), state)
        places = earlier.draw(st.permutations(paths))
        plain = read(places)
        assert_alike(read(places, state), plain)
        for path in paths:
            spoil(path)
        assert_alike(read(places, state), plain)


def test_nothing_but_new_files_is_opened(tmp_path: Path) -> None:
    yesterday = write(tmp_path / "1.parquet", rows_of(range(10)))
    state = kept_in(tmp_path / "state")
    read([yesterday], state)
    spoil(yesterday)
    today = write(tmp_path / "2.jsonl", rows_of(range(10, 15)))
    assert read([yesterday, today], state).rows.height == 15


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv"])
def test_a_changed_file_is_made_anew_and_its_old_rows_go(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"log{ending}", rows_of(range(4)))
    state = kept_in(tmp_path / "state")
    read([path], state)
    before = {one.name for one in state.folder.iterdir()}
    write(path, rows_of(range(6)))
    assert_alike(read([path], state), read([path]))
    after = {one.name for one in state.folder.iterdir()}
    assert len(after) == len(before)
    assert after != before


def test_a_file_that_vanished_is_not_counted_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    one, other = (write(tmp_path / f"{n}.parquet", rows_of([n])) for n in (1, 2))
    state = kept_in(tmp_path / "state")
    read([one, other], state)
    read([other], state)
    assert len(list(state.folder.glob("*/about.json"))) == 2
    one.unlink()
    assert_alike(read([tmp_path / "*.parquet"], state), read([other]))
    (kept,) = state.folder.glob("*/rows-*.parquet")
    assert pl.read_parquet(kept)["exchange_id"].to_list() == ["e2"]


@pytest.mark.parametrize(
    "other",
    [
        lambda state: kept_in(state, program="another version"),
        lambda state: keeping(state, SETTINGS, content_free=True),
        lambda state: keeping(state, Settings(), content_free=False),
        lambda state: keeping(
            state, replace(SETTINGS, data_policy={"org": DataPolicy.SKETCH}), content_free=False
        ),
    ],
    ids=["program", "content-free", "sample", "policy"],
)
def test_what_another_program_or_other_settings_kept_is_not_used(
    tmp_path: Path, other: Callable[[Path], Keeping]
) -> None:
    path = write(tmp_path / "log.parquet", rows_of(range(10)))
    state = kept_in(tmp_path / "state")
    read([path], state)
    assert read([path], state).rows.height == 10
    spoil(path)
    with pytest.raises(SourceError, match=r"log\.parquet is not Parquet"):
        read([path], other(tmp_path / "state"))


def test_another_column_map_keeps_other_rows(tmp_path: Path) -> None:
    rows = [row | {"seat": "s"} for row in rows_of(range(4))]
    path = write(tmp_path / "log.parquet", rows)
    state = kept_in(tmp_path / "state")
    assert set(read([path], state).rows["account_id"]) == {"a0", "a1"}
    seats = load_column_map(None, ["account_id=seat"])
    assert set(read([path], state, seats).rows["account_id"]) == {"s"}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def lose(path: Path) -> None:
    """What a machine that lost power may leave: the size, without the bytes."""
    path.write_bytes(b"\x00" * path.stat().st_size)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("rows-0.parquet", lose),
        ("rows-0.parquet", cut),
        ("about.json", cut),
        ("rows-0.parquet", Path.unlink),
        ("about.json", Path.unlink),
        ("quarantine.jsonl", Path.unlink),
    ],
)
def test_what_was_damaged_is_made_anew_and_said(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    path = write(tmp_path / "log.parquet", rows_of(range(10)))
    state = kept_in(tmp_path / "state")
    plain = read([path])
    read([path], state)
    (kept,) = state.folder.glob(f"*/{name}")
    damage(kept)
    again = read([path], state)
    assert again.rows.equals(plain.rows)
    (note,) = again.intake.notes
    assert note == f"what was kept of {path} was damaged and is made anew"
    assert read([path], state).intake.notes == ()


def test_a_keeping_that_was_stopped_goes_on_behind_what_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [write(tmp_path / f"{n}.parquet", rows_of([n])) for n in range(3)]
    state = kept_in(tmp_path / "state")
    calls = []

    def stops(rows: ir.Table) -> ir.Table:
        calls.append(rows)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return state.narrow(rows)

    with pytest.raises(KeyboardInterrupt):
        read(paths, replace(state, narrow=stops))
    spoil(paths[0])
    assert read(paths, state).rows["exchange_id"].to_list() == ["e0", "e1", "e2"]
    assert not list(state.folder.glob("*.unfinished"))


def test_few_texts_are_read_to_draw_the_sample(tmp_path: Path) -> None:
    path = write(tmp_path / "log.parquet", rows_of(range(50)))
    state = kept_in(tmp_path / "state")
    read([path], state)
    parts = [pq.read_table(one) for one in sorted(state.folder.glob("*/rows-*.parquet"))]
    sizes = {part[MAY_BE_SAMPLED][0].as_py(): part.num_rows for part in parts}
    assert sizes == {True: 4, False: 46}


def test_rows_lie_together_where_nearly_all_may_be_sampled(tmp_path: Path) -> None:
    path = write(tmp_path / "log.parquet", rows_of(range(5)))
    state = kept_in(tmp_path / "state")
    assert_alike(read([path], state), read([path]))
    (part,) = state.folder.glob("*/rows-*.parquet")
    assert pq.read_table(part)[MAY_BE_SAMPLED].to_pylist() == [True] * 5


def test_folders_that_are_named_like_columns_say_so_of_logs_and_not_of_what_is_kept(
    tmp_path: Path,
) -> None:
    logs = tmp_path / "region=eu"
    logs.mkdir()
    path = write(logs / "log.parquet", rows_of(range(4)))
    state = kept_in(tmp_path / "region=us")
    assert_alike(read([path], state), read([path]))
    assert set(read([path], state).rows["region"]) == {"eu"}


def test_answers_are_not_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "log.parquet", rows_of(range(4), response="the answer"))
    state = kept_in(tmp_path / "state")
    assert "exchanges.response" in read([path], state).present
    for part in state.folder.glob("*/rows-*.parquet"):
        assert "response" not in pq.read_schema(part).names


@pytest.mark.parametrize(
    ("how", "texts", "sketches"),
    [
        ({"content_free": True}, 0, 3),
        ({"policy": {"*": DataPolicy.METADATA}}, 0, 0),
        ({"policy": {"org-0": DataPolicy.METADATA}}, 1, 2),
        ({}, 2, 3),
    ],
    ids=["content-free", "metadata", "one organization", "what the row says"],
)
def test_texts_that_may_not_be_looked_at_are_not_kept(
    tmp_path: Path, how: dict[str, object], texts: int, sketches: int
) -> None:
    rows = rows_of(range(4), prompt_sketch=b"\x01")
    for number, row in enumerate(rows):
        row["organization_id"] = f"org-{number}"
        row["data_policy"] = [None, "full", "sketch", "metadata"][number]
    path = write(tmp_path / "log.parquet", rows)
    settings = replace(SETTINGS, data_policy=how.get("policy", {}))
    state = keeping(tmp_path / "state", settings, bool(how.get("content_free")))
    read([path], state)
    kept = pl.read_parquet(tmp_path / "state" / "files" / "*" / "rows-*.parquet")
    assert kept["prompt"].count() == texts
    assert kept["long_prompt_md5"].count() == texts
    assert kept["prompt_sketch"].count() == sketches


def test_nobody_else_may_read_what_is_kept(tmp_path: Path) -> None:
    state = kept_in(tmp_path / "state")
    read([write(tmp_path / "log.parquet", rows_of([1]))], state)
    folders = [state.folder, *(one for one in state.folder.iterdir() if one.is_dir())]
    assert len(folders) == 2
    assert all(one.stat().st_mode & 0o077 == 0 for one in folders)


def test_a_column_of_the_wrong_type_is_refused_by_all_its_files(tmp_path: Path) -> None:
    bad = write(tmp_path / "1.parquet", rows_of(range(4), occurred_at="yesterday"))
    good = write(tmp_path / "2.parquet", rows_of(range(4, 20)))
    state = kept_in(tmp_path / "state")
    for kept in (None, state):
        with pytest.raises(ColumnError, match="occurred_at"):
            read([bad], kept)
        assert_alike(read([bad, good], state), read([bad, good]))


def test_files_without_a_usable_row_are_nothing_to_read(tmp_path: Path) -> None:
    path = write(tmp_path / "log.jsonl", [UNKNOWN_ROW])
    with pytest.raises(NothingToReadError, match="all 1 rows were quarantined"):
        read([path], kept_in(tmp_path / "state"))


def test_end_users_keep_their_pseudonyms(tmp_path: Path) -> None:
    """A key that each scan made up would give one person two names, yesterday's and today's."""
    hashing = ColumnMap(hashed=("end_user_id",))
    state = kept_in(tmp_path / "state")
    one, other = (
        write(tmp_path / f"{n}.parquet", rows_of([n], end_user_id="somebody")) for n in (1, 2)
    )
    read([one], state, hashing)
    names = read([one, other], state, hashing).rows["end_user_id"]
    assert names.n_unique() == 1
    assert names[0] != "somebody"
