"""A baseline and its checks, for people or programs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from revenuer.app.baseline import Baseline
from revenuer.campaigns.calibration import Check, failing
from revenuer.cli.session import Session
from revenuer.cli.show.json_text import print_json

MARKS = {True: "holds", False: "FAILS", None: "unknown"}


def show_baseline(baseline: Baseline, session: Session, *, as_json: bool) -> None:
    """Print what a baseline was made from, and its checks."""
    if as_json:
        print_json(
            {
                "id": baseline.id,
                "from": baseline.first,
                "to": baseline.last,
                "exchanges": baseline.exchanges,
                "cohorts": {
                    name: {
                        "accounts": one.accounts,
                        "ordinary": one.ordinary,
                        "contamination": one.contamination,
                    }
                    for name, one in baseline.reference.items()
                },
                "checks": [_plain(check) for check in baseline.checks],
                "holds": not failing(baseline.checks),
            }
        )
        return
    console = session.stdout()
    console.print(
        Text(
            f"{baseline.id}: {baseline.exchanges:,} exchanges, "
            f"{baseline.first:%Y-%m-%d %H:%M} to {baseline.last:%Y-%m-%d %H:%M}"
        )
    )
    table = Table("cohort", "accounts", "ordinary", "guilty among them at most", box=None)
    for name, one in baseline.reference.items():
        table.add_row(name, f"{one.accounts:,}", f"{one.ordinary:,}", f"{one.contamination:.0%}")
    console.print(table)
    show_checks(baseline.checks, session, as_json=False)


def show_checks(checks: Sequence[Check], session: Session, *, as_json: bool) -> None:
    """Print every check, and whether anybody may be convicted."""
    wrong = failing(tuple(checks))
    if as_json:
        print_json({"checks": [_plain(check) for check in checks], "holds": not wrong})
        return
    console = session.stdout()
    for check in checks:
        console.print(Text(f"{MARKS[check.passes]:8}{check.name}: {check.said}"))
        if check.missing:
            console.print(Text(f"        {check.missing}"))
    if wrong:
        names = ", ".join(check.name for check in wrong)
        console.print(Text(f"Nothing is convicted by this baseline: {names}."))
    else:
        console.print(Text("The baseline holds: campaigns may be convicted by it."))


def _plain(check: Check) -> dict[str, str | bool | None]:
    return {
        "name": check.name,
        "passes": check.passes,
        "said": check.said,
        "missing": check.missing,
    }
