"""`revenuer share export`: a campaign as a STIX bundle, shown before it leaves."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.enforce_options import by_option, yes_option
from revenuer.cli.inputs import json_option, scan_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import (
    LABELS,
    confirm_leaving,
    name_option,
    own_name,
    recorder_at,
    state_options,
)

if TYPE_CHECKING:
    from revenuer.app.sharing.export import Preview
    from revenuer.sharing.terms import Terms

RESPONSES = ("none", "observed", "limited", "challenged", "blocked", "undisclosed")


@click.command("export")
@click.argument("campaign", metavar="CAMPAIGN")
@scan_option("scan", "The --out folder of a scan or of watch.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The bundle; a file that is there is replaced.",
)
@click.option("--tlp", type=click.Choice(LABELS), default="amber", show_default=True,
              help="Who may see it.")  # fmt: skip
@click.option("--legal-basis", metavar="TEXT", help="Why you may share it.")
@click.option(
    "--permitted-use",
    "uses",
    multiple=True,
    metavar="TEXT",
    help="What a receiver may do with it; may be repeated.",
)
@click.option("--response", type=click.Choice(RESPONSES), default="undisclosed", show_default=True,
              help="What was done about the accounts.")  # fmt: skip
@click.option(
    "--valid-days", type=click.IntRange(1, 365), metavar="N", help="For how long it holds."
)
@name_option
@click.option("--suspected", is_flag=True, help="Share it though it is only suspected.")
@click.option(
    "--group-key",
    "group_keys",
    multiple=True,
    metavar="ID",
    help="Sketches under this key may leave: your sharing group has it; may be repeated.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="KIND",
    help="Hold back a kind, such as user-agent; may be repeated.",
)
@click.option("--preview", "only_preview", is_flag=True, help="Look only; nothing is written.")
@by_option
@yes_option
@json_option
@state_options
@pass_session
def command(
    session: Session,
    campaign: str,
    scan: Path,
    out: Path,
    tlp: str,
    legal_basis: str | None,
    uses: tuple[str, ...],
    response: str,
    valid_days: int | None,
    name: str | None,
    suspected: bool,
    group_keys: tuple[str, ...],
    without: tuple[str, ...],
    only_preview: bool,
    by: str | None,
    yes: bool,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Show what others would learn of CAMPAIGN, and write it as a STIX 2.1 bundle.

    Every value and every field that leaves is printed first, and what is held back and why. On a
    terminal a question follows (--yes answers it); elsewhere the file is written. The same scan
    gives the same bytes.
    """
    from revenuer.app.desk import login
    from revenuer.app.sharing.export import Wanted, export, preview

    recorder = recorder_at(session, state, config, keys)
    terms = _terms(tlp, legal_basis, uses, response, valid_days)
    wanted = Wanted(campaign, scan, terms, own_name(name, config), suspected, group_keys, without)
    shown = preview(wanted, recorder)
    _show(session, shown, as_json=as_json)
    if only_preview:
        return
    confirm_leaving(yes)
    export(shown, out, recorder, by=by or login(), now=datetime.now(UTC))
    session.say(f"Wrote {out}; the audit log of sharing says so.")


def _terms(
    tlp: str, legal_basis: str | None, uses: tuple[str, ...], response: str, valid_days: int | None
) -> Terms:
    from dataclasses import replace

    from revenuer.sharing.profile import Response
    from revenuer.sharing.terms import Terms
    from revenuer.sharing.tlp import Tlp

    terms = Terms(tlp=Tlp(tlp), response=Response(response))
    if legal_basis:
        terms = replace(terms, legal_basis=legal_basis)
    if uses:
        terms = replace(terms, permitted_use=uses)
    return replace(terms, valid_days=valid_days) if valid_days else terms


def _show(session: Session, shown: Preview, *, as_json: bool) -> None:
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.share_export import plain_preview, print_preview

    if as_json:
        print_json(plain_preview(shown))
    else:
        print_preview(shown, session.stdout())
    sys.stdout.flush()
