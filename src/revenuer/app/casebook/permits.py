"""`permit`: declared use is asked for, granted, extended and taken back; every step is recorded."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.permit_views import permit_named
from revenuer.app.casebook.permit_words import reasoned, said_of, terms_said, written
from revenuer.casework.permits import Permit, Purpose, State, Terms, may_grant
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotAllowedError
from revenuer.store.casebook import permit_use, permits, subjects

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
    once: str = "",
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
        once: Anything that is of this request alone: under it a second one is refused.

    Raises:
        NotAllowedError: The actor may not, or the terms make no sense.
        ConflictError: It was entered already.
    """
    actor.needs(Right.WORK)
    of = casebook.subject if kind == ACCOUNT else casebook.subject_of_organization
    subject = of(holder)
    made = Permit(
        id=f"permit--{_number(actor, once)}",
        purpose=purpose,
        subject=subject,
        kind=kind,
        terms=terms.checked(),
        state=State.REQUESTED,
        requested_by=actor.name,
        requested_at=now,
    )
    with casebook.changing(actor, now) as change:
        if permits.found(change.connection, made.id):
            raise ConflictError(f"This was entered already, as {made.id}.", "It is there once.")
        subjects.keep_names(
            change.connection, casebook.vault, {subject: holder}, kind, change.now_us
        )
        permits.keep(change.connection, made)
        said = said_of(made) | terms_said(terms)
        change.record("permit-requested", said | written(casebook, change, made, "request", text))
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
        said = said_of(new) | terms_said(asked) | written(casebook, change, new, "extension", text)
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
        said = said_of(new) | terms_said(new.terms) | written(casebook, change, new, "grant", text)
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
    reasoned(text, "refused")
    with casebook.changing(actor, now) as change:
        known = permit_named(change.connection, name, expected_version)
        may_grant(known, actor.name, four_eyes=False)
        extension = known.asked is not None
        state = known.state if extension else State.REFUSED
        new = replace(
            known, state=state, asked=None, asked_by="", decided_by=actor.name, decided_at=now
        )
        permits.change(change.connection, new)
        said = said_of(new) | written(casebook, change, new, "refusal", text)
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
    reasoned(text, "taken back")
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
        said = said_of(new) | {"void": void} | written(casebook, change, new, "revocation", text)
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
    change.record("permit-reinstated", said_of(new) | {"appeal": appeal})
    return new


def _settle(change: Change, permit: Permit) -> None:
    """Forget how a permit was outgrown: under new terms it is counted anew."""
    for told in permit_use.growth_of(change.connection, [permit.id]):
        if not told.settled_us:
            permit_use.keep_growth(change.connection, replace(told, settled_us=change.now_us))


def _number(actor: Actor, once: str) -> str:
    """The number of a new permit: at random, or of the request that it comes with."""
    if not once:
        return secrets.token_hex(ID_BYTES)
    return sha256(f"permit\0{actor.name}\0{once}".encode()).hexdigest()[: 2 * ID_BYTES]
