"""Browsers that people sign up with, and what farms use instead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.software import ja4

_AGENTS = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{}.0.0.0 Safari/537.36", 30),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/{}.0.0.0 Safari/537.36", 14),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_{} like Mac OS X) Safari/604.1", 16),
    ("Mozilla/5.0 (Linux; Android 10; K) Chrome/{}.0.0.0 Mobile Safari/537.36", 18),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.{} Safari/605.1.15", 9),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", 4),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", 5),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{0}.0.0.0 Safari/537.36 Edg/{0}.0", 4),
)
VERSIONS = 5
"""Of each browser, newest first."""
ANTIDETECT_PRODUCTS = 3
"""Products that give every profile another device; the TLS library is the product's.
placeholder"""


@dataclass(frozen=True)
class Clients:
    """The clients of one world.

    Attributes:
        agents: User agents, browser by browser, newest version first. Shape (builds,).
        tls: JA4 of each build. Shape (builds,).
        weights: How many use each. Shape (builds,).
        antidetect: JA4 of products for many profiles. Shape (ANTIDETECT_PRODUCTS,).
        onion: User agent, JA4 and device fingerprint that all of an onion browser's users share.
        scripts: User agents and JA4 of libraries. Shape (2, scripts).
    """

    agents: NDArray[np.object_]
    tls: NDArray[np.object_]
    weights: NDArray[np.float64]
    antidetect: NDArray[np.object_]
    onion: tuple[str, str, str]
    scripts: NDArray[np.object_]

    def browsers(
        self, rng: np.random.Generator, count: int
    ) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """User agents and JA4 of unrelated people. Each of shape (count,)."""
        build = rng.choice(self.weights.size, count, p=self.weights)
        return self.agents[build], self.tls[build]


def make_clients(rng: np.random.Generator) -> Clients:
    """Invent the handshakes of a world's clients."""
    agents, tls, weights = [], [], []
    for text, share in _AGENTS:
        # One library serves two or three versions of a browser.
        hands = ja4(rng, 2)
        for version in range(VERSIONS):
            newest = 7 if "iPhone" in text or "Version" in text else 141
            agents.append(text.format(newest - version))
            tls.append(hands[version // 3])
            weights.append(share / (1 + version) ** 1.3)
    total = np.array(weights)
    onion = ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
             str(ja4(rng, 1)[0]), f"dev_{rng.integers(2**40):014x}")  # fmt: skip
    libraries = np.array(["python-requests/2.32.3", "Go-http-client/2.0", "axios/1.7.9"], object)
    return Clients(
        np.array(agents, dtype=object),
        np.array(tls, dtype=object),
        total / total.sum(),
        ja4(rng, ANTIDETECT_PRODUCTS),
        onion,
        np.stack([libraries, ja4(rng, libraries.size)]),
    )
