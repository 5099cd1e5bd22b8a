"""Where requests come from and with what: networks, clients, and the marks that both leave."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

Seen = tuple[str, int, str]
"""An address, the network's number, the country."""
Place = Callable[[float], Seen]
"""What the front door sees at a moment (seconds since the log's start)."""
DAY = 86_400.0
ISPS = (
    (5617, "PL"), (7922, "US"), (701, "US"), (3320, "DE"), (12322, "FR"), (2856, "GB"), (4134, "CN"),
    (9829, "IN"), (55836, "IN"), (4713, "JP"), (28573, "BR"), (8151, "MX"), (9121, "TR"), (3352, "ES"),
    (1267, "IT"), (4766, "KR"), (1136, "NL"), (3301, "SE"), (7018, "US"), (45899, "VN"), (36903, "MA"),
    (37457, "ZA"), (8452, "EG"), (17974, "ID"), (9299, "PH"), (1221, "AU"), (577, "CA"), (15169, "US"),
)  # fmt: skip
MOBILE = ((21928, "US"), (26599, "BR"), (55410, "IN"), (25135, "GB"), (12430, "ES"), (24560, "IN"))
CLOUDS = ((16509, "US"), (14618, "US"), (396982, "US"), (8075, "IE"), (24940, "DE"), (14061, "NL"))
VPNS = ((9009, "RO"), (212238, "NL"), (136787, "PA"), (60068, "CH"))
ZONES = {
    "US": -6,
    "BR": -3,
    "MX": -6,
    "CA": -5,
    "GB": 0,
    "MA": 1,
    "DE": 1,
    "FR": 1,
    "ES": 1,
    "IT": 1,
}
ZONES |= {"PL": 1, "NL": 1, "SE": 1, "IE": 0, "TR": 3, "EG": 2, "ZA": 2, "IN": 5, "VN": 7, "ID": 7}
ZONES |= {"CN": 8, "PH": 8, "JP": 9, "KR": 9, "AU": 10, "RO": 2, "PA": -5, "CH": 1}


def zone(country: str) -> float:
    """Hours ahead of UTC."""
    return float(ZONES.get(country, 0))


def _address(r: random.Random, asn: int) -> str:
    """An address of a network: each has a few first halves of its own."""
    own = random.Random(asn)
    halves = [(own.randint(23, 217), own.randint(0, 255)) for _ in range(12)]
    a, b = r.choice(halves)
    if r.random() < 0.12:
        return f"2a0{asn % 10}:{asn % 65_536:x}:{r.randrange(65_536):x}:{r.randrange(65_536):x}::1"
    return f"{a}.{b}.{r.randrange(256)}.{r.randint(1, 254)}"


def home(r: random.Random, asn: int | None = None, country: str = "") -> tuple[Place, str]:
    """A household's line: one address that changes now and then. With its country."""
    known = asn, country
    number, land = known if known[0] is not None else r.choice(ISPS)
    keeps = r.choice((3, 9, 30, 400)) * DAY
    addresses = [_address(r, int(number)) for _ in range(20)]
    return lambda t: (addresses[int(t // keeps) % 20], int(number), land), land


def one_of(addresses: Sequence[Seen], r: random.Random) -> Place:
    """Any of some addresses at every request: a pool of exits, a carrier's translation."""
    return lambda t: r.choice(addresses)


def exits(r: random.Random, kinds: Sequence[tuple[int, str]], count: int) -> list[Seen]:
    """Addresses of one network of a kind: a cloud's, a VPN's, a campus's."""
    asn, country = r.choice(kinds)
    return [(_address(r, asn), asn, country) for _ in range(count)]


def either(first: Place, second: Place, share: float, r: random.Random) -> Place:
    """The second place at a share of the requests, such as a phone beside the home."""
    return lambda t: second(t) if r.random() < share else first(t)


@dataclass(frozen=True)
class Client:
    """The software that sends requests, and the request parameters that it sets.

    Attributes:
        user_agent: What it calls itself.
        channel: `app` or `api`.
        harness: The agent's or the SDK's name, where it says so.
        temperature, max_output_tokens, streamed, response_format, n: What it asks for.
        tools: Tools that it offers.
        build: Tells TLS stacks apart of clients with the same name.
    """

    user_agent: str
    channel: str = "api"
    harness: str | None = None
    temperature: float | None = None
    max_output_tokens: int | None = None
    streamed: bool | None = None
    response_format: str | None = None
    n: int | None = None
    tools: int = 0
    build: str = ""

    @property
    def tls(self) -> str:
        """A fingerprint in JA4's form: the same for the same software."""
        name = self.user_agent.split(" (")[0] + self.build
        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        return f"t13d{15 + int(digest[0], 16) % 5}{10 + int(digest[1], 16)}h2_{digest[:12]}_{digest[12:24]}"


SDKS = (
    "openai-python/1.52.2", "openai-python/1.40.0", "openai-python/1.61.0", "openai-node/4.77.0",
    "anthropic-python/0.39.0", "python-requests/2.32.3", "python-requests/2.31.0", "axios/1.7.9",
    "node-fetch/3.3.2", "aiohttp/3.10.5", "httpx/0.27.2", "okhttp/4.12.0", "Go-http-client/2.0",
    "langchain-core/0.3.15", "langchainjs/0.3.5", "llama-index/0.11.20", "curl/8.5.0", "reqwest/0.12",
    "Ruby", "GuzzleHttp/7", "litellm/1.50.4", "Java-http-client/21.0.4",
)  # fmt: skip
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{v}.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/{v}.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{m} like Mac OS X) Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:1{v}.0) Gecko Firefox/1{v}.0",
    "AssistantApp/2.{m}.0 (Android 14)",
    "AssistantApp/2.{m}.1 (iOS 17.{m})",
)


def sdk(r: random.Random, name: str | None = None) -> Client:
    """A program through a library, with settings of its own."""
    return Client(
        user_agent=name or r.choice(SDKS),
        temperature=r.choice((None, None, 0.0, 0.2, 0.7, 0.7, 1.0)),
        max_output_tokens=r.choice((None, None, 256, 512, 1024, 2048, 4096)),
        streamed=r.choice((None, False, False, True)),
        response_format=r.choice((None, None, None, "json_object")),
        build=r.choice(("", "linux", "mac", "docker")),
    )


def browser(r: random.Random) -> Client:
    """The provider's own app or site."""
    agent = r.choice(BROWSERS).format(v=r.randint(20, 34), m=r.randint(0, 7))
    return Client(user_agent=agent, channel="app", streamed=True)


def reset(client: Client, **changes: object) -> Client:
    """The same client with other settings."""
    return replace(client, **changes)  # type: ignore[arg-type]
