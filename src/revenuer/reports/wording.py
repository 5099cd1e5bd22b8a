"""Numbers, times and likelihoods the way a reader expects them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

# Intelligence Community Directive 203 (2015), D.6.e.(2)(a): words for likelihoods, by
# the upper end of each range.
LIKELIHOODS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.00, "almost certain"),
)
LAYOUT_CHARACTERS = "\n\t"
# A number and its unit stay on one line.
SPACE = "\N{NO-BREAK SPACE}"


def count(number: int) -> str:
    """A count with thin groups of thousands: `1,234`."""
    return f"{number:,}"


def amount(number: float) -> str:
    """A large count in three figures: `61.2 M`.

    Examples:
        >>> amount(950), amount(61_230_000) == f"61.2{SPACE}M"
        ('950', True)
    """
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        # A hair below the unit, so that 999,960 reads as 1 M and not as 1000 k.
        if number >= unit * 0.9995:
            return f"{number / unit:.3g}{SPACE}{name}"
    return f"{number:.3g}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """A count with its noun: `1 account`, `40 accounts`."""
    return f"{count(number)} {singular if number == 1 else plural or singular + 's'}"


def nats(value: float, *, signed: bool = False) -> str:
    """A log e-value with one decimal and a true minus sign: `−1.4`."""
    text = f"{value:+.1f}" if signed else f"{value:.1f}"
    return text.replace("-0.0", "0.0").replace("+0.0", "0.0").replace("-", "\N{MINUS SIGN}")


def percent(share: float) -> str:
    """A probability that never claims certainty it does not have: `> 99.9 %`.

    Examples:
        >>> percent(0.973) == f"97{SPACE}%", percent(0.99999) == f">{SPACE}99.9{SPACE}%"
        (True, True)
    """
    if share > 0.999:
        return f">{SPACE}99.9{SPACE}%"
    if share < 0.001:
        return f"<{SPACE}0.1{SPACE}%"
    near_the_end = share < 0.01 or share > 0.99
    return f"{100 * share:.{1 if near_the_end else 0}f}{SPACE}%"


def likelihood(probability: float) -> str:
    """The word for a probability: `almost certain`."""
    return next((word for top, word in LIKELIHOODS if probability <= top), LIKELIHOODS[-1][1])


def day(at: datetime) -> str:
    """A date in UTC: `3 Feb 2026`."""
    utc = in_utc(at)
    return f"{utc.day} {utc:%b %Y}"


def moment(at: datetime) -> str:
    """A time in UTC, to the minute: `3 Feb 2026, 04:05`."""
    return f"{day(at)}, {in_utc(at):%H:%M}"


def in_utc(at: datetime) -> datetime:
    """The same time in UTC; one without an offset is taken as UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def duration(hours: float) -> str:
    """A length of time: `40 min`, `17 h`, `3.2 days`."""
    if hours < 1:
        return f"{60 * hours:.0f}{SPACE}min"
    return f"{hours:.0f}{SPACE}h" if hours < 48 else f"{hours / 24:.1f}{SPACE}days"


def short_id(campaign_id: str) -> str:
    """The first eight characters of a campaign's uuid, to speak about it."""
    return campaign_id.removeprefix("campaign--")[:8]


def visible(text: str) -> str:
    r"""The text with characters that would hide or reorder it written out.

    Control characters become their pictures, other invisible format characters (such
    as those that switch the writing direction) their code points.

    Examples:
        >>> visible("a\x00b"), visible("\u202eevil")
        ('a␀b', '⟨U+202E⟩evil')
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text.replace("\r\n", "\n")))


def _shown(character: str) -> str:
    if character in LAYOUT_CHARACTERS:
        return character
    kind = unicodedata.category(character)
    if kind == "Cc":
        code = ord(character)
        return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"
    # Joiners hold emoji and Indic or Persian words together; everything else hides.
    if kind in ("Cf", "Cs", "Co", "Cn") and character not in "\u200c\u200d":
        return f"⟨U+{ord(character):04X}⟩"
    return character
