"""What is written about permits: sealed, and what the audit log says of it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.casework.permits import Permit, Terms
from revenuer.errors import NotAllowedError
from revenuer.store.casebook import permits
from revenuer.store.casebook.permits import Words


def written(
    casebook: Casebook, change: Change, permit: Permit, kind: str, text: str
) -> dict[str, Any]:
    """Seal what somebody wrote, and what the audit log says of that."""
    if not text.strip():
        return {}
    sealed = casebook.vault.seal(
        change.connection, permit.subject, text.strip().encode(), change.now_us
    )
    number = permits.next_words(change.connection)
    permits.keep_words(
        change.connection,
        Words(number, permit.id, kind, change.now_us, change.actor.name, permit.subject, sealed),
    )
    return {"text": number, "sha256": sha256(sealed).hexdigest()}


def said_of(permit: Permit) -> dict[str, Any]:
    """What the audit log says of a permit."""
    return {
        "permit": permit.id,
        "subject": permit.subject,
        "kind": permit.kind,
        "purpose": permit.purpose.value,
    }


def terms_said(terms: Terms) -> dict[str, Any]:
    """What the audit log says of terms."""
    return {
        "valid_from": terms.valid_from.isoformat(),
        "valid_until": terms.valid_until.isoformat(),
        "max_exchanges": terms.max_exchanges,
        "max_tokens": terms.max_tokens,
        "models": list(terms.models),
    }


def reasoned(text: str, what: str) -> None:
    """Go on only with a reason.

    Raises:
        NotAllowedError: There is none.
    """
    if not text.strip():
        raise NotAllowedError(f"No permit is {what} without a reason.", "Give --why TEXT.")
