"""The operator's policy and tables that the settings name; they need no casebook."""

from __future__ import annotations

from pathlib import Path

from revenuer.access.policy import AccessPolicy
from revenuer.app.admission.policy_file import load_access_policy
from revenuer.due_process import AccessSettings
from revenuer.sources.offline_tables import Loaded, load_tables


def policy_of(settings: AccessSettings) -> AccessPolicy:
    """The operator's policy; the program's own where none is named.

    Raises:
        ConfigError: With every problem in one message.
    """
    return load_access_policy(Path(settings.policy) if settings.policy else None)


def tables_of(policy: AccessPolicy, settings: AccessSettings) -> Loaded:
    """The offline tables, with what the policy knows better.

    Raises:
        SourceError: One cannot be read.
    """
    return load_tables(
        systems=Path(settings.asn_table) if settings.asn_table else None,
        trusted=policy.domains.trusted,
        disposable=policy.domains.disposable,
    )
