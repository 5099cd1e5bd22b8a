"""Everything that Revenuer raises on purpose.

RevenuerError                what was wrong, where, and a hint: what to do
├── ConfigError              settings, column maps, policies
├── SourceError              logs that cannot be read at all
│   ├── NothingToReadError   no exchange was found (exit code 3)
│   ├── ColumnError          a column is missing or has the wrong type
│   └── ScanError            the folder of a scan is not whole, or is not what a scan writes
├── EngineError              the query engine refused or broke
├── PeerError                another operator's server refused, or sent what cannot be used
├── AuditError               an audit log that was changed
├── MatchError               a question or an answer of private matching that cannot be used
├── ConflictError            somebody else changed it meanwhile, or it is there already
├── NotAllowedError          what a policy does not allow
└── NotFoundError            an account, campaign or detector that does not exist
"""

from __future__ import annotations


class RevenuerError(Exception):
    """A failure that a person can act on.

    Args:
        message: What was wrong and where, in one sentence.
        hint: What to do about it, in one sentence; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(RevenuerError):
    """Settings, a column map or a policy cannot be used."""


class SourceError(RevenuerError):
    """Logs cannot be read at all; single bad rows are quarantined instead."""


class NothingToReadError(SourceError):
    """No exchange was found where the operator pointed."""


class ColumnError(SourceError):
    """A column is missing or has a type that cannot be used."""


class ScanError(SourceError):
    """The folder of a scan or a watch is not whole, or holds what neither writes."""


class EngineError(RevenuerError):
    """The query engine refused or broke."""


class PeerError(RevenuerError):
    """Another operator's server refused, is not there, or sent what cannot be used."""


class AuditError(RevenuerError):
    """An audit log is not as it was written."""


class MatchError(RevenuerError):
    """A key, a question or an answer of private matching cannot be used."""


class ConflictError(RevenuerError):
    """Somebody else changed it meanwhile, or it is there already; nothing was changed."""


class NotAllowedError(RevenuerError):
    """The operator's own policy does not allow what was asked for."""


class NotFoundError(RevenuerError):
    """An account, campaign or detector that does not exist."""
