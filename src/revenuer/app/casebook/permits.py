"""`permit`: declared use is asked for, granted, extended and taken back; every step is recorded."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.permit_views import permit_named
from revenuer.casework.permits import Permit, Purpose, State, Terms, may_grant
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotAllowedError
from revenuer.store.casebook import permit_use, permits, subjects
from revenuer.store.casebook.permits import Words

ACCOUNT, ORGANIZATION = "account", "organization"
ID_BYTES = 8


def request_permit(
    casebook: Casebook,
    *,
    holder: str,
    kind: str,
    purpose: Purpose,
    terms: Terms,
    text: str,
    actor: Actor,
    now: datetime,
) -> Permit:
    """Enter what a customer declares, for somebody to grant.

    Args:
        casebook: Where.
        holder: Id of the account or the organization.
        kind: `account` or `organization`.
        purpose: What for.
        terms: What they ask for.
        text: What they say, such as what is trained; sealed.
        actor: Who enters it.
        now: When.

    Raises:
        NotAllowedError: The actor may not, or the terms make no sense.
    """
    actor.needs(Right.WORK)
    of = casebook.subject if kind == ACCOUNT else casebook.subject_of_organization
    subject = of(holder)
    made = Permit(
        id=f"permit--{secrets.token_hex(ID_BYTES)}",
        purpose=purpose,
        subject=subject,
        kind=kind,
        terms=terms.checked(),
        state=State.REQUESTED,
        requested_by=actor.name,
        requested_at=now,
    )
    with casebook.changing(actor, now) as change:
        subjects.keep_names(
            change.connection, casebook.vault, {subject: holder}, kind, change.now_us
        )
        permits.keep(change.connection, made)
        said = _said(made) | _terms_said(terms)
        change.record("permit-requested", said | _write(casebook, change, made, "request", text))
    return made


def extend_permit(
    casebook: Casebook,
    name: str,
    *,
    altered: Callable[[Terms], Terms],
    text: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Permit:
    """Ask for other terms; they hold once somebody grants them.

    Args:
        casebook: Where.
        name: Id of the permit, or how it begins.
        altered: Makes the terms that are asked for of those that hold.
        text: Why; sealed.
        actor: Who asks.
        now: When.
        expected_version: The version that was looked at; None for any.

    Raises:
        NotFoundError: There is no such permit.
        NotAllowedError: The actor may not, or it was never granted, or taken back.
        ConflictError: Somebody changed it meanwhile.
    """
    actor.needs(Right.WORK)
    with casebook.changing(actor, now) as change:
        known = permit_named(change.connection, name, expected_version)
        if known.state is not State.GRANTED:
            raise NotAllowedError(
                f"{known.id} is {known.state.value}.", "`revenuer permit request` asks for another."
            )
        asked = altered(known.terms).checked()
        new = replace(known, asked=asked, asked_by=actor.name)
        permits.change(change.connection, new)
        said = _said(new) | _terms_said(asked) | _write(casebook, change, new, "extension", text)
        change.record("permit-extension-requested", said)
    return replace(new, version=new.version + 1)


def grant_permit(
    casebook: Casebook,
    name: str,
    *,
    four_eyes: bool,
    text: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Permit:
    """Grant what is asked for: a permit, or other terms for one.

    Args:
        casebook: Where.
        name: Id of the permit, or how it begins.
        four_eyes: Whether who asked may not be who grants.
        text: Why; sealed.
        actor: Who grants it.
        now: When.
        expected_version: The version that was looked at; None for any.

    Raises:
        NotFoundError: There is no such permit.
        NotAllowedError: The actor may not, or nobody asks for anything.
        ConflictError: Somebody changed it meanwhile.
    """
    actor.needs(Right.GRANT)
    with casebook.changing(actor, now) as change:
        known = permit_named(change.connection, name, expected_version)
        may_grant(known, actor.name, four_eyes=four_eyes)
        kind = "permit-granted" if known.asked is None else "permit-extended"
        new = replace(
            known,
            state=State.GRANTED,
            terms=known.asked or known.terms,
            asked=None,
            asked_by="",
            decided_by=actor.name,
            decided_at=now,
        )
        permits.change(change.connection, new)
        _settle(change, new)
        said = _said(new) | _terms_said(new.terms) | _write(casebook, change, new, "grant", text)
        change.record(kind, said)
    return replace(new, version=new.version + 1)


def refuse_permit(
    casebook: Casebook,
    name: str,
    *,
    text: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Permit:
    """Refuse what is asked for; a permit whose extension is refused goes on as it was.

    Raises:
        NotFoundError: There is no such permit.
        NotAllowedError: The actor may not, nobody asks for anything, or there is no reason.
        ConflictError: Somebody changed it meanwhile.
    """
    actor.needs(Right.GRANT)
    _reason(text, "refused")
    with casebook.changing(actor, now) as change:
        known = permit_named(change.connection, name, expected_version)
        may_grant(known, actor.name, four_eyes=False)
        extension = known.asked is not None
        state = known.state if extension else State.REFUSED
        new = replace(
            known, state=state, asked=None, asked_by="", decided_by=actor.name, decided_at=now
        )
        permits.change(change.connection, new)
        said = _said(new) | _write(casebook, change, new, "refusal", text)
        change.record("permit-extension-refused" if extension else "permit-refused", said)
    return replace(new, version=new.version + 1)


def revoke_permit(
    casebook: Casebook,
    name: str,
    *,
    text: str,
    actor: Actor,
    now: datetime,
    void: bool = False,
    expected_version: int | None = None,
) -> Permit:
    """Take a permit back, from now on or as if it had never been.

    Args:
        casebook: Where.
        name: Id of the permit, or how it begins.
        text: Why; sealed.
        actor: Who takes it back.
        now: When.
        void: As if it had never been: what was used under it is weighed without it, too.
        expected_version: The version that was looked at; None for any.

    Raises:
        NotFoundError: There is no such permit.
        NotAllowedError: The actor may not, it is not granted, or there is no reason.
        ConflictError: Somebody changed it meanwhile.
    """
    actor.needs(Right.GRANT)
    _reason(text, "taken back")
    with casebook.changing(actor, now) as change:
        known = permit_named(change.connection, name, expected_version)
        if known.state is not State.GRANTED and not (void and known.state is State.REVOKED):
            raise NotAllowedError(
                f"{known.id} is {known.state.value}: there is nothing to take back.",
                "`revenuer permit refuse` answers a request.",
            )
        state = State.VOID if void else State.REVOKED
        new = replace(
            known, state=state, revoked_by=actor.name, revoked_at=now, asked=None, asked_by=""
        )
        permits.change(change.connection, new)
        said = _said(new) | {"void": void} | _write(casebook, change, new, "revocation", text)
        change.record("permit-revoked", said)
    return replace(new, version=new.version + 1)


def reinstate_permit(casebook: Casebook, change: Change, name: str, appeal: str) -> Permit:
    """Put back a permit that an appeal found to be rightly held, in the change of that appeal."""
    known = permit_named(change.connection, name, None)
    new = replace(
        known,
        state=State.GRANTED,
        revoked_by="",
        revoked_at=None,
        decided_by=change.actor.name,
        decided_at=change.now,
    )
    permits.change(change.connection, new)
    change.record("permit-reinstated", _said(new) | {"appeal": appeal})
    return new


def _settle(change: Change, permit: Permit) -> None:
    """Forget how a permit was outgrown: under new terms it is counted anew."""
    for told in permit_use.growth_of(change.connection, [permit.id]):
        if not told.settled_us:
            permit_use.keep_growth(change.connection, replace(told, settled_us=change.now_us))


def _write(
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


def _reason(text: str, what: str) -> None:
    if not text.strip():
        raise NotAllowedError(f"No permit is {what} without a reason.", "Give --why TEXT.")


def _said(permit: Permit) -> dict[str, Any]:
    return {
        "permit": permit.id,
        "subject": permit.subject,
        "kind": permit.kind,
        "purpose": permit.purpose.value,
    }


def _terms_said(terms: Terms) -> dict[str, Any]:
    return {
        "valid_from": terms.valid_from.isoformat(),
        "valid_until": terms.valid_until.isoformat(),
        "max_exchanges": terms.max_exchanges,
        "max_tokens": terms.max_tokens,
        "models": list(terms.models),
    }
