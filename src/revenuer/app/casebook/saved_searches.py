"""Searches of the list of cases, saved under a name: somebody's own, or everybody's."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, NotAllowedError, NotFoundError
from revenuer.store.casebook import saved_searches
from revenuer.store.casebook.saved_searches import SavedSearch

MOST_SAVED = 50
"""Searches that one person may have saved. placeholder"""
LONGEST_NAME, LONGEST_QUERY = 64, 2000
NOT_KEPT = frozenset({"page", "as"})
"""What a query says that is no part of a search."""


def list_searches(casebook: Casebook, *, actor: Actor) -> list[SavedSearch]:
    """The searches that somebody sees, by name: their own, and those that are everybody's."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return saved_searches.seen_by(connection, actor.name)


def save_search(
    casebook: Casebook, name: str, query: str, *, shared: bool, actor: Actor, now: datetime
) -> SavedSearch:
    """Save a search; one that its owner called the same is replaced.

    Args:
        casebook: Where.
        name: What it is called.
        query: As it stands in a URL; which page it is, and of what form, is left out.
        shared: Whether everybody is to see it, which takes the right to work on cases.
        actor: Whose it is.
        now: When.

    Raises:
        ConfigError: It has no name, is too long, or somebody has too many.
        NotAllowedError: They may not share it.
    """
    actor.needs(Right.WORK if shared else Right.READ)
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise ConfigError(
            "A saved search needs a name.", f"In {LONGEST_NAME} characters at most, on one line."
        )
    kept = urlencode([pair for pair in parse_qsl(query) if pair[0] not in NOT_KEPT])
    if len(kept) > LONGEST_QUERY:
        raise ConfigError("This search is too long to be saved.", "Filter by less.")
    with casebook.changing(actor, now) as change:
        if saved_searches.count_of(change.connection, actor.name) >= MOST_SAVED:
            raise ConfigError(
                f"{actor.name} has {MOST_SAVED} saved searches.", "Delete one that is not needed."
            )
        name_ = f"search--{uuid4()}"
        made = SavedSearch(name_, actor.name, shared, plain, kept, change.now_us)
        saved_searches.keep(change.connection, made)
        if shared:
            change.record("search-shared", {"search": made.search_id})
    return made


def forget_search(
    casebook: Casebook, search_id: str, *, actor: Actor, now: datetime
) -> SavedSearch:
    """Delete a saved search: one's own; or, as who says who is what, anybody's shared one.

    Raises:
        NotFoundError: There is none that they see.
        NotAllowedError: It is another's.
    """
    actor.needs(Right.READ)
    with casebook.changing(actor, now) as change:
        one = saved_searches.found(change.connection, search_id)
        if one is None or (one.person != actor.name and not one.is_shared):
            raise NotFoundError("There is no such saved search.", "It may have been deleted.")
        if one.person != actor.name and not actor.may(Right.MANAGE):
            raise NotAllowedError(f"{one.name} is {one.person}'s.", "They, or an admin, delete it.")
        saved_searches.forget(change.connection, search_id)
        if one.is_shared:
            change.record("search-unshared", {"search": search_id, "person": one.person})
    return one
