"""Cards of the tables that people who use the console are in; see `inventory`."""

from __future__ import annotations

from revenuer.casework.table_card import STAFF, Card, Whose

CARDS = (
    Card(
        "saved_searches",
        "Filters of the list of cases that people saved under a name.",
        Whose.STAFF,
        "name at work, what they call a search, its query",
        ground=STAFF,
    ),
    Card(
        "console_sessions",
        "Who is signed in to the console; rows go when a session ends.",
        Whose.STAFF,
        "name at work, browser, keyed fingerprint of the address, times; hashes of secrets",
        ground=STAFF,
    ),
    Card(
        "sign_in_people",
        "Passwords, hashed, and secrets of authenticators; both sealed.",
        Whose.STAFF,
        "name at work, a hash and a secret",
        sealed={"password": "owner", "totp": "owner"},
        ground=STAFF,
    ),
    Card(
        "passkeys",
        "Public keys that people sign in with.",
        Whose.STAFF,
        "name at work, what they call the key, when it was used",
        ground=STAFF,
    ),
    Card(
        "recovery_codes",
        "Hashes of codes for who has lost everything else.",
        Whose.STAFF,
        "name at work, hashes",
        ground=STAFF,
    ),
    Card(
        "oidc_identities",
        "Who somebody at the organization's own sign-in is here.",
        Whose.STAFF,
        "name at work, the hash of an opaque id",
        ground=STAFF,
    ),
    Card(
        "invitations",
        "Links with which people choose what they sign in with, as hashes.",
        Whose.STAFF,
        "name at work, who invited them",
        ground=STAFF,
    ),
    Card(
        "sign_in_begun",
        "Steps of signing in that were begun; each goes when it is ended, or after minutes.",
        Whose.STAFF,
        "what was asked of a browser, sealed",
        sealed={"sealed": "owner"},
        ground=STAFF,
    ),
    Card(
        "sign_in_waits",
        "Who must wait before they try again; forgotten after a day.",
        Whose.STAFF,
        "keyed fingerprints of names and addresses",
        ground=STAFF,
    ),
)
