"""`signs.json`, written and read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from revenuer.errors import SourceError
from revenuer.records import Axis, Sign, SignKind
from revenuer.reports.signs_json import signs_from_json, signs_to_json

AT = datetime(2026, 6, 3, tzinfo=UTC)
SIGN = Sign(
    id="sign--1",
    kind=SignKind.RETURN,
    first_seen=AT,
    at=AT,
    axis=Axis.COORDINATION,
    account_ids=("a", "b"),
    campaign_id=None,
    statement="Two came back.",
    numbers={"heirs": 2, "hours_to_first": 1.23456789},
)


def test_signs_are_read_back_as_they_were_written() -> None:
    text = signs_to_json((SIGN,), ("pivot: this log has no exchanges.model",), AT)
    (read,) = signs_from_json(text)
    assert (read.id, read.kind, read.axis, read.account_ids) == (
        "sign--1",
        SignKind.RETURN,
        Axis.COORDINATION,
        ("a", "b"),
    )
    assert dict(read.numbers) == {"heirs": 2, "hours_to_first": 1.23457}
    assert signs_to_json((read,), ("pivot: this log has no exchanges.model",), AT) == text


def test_the_file_has_the_fields_that_programs_rely_on() -> None:
    document = json.loads(signs_to_json((SIGN,), ("blind",), AT))
    assert document["schema"] == "revenuer/signs/1"
    assert document["blind"] == ["blind"]
    assert set(document["signs"][0]) == {
        "id", "kind", "first_seen", "at", "axis", "account_ids", "campaign_id", "statement",
        "numbers", "decision_id",
    }  # fmt: skip
    assert document["signs"][0]["campaign_id"] is None


@pytest.mark.parametrize("text", ["{", '{"schema": 1}', "[]"])
def test_what_is_no_signs_file_is_refused_in_words(text: str) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        signs_from_json(text)


def test_another_schema_is_named() -> None:
    text = signs_to_json((), (), AT).replace("signs/1", "signs/2")
    with pytest.raises(SourceError, match="signs/2"):
        signs_from_json(text)


def test_a_file_of_before_there_were_decisions_is_read() -> None:
    document = json.loads(signs_to_json((SIGN,), (), AT))
    del document["signs"][0]["decision_id"]
    (read,) = signs_from_json(json.dumps(document))
    assert read.decision_id is None
