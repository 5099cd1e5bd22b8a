"""One spelling of each value that is matched, so that two operators mean the same bytes.

Every form is strict: what has no single meaning is refused, with a reason and never with the
value. `canonical_vectors.json` beside this file holds test vectors for other implementations.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from revenuer.errors import MatchError
from revenuer.matching.networks import address_form, block_form


class MatchKind(StrEnum):
    """What a value is; the names are those of `ties.parquet` where both have one."""

    ADDRESS = "address"
    ADDRESS_BLOCK = "address-block"
    DEVICE = "device-fingerprint"
    DOMAIN = "email-domain"
    EMAIL = "email"
    PAYMENT = "payment-fingerprint"
    PHONE = "phone"
    PHONE_FINGERPRINT = "phone-fingerprint"
    TLS = "tls-fingerprint"
    USER_AGENT = "user-agent"


class CanonicalError(MatchError):
    """A value has no canonical form; the message says why and does not say the value."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"A value is no {kind}: {reason}.")
        self.kind = kind
        self.reason = reason


def canonical(kind: MatchKind, text: str) -> str:
    """The one spelling of a value.

    Args:
        kind: What it is.
        text: The value as it was logged.

    Raises:
        CanonicalError: It has none.

    Examples:
        >>> canonical(MatchKind.EMAIL, "J.Doe+lab@GoogleMail.com")
        'jdoe@gmail.com'
        >>> canonical(MatchKind.ADDRESS_BLOCK, "2001:db8:0:7::1")
        '2001:db8::/48'
        >>> canonical(MatchKind.PHONE, "+44 (0)20 7946 0123")
        '+442079460123'
    """
    plain = unicodedata.normalize("NFC", text).strip()
    if not plain:
        raise CanonicalError(kind, "it is empty")
    if len(plain) > MOST_CHARS:
        raise CanonicalError(kind, f"it is longer than {MOST_CHARS} characters")
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} for letter in plain):
        raise CanonicalError(kind, "it has control or unassigned characters")
    try:
        return FORMS[kind](plain)
    except ValueError as reason:
        # From None: the cause may quote the value.
        raise CanonicalError(kind, str(reason)) from None


MOST_CHARS = 512
"""A longer value is none of these kinds; user agents are the longest. placeholder"""

DOTS_MEAN_NOTHING = frozenset({"gmail.com"})
"""Providers that deliver `a.b@` and `ab@` to one mailbox."""

TAGS_MEAN_NOTHING = frozenset(
    {
        "fastmail.com",
        "gmail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
    }
)
"""Providers that deliver `a+b@` to `a@`. Of others nobody can know, so that `+` stays there."""

SAME_PROVIDER = {"googlemail.com": "gmail.com"}
"""Two names of one provider, whose mailboxes are the same under both."""

LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""A local part without quotes (RFC 5322, section 3.2.3, dot-atom), in small letters."""

JA4 = re.compile(r"[tqd][0-9sd][0-9][di][0-9]{4}[a-z0-9]{2}_[0-9a-f]{12}_[0-9a-f]{12}")
HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){8,64}")
TOKEN = re.compile(r"[!-~]{4,256}")
CARD_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){11,18}")


def _email(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not at or "@" in local:
        raise ValueError("it has not exactly one @")
    local, domain = local.lower(), _domain(domain)
    domain = SAME_PROVIDER.get(domain, domain)
    if not LOCAL.fullmatch(local):
        raise ValueError("its local part is quoted, empty or not ASCII")
    if domain in TAGS_MEAN_NOTHING:
        local = local.partition("+")[0]
    if domain in DOTS_MEAN_NOTHING:
        local = local.replace(".", "")
    if not local or len(local) > 64:
        raise ValueError("its local part is empty or longer than 64 characters")
    return f"{local}@{domain}"


def _domain(text: str) -> str:
    import idna

    try:
        # UTS 46 maps capitals and full-width letters; IDNA 2008 decides what is allowed.
        plain = idna.encode(text.removesuffix("."), uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError("its domain is no domain name") from None
    labels = plain.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        raise ValueError("its domain has one label only, or is an address")
    return plain


def _phone(text: str) -> str:
    import phonenumbers

    if not text.startswith("+"):
        raise ValueError("it does not begin with + and a country code")
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise ValueError("it cannot be read as a number") from None
    if number.extension:
        raise ValueError("it has an extension")
    if not phonenumbers.is_valid_number(number):
        raise ValueError("its numbering plan has no such number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _fingerprint(text: str) -> str:
    if CARD_NUMBER.fullmatch(text):
        digits = [int(digit) for digit in text if digit.isdigit()]
        if _luhn(digits):
            raise ValueError("it looks like a card number, which must never get here")
    if not TOKEN.fullmatch(text):
        raise ValueError("it is not 4 to 256 printable ASCII characters without blanks")
    # Base64 and the names that processors give tell capitals apart; hexadecimal does not.
    return text.lower() if HEXADECIMAL.fullmatch(text) else text


def _luhn(digits: list[int]) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _tls(text: str) -> str:
    plain = text.lower()
    if JA4.fullmatch(plain) or re.fullmatch("[0-9a-f]{32}", plain):
        return plain
    raise ValueError("it is neither JA4 nor the 32 digits of JA3")


def _user_agent(text: str) -> str:
    return re.sub(r"\s+", " ", text)


FORMS: dict[MatchKind, Callable[[str], str]] = {
    MatchKind.ADDRESS: address_form,
    MatchKind.ADDRESS_BLOCK: block_form,
    MatchKind.DEVICE: _fingerprint,
    MatchKind.DOMAIN: _domain,
    MatchKind.EMAIL: _email,
    MatchKind.PAYMENT: _fingerprint,
    MatchKind.PHONE: _phone,
    MatchKind.PHONE_FINGERPRINT: _fingerprint,
    MatchKind.TLS: _tls,
    MatchKind.USER_AGENT: _user_agent,
}
