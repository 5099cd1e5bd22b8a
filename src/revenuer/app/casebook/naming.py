"""The id of one account in the clear, for who may see it and says why."""

from __future__ import annotations

from datetime import datetime

from revenuer.app.casebook.accounts import cases_of_account
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.working import plain_text, write_act
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError

NAMED = "account-named"


def name_account(casebook: Casebook, subject: str, *, why: str, actor: Actor, now: datetime) -> str:
    """The id of an account; that is written down, with the reason, before it is read.

    The reason is kept with the cases that the account is or was in. Where it is in none, only
    that somebody looked is kept, in the audit log.

    Args:
        casebook: Where.
        subject: How the casebook writes the account.
        why: The reason.
        actor: Who wants to know.
        now: When.

    Raises:
        NotFoundError: Nothing is known of it, or its id was erased.
        ConfigError: There is no reason.
        NotAllowedError: They may not.
    """
    actor.needs(Right.UNMASK)
    words = plain_text(why, "Naming an account")
    with casebook.changing(actor, now) as change:
        for case in cases_of_account(change.connection, subject):
            write_act(casebook, change, case, NAMED, {"subject": subject}, text=words)
        change.record("ids-shown", {"subject": subject})
    # Only now, when it is on the disk who asks and why.
    with casebook.reading() as connection:
        found = casebook.names_of(connection, [subject]).get(subject)
    if found is None:
        raise NotFoundError("The id of this account is not known here.", "It may have been erased.")
    return found
