"""One seed for all accounts that ask alike: each still gets true samples, a pool the same ones."""

from __future__ import annotations

import re
from collections import OrderedDict
from hashlib import blake2b
from typing import Any

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.prompts import last_prompt
from revenuer.countermeasures.wire import Wire

CARD = Card(
    id="seed-coupling",
    title="one seed for all accounts that ask alike",
    acts_on=ActsOn.PARAMETERS,
    changes_for_customers=(
        "Nothing that one account can see, but that a `seed` of its own is not heeded: each answer "
        "is a true sample, and asking again gives another. Accounts that all have it get the same "
        "sample where they ask alike for the same time."
    ),
    cost="A counter for each account and kind of prompt, the longest unseen forgotten.",
    known_breaks=(
        "One account that asks everything itself; prompts worded apart for each account, which "
        "fall into other buckets; temperature 0, where samples are equal anyway.",
        "The server must heed `seed` and give the same text for it: batches of other sizes change "
        "the rounding on most servers. Responses and Messages have no such field, and get none.",
        "Several workers of a gateway couple only what the same worker serves.",
    ),
    source="Diao et al. (2026), LADS, arXiv 2605.18829: a student's gain 29.8 -> 11.2 points",
    lossless=True,
)
SEEDS = 2**31
"""Seeds that all servers take: llama.cpp's are 32 bits, and 0 to 2^31 - 1 is positive in each."""
_WORDS = re.compile(r"\w+")


class SeedCoupling:
    """Gives requests their seeds.

    Args:
        key: Secret; with it buckets and seeds could be told before. At most 64 bytes.
        rows: Drawn hashes that two prompts must share to fall into one bucket: 1 couples prompts
            that have a share s of their words in common with chance s, 2 with s squared.
        most: Counters that are kept.
        lane: Number of this worker, from 0.
        lanes: How many workers share the accounts.
    """

    def __init__(
        self, key: bytes, *, rows: int = 2, most: int = 100_000, lane: int = 0, lanes: int = 1
    ) -> None:
        self._key, self._rows, self._most = key, rows, most
        self._lane, self._lanes = lane, lanes
        self._visits: OrderedDict[tuple[bytes, bytes], int] = OrderedDict()

    def amend(self, body: dict[str, Any], wire: Wire, account: bytes) -> dict[str, Any]:
        """A request with the seed that any account would get at its visit.

        Args:
            body: The request, decoded.
            wire: How it is written; only Chat and Completions know seeds.
            account: Who asks.
        """
        if wire not in (Wire.CHAT, Wire.COMPLETIONS):
            return body
        bucket = self.bucket(last_prompt(body, wire))
        return {**body, "seed": self.seed(bucket, self._visit(account, bucket))}

    def bucket(self, prompt: str) -> bytes:
        """Where a prompt falls: near copies mostly together, strangers apart.

        Source:
            Broder (1997), On the resemblance and containment of documents: the chance that the
            least hashes of two sets agree is the share that they have in common.
        """
        words = {word.encode() for word in _WORDS.findall(prompt.casefold())} or {b""}
        least = (
            min(self._hash(b"bucket %d" % row, word) for word in words) for row in range(self._rows)
        )
        return b"".join(least)

    def seed(self, bucket: bytes, visit: int) -> int:
        """The seed of a visit to a bucket, the same for every account."""
        return int.from_bytes(self._hash(b"seed", b"%d " % visit + bucket), "big") % SEEDS

    def __len__(self) -> int:
        return len(self._visits)

    def _visit(self, account: bytes, bucket: bytes) -> int:
        """Which visit this is; no two workers count the same ones."""
        known = (account, bucket)
        visits = self._visits.pop(known, 0)
        if len(self._visits) >= self._most:
            self._visits.popitem(last=False)
        self._visits[known] = visits + 1
        # Two workers that both began at 0 would give one account the same sample twice.
        return visits * self._lanes + self._lane

    def _hash(self, purpose: bytes, data: bytes) -> bytes:
        return blake2b(data, digest_size=8, key=self._key, person=purpose).digest()
