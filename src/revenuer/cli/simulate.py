"""`revenuer simulate`: worlds with ground truth, or a campaign planted in one's own logs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from revenuer.cli.inputs import config_option, json_option, out_option, settings_from
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.worlds import WorldSpec


@click.command("simulate")
@out_option
@click.option(
    "--into",
    multiple=True,
    metavar="LOGS",
    help="Plant one campaign in these logs and scan both in DIR; may be repeated.",
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
@click.option("--accounts", type=int, metavar="N", help="In all; with --into, planted ones.")
@click.option("--exchanges", type=int, metavar="N", help="About; as --accounts.")
@click.option("--days", type=int, metavar="N", help="Length of the window.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day, UTC.")
@click.option("--guilty-share", type=float, metavar="SHARE", help="Of the accounts, 0 to 1.")
@click.option(
    "--reaction",
    "reactions",
    multiple=True,
    metavar="NAME=WHAT",
    help="Campaign NAME is enforced against, and does none (carries on), retreat, adaptation, "
    "failover or return; may be repeated.",
)
@click.option("--enforced-day", type=float, metavar="N", help="With --reaction: when, in days.")
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
    metavar="FILE",
    help="With --into: your accounts table, to which the planted ones are added.",
)
@config_option
@json_option
@pass_session
def command(
    session: Session,
    /,
    out: Path,
    into: tuple[str, ...],
    prompts: Path | None,
    account_file: str | None,
    config: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Make a world of logs whose campaigns are known, in DIR.

    With --into, plant one campaign in your own logs instead and scan them: how small may it be and
    still be caught? With --accounts, only that size is tried. Who is guilty is in DIR/truth, which
    a scan does not read.
    """
    session.out = out
    if into:
        _plant(into, out, prompts, account_file, config, asked, session, as_json=as_json)
    else:
        _simulate(out, prompts, asked, session, as_json=as_json)


def _simulate(
    out: Path, prompts: Path | None, asked: dict[str, Any], session: Session, *, as_json: bool
) -> None:
    from revenuer.app.simulation import simulate
    from revenuer.cli.show.json_text import print_json

    summary = simulate(_spec(asked), out=out, prompts=prompts, progress=session.progress())
    if as_json:
        print_json(summary)
    else:
        click.echo(
            f"{summary.exchanges:,} exchanges of {summary.accounts:,} accounts in {out}; "
            f"{summary.own_exchanges:,} of them belong to {summary.campaigns} campaigns."
        )


def _plant(
    into: tuple[str, ...],
    out: Path,
    prompts: Path | None,
    account_file: str | None,
    config: Path | None,
    asked: dict[str, Any],
    session: Session,
    *,
    as_json: bool,
) -> None:
    from revenuer.app.planting import plant
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.planting import print_planting

    found = plant(
        into,
        out=out,
        account_file=account_file,
        prompts=prompts,
        settings=settings_from(config).settings,
        progress=session.progress(),
        **_planting(asked),
    )
    if as_json:
        print_json(found)
    else:
        print_planting(found, out, session.stdout())


def _spec(asked: dict[str, Any]) -> WorldSpec:
    """The world that was asked for; what was not said is the spec's own default."""
    from revenuer.worlds import WorldSpec

    given = {name: value for name, value in asked.items() if value not in (None, ())}
    given["text"] = not given.pop("no_text")
    if reactions := given.get("reactions"):
        pairs = tuple(one.partition("=") for one in reactions)
        given["reactions"] = tuple((name, kind) for name, _, kind in pairs)
    if isinstance(start := given.get("start"), datetime):
        given["start"] = start.replace(tzinfo=UTC)
    return WorldSpec(**given)


def _planting(asked: dict[str, Any]) -> dict[str, Any]:
    """The campaign to plant."""
    for name in ("innocents", "days", "start", "guilty_share", "reactions", "enforced_day"):
        if asked[name] not in (None, ()):
            raise click.UsageError(f"--{name.replace('_', '-')} says nothing with --into.")
    if len(asked["scenarios"]) > 1:
        raise click.UsageError("--into plants one campaign: name one --scenario.")
    return {
        "scenario": asked["scenarios"][0] if asked["scenarios"] else "S1",
        "accounts": asked["accounts"],
        "exchanges": asked["exchanges"],
        "seed": asked["seed"],
    }
