"""Accounts whose identity costs nothing and leads nowhere."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from disposable_email_domains import blocklist
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import texts
from revenuer.records import Axis

CARD = Card(
    id="throwaway-identity",
    title="An identity that leads nowhere",
    axis=Axis.CONCEALMENT,
    atlas=("AML.T0021",),
    source=(
        "Anthropic (2026-09-10), Detecting and countering misuse of AI: disposable "
        "e-mail and virtual cards; Anthropic (2026-02-23), Detecting and preventing "
        "distillation attacks: educational accounts, security research programmes and "
        "startups are the pathways most commonly exploited."
    ),
    blind_spots=(
        "bought or stolen accounts of real people",
        "domains that no list has yet",
        "an operator who shows papers",
    ),
    innocent_causes=(
        "people who guard their privacy",
        "customers without a bank card",
        "countries where prepaid cards are usual",
        "a student with a private address",
        "a voucher's holder whose payment is not recorded as one",
    ),
    runbook=(
        "Ask for a step of verification before anything else. Many honest people have "
        "one of these marks; few have all of them and a factory's load."
    ),
    maturity=Maturity.STABLE,
    version=3,
    needs=("accounts.email_domain",),
)

UNTRACEABLE_PAYMENT = ("virtual", "prepaid", "gift-card", "gift_card")
GIVEN_PAYMENT = ("voucher", "coupon", "credits", "grant", "invoice")
"""Paid by somebody else, or by a firm that was billed: no card that could have been verified."""
WEAK_VERIFICATION = ("none", "email")
FREE_PLANS = ("free", "trial")
MAIL_HOUSE_SHARE = 0.01
MAIL_HOUSE_ACCOUNTS = 20
"""A domain that so many accounts share is a mail house's, not a school's. placeholder"""
TRAITS = (
    "a disposable mail domain",
    "a virtual or prepaid card",
    "weak verification on a paid plan",
    "an education programme with a mail house's address",
)


class ThrowawayIdentity:
    """Accounts whose identity costs nothing and leads nowhere."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """Nothing beside the base aggregates: identity is in the accounts table."""
        return {}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Add up the marks of a throwaway identity, each weighed by how rare it is.

        Returns:
            Nats; 0 without a mark, NaN where the accounts table says nothing. Shape (n,).
        """
        marks = traits(accounts)
        known = ~np.isnan(marks)
        rate = (np.nansum(marks, axis=0) + 1) / (known.sum(axis=0) + 2)
        total = np.nansum(marks * -np.log(rate), axis=1)
        return np.where(known.any(axis=1), total, np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare how many carry the mark that sets members apart most."""
        # Together, because how common a mail domain is, is a matter of the population.
        marks = traits(pl.concat([members, others], how="diagonal_relaxed"))
        shares = [_shares(part) for part in np.split(marks, [members.height])]
        widest = int((shares[0] - shares[1]).argmax())
        return (
            f"{shares[0][widest]:.0%} of the members have {TRAITS[widest]}, "
            f"{shares[1][widest]:.1%} of others."
        )


def traits(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Which marks each account carries: 1, 0, or NaN where unknown. Shape (n, 4)."""
    domain, programme = texts(accounts, "email_domain"), texts(accounts, "programme")
    verification, plan = texts(accounts, "verification"), texts(accounts, "plan")
    payment = texts(accounts, "payment_kind")
    paid = plan.is_not_null() & ~plan.is_in(FREE_PLANS) & _pays(accounts)
    schooled = (programme == "education").fill_null(False)
    weak = verification.is_in(WEAK_VERIFICATION) & paid
    disposable = is_disposable(domain)
    misplaced = schooled & (_of_mail_house(domain, schooled) | disposable)
    marks = (
        disposable,
        payment.is_in(UNTRACEABLE_PAYMENT),
        _where_known(verification, weak),
        _where_known(domain, misplaced),
    )
    return np.column_stack([mark.cast(pl.Float64).to_numpy() for mark in marks])


def _pays(accounts: pl.DataFrame) -> pl.Series:
    """Whether an account pays for its plan by itself, as far as the table says.

    A class on vouchers has plans and nothing that could be verified but its mail.
    """
    kind, instrument = texts(accounts, "payment_kind"), texts(accounts, "payment_fingerprint")
    given = kind.is_in(GIVEN_PAYMENT).fill_null(False)
    return (kind.is_not_null() | instrument.is_not_null()) & ~given


def _where_known(column: pl.Series, mark: pl.Series) -> pl.Series:
    """The mark, unknown where its column is: "unknown and not paid" is not "no"."""
    frame = pl.DataFrame([column.alias("column"), mark.alias("mark")])
    return frame.select(pl.when(pl.col("column").is_not_null()).then("mark")).to_series()


def is_disposable(domain: pl.Series) -> pl.Series:
    """Whether a domain, or the one above it, is on the list of disposable ones."""
    # Accounts are many, their domains few.
    known = domain.drop_nulls().unique()
    above = known.str.extract(r"([^.]+\.[^.]+)$")
    listed = known.is_in(blocklist) | above.is_in(blocklist)
    return domain.replace_strict(known, listed, default=None, return_dtype=pl.Boolean)


def _of_mail_house(domain: pl.Series, schooled: pl.Series) -> pl.Series:
    """Domains of many accounts, most of them in no education programme.

    No list of academic endings: they differ from country to country, and where a school
    stands is evidence of nothing.
    """
    frame = pl.DataFrame([domain.alias("domain"), schooled.alias("schooled")])
    bar = max(MAIL_HOUSE_ACCOUNTS, MAIL_HOUSE_SHARE * len(domain))
    many = pl.len().over("domain") >= bar
    elsewhere = pl.col("schooled").mean().over("domain") < 0.5
    shared = frame.select(pl.when(pl.col("domain").is_not_null()).then(many & elsewhere))
    return shared.to_series()


def _shares(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the accounts known to carry each mark, among all. Shape (4,)."""
    return np.asarray(np.nansum(marks, axis=0) / max(marks.shape[0], 1))


DETECTOR = ThrowawayIdentity()
