"""Who works with the casebook, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.store.casebook.api_tokens import ApiToken
    from revenuer.store.casebook.people import Person


def plain_person(person: Person) -> dict[str, Any]:
    """Somebody as programs read them."""
    from revenuer.app.access import shown_us

    return {
        "name": person.name,
        "kind": person.kind,
        "role": person.role,
        "since": shown_us(person.created_us),
        "disabled": shown_us(person.disabled_us) if person.disabled_us else "",
    }


def print_people(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print them as a table."""
    from rich.table import Table

    if not rows:
        console.print("Nobody is registered: whoever can open the casebook is its admin.")
        return
    names = ("name", "kind", "role", "since", "disabled")
    table = Table(*names, box=None)
    for row in rows:
        table.add_row(*(str(row[name]) for name in names))
    console.print(table)


def plain_token(token: ApiToken) -> dict[str, Any]:
    """A token as programs read it."""
    from revenuer.app.access import shown_us

    return {
        "id": token.id,
        "person": token.person,
        "scopes": list(token.scopes),
        "made_by": token.made_by,
        "made": shown_us(token.created_us),
        "expires": shown_us(token.expires_us),
        "revoked": shown_us(token.revoked_us) if token.revoked_us else "",
    }


def print_tokens(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print them as a table."""
    from rich.table import Table

    if not rows:
        console.print("No token was made; `revenuer casebook token add` makes one.")
        return
    table = Table("id", "person", "for", "made by", "expires", "revoked", box=None)
    for row in rows:
        scopes = " ".join(row["scopes"]) or "all of the role"
        table.add_row(
            row["id"], row["person"], scopes, row["made_by"], row["expires"], row["revoked"]
        )
    console.print(table)
