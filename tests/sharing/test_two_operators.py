"""Two operators in processes of their own: alone each suspects, together both convict.

What crosses between them is recorded, and holds no prompt, no answer, no account id.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from two_operators import CASE, Operator, Outcome, crossed, play


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    work = tmp_path_factory.mktemp("two")
    return play(CASE, work), work


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_each_alone_only_suspects_and_after_the_exchange_both_convict(
    outcome: tuple[Outcome, Path],
) -> None:
    found, _ = outcome
    assert {one["verdict"] for one in found.alone.values()} == {"suspected"}
    assert {one["verdict"] for one in found.heard.values()} == {"convicted"}
    for name, one in found.heard.items():
        (word,) = (piece for piece in one["evidence"] if piece["kind"] == "peer-sighting")
        (other,) = set(found.heard) - {name}
        assert f"{other} (identity--" in word["statement"]
        assert "2 sightings" in word["statement"]
        # Only coordination is lifted; the rest is our own evidence, as before.
        before = found.alone[name]["axes"]
        assert one["axes"]["coordination"] > before["coordination"]
        for axis in ("extraction", "concealment"):
            assert one["axes"][axis] == pytest.approx(before[axis])


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_no_prompt_no_answer_and_no_account_id_crossed(outcome: tuple[Outcome, Path]) -> None:
    found, work = outcome
    assert set(found.found) >= {"prompt", "response", "account id", "address"}
    assert not any(found.found.values())
    taxii, match = found.wire
    # What was searched is what crossed: unpacked, both the push and the questions.
    assert b"POST /taxii2/" in taxii
    assert b"content-encoding: gzip" not in (taxii + match).lower()
    assert len(match) > 1000
    # And the search finds what did cross.
    north = Operator("north", work / "north", frozenset(), CASE.fdr)
    leaked = next(iter(found.alone["north"]["account_ids"])).encode()
    assert crossed([taxii, leaked], [north])["account id"] == 1


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_each_refuses_its_own_word_that_came_back(outcome: tuple[Outcome, Path]) -> None:
    found, _ = outcome
    for said in found.imports.values():
        assert said["waiting"] > 0
        assert any("echo" in one["why"] for one in said["refused"])
