"""Options that the commands on applications have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from revenuer.app.admission.desk import Desk
    from revenuer.cli.casebook_options import Opened
    from revenuer.cli.session import Session
    from revenuer.due_process import AccessSettings
    from revenuer.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

policy_option = click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Sets access.policy for this run: TOML of the operator's rules, thresholds and terms.",
)
systems_option = click.option(
    "--asn-table",
    "systems",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Sets access.asn_table for this run: CSV of first address, last address and AS number, or "
    "a folder of them, for applications that do not say signup_asn.",
)
accounts_option = click.option(
    "--accounts", metavar="FILE", help="The accounts table: who has an account already."
)
scans_option = click.option(
    "--from",
    "scans",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Folder of a scan, for its convicted campaigns; may be repeated.",
)
owners_option = click.option(
    "--owners",
    "owners_table",
    metavar="FILE",
    help="Sets access.owners for this run: table of owner, owned, share and jurisdiction, for the "
    "policy's rule `owners`.",
)


def admission_of(
    settings: Settings, policy_file: Path | None, systems: Path | None, owners: str | None
) -> AccessSettings:
    """What applications are judged by: what the options say goes before the settings."""
    said = {"policy": policy_file, "asn_table": systems, "owners": owners}
    return replace(
        settings.access, **{name: str(one) for name, one in said.items() if one is not None}
    )


def desk_of(
    at: Opened,
    session: Session,
    policy_file: Path | None,
    *,
    systems: Path | None = None,
    owners: str | None = None,
) -> Desk:
    """The desk of admission of an opened casebook; what it cannot see is said."""
    from revenuer.app.admission.opening import open_admission

    named = admission_of(at.settings, policy_file, systems, owners)
    return open_admission(at.casebook, named, say=session.say)


def bare_desk(at: Opened) -> Desk:
    """The desk without offline tables, for what judges nothing."""
    from revenuer.access.policy import AccessPolicy
    from revenuer.access.profile import Tables
    from revenuer.app.admission.desk import Desk

    return Desk(at.casebook, Tables(), AccessPolicy())
