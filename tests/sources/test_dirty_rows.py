"""Bad rows are named and counted, and stop nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revenuer.errors import ColumnError, NothingToReadError
from revenuer.sources import open_logs

GOOD = {"exchange_id": "e", "occurred_at": "2026-02-23T09:30:00Z", "account_id": "a"}
SECRET = "the secret prompt"


def row(number: int, **change: object) -> dict[str, object]:
    return {**GOOD, "exchange_id": f"e{number}", **change}


@pytest.mark.parametrize(
    ("bad", "column", "reason"),
    [
        ({"account_id": None}, "account_id", "missing"),
        ({"account_id": ""}, "account_id", "missing"),
        ({"exchange_id": None}, "exchange_id", "missing"),
        ({"occurred_at": "yesterday"}, "occurred_at", "ISO 8601"),
        ({"occurred_at": "2026-02-23T09:30:00"}, "occurred_at", "offset"),
        ({"occurred_at": 1771838400}, "occurred_at", "unit"),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, "occurred_at", "2000"),
        ({"input_tokens": "many"}, "input_tokens", "text"),
        ({"input_tokens": 1.5}, "input_tokens", "whole number"),
        ({"input_tokens": -1}, "input_tokens", "negative"),
        ({"input_tokens": True}, "input_tokens", "true or false"),
        ({"input_tokens": 2**70}, "input_tokens", "64 bits"),
        ({"attempt": 2**40}, "attempt", "32 bits"),
        ({"temperature": "hot"}, "temperature", "text"),
        ({"streamed": "yes"}, "streamed", "true or false"),
        ({"prompt": ["a"]}, "prompt", "list"),
        ({"modalities": [1]}, "modalities", "list of text"),
        ({"prompt_sketch": "***"}, "prompt_sketch", "base64"),
    ],
)
def test_a_bad_value_sets_its_row_aside(bad, column, reason, write_lines, opened):
    found = opened(write_lines(row(1), row(2, **bad), row(3)))
    assert found.rows["exchange_id"].to_list() == ["e1", "e3"]
    (entry,) = found.quarantined()
    assert (entry["line"], entry["column"]) == (2, column)
    assert reason in entry["reason"]
    assert len(entry["sha256"]) == 16


@pytest.mark.parametrize("bad", ["{oops", "7", "[1]", '"text"', b'{"account_id": "\xff"}'])
def test_a_line_that_is_no_record_sets_itself_aside(bad, write_lines, opened):
    found = opened(write_lines(row(1), bad, "", row(3)))
    assert found.intake.kept == 2
    assert [entry["line"] for entry in found.quarantined()] == [2]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("e2,2026-02-23T00:00:00Z", "fields"),
        ("e2,2026-02-23T00:00:00Z,a,9,9", "fields"),
        ("e2,2026-02-23T00:00:00Z,a,many", "input_tokens"),
    ],
)
def test_a_bad_csv_row_sets_itself_aside(line, reason, tmp_path, opened):
    path = tmp_path / "log.csv"
    head = "exchange_id,occurred_at,account_id,input_tokens\n"
    good = 'e1,2026-02-23T00:00:00Z,"a\nb",1\n'
    path.write_text(head + good + line + "\ne3,2026-02-23T00:00:00Z,a,3\n")
    found = opened(path)
    assert found.intake.kept == 2
    (entry,) = found.quarantined()
    # The row before it spans two lines.
    assert entry["line"] == 4
    assert reason in entry["reason"]


def test_broken_utf8_in_csv_spoils_one_row(tmp_path, opened):
    path = tmp_path / "log.csv"
    good = b"e1,2026-02-23T00:00:00Z,a\n"
    bad = b"e2,2026-02-23T00:00:00Z,\xff\n"
    path.write_bytes(b"\xef\xbb\xbfexchange_id,occurred_at,account_id\n" + good + bad)
    found = opened(path)
    assert found.rows["exchange_id"].to_list() == ["e1"]
    assert "UTF-8" in found.quarantined()[0]["reason"]


def test_an_open_quote_ends_the_rows_but_not_the_reading(tmp_path, opened):
    path = tmp_path / "log.csv"
    head = "exchange_id,occurred_at,account_id\n"
    path.write_text(head + 'e1,2026-02-23T00:00:00Z,a\ne2,2026-02-23T00:00:00Z,"a\n')
    found = opened(path)
    assert found.intake.kept == 1
    assert found.quarantined()[0]["line"] == 3


def test_the_quarantine_never_repeats_a_row(write_lines, opened):
    found = opened(write_lines(row(1), row(2, prompt=SECRET, input_tokens="many"), "{" + SECRET))
    assert found.intake.quarantined == 2
    assert SECRET not in found.intake.quarantine_file.read_text()
    assert "many" not in found.intake.quarantine_file.read_text()


def test_a_column_of_the_wrong_type_is_named_with_what_to_do(write_lines, opened):
    path = write_lines(*(row(i, input_tokens="many") for i in range(5)))
    with pytest.raises(ColumnError, match="input_tokens") as caught:
        opened(path)
    assert "int64" in caught.value.message
    assert "column map" in caught.value.hint
    assert "many" not in caught.value.message


def test_a_missing_column_is_named_with_its_likeness(write_lines, opened):
    path = write_lines(*({**row(i), "acount_id": "a", "account_id": None} for i in range(3)))
    with pytest.raises(ColumnError, match="acount_id") as caught:
        opened(path)
    assert "--map account_id=acount_id" in caught.value.hint


def test_a_csv_header_with_a_name_twice_is_refused(tmp_path, opened):
    path = tmp_path / "log.csv"
    path.write_text("exchange_id,account_id,account_id\na,b,c\n")
    with pytest.raises(ColumnError, match="account_id"):
        opened(path)


def test_only_bad_rows_are_nothing_to_read(write_lines, opened):
    with pytest.raises(NothingToReadError, match="1 rows were quarantined"):
        opened(write_lines("{oops"))


def test_unknown_columns_are_named_once(write_lines, opened, tmp_path):
    first = write_lines(row(1, colour="red"), row(2, colour="red"))
    second = write_lines(row(3, colour="red", shape="round"), name="second.jsonl")
    found = opened(first, second)
    assert found.intake.unknown_columns == ("colour", "shape")
    assert sum("colour" in warning for warning in found.intake.warnings) == 1


JUNK = st.one_of(
    st.text(max_size=20),
    st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b"")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ).map(json.dumps),
    st.dictionaries(
        st.sampled_from(["exchange_id", "occurred_at", "account_id", "prompt", "n", "streamed"]),
        st.none() | st.integers() | st.text() | st.lists(st.text()) | st.just(GOOD["occurred_at"]),
    ).map(json.dumps),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.lists(JUNK, max_size=6))
def test_whatever_else_is_in_the_file_the_good_rows_arrive(junk, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("dirty")
    good = [json.dumps(row(i, account_id="good")).encode() for i in range(20)]
    mixed = [part.encode("utf-8", "replace") if isinstance(part, str) else part for part in junk]
    lines = [line.replace(b"\n", b" ").replace(b"\r", b" ") for line in mixed]
    content = b"\n".join(good[:10] + lines + good[10:])
    (folder / "log.jsonl").write_bytes(content)
    with open_logs([str(folder / "log.jsonl")], workdir=folder) as logs:
        exchanges = logs.tables.exchanges
        kept = logs.engine.fetch(
            exchanges.filter(exchanges.account_id == "good").count().as_table()
        )
        assert kept.item() >= 20
        filled = sum(bool(line.strip()) for line in lines)
        assert logs.intake.rows == 20 + filled
        kept_and_lost = logs.intake.kept + logs.intake.quarantined + logs.intake.duplicates
        assert kept_and_lost == logs.intake.rows
