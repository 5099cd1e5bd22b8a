"""An operator has one name outside, and a campaign one pseudonym, whatever carries them."""

from __future__ import annotations

from pathlib import Path

from revenuer.app.sharing.matching_desk import identity_of, pseudonym
from revenuer.app.sharing.record import open_recorder
from revenuer.app.sharing.state import open_state
from revenuer.sharing.terms import Producer


def test_a_bundle_and_a_private_match_speak_of_one_operator_and_one_campaign(
    tmp_path: Path,
) -> None:
    state = open_state(tmp_path / "share", tmp_path / "keys")
    recorder = open_recorder(tmp_path / "share", tmp_path / "keys")
    told = Producer("Lab A", recorder.secret)
    assert identity_of(state) == told.identity_id
    assert f"cluster--{pseudonym(state, 'campaign--1')}" == told.cluster("campaign--1")
    assert "secret" not in repr(state)
