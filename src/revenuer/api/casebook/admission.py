"""The desk of admission of a server: made when it is first asked for, and kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from revenuer.app.admission.desk import Desk
from revenuer.app.admission.policy_file import load_access_policy
from revenuer.app.casebook.opening import Casebook
from revenuer.errors import ConfigError, SourceError
from revenuer.sources.offline_tables import load_tables

POLICY, SYSTEMS = "REVENUER_ACCESS_POLICY", "REVENUER_ASN_TABLE"
"""Variables that name the policy of admission and the table of networks, as for the command."""


@dataclass(slots=True)
class Admission:
    """Where applications are judged.

    Attributes:
        casebook: Where they are kept.
    """

    casebook: Casebook
    _desk: Desk | None = None
    _lock: Lock = field(default_factory=Lock)

    def desk(self) -> Desk:
        """The desk; its index follows what other servers add.

        Raises:
            SourceError: The operator's policy or tables cannot be used.
        """
        with self._lock:
            if self._desk is None:
                self._desk = self._made()
            return self._desk

    def _made(self) -> Desk:
        named, systems = os.environ.get(POLICY), os.environ.get(SYSTEMS)
        try:
            policy = load_access_policy(Path(named) if named else None)
            loaded = load_tables(
                systems=Path(systems) if systems else None,
                trusted=policy.domains.trusted,
                disposable=policy.domains.disposable,
            )
        except ConfigError as problem:
            raise SourceError(problem.message, problem.hint) from problem
        return Desk(self.casebook, loaded.tables, policy)
