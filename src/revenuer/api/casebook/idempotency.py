"""The same request twice is one change and one answer, however the two race and wherever they land.

A request under an `Idempotency-Key` is *begun* by whoever comes first, in the database, so that
two servers agree who that is. What it changes and the note that it was changed are one
transaction. Its answer is kept for a day, sealed with a key that is made of the caller's own
token: nobody who reads the database, or a backup of it, reads answers.

| the row says | what a second request gets |
|---|---|
| answered | the answer, with `Idempotent-Replayed: true` |
| begun, and its holder may still be at it | waits a little; then 409, to be asked again |
| begun, its holder is gone, nothing was changed | is carried out |
| begun, its holder is gone, something was changed | 409: look at what there is now |
| another request | 422 |

Source:
    IETF HTTPAPI working group (2025), "The Idempotency-Key HTTP Header Field",
    draft-ietf-httpapi-idempotency-key-header-07, sections 2.6 and 2.7.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from starlette.responses import Response

from revenuer.api.problems import ProblemError
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.casework.roles import Actor
from revenuer.errors import ConflictError
from revenuer.instants import micros
from revenuer.store.casebook import idempotency as kept
from revenuer.store.casebook.idempotency import Repeated
from revenuer.store.database import Database

KEPT = timedelta(days=1)
AT_IT = timedelta(minutes=2)
"""A request takes no longer; a server that has not answered by then is gone. placeholder"""
REPLAYED = "idempotent-replayed"
_DOMAIN = b"revenuer kept answer 1\0"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that is carried out under a key.

    Attributes:
        row: As the database has it.
        secret: What its answer is sealed with.
    """

    row: Repeated
    secret: bytes


@dataclass(frozen=True, slots=True)
class OnceCasebook(Casebook):
    """A casebook whose changes are marked as those of one request."""

    request: Repeated | None = None

    @contextmanager
    def changing(self, actor: Actor, now: datetime) -> Iterator[Change]:
        """A change, and in the same transaction that it was made for the request."""
        assert self.request is not None
        with Casebook.changing(self, actor, now) as change:
            if not kept.commit(change.connection, self.request, micros(now)):
                raise ConflictError(
                    "The same request was taken over by another server.", "Ask again."
                )
            yield change


def once(casebook: Casebook, begun: Begun) -> OnceCasebook:
    """A casebook for one request alone."""
    return OnceCasebook(
        casebook.database,
        casebook.vault,
        casebook.signing,
        casebook.fingerprints,
        casebook.keys,
        begun.row,
    )


def digest(*parts: bytes) -> str:
    """SHA-256 of parts, each with its length before it."""
    text = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return sha256(text).hexdigest()


def begin(
    database: Database, token: str, secret: str, key: str, request_sha256: str, now: datetime
) -> Begun | Response | None:
    """Begin a request under a key.

    Args:
        database: Of the casebook.
        token: Id of the token.
        secret: All of the token.
        key: The Idempotency-Key.
        request_sha256: Of what was asked.
        now: When.

    Returns:
        What to go on with; or the answer that was given before; or None while another is at it.

    Raises:
        ProblemError: The key was used for another request, or nobody knows what became of this.
    """
    row = Repeated(
        token=token,
        key_sha256=digest(key.encode()),
        request_sha256=request_sha256,
        holder=secrets.token_hex(16),
        begun_us=micros(now),
    )
    sealing = HKDF(SHA256(), 32, salt=row.key_sha256.encode(), info=_DOMAIN).derive(secret.encode())
    with database.writing() as connection:
        kept.forget(connection, micros(now - KEPT))
        found = kept.found(connection, token, row.key_sha256)
        if found is None or _is_abandoned(found, now):
            _refuse_another(found, request_sha256)
            kept.begin(connection, row)
            return Begun(row, sealing)
    _refuse_another(found, request_sha256)
    if found.status:
        return _unsealed(found, sealing)
    if found.committed_us and found.begun_us < micros(now - AT_IT):
        raise ProblemError(
            409,
            "The same request was carried out, but its answer was lost.",
            "Look at what there is now before you ask under another key.",
            kind="answer-lost",
        )
    return None


def mark(database: Database, begun: Begun, now: datetime) -> None:
    """Say that something outside of the database is about to be changed."""
    with database.writing() as connection:
        kept.commit(connection, begun.row, micros(now))


def finish(database: Database, begun: Begun, answer: Response, *, outside: bool = False) -> None:
    """Keep the answer of a request; one that failed and changed nothing may be tried again.

    Args:
        database: Of the casebook.
        begun: The request.
        answer: To it.
        outside: Whether it changes something elsewhere: then what is refused changed nothing.
    """
    row, failed = begun.row, answer.status_code >= 400
    refused = failed and outside and answer.status_code < 500
    with database.writing() as connection:
        found = kept.found(connection, row.token, row.key_sha256)
        if found is None or found.holder != row.holder:
            return
        if refused or (failed and not found.committed_us):
            kept.give_up(connection, row)
        else:
            kept.answered(connection, row, answer.status_code, _sealed(begun, answer))


def waits() -> ProblemError:
    """What is told while another is at it."""
    return ProblemError(
        409,
        "The same request is being carried out.",
        "Ask again under the same key.",
        {"retry-after": "1"},
        kind="in-progress",
    )


def _is_abandoned(found: Repeated, now: datetime) -> bool:
    gone = found.begun_us < micros(now - AT_IT)
    return gone and not found.committed_us and not found.status


def _refuse_another(found: Repeated | None, request_sha256: str) -> None:
    if found is not None and found.request_sha256 != request_sha256:
        raise ProblemError(
            422,
            "The Idempotency-Key was used for another request.",
            "Use a new key for each request, and the same only to repeat one.",
            kind="key-reused",
        )


def _sealed(begun: Begun, answer: Response) -> bytes:
    said = msgspec.json.encode([dict(answer.headers), bytes(answer.body)])
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(begun.secret).encrypt(nonce, said, begun.row.request_sha256.encode())


def _unsealed(found: Repeated, secret: bytes) -> Response:
    nonce, text = found.answer[:_NONCE_BYTES], found.answer[_NONCE_BYTES:]
    try:
        said = AESGCM(secret).decrypt(nonce, text, found.request_sha256.encode())
    except InvalidTag:
        raise ProblemError(500, "The answer that was kept cannot be read.") from None
    headers, body = msgspec.json.decode(said, type=tuple[dict[str, str], bytes])
    return Response(body, found.status, headers={**headers, REPLAYED: "true"})
