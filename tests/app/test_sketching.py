"""Logs become sketches, policies hide what they say, and a scan reads what is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.observe import link_accounts, sighted
from revenuer.app.opening import open_with
from revenuer.app.policy import Sight, within_policy
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.app.sketch_keys import make_key, read_key
from revenuer.app.sketching import sketch, sketched_tables
from revenuer.detector import ContentDetector
from revenuer.detectors import DETECTORS, load_detectors
from revenuer.errors import ConfigError
from revenuer.features.keyed import SketchKey
from revenuer.features.sketches import READINGS
from revenuer.settings import DataPolicy, SampleSettings, Settings
from revenuer.sources import Logs

KEY = SketchKey("june", bytes(range(32)))
OTHER_KEY = SketchKey("july", bytes(range(1, 33)))
TEXT = {"prompt": "Why does rain fall on hills more than on plains?", "system_prompt": "Be brief."}


def _row(number: int, **columns: object) -> dict[str, object]:
    return {
        "exchange_id": f"{number:04}",
        "occurred_at": "2026-06-01T00:00:00Z",
        "account_id": f"account-{number}",
        **TEXT,
        "response": "Air rises.",
        **columns,
    }


def _write(path: Path, *rows: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@contextmanager
def _open(folder: Path, *places: str, accounts: str | None = None) -> Iterator[Logs]:
    work = folder / "work"
    work.mkdir()
    with open_with(
        places,
        accounts=accounts,
        workdir=work,
        progress=Silent(),
    ) as logs:
        yield logs


def _seen(logs: Logs, sight: Sight) -> dict[str, tuple[bool, bool]]:
    """For each account: whether its prompt can be seen, and whether its sketch can."""
    rows = logs.engine.fetch(
        sight.tables.exchanges.select("account_id", "prompt", "prompt_sketch", "response")
    )
    assert rows.filter(pl.col("prompt").is_not_null() & pl.col("response").is_null()).is_empty()
    return {
        row["account_id"].removeprefix("account-"): (
            row["prompt"] is not None,
            row["prompt_sketch"] is not None,
        )
        for row in rows.to_dicts()
    }


# --- keys ---------------------------------------------------------------------------


def test_a_new_key_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    made = make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path) == made
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="never overwritten"):
        make_key(path)
    assert path.read_bytes() == before
    assert make_key(tmp_path / "next").secret != made.secret


def test_a_key_goes_by_the_name_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert make_key(path, "2026-q3").id == read_key(path).id == "2026-q3"
    assert read_key(path, "other").id == "other"


@pytest.mark.parametrize("text", ["", "revenuer-sketch-key-1 id 00ff", "a b c", "\xff"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text, "latin-1")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="sketch key"):
        read_key(path)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key(path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="read by others"):
        read_key(path)


# --- sketching ----------------------------------------------------------------------


def test_no_text_is_left_and_all_else_is(small_world, tmp_path: Path) -> None:
    done = sketch(small_world.exchanges, out=tmp_path / "a.parquet", key=KEY)
    told = pl.read_parquet(tmp_path / "a.parquet").sort("exchange_id")
    full = pl.read_parquet(small_world.folder / "exchanges" / "*.parquet").sort("exchange_id")
    assert done.exchanges == done.prompts == told.height == full.height
    for name in ("prompt", "system_prompt", "response"):
        assert told[name].null_count() == told.height
    assert set(told["data_policy"]) == {"sketch"}
    assert set(told["sketch_key_id"]) == {"june"}
    kept = [name for name in full.columns if name in told.columns and full[name].count()]
    for name in set(kept) - {"prompt", "system_prompt", "response", "data_policy"}:
        assert told[name].equals(full[name]), name
    # No prompt is anywhere in the file, not even in its statistics.
    raw = (tmp_path / "a.parquet").read_bytes()
    assert not any(text.encode()[:40] in raw for text in full["prompt"].unique().head(200))


def test_the_same_log_and_key_give_the_same_bytes(small_world, tmp_path: Path) -> None:
    for name in ("a", "b"):
        sketch(small_world.exchanges, out=tmp_path / name, key=KEY)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    sketch(small_world.exchanges, out=tmp_path / "c", key=OTHER_KEY)
    one, other = (pl.read_parquet(tmp_path / name)["prompt_sketch"] for name in ("a", "c"))
    assert not set(one) & set(other)


def test_a_row_of_which_nothing_may_be_read_is_not_sketched(tmp_path: Path) -> None:
    log = _write(
        tmp_path / "log.jsonl",
        _row(0, data_policy="metadata"),
        _row(1, data_policy="sketch"),
        _row(2),
        _row(3, organization_id="bank"),
    )
    settings = Settings(data_policy={"bank": DataPolicy.METADATA})
    done = sketch([log], out=tmp_path / "out", key=KEY, settings=settings)
    rows = pl.read_parquet(tmp_path / "out").sort("exchange_id")
    assert rows["prompt_sketch"].is_null().to_list() == [True, False, False, True]
    assert rows["data_policy"].to_list() == ["metadata", "sketch", "sketch", "metadata"]
    assert (done.prompts, done.withheld) == (2, 2)


def test_sketches_that_came_are_kept_and_no_row_has_two_keys(tmp_path: Path) -> None:
    log = _write(tmp_path / "log.jsonl", _row(0), _row(1))
    sketch([log], out=tmp_path / "first.parquet", key=KEY)
    came = pl.read_parquet(tmp_path / "first.parquet")
    # The second row now has a system prompt again, in text, beside its old prompt sketch.
    mixed = came.with_columns(
        system_prompt=pl.when(pl.col("exchange_id") == "0001").then(pl.lit("Be brief.")),
        data_policy=pl.lit("full"),
    )
    mixed.write_parquet(tmp_path / "mixed.parquet")
    done = sketch([str(tmp_path / "mixed.parquet")], out=tmp_path / "again", key=OTHER_KEY)
    again = pl.read_parquet(tmp_path / "again").sort("exchange_id")
    assert again["sketch_key_id"].to_list() == ["june", "july"]
    assert again["prompt_sketch"][0] == came.sort("exchange_id")["prompt_sketch"][0]
    assert again["prompt_sketch"][1] is None
    assert done.prompts == 0


def test_every_reader_of_texts_has_its_place_in_a_sketch() -> None:
    readers = {one.card.id for one in DETECTORS if isinstance(one, ContentDetector)}
    # These two read an account's prompts against each other: the first by their fragments, the
    # second not at all.
    assert readers - {"templated-prompts", "narrow-focus"} == set(READINGS)


# --- policies -----------------------------------------------------------------------


@pytest.fixture
def both(tmp_path: Path) -> str:
    """Rows with text and sketch, of every policy and of none."""
    policies = ["full", "sketch", "metadata", None, "Full ", "secret"]
    rows = [_row(number) for number in range(len(policies))]
    log = _write(tmp_path / "log.jsonl", *rows)
    sketch([log], out=tmp_path / "told.parquet", key=KEY)
    told = pl.read_parquet(tmp_path / "told.parquet").sort("exchange_id")
    full = told.with_columns(
        **{name: pl.lit(text) for name, text in TEXT.items()},
        response=pl.lit("Air rises."),
        data_policy=pl.Series(policies),
    )
    path = tmp_path / "both.parquet"
    full.write_parquet(path)
    return str(path)


def test_a_rows_own_policy_says_what_is_looked_at(tmp_path: Path, both: str) -> None:
    with _open(tmp_path, both) as logs:
        sight = within_policy(logs.tables, logs.engine, {})
        seen = _seen(logs, sight)
    # Sketches are needed for row 1, so all that have one are read from it, to compare.
    sketched = (False, True)
    assert seen == {
        "0": sketched,
        "1": sketched,
        "2": (False, False),
        "3": sketched,
        "4": sketched,
        "5": (False, False),
    }
    assert (sight.texts, sight.sketches, sight.keys) == (0, 4, ("june",))


def test_content_free_looks_at_sketches_and_at_no_text(tmp_path: Path, both: str) -> None:
    with _open(tmp_path, both) as logs:
        sight = within_policy(logs.tables, logs.engine, {}, content_free=True)
        seen = _seen(logs, sight)
        assert (
            logs.engine.fetch(sight.tables.exchanges.select("response"))["response"].is_null().all()
        )
        assert "exchanges.prompt" not in sight.tables.present
        assert "exchanges.prompt_sketch" in sight.tables.present
    assert not any(text for text, _ in seen.values())
    assert [sketched for _, sketched in seen.values()].count(True) == 4


def test_a_policy_for_everybody_may_leave_nothing_to_read(tmp_path: Path, both: str) -> None:
    with _open(tmp_path, both) as logs:
        sight = within_policy(logs.tables, logs.engine, {"*": DataPolicy.METADATA})
        assert set(_seen(logs, sight).values()) == {(False, False)}
        _, blind = sighted(load_detectors(), sight.tables.present)
    assert any(line.startswith("prompt-template:") for line in blind)


def test_an_organizations_policy_holds_for_its_rows_and_accounts_if_stricter(
    tmp_path: Path,
) -> None:
    log = _write(
        tmp_path / "log.jsonl",
        _row(0, organization_id="bank"),
        _row(1),
        _row(2, organization_id="shop"),
        _row(3, organization_id="lab", data_policy="metadata"),
    )
    accounts = _write(
        tmp_path / "accounts.jsonl",
        {"account_id": "account-1", "organization_id": "bank"},
        {"account_id": "account-2", "organization_id": "shop"},
    )
    policies = {"bank": DataPolicy.SKETCH, "lab": DataPolicy.SKETCH}
    with _open(tmp_path, log, accounts=accounts) as logs:
        rows = logs.engine.fetch(logs.tables.exchanges).height
        sight = within_policy(logs.tables, logs.engine, policies)
        seen = _seen(logs, sight)
    assert len(seen) == rows
    assert {name for name, (text, _) in seen.items() if text} == {"2"}


def test_where_nothing_is_hidden_the_tables_stay_as_they_are(tmp_path: Path) -> None:
    log = _write(tmp_path / "log.jsonl", _row(0), _row(1, data_policy="full"))
    with _open(tmp_path, log) as logs:
        sight = within_policy(logs.tables, logs.engine, {})
        assert sight.tables is logs.tables
        assert not sight.notes


def test_several_keys_are_named(tmp_path: Path) -> None:
    for number, key in enumerate((KEY, OTHER_KEY)):
        log = _write(tmp_path / f"{key.id}.jsonl", _row(number))
        sketch([log], out=tmp_path / f"{key.id}.parquet", key=key)
    with _open(
        tmp_path, *(str(tmp_path / f"{key.id}.parquet") for key in (KEY, OTHER_KEY))
    ) as logs:
        sight = within_policy(logs.tables, logs.engine, {})
        held = _tokens(logs, sight, "same-prompt")
    assert sight.keys == ("july", "june")
    assert any("2 keys (july, june)" in note for note in sight.notes)
    # The same prompt, under two keys: no token in common.
    assert not held


# --- reading ------------------------------------------------------------------------


def _tokens(logs: Logs, sight: Sight, kind: str) -> set[frozenset[str]]:
    """The sets of accounts that one link detector ties."""
    logs.tables = sight.tables
    seeing, _ = sighted(load_detectors(), sight.tables.present)
    incidences, ids = link_accounts(logs, seeing, SampleSettings(), Silent())
    # What was kept for the detectors' queries has been given back.
    assert not logs.tables.kept
    frame = pl.DataFrame({"token": incidences.token, "owner": incidences.owner}).with_columns(
        kind=pl.Series([incidences.kinds[incidences.kind[token]].id for token in incidences.token]),
        account=pl.Series(ids.to_numpy()[incidences.owner].tolist(), dtype=pl.String),
    )
    groups = frame.filter(pl.col("kind") == kind).group_by("token").agg("account")
    return {frozenset(group) for group in groups["account"] if len(group) > 1}


TEMPLATE = "Take the puzzle below, think through every single step of it, then answer it: {}"


def _pool(first: int, accounts: int) -> list[dict[str, object]]:
    """Accounts with a template and a system prompt in common, each prompt another one."""
    return [
        _row(
            1000 * account + turn,
            account_id=f"account-{account}",
            prompt=TEMPLATE.format(
                f"puzzle {account} of kind {turn} about number {account * turn}"
            ),
            system_prompt="Never refuse. Show all work.",
        )
        for account in range(first, first + accounts)
        for turn in range(6)
    ]


@pytest.mark.parametrize("kind", ["prompt-template", "system-prompt"])
def test_sketches_tie_what_text_ties(tmp_path: Path, kind: str) -> None:
    log = _write(tmp_path / "log.jsonl", *_pool(0, 4))
    sketch([log], out=tmp_path / "told.parquet", key=KEY)
    everybody = frozenset(f"account-{number}" for number in range(4))
    with _open(tmp_path, str(tmp_path / "told.parquet")) as logs:
        held = _tokens(logs, within_policy(logs.tables, logs.engine, {}), kind)
    assert everybody in held


@pytest.mark.parametrize("with_key", [True, False])
def test_text_meets_a_customers_sketches_only_with_the_key(tmp_path: Path, with_key: bool) -> None:
    own = _write(tmp_path / "own.jsonl", *_pool(0, 2))
    theirs = _write(tmp_path / "theirs.jsonl", *_pool(2, 2))
    sketch([theirs], out=tmp_path / "theirs.parquet", key=KEY)
    with _open(tmp_path, own, str(tmp_path / "theirs.parquet")) as logs:
        if with_key:
            logs.tables = sketched_tables(logs, tmp_path, KEY, Settings(), Silent())
        sight = within_policy(logs.tables, logs.engine, {})
        held = _tokens(logs, sight, "prompt-template")
    assert max(len(group) for group in held) == (4 if with_key else 2)
    assert ("do not compare" in " ".join(sight.notes)) is not with_key


@pytest.mark.slow
def test_a_campaign_over_two_houses_is_found_from_sketches_that_came_back(
    small_world, tmp_path: Path
) -> None:
    # A customer holds the logs of half of the accounts and hands out nothing but sketches.
    rows = pl.read_parquet(small_world.folder / "exchanges" / "*.parquet")
    names = sorted(set(rows["account_id"]))
    theirs = pl.col("account_id").is_in(names[::2])
    rows.filter(theirs).write_parquet(tmp_path / "customer.parquet")
    rows.filter(~theirs).write_parquet(tmp_path / "own.parquet")
    make_key(tmp_path / "key")
    sketch(
        [str(tmp_path / "customer.parquet")],
        out=tmp_path / "returned.parquet",
        key=read_key(tmp_path / "key"),
    )
    outcome = scan(
        [str(tmp_path / "own.parquet"), str(tmp_path / "returned.parquet")],
        out=tmp_path / "out",
        accounts=small_world.accounts,
        sketch_key=tmp_path / "key",
    )
    truth = pl.read_parquet(small_world.folder / "truth" / "accounts.parquet")
    guilty = set(truth.filter("guilty")["account_id"])
    found = {name for one in outcome.findings.campaigns for name in one.account_ids}
    assert len(found & guilty) >= 0.9 * len(guilty)
    assert len(found & guilty & set(names[::2])) >= 0.9 * len(guilty & set(names[::2]))
    assert any("sketches" in line for line in outcome.findings.scanned.blind)
    # What the customer's prompts say is in none of the results.
    written = b"".join(one.read_bytes() for one in (tmp_path / "out").rglob("*") if one.is_file())
    said = rows.filter(theirs)["prompt"].unique().sort().head(200)
    assert not any(text.encode()[:40] in written for text in said)
