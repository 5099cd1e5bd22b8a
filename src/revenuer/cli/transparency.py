"""`revenuer transparency`: counts for a transparency report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.records_options import around_of, snapshots_option, state_option
from revenuer.cli.session import Session, pass_session

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@click.command("transparency")
@click.option("--from", "since", type=click.DateTime(FORMATS), required=True, help="UTC.")
@click.option("--to", "until", type=click.DateTime(FORMATS), required=True, help="UTC, exclusive.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page for people, FILE.html.",
)
@click.option(
    "--as",
    "name",
    default="Transparency report",
    show_default=True,
    metavar="TITLE",
    help="Heading of the page.",
)
@snapshots_option
@state_option
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    since: datetime,
    until: datetime,
    out: Path | None,
    name: str,
    snapshots: tuple[Path, ...],
    share: Path | None,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Count what was done about whom, and how appeals went, without pointing at anybody.

    Campaigns, accounts acted on, notices, appeals and how long they took, permits, assessments,
    checks, sharing, and requests about one's own data. Counts below retention.smallest_count are
    told as such, and all others are rounded to its multiples.
    """
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.appeal_work import Office
    from revenuer.app.casebook.transparency import plain, sections_of, transparency
    from revenuer.cli.show.json_text import print_json
    from revenuer.disk import OPEN, put
    from revenuer.reports.transparency import render_transparency

    begins, ends = since.replace(tzinfo=UTC), until.replace(tzinfo=UTC)
    report = transparency(
        at.casebook,
        around_of(at, keys, snapshots, share),
        since=begins,
        until=ends,
        smallest=at.settings.retention.smallest_count,
        clock=Office(at.casebook, (), at.settings.appeals).clock,
        actor=at.actor,
    )
    sections = list(sections_of(report))
    if out is not None:
        page = render_transparency(name, begins, ends, sections, report.smallest)
        put(out, page.encode(), OPEN)
        session.say(f"{out} is written.")
    if as_json:
        print_json(plain(report))
    elif out is None:
        for heading, _, rows in sections:
            click.echo(heading)
            for what, count in rows.items():
                click.echo(f"  {what:<60} {count:>14}")
