"""Every table of the casebook: what it is for, whom it is about, and what becomes of it.

The processing record, subject access, erasure and retention are all made from these cards, and a
test fails for a table that has none. Whoever adds a table adds its card.
"""

from __future__ import annotations

from revenuer.casework import access_cards, case_cards, permit_cards, sign_in_cards
from revenuer.casework.table_card import OWN, PROOF, STAFF, By, Card, Erased, Whose

__all__ = ["CARDS", "OWN", "By", "Card", "Erased", "Whose", "card_of"]

CARDS: tuple[Card, ...] = (
    Card(
        "people",
        "Who works with the casebook, and as what.",
        Whose.STAFF,
        "name at work, role, since when",
        ground=STAFF,
    ),
    Card(
        "subjects",
        "The id of each account that the casebook knows, sealed with the account's own key.",
        Whose.ACCOUNTS,
        "id at the operator, when first seen",
        by={"subject": By.SUBJECT},
        sealed={"name": "subject"},
        erased=Erased.DELETE,
    ),
    Card(
        "data_keys",
        "The key that each owner's texts are sealed with; destroyed, nobody reads them again.",
        Whose.ACCOUNTS,
        "a keyed fingerprint, a wrapped key or that it was destroyed",
        by={"owner": By.SUBJECT},
        withheld=frozenset({"wrapped"}),
        erased=Erased.SHRED,
        ground="that the key was destroyed must stay, or a new one would be made",
    ),
    Card(
        "audit_entries",
        "Who did what, chained and signed.",
        Whose.ACCOUNTS,
        "keyed fingerprints; names of staff; no text and no id",
        ground=PROOF,
    ),
    Card("audit_checkpoint", "How far the audit log had got."),
    Card(
        "holds",
        "What may be neither erased nor aged out, and why.",
        Whose.ACCOUNTS,
        "a keyed fingerprint or a case, the reason sealed, who said so",
        by={"target": By.SUBJECT},
        sealed={"why": "hold_id", "released_why": "hold_id"},
        withheld=frozenset({"why", "released_why", "placed_by", "released_by"}),
        erased=Erased.SCRUB,
        ground="a hold is disclosed to nobody, and proves why something was kept",
    ),
    Card(
        "erasures",
        "Who asked for an account to be erased, and how far that has got.",
        Whose.ACCOUNTS,
        "a keyed fingerprint; until it is done, the id and the reason, sealed",
        by={"subject": By.SUBJECT},
        sealed={"name": "erasure_id", "why": "erasure_id"},
        withheld=frozenset({"asked_by", "agreed_by"}),
        erased=Erased.KEEP,
        ground="proof that it was erased; its own key is destroyed when all is done",
    ),
    Card("erasure_places", "What each place answered to an erasure."),
    Card("known_places", "Folders and files in which accounts may be named."),
    *permit_cards.CARDS,
    *case_cards.CARDS,
    *access_cards.CARDS,
    *sign_in_cards.CARDS,
)


def card_of(table: str) -> Card | None:
    """The card of a table."""
    return next((one for one in CARDS if one.table == table), None)
