"""`revenuer simulate`: worlds with ground truth, or a campaign planted in one's own logs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from revenuer.cli.inputs import json_option, out_option
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.worlds import WorldSpec

PLANTED_ACCOUNTS, PLANTED_EXCHANGES = 40, 4000
"""A planted campaign's size unless said: large enough to start making it smaller."""


@click.command("simulate")
@out_option
@click.option(
    "--into",
    multiple=True,
    metavar="LOGS",
    help="Plant one campaign in these logs and write both to DIR; may be repeated.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    help="S1 to S12; may be repeated. All of them unless said; with --into, one.",
)
@click.option(
    "--innocent",
    "innocents",
    multiple=True,
    metavar="NAME",
    help="Look-alikes such as N1 or classroom; may be repeated. All of them unless said.",
)
@click.option("--accounts", type=int, metavar="N", help="Accounts in all; with --into, planted.")
@click.option("--exchanges", type=int, metavar="N", help="Exchanges, about; as --accounts.")
@click.option("--days", type=int, metavar="N", help="Length of the window.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day, UTC.")
@click.option("--guilty-share", type=float, metavar="SHARE", help="Of the accounts, 0 to 1.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same bytes.")
@click.option("--no-text", is_flag=True, help="Leave prompts and answers out.")
@click.option(
    "--prompts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Draw prompts from these sets instead of the project's own generators.",
)
@click.option(
    "--account-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --into: your accounts table, to which the planted ones are added.",
)
@json_option
@pass_session
def command(
    session: Session,
    /,
    out: Path,
    into: tuple[str, ...],
    prompts: Path | None,
    account_file: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Make a world of logs whose campaigns are known, in DIR.

    With --into, plant one campaign in your own logs instead, which must be canonical Parquet (see
    `revenuer convert`): scan DIR, and make it smaller until it is no longer caught. Who is guilty
    is in DIR/truth, which a scan does not read.
    """
    from revenuer.app.simulate import plant, simulate
    from revenuer.cli.show.json_text import print_json

    session.out = out
    if into:
        summary = plant(
            into,
            out=out,
            account_file=account_file,
            prompts=prompts,
            progress=session.progress(),
            **_planting(asked),
        )
    else:
        summary = simulate(_spec(asked), out=out, prompts=prompts, progress=session.progress())
    if as_json:
        print_json(summary)
    else:
        click.echo(
            f"{summary.exchanges:,} exchanges of {summary.accounts:,} accounts in {out}; "
            f"{summary.own_exchanges:,} of them belong to {summary.campaigns} campaigns."
        )


def _spec(asked: dict[str, Any]) -> WorldSpec:
    """The world that was asked for; what was not said is the spec's own default."""
    from revenuer.worlds import WorldSpec

    given = {name: value for name, value in asked.items() if value not in (None, ())}
    given["text"] = not given.pop("no_text")
    if isinstance(start := given.get("start"), datetime):
        given["start"] = start.replace(tzinfo=UTC)
    return WorldSpec(**given)


def _planting(asked: dict[str, Any]) -> dict[str, Any]:
    """The campaign to plant."""
    for name in ("innocents", "days", "start", "guilty_share"):
        if asked[name] not in (None, ()):
            raise click.UsageError(f"--{name.replace('_', '-')} says nothing with --into.")
    if len(asked["scenarios"]) > 1:
        raise click.UsageError("--into plants one campaign: name one --scenario.")
    return {
        "scenario": asked["scenarios"][0] if asked["scenarios"] else "S1",
        "accounts": asked["accounts"] or PLANTED_ACCOUNTS,
        "exchanges": asked["exchanges"] or PLANTED_EXCHANGES,
        "seed": asked["seed"],
    }
