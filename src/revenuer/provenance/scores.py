"""What a key's mark says of a token: one number, known to be even by chance.

| mark | score of a token | by chance |
|---|---|---|
| green list (KGW) | 1 if green | gamma |
| Gumbel-max (Aaronson) | -log(1 - u) of its keyed number | 1 |
| tournament (SynthID-Text) | share of its `layers` keyed bits that are 1 | 1/2 |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from revenuer.stats.green_list import green_below
from revenuer.stats.keyed_hash import evenly

Mark = Literal["green", "gumbel", "tournament"]


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a kind of mark.

    Attributes:
        mark: Which.
        gamma: Share of green tokens, for `green`.
        layers: Rounds of a tournament, 1 to 64, for `tournament`.

    Source:
        Kirchenbauer et al. (2023), equation 3; Aaronson (2022) and Fernandez et al. (2023),
        section II.B; Dathathri et al. (2024), "Scalable watermarking for identifying large
        language model outputs", Nature 634, the mean score.
    """

    mark: Mark = "green"
    gamma: float = 0.5
    layers: int = 30

    @property
    def mean(self) -> float:
        """What is expected of a key that the text was made without."""
        return {"green": self.gamma, "gumbel": 1.0, "tournament": 0.5}[self.mark]

    def of(self, words: NDArray[np.uint64]) -> NDArray[np.float64]:
        """The scores of hashed pairs, shaped as they are.

        Examples:
            By hand: 5 has two of its lowest four bits set.

            >>> Score("tournament", layers=4).of(np.array([5], dtype=np.uint64))
            array([0.5])
        """
        if self.mark == "green":
            return (words < green_below(self.gamma)).astype(np.float64)
        if self.mark == "gumbel":
            return -np.log1p(-evenly(words))
        low = words << np.uint64(64 - self.layers)
        return np.asarray(np.bitwise_count(low) / self.layers)
