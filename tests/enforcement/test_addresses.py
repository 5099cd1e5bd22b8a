"""Where webhooks may go: into nobody's own network by accident."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.enforcement.addresses import is_public, unfit_address, vetted
from revenuer.errors import NotAllowedError


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/x",
        "http://example.com/x",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "https://",
        "https:///x",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:99999/",
        "https://[::1/",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_never_used(url: str) -> None:
    assert unfit_address(url) is not None
    with pytest.raises(NotAllowedError):
        vetted(url, ["0.0.0.0/0"], lambda host, port: ["93.184.216.34"])


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?x=1",
        "http://127.0.0.1:8080/",
        "http://[::1]/",
        "http://localhost/",
    ],
)
def test_an_address_that_may_be_used(url: str) -> None:
    assert unfit_address(url) is None


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a00:1::",
        "2001:0:0:0:0:0:0:1",
    ],
)
def test_what_is_not_public_is_refused_unless_it_is_named(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(NotAllowedError, match="not public"):
        vetted("https://inside.example.com/", (), lambda host, port: [address])
    bits = ipaddress.ip_address(address).max_prefixlen
    own = [f"{address}/{bits}"]
    found, _ = vetted("https://inside.example.com/", own, lambda host, port: [address])
    assert ipaddress.ip_address(found) == ipaddress.ip_address(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "8.8.8.8"])
def test_what_is_public_is_used(address: str) -> None:
    assert vetted("https://example.com/", (), lambda host, port: [address]) == (address, 443)


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(NotAllowedError):
        vetted("https://e.com/", (), lambda host, port: ["8.8.8.8", "10.0.0.1"])


def test_a_name_that_points_to_loopback_is_not_loopback() -> None:
    with pytest.raises(NotAllowedError):
        vetted("https://rebound.example.com/", (), lambda host, port: ["127.0.0.1"])
    assert vetted("http://localhost:9/", (), lambda host, port: ["127.0.0.1"]) == ("127.0.0.1", 9)
    # A localhost that somebody pointed elsewhere is not loopback either.
    with pytest.raises(NotAllowedError):
        vetted("http://localhost:9/", (), lambda host, port: ["10.0.0.1"])


def test_numbers_that_stand_for_an_address_are_judged_as_that_address() -> None:
    # inet_aton's other spellings of 127.0.0.1, through the system's own resolver.
    for host in ("2130706433", "0x7f.1", "0177.0.0.1"):
        with pytest.raises((NotAllowedError, OSError)):
            vetted(f"https://{host}/")


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_judged_alike_however_it_is_wrapped(
    address: ipaddress.IPv4Address,
) -> None:
    public = is_public(address)
    number = int(address)
    assert is_public(ipaddress.IPv6Address((0xFFFF << 32) | number)) == public
    assert is_public(ipaddress.IPv6Address((0x64FF9B << 96) | number)) == public
    assert is_public(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))) == public
