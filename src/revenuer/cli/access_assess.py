"""`revenuer access assess`: applications from files, each with an answer and reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.access_options import (
    accounts_option,
    admission_of,
    desk_of,
    owners_option,
    policy_option,
    scans_option,
    systems_option,
)
from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option, settings_from
from revenuer.cli.session import Session, pass_session


@click.command("assess")
@click.argument("places", nargs=-1, required=True, metavar="APPLICATIONS...")
@accounts_option
@scans_option
@owners_option
@policy_option
@systems_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write an assessment a line, as JSON; `-` is stdout.",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Keep what is judged in the casebook, in the light of what is kept there.",
)
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    places: tuple[str, ...],
    accounts: str | None,
    scans: tuple[Path, ...],
    owners_table: str | None,
    policy_file: Path | None,
    systems: Path | None,
    out: Path | None,
    keep: bool,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Judge APPLICATIONS in their order, each in the light of those before it.

    The answers are accept, step-up (with the checks to ask for), hold for a person, and refuse.
    Each has reasons, a sentence for the applicant and one for the analyst. Without --keep nothing
    is kept, and the casebook is not opened; with it, accounts and scans come by `access recheck`.
    """
    from revenuer.app.admission.batch import assess_files
    from revenuer.app.admission.batch_kept import assess_and_keep
    from revenuer.app.admission.materials import policy_of, tables_of
    from revenuer.cli.show.access import print_assessed
    from revenuer.cli.show.json_text import print_json

    if keep and (accounts or scans):
        raise click.UsageError("With --keep, --accounts and --from are options of access recheck.")
    if keep:
        at = opened(url, by, config, keys)
        done = assess_and_keep(
            desk_of(at, session, policy_file, systems=systems, owners=owners_table),
            places,
            actor=at.actor,
            now=at.now,
            out=out,
            progress=session.progress(),
        )
    else:
        settings = settings_from(config).settings
        named = admission_of(settings, policy_file, systems, owners_table)
        policy = policy_of(named)
        done = assess_files(
            places,
            loaded=tables_of(policy, named),
            policy=policy,
            now=datetime.now(UTC),
            out=out,
            accounts=accounts,
            scans=scans,
            owners_table=named.owners or None,
            progress=session.progress(),
        )
    for said in done.blind:
        session.say(said)
    if done.taken.left_out:
        session.say(f"{done.taken.left_out} rows could not be used: {done.taken.left[0]}")
    if done.taken.unknown:
        session.say(f"Left out unknown columns: {', '.join(sorted(done.taken.unknown)[:10])}.")
    if str(out) == "-":
        return
    if as_json:
        print_json(done)
    else:
        print_assessed(done, session.stdout())
