"""What goes wrong with a request: a status, a title, and what to do."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from revenuer.app.access import NotAdmittedError
from revenuer.errors import (
    ConfigError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    RevenuerError,
    ScanError,
)


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
    if isinstance(failure, ScanError):
        again = "Name one that has ended, or scan again with the server's version of the program."
        return ProblemError(422, "The scan cannot be read.", again, kind="unreadable-scan")
    if isinstance(failure, RevenuerError | OSError):
        # Its text names files and databases of ours: nothing that a caller should read.
        said = "Ask again later; the server's log says what is wrong, under the instance."
        return ProblemError(503, "The server cannot answer now.", said, {"retry-after": "30"})
    return None


def told_of(failure: Exception, logger: logging.Logger) -> tuple[ProblemError, str]:
    """What whoever asked is told of a failure, and the id under which the log has it.

    Of one that nobody foresaw only its kind is logged, since its text may hold anything.
    """
    id_ = str(uuid.uuid4())
    if isinstance(failure, ConfigError):
        # What a function refuses in a request is worded as what it refuses in a file.
        return ProblemError(422, failure.message, failure.hint), id_
    problem = problem_of(failure)
    if problem is None:
        logger.error("%s: an unexpected %s", id_, type(failure).__name__)
        logger.debug("%s", id_, exc_info=failure)
        return ProblemError(500, "The server failed.", f"Name {id_} to its operator."), id_
    if problem.status >= 500:
        logger.error("%s: %s", id_, failure)
    elif isinstance(failure, ScanError):
        # What is wrong with the files is for whoever made them.
        logger.warning("%s: %s", id_, failure)
    return problem, id_


def phrase(status: int) -> str:
    """The name of a status."""
    return HTTPStatus(status).phrase
