"""Cards of the tables of applications for accounts; see `inventory`."""

from __future__ import annotations

from revenuer.casework.table_card import By, Card, Erased, Whose

CARDS = (
    Card(
        "access_steps",
        "What applicants share, as opaque numbers, and what became known of them.",
        Whose.ACCOUNTS,
        "keyed fingerprints of payment, phone, device, mailbox and address; no value",
        by={"subject": By.SUBJECT},
        withheld=frozenset({"body"}),
        erased=Erased.DELETE,
        retention="applications",
    ),
    Card(
        "access_applications",
        "How an application stands: the answer, its reasons, and what a person decided.",
        Whose.ACCOUNTS,
        "answer, checks, evidence; the application without address, card and phone, sealed",
        by={"subject": By.SUBJECT},
        sealed={"facts": "application", "note": "application"},
        withheld=frozenset({"decided_by", "note"}),
        erased=Erased.DELETE,
        retention="assessments",
    ),
    Card(
        "access_outcomes",
        "How checks came out; no papers.",
        Whose.ACCOUNTS,
        "the decision, and the vendor's opaque reference, sealed",
        by={"subject": By.SUBJECT},
        sealed={"reference": "application"},
        erased=Erased.DELETE,
        retention="assessments",
    ),
    Card(
        "access_entitlements",
        "Membership of programmes: what confirms it, and until when.",
        Whose.ACCOUNTS,
        "programme, times, checks that were passed",
        by={"subject": By.SUBJECT},
        erased=Erased.DELETE,
        retention="applications",
    ),
    Card("access_deliveries", "Messages of verification vendors, so that none is taken twice."),
)
