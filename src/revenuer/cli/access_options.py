"""Options that the commands on applications have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from revenuer.access.policy import AccessPolicy
    from revenuer.app.admission.desk import Desk
    from revenuer.cli.casebook_options import Opened
    from revenuer.cli.session import Session
    from revenuer.sources.offline_tables import Loaded

F = TypeVar("F", bound=Callable[..., Any])

policy_option = click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="REVENUER_ACCESS_POLICY",
    metavar="FILE",
    help="TOML of the operator's rules, thresholds and terms; see docs/access.md.",
)
systems_option = click.option(
    "--asn-table",
    "systems",
    type=click.Path(exists=True, path_type=Path),
    envvar="REVENUER_ASN_TABLE",
    metavar="PATH",
    help="CSV of first address, last address and AS number, or a folder of them, for "
    "applications that do not say signup_asn.",
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
    help="Table of owner, owned, share and jurisdiction, for the policy's rule `owners`.",
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
    from tempfile import TemporaryDirectory

    from revenuer.access.policy import owned
    from revenuer.app.admission.batch import blind
    from revenuer.app.admission.desk import Desk
    from revenuer.app.admission.policy_file import load_access_policy
    from revenuer.app.admission.reading import owners as read_owners

    policy = load_access_policy(policy_file)
    table = {}
    if owners is not None:
        with TemporaryDirectory(prefix="revenuer-") as folder:
            table = owned(read_owners(owners, Path(folder)), policy)
    loaded = loaded_with(policy, systems)
    for said in blind(loaded):
        session.say(said)
    return Desk(at.casebook, loaded.tables, policy, table)


def bare_desk(at: Opened) -> Desk:
    """The desk without offline tables, for what judges nothing."""
    from revenuer.access.policy import AccessPolicy
    from revenuer.access.profile import Tables
    from revenuer.app.admission.desk import Desk

    return Desk(at.casebook, Tables(), AccessPolicy())


def loaded_with(policy: AccessPolicy, systems: Path | None) -> Loaded:
    """The offline tables, with what the policy knows better."""
    from revenuer.sources.offline_tables import load_tables

    return load_tables(
        systems=systems, trusted=policy.domains.trusted, disposable=policy.domains.disposable
    )
