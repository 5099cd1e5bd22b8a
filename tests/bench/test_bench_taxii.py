"""The bench of the TAXII server measures a server that works."""

from __future__ import annotations

import bench_taxii


def test_a_small_run_has_every_figure() -> None:
    run = bench_taxii.measured("SQLite", "", objects=60, page=25)
    assert run.total_s == run.push_s + run.pull_s > 0
    assert run.server_s > 0
    assert run.audit_s > 0
