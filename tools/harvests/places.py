"""Where accounts sign up and call from: networks, clients, mail domains, cards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from numpy.random import Generator

# (country, hours from UTC, networks at home); numbers of documentation, not of real networks.
LANDS = (
    ("US", -6, (64500, 64501, 64502, 64503)), ("DE", 1, (64504, 64505)), ("IN", 5, (64506, 64507)),
    ("BR", -3, (64508, 64509)), ("JP", 9, (64510, 64511)), ("GB", 0, (64512, 64513)),
    ("FR", 1, (64514,)), ("NG", 1, (64515,)), ("ID", 7, (64516,)), ("PL", 1, (64517,)),
    ("SG", 8, (64518,)), ("MX", -6, (64519,)), ("CA", -5, (64520,)), ("AU", 10, (64521,)),
)  # fmt: skip
LAND_SHARES = (30, 8, 12, 7, 6, 7, 5, 3, 4, 3, 3, 4, 4, 4)
CLOUDS = (64600, 64601, 64602, 64603, 64604)
FREE_MAIL = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "proton.me", "qq.com", "gmx.de")
BROWSERS = (
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/141.0", "t13d1516h2_8daaf6152771_b0da82dd1658"),
    ("Mozilla/5.0 (Macintosh) Safari/26.1", "t13d2014h2_a09f3c656075_14788d8d241b"),
    ("Mozilla/5.0 (iPhone) Mobile/15E148", "t13d2014h2_a09f3c656075_e42f34c56612"),
    ("Mozilla/5.0 (Linux; Android 16) Chrome/141.0", "t13d1516h2_8daaf6152771_d8a2da3f94cd"),
    ("Mozilla/5.0 (X11; Linux) Firefox/144.0", "t13d1715h2_5b57614c22b0_3d5424432f57"),
)
CLIENTS = (
    ("openai-python/2.8.1", "t13d1812h1_85036bcba153_375ca2c5e164"),
    ("anthropic-sdk-python/0.75.0", "t13d1812h1_85036bcba153_b26ce05bbdd6"),
    ("node-fetch/3.3", "t13d591000_a33745022dd6_1f22a2ca17c4"),
    ("Go-http-client/2.0", "t13d190900_9dc949149365_97f8aa674fd9"),
    ("okhttp/5.1", "t13d2613h2_2802a3db6c62_845d286b0d67"),
    ("curl/8.16", "t13d3113h2_e8f1e7e78f70_c4eba1d8a6a5"),
)


@dataclass
class Home:
    """Where one account calls from."""

    country: str
    utc_offset: int
    asn: int
    block: tuple[int, int, int]

    def ip(self, rng: Generator) -> str:
        """An address in the account's block."""
        return ".".join(str(part) for part in (*self.block, int(rng.integers(1, 255))))


def token(kind: str, value: object) -> str:
    """An opaque fingerprint, the way a provider stores one."""
    return hashlib.blake2b(f"{kind}/{value}".encode(), digest_size=9).hexdigest()


def block_of(asn: int, rng: Generator) -> tuple[int, int, int]:
    """A /24 of a network: each network has a few thousand."""
    return (
        20 + asn % 180,
        int(rng.integers(0, 16)) + (asn // 180) % 200,
        int(rng.integers(0, 256)),
    )


def home(rng: Generator, *, cloud: bool = False) -> Home:
    """A home drawn as the population is spread."""
    shares = [share / sum(LAND_SHARES) for share in LAND_SHARES]
    country, offset, networks = LANDS[int(rng.choice(len(LANDS), p=shares))]
    asn = int(rng.choice(CLOUDS if cloud else networks))
    return Home(country, offset, asn, block_of(asn, rng))


def browser(rng: Generator) -> tuple[str, str]:
    """User agent and TLS fingerprint of somebody's browser."""
    return BROWSERS[int(rng.choice(len(BROWSERS), p=(0.36, 0.22, 0.2, 0.17, 0.05)))]


def client(rng: Generator) -> tuple[str, str]:
    """User agent and TLS fingerprint of somebody's program."""
    return CLIENTS[int(rng.choice(len(CLIENTS), p=(0.4, 0.25, 0.15, 0.08, 0.05, 0.07)))]
