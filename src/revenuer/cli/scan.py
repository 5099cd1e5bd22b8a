"""`revenuer scan`: logs in, campaigns out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from revenuer.cli.casebook_options import book_option, opened, take_into
from revenuer.cli.enforce_options import by_option
from revenuer.cli.exits import Exit
from revenuer.cli.inputs import (
    LogInputs,
    config_option,
    engine_from,
    engine_option,
    exchanges_argument,
    innocents_place,
    intel_option,
    json_option,
    keys_option,
    log_options,
    out_option,
    settings_from,
)
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.app.scan import ScanOutcome


@click.command("scan")
@exchanges_argument
@log_options
@out_option
@engine_option
@click.option(
    "--content-free", is_flag=True, help="Look at sketches and metadata, at no text even if there."
)
@click.option(
    "--sketch-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The key of the log's sketches: text is sketched with it first, so that the two compare.",
)
@click.option(
    "--fdr",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Sets judge.fdr for this scan.",
)
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What `baseline fit` wrote; without it, ordinary use is what EXCHANGES show.",
)
@click.option(
    "--known-innocent",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=innocents_place,
    metavar="FILE",
    help="Account ids, one a line, none of which may be convicted, or `casebook` for those that it "
    "knows; the nearest miss is shown.",
)
@click.option(
    "--previous",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="An earlier scan, so that campaigns keep their ids.",
)
@intel_option
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep there what was read, prompts too: a stopped scan goes on where it was, and a later "
    "one reads only the files that are new.",
)
@click.option("--unmask", is_flag=True, help="Show example prompts unmasked in the report.")
@book_option
@by_option
@keys_option
@click.option(
    "--exit-code",
    is_flag=True,
    help=f"Exit with {int(Exit.CONVICTED)} when a campaign is convicted.",
)
@config_option
@json_option
@pass_session
def command(
    session: Session,
    exchanges: tuple[str, ...],
    out: Path,
    engine: str | None,
    content_free: bool,
    sketch_key: Path | None,
    fdr: float | None,
    baseline: Path | None,
    known_innocent: Path | None,
    previous: Path | None,
    intel: Path | None,
    state: Path | None,
    unmask: bool,
    casebook: str | None,
    by: str | None,
    keys: Path | None,
    exit_code: bool,
    config: Path | None,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Find the campaigns in EXCHANGES and write them to DIR.

    EXCHANGES are files, folders, globs or - for stdin: Parquet, JSON Lines or CSV, plain, .gz or
    .zst; or table:NAME of another engine. A first scan needs no baseline: it fits one on what it
    reads. DIR gets campaigns.json, accounts.parquet, exchanges.parquet, ties.parquet and
    report.html.
    """
    from revenuer.app.scan import scan

    session.out = out
    settings = settings_from(config, {"judge.fdr": fdr, "engine": engine}).settings
    # A casebook that cannot be opened is said before an hour of work, not after it.
    book = None if casebook is None else opened(casebook, by, config, keys)
    outcome = scan(
        exchanges,
        out=out,
        settings=settings,
        content_free=content_free,
        sketch_key=sketch_key,
        baseline=baseline,
        known_innocent=known_innocent,
        previous=previous,
        intel=intel,
        state=state,
        unmask=unmask,
        engine=engine_from(settings),
        progress=session.progress(),
        **logs,
    )
    show(outcome, out, session, as_json=as_json)
    if book is not None:
        take_into(book, [out], [] if state is None else [state], session)
    if exit_code and any(each.verdict == "convicted" for each in outcome.findings.campaigns):
        raise click.exceptions.Exit(Exit.CONVICTED)


def show(outcome: ScanOutcome, out: Path, session: Session, *, as_json: bool) -> None:
    """Print what a scan found, and where the report is."""
    from revenuer.cli.show.intake import say_intake
    from revenuer.cli.show.known_innocent import print_known_innocent
    from revenuer.reports.campaigns_json import to_json
    from revenuer.reports.terminal import print_campaigns

    # The file that the intake names lay in a folder that is gone; the scan kept a copy.
    say_intake(replace(outcome.intake, quarantine_file=out / "quarantine.jsonl"), session)
    if as_json:
        click.echo(to_json(outcome.findings), nl=False)
    else:
        print_campaigns(outcome.findings, session.stdout())
        if outcome.known_innocent is not None:
            print_known_innocent(outcome.known_innocent, session.stdout())
    session.say(f"The report is {out / 'report.html'}")
