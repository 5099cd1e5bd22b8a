"""E-mail addresses taken apart: the mailbox behind the tags, and the pattern of its name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import ModuleType

from revenuer.errors import ConfigError

DOTS_MEAN_NOTHING = frozenset(("gmail.com", "googlemail.com"))
"""Providers that deliver `a.b@` and `ab@` to one mailbox."""
TAG_SEPARATORS = {"yahoo.com": "-", "ymail.com": "-", "rocketmail.com": "-"}
"""Providers whose disposable names follow another mark than `+`."""
LONGEST_LOCAL = 64
"""RFC 5321, section 4.5.3.1.1, octets."""
LONGEST_DOMAIN = 253
"""RFC 1035, section 2.3.4, without the dot at the end."""
LEAST_LETTERS = 3
"""A pattern with fewer letters beside its digits is everybody's: `a1@`, `jd2@`. placeholder"""
_PLAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_DIGITS = re.compile(r"\d+")
_RUNS = re.compile(r"([a-z]+)|(\d+)|([^a-z\d]+)")


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address.

    Attributes:
        domain: In ASCII and small letters.
        mailbox: What names the mailbox: small letters, without tag, and without dots where
            the provider ignores them; None where only the domain is known.
        tagged: Whether there was a tag.
    """

    domain: str
    mailbox: str | None = None
    tagged: bool = False


def international() -> ModuleType:
    """The package that reads domains in other letters than English ones.

    Raises:
        ConfigError: It is not installed. Without it, whoever writes their domain in their own
            letters would look like somebody without an address.
    """
    try:
        import idna
    except ModuleNotFoundError as missing:
        raise ConfigError(
            "The packages that judge applications are not installed.",
            "Install the extra: `pip install 'revenuer[access]'`.",
        ) from missing
    return idna


def hostname(raw: str) -> str | None:
    """A domain in ASCII, small letters and without a dot at the end; None where it is none.

    Examples:
        >>> hostname("Bücher.Example."), hostname("exa mple.org"), hostname("localhost")
        ('xn--bcher-kva.example', None, None)
    """
    name = raw.strip().lower().removesuffix(".")
    if not name.isascii():
        idna = international()
        try:
            name = idna.encode(name, uts46=True, std3_rules=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    whole = len(name) <= LONGEST_DOMAIN and _PLAIN.fullmatch(name)
    return name if whole else None


def spelled(domain: str) -> str:
    """A domain as a person sees it: labels of `xn--` in their own letters.

    Examples:
        >>> spelled("xn--bcher-kva.example")
        'bücher.example'
    """
    if "xn--" not in domain:
        return domain
    idna = international()
    try:
        own: str = idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
    return own


def parse(raw: str) -> Address | None:
    """Take an address apart; None where no mail can be sent to it.

    Examples:
        >>> parse("J.Doe+trial7@GoogleMail.com")
        Address(domain='googlemail.com', mailbox='jdoe', tagged=True)
        >>> parse("two@at@signs.example"), parse("no name@example.org")
        (None, None)
    """
    local, at, host = unicodedata.normalize("NFKC", raw).strip().rpartition("@")
    domain = hostname(host) if at else None
    local = local.lower()
    if domain is None or not 0 < len(local.encode()) <= LONGEST_LOCAL:
        return None
    if "@" in local or any(letter.isspace() or not letter.isprintable() for letter in local):
        return None
    mark = TAG_SEPARATORS.get(domain, "+")
    base, tag, _ = local.partition(mark)
    if not base:
        base, tag = local, ""
    if domain in DOTS_MEAN_NOTHING:
        base = base.replace(".", "") or base
    return Address(domain, base, bool(tag))


def numbered(mailbox: str) -> str | None:
    """The pattern of a name with numbers in it; None where it has none, or says nothing.

    Examples:
        >>> numbered("maria.lopez1987"), numbered("batch-0042-x"), numbered("maria"), numbered("a1")
        ('maria.lopez#', 'batch-#-x', None, None)
    """
    pattern, numbers = _DIGITS.subn("#", mailbox)
    letters = sum(letter.isalpha() for letter in pattern)
    return pattern if numbers and letters >= LEAST_LETTERS else None


def shape(mailbox: str) -> str:
    """How many letters and digits follow one another in a name.

    Examples:
        >>> shape("kqwz8841"), shape("maria.lopez")
        ('a4d4', 'a5.a5')
    """
    parts = (
        f"a{len(a)}" if a else f"d{len(d)}" if d else other
        for a, d, other in _RUNS.findall(mailbox)
    )
    return "".join(parts)
