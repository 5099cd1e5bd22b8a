"""The desk of admission as the settings say: the operator's policy, tables and secrets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from revenuer.access.ownership import Ownership
from revenuer.access.policy import AccessPolicy, owned
from revenuer.app.admission.batch import blind
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.materials import policy_of, tables_of
from revenuer.app.admission.reading import owners as read_owners
from revenuer.app.casebook.opening import Casebook
from revenuer.due_process import AccessSettings
from revenuer.enforcement.webhooks import read_secrets


def open_admission(
    casebook: Casebook, settings: AccessSettings, *, say: Callable[[str], None] | None = None
) -> Desk:
    """The desk of admission of an opened casebook.

    Args:
        casebook: Where applications are kept.
        settings: What they are judged by.
        say: Told what the offline tables cannot see.

    Raises:
        ConfigError: The policy cannot be used.
        SourceError: A table cannot be read.
        ColumnError: A table lacks a column.
    """
    policy = policy_of(settings)
    loaded = tables_of(policy, settings)
    if say is not None:
        for each in blind(loaded):
            say(each)
    return Desk(casebook, loaded.tables, policy, _owners(policy, settings))


def vendor_secrets(settings: AccessSettings) -> tuple[bytes, ...]:
    """The secrets shared with the verification vendor, the newest first; none without a file.

    Raises:
        ConfigError: The file cannot be read, is open to others, or holds something else.
    """
    return read_secrets(Path(settings.vendor_secrets)) if settings.vendor_secrets else ()


def _owners(policy: AccessPolicy, settings: AccessSettings) -> dict[str, Ownership]:
    if not settings.owners:
        return {}
    with TemporaryDirectory(prefix="revenuer-") as folder:
        return owned(read_owners(settings.owners, Path(folder)), policy)
