"""The tool that says what a look takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from measure_look import BETWEEN, main
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec


def test_the_stages_of_one_look_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulate(WorldSpec(("S1",), ("N1",), accounts=60, exchanges=900, days=2, seed=2), tmp_path)
    assert main([str(tmp_path), "1", "--state", str(tmp_path / "state")]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]]
    assert "links: what accounts share" in names
    assert len(names) == len(set(names))
    assert names[-2:] == [BETWEEN, "all"]
    shown = [[float(cell) for cell in line.strip("| ").split(" | ")[1:]] for line in lines[2:]]
    assert abs(sum(row[0] for row in shown[:-1]) - shown[-1][0]) < 0.2
    # The same state again: the look is done, and the stream ends before another first one.
    assert main([str(tmp_path), "1", "--state", str(tmp_path / "state")]) == 1
