"""The desk of admission of a server: made when it is first asked for, and kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from revenuer.app.admission.desk import Desk
from revenuer.app.admission.opening import open_admission, vendor_secrets
from revenuer.app.admission.together import Together
from revenuer.app.casebook.following import bare_desk
from revenuer.app.casebook.opening import Casebook
from revenuer.due_process import AccessSettings
from revenuer.errors import ConfigError, SourceError


@dataclass(slots=True)
class Admission:
    """Where applications are judged.

    Attributes:
        casebook: Where they are kept.
        settings: What they are judged by.
        together: Writes what comes at the same time in one transaction.
    """

    casebook: Casebook
    settings: AccessSettings
    together: Together = field(default_factory=Together)
    _desk: Desk | None = None
    _bare: Desk | None = None
    _lock: Lock = field(default_factory=Lock)

    def desk(self) -> Desk:
        """The desk; its index follows what other servers add.

        Raises:
            SourceError: The operator's policy or tables cannot be used.
        """
        with self._lock:
            if self._desk is None:
                try:
                    self._desk = open_admission(self.casebook, self.settings)
                except ConfigError as problem:
                    raise SourceError(problem.message, problem.hint) from problem
            return self._desk

    def index(self) -> Desk:
        """The desk if it was made, else one that judges nobody.

        Convictions are to be known whatever is wrong with the operator's policy and tables, and
        without the second that tables take to load.
        """
        with self._lock:
            if self._bare is None:
                self._bare = bare_desk(self.casebook)
            return self._desk or self._bare

    def secrets(self) -> tuple[bytes, ...]:
        """What the verification vendor signs with; read anew each time, so that one may be changed.

        Raises:
            SourceError: They cannot be used.
        """
        try:
            return vendor_secrets(self.settings)
        except ConfigError as problem:
            raise SourceError(problem.message, problem.hint) from problem
