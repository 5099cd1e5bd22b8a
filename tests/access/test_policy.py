"""The operator's policy of admission: what is left out stays as it is by default."""

from __future__ import annotations

from pathlib import Path

from revenuer.access.policy import AccessPolicy
from revenuer.app.admission.policy_file import load_access_policy


def test_one_key_of_a_programme_leaves_its_others_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "admission.toml"
    file.write_text("[programmes.education]\nvalid_days = 100\n", encoding="utf-8")
    found, usual = load_access_policy(file).programmes, AccessPolicy().programmes
    assert found.education.valid_days == 100
    assert found.education.exchanges_per_day == usual.education.exchanges_per_day == 1000
    assert found.startup == usual.startup
