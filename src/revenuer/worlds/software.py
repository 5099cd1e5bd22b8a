"""Client software and request settings: what an account's requests look like on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.draws import mint
from revenuer.worlds.language.system_prompts import write_system_prompts

PLATFORMS = (
    "macOS 15.3",
    "Windows 11",
    "Linux 6.8",
    "Linux 6.1; container",
    "Android 15",
    "iOS 18",
)
LIBRARIES = (
    "python-requests/2.32",
    "httpx/0.28",
    "aiohttp/3.11",
    "node-fetch/3.3",
    "undici/7.2",
    "axios/1.7",
    "Go-http-client/2.0",
    "okhttp/4.12",
    "reqwest/0.12",
    "curl/8.9",
)
APPS = ("Deskmate", "Quillpad", "Chatrium", "Parley", "Murmur", "Inkwell", "Sidecar", "Plume")
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{version}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.{version} Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0",
)
HARNESSES = ("codesmith", "patchwork", "termpal", "branchline")


@dataclass
class Setup:
    """What each account's requests have in common, as columns by account.

    Attributes:
        columns: Contract column to one value an account, None for unknown. Shape (n,) each.
    """

    columns: dict[str, NDArray[np.object_]]

    def put(self, name: str, values: Any, at: Any = slice(None)) -> None:
        """Set a column, or the part of it that `at` selects, to a value or to a column's."""
        if name not in self.columns:
            size = self.columns["user_agent"].size
            self.columns[name] = np.full(size, None, dtype=object)
        column = self.columns[name].copy()
        whole = isinstance(values, np.ndarray) and values.shape == column.shape
        column[at] = values[at] if whole else values
        self.columns[name] = column


@dataclass(frozen=True)
class Software:
    """The clients of one world.

    Attributes:
        user_agents: The client's own word, one for each build of a client. Shape (builds,).
        tls: JA4 of each build; builds on one library share it. Shape (builds,).
        harness: Name of a coding harness, or None. Shape (builds,).
        tools: Tools that the client offers. Shape (builds,).
        system: System prompt that the client sends, or None. Shape (builds,).
        weight: Popularity. Shape (builds,).
        is_app: True for chat apps and harnesses, False for bare libraries. Shape (builds,).
    """

    user_agents: NDArray[np.object_]
    tls: NDArray[np.object_]
    harness: NDArray[np.object_]
    tools: NDArray[np.int64]
    system: NDArray[np.object_]
    weight: NDArray[np.float64]
    is_app: NDArray[np.bool_]

    def builds(
        self, rng: np.random.Generator, count: int, which: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Builds for accounts, by popularity among those that `which` allows."""
        weights = np.where(which, self.weight, 0)
        return rng.choice(self.weight.size, count, p=weights / weights.sum())

    def setup(self, rng: np.random.Generator, build: NDArray[np.int64]) -> Setup:
        """Requests as a client makes them by default, with a person's own small choices."""
        count, app = build.size, self.is_app[build]

        def any_of(values: list[Any], p: list[float]) -> NDArray[np.object_]:
            return rng.choice(np.array(values, dtype=object), count, p=p)

        # One library user in five offers tools of the application's own.
        offered = np.where(rng.random(count) < 0.2, rng.integers(1, 21, count), 0)
        formats = any_of(["text", "json_object", "json_schema"], [0.75, 0.12, 0.13])
        limits = [None, 512, 1024, 4096, 8192, 16384]
        return Setup(
            {
                "user_agent": self.user_agents[build],
                "tls_fingerprint": self.tls[build],
                "harness": self.harness[build],
                "tool_count": np.where(app, self.tools[build], offered).astype(object),
                "system_prompt": self.system[build],
                "temperature": any_of([None, 0.0, 0.2, 0.7, 1.0], [0.4, 0.12, 0.12, 0.18, 0.18]),
                "max_output_tokens": any_of(limits, [0.3, 0.1, 0.2, 0.2, 0.15, 0.05]),
                "reasoning_effort": any_of([None, "low", "medium", "high"], [0.6, 0.12, 0.18, 0.1]),
                "response_format": np.where(app, "text", formats),
                "streamed": (app | (rng.random(count) < 0.4)).astype(object),
                "channel": np.where(app & (rng.random(count) < 0.4), "app", "api").astype(object),
                "api_key_id": mint(rng, "key_", count),
            }
        )


def ja4(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """Fingerprints in the form of JA4: protocol and counts, cipher hash, extension hash."""
    heads = rng.choice(
        np.array(["t13d1516h2_", "t13d1715h2_", "t13d1812h1_", "t13d3112h2_"]), count
    )
    ciphers, extensions = mint(rng, "", count, 12), mint(rng, "_", count, 12)
    return np.array([h + c + e for h, c, e in zip(heads, ciphers, extensions, strict=True)], object)


def make_software(rng: np.random.Generator, *, niche: int) -> Software:
    """Invent the clients of a world: libraries, popular apps, coding harnesses, niche clients.

    Args:
        rng: Source of chance.
        niche: Number of niche clients, each of a few dozen users.
    """
    rows: list[tuple[str, str, str | None, int, str | None, float, bool]] = []
    library_tls = ja4(rng, len(LIBRARIES) * 2)
    prompts = iter(write_system_prompts(rng, niche + len(APPS) + len(HARNESSES)))
    for place, library in enumerate(LIBRARIES):
        for version in range(4):
            tls = library_tls[2 * place + version // 2]
            agent = f"{library}.{version} ({PLATFORMS[(place + version) % 6]})"
            rows.append((agent, tls, None, 0, None, 3.0 / (place + 2), False))
    for place, app in enumerate(APPS):
        prompt = str(next(prompts))
        for version, tls in enumerate(ja4(rng, 3)):
            agent = f"{app}/{2 + version}.{place} ({PLATFORMS[version]})"
            rows.append((agent, tls, None, 0, prompt, 2.0 / (place + 1), True))
    for place, (browser, tls) in enumerate(zip(BROWSERS, ja4(rng, len(BROWSERS)), strict=True)):
        for version in range(5):
            agent = browser.format(version=125 + 3 * version)
            rows.append((agent, tls, None, 0, None, 1.5 / (place + 1), True))
    for place, harness in enumerate(HARNESSES):
        prompt, tls = str(next(prompts)), ja4(rng, 1)[0]
        for version in range(5):
            agent = f"{harness}/0.{40 + version} ({PLATFORMS[version % 4]})"
            rows.append((agent, tls, harness, 12 + place, prompt, 1.2 / (place + 1), True))
    for place, tls in enumerate(ja4(rng, niche)):
        agent = f"client-{mint(rng, '', 1, 5)[0]}/0.{place % 9}"
        rows.append((agent, tls, None, 0, str(next(prompts)), 0.0, True))
    agents, tls_column, harness_column, tools, system, weight, app_column = zip(*rows, strict=True)
    return Software(
        np.array(agents, dtype=object),
        np.array(tls_column, dtype=object),
        np.array(harness_column, dtype=object),
        np.array(tools, dtype=np.int64),
        np.array(system, dtype=object),
        np.array(weight, dtype=np.float64),
        np.array(app_column, dtype=bool),
    )
