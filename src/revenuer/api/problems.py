"""What goes wrong with a request: a status, a title, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from revenuer.app.access import NotAdmittedError
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError, RevenuerError


class ProblemError(Exception):
    """A request that is refused.

    Args:
        status: The status of HTTP.
        title: What is wrong, in one sentence.
        description: What to do about it; may be empty.
        headers: That the answer carries.
        kind: A word for programs; the status says enough without it.
        where: Each place in the request that is wrong, and what is wrong with it.
    """

    def __init__(
        self,
        status: int,
        title: str,
        description: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        kind: str = "",
        where: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.description = description
        self.headers = dict(headers or {})
        self.kind = kind
        self.where = tuple(where)


CHALLENGE = {"www-authenticate": 'Basic realm="revenuer", charset="UTF-8", Bearer realm="revenuer"'}


def problem_of(failure: Exception) -> ProblemError | None:
    """A failure as what is told of it; None for one that nobody foresaw."""
    if isinstance(failure, ProblemError):
        return failure
    if isinstance(failure, NotAdmittedError):
        return ProblemError(401, failure.message, failure.hint, CHALLENGE)
    if isinstance(failure, NotAllowedError):
        return ProblemError(403, failure.message, failure.hint)
    if isinstance(failure, NotFoundError):
        return ProblemError(404, failure.message, failure.hint)
    if isinstance(failure, ConflictError):
        return ProblemError(409, failure.message, failure.hint)
    if isinstance(failure, RevenuerError):
        # Its text names files and databases of ours: nothing that a caller should read.
        return ProblemError(503, "The server cannot answer now.", headers={"retry-after": "30"})
    return None


def phrase(status: int) -> str:
    """The name of a status."""
    return HTTPStatus(status).phrase
