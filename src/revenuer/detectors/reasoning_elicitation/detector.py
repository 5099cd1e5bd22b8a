"""Prompts that ask a model for the thinking it does not show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import Concepts, weigh
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="reasoning-elicitation",
    title="Demands for hidden reasoning",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002", "AML.T0065"),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23, and "
    "'Detecting and countering misuse of AI', September 2026 (imagined reasoning, inline tags, "
    "fake debugging sessions and system prompts, translated working memory); Google GTIG, "
    "2026-02-12 (thinking forced into the user's language).",
    blind_spots=(
        "harvests of answers alone, with no word about reasoning",
        "wordings that name neither thinking nor what stands before the answer",
        "orders hidden in images, in encodings or in earlier turns",
        "languages other than the eleven of the lexicon",
    ),
    innocent_causes=(
        "a line in a coding assistant's instructions that asks for full deliberation",
        "explainability and audit-trail duties: an answer must come with its grounds",
        "researchers and curious people who ask how the model thinks",
        "home-made agents that keep a scratchpad in tags",
    ),
    runbook="Read ten random prompts of the group, not the hits. One wording repeated over "
    "unrelated questions is a pipeline; curiosity varies. Ask which program writes it: a public "
    "harness or library explains all its users at once.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)

# Words between what is to be done and what it is to be done with: about a sentence.
SENTENCE = 14
CLAUSE = 7


class ReasoningElicitation:
    card = CARD
    method: Method | None = Method.COT_EXFILTRATION
    phrase = "demand the model's hidden reasoning"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt demands reasoning that is not shown."""
        return np.where(prompts.has_text, read(prompts.concepts), np.nan)


def read(concepts: Concepts) -> NDArray[np.float64]:
    """The readings of a population, combined; shape (n,)."""
    c = concepts.joined("disclose", ("hidden-mind", "mind"), reach=SENTENCE, name="show-mind")
    c = c.joined("disclose", "hidden-mind", reach=SENTENCE, name="show-hidden")
    hidden = c.has("hidden-mind") | c.near("hidden", "mind", reach=4)
    shown = c.has("show-hidden") | (hidden & c.has("show-mind"))
    owned = c.near("own", ("hidden-mind", "mind"), reach=4)
    answer = c.near(("hidden-mind", "mind"), ("given-answer", "behind"), reach=SENTENCE)
    before = c.near(("hidden-mind", "mind", "disclose"), "before-answer", reach=SENTENCE)
    tags = c.near(("hidden-mind", "mind"), "tag-words", reach=SENTENCE)
    verbatim = c.near(("hidden-mind", "mind"), "verbatim", reach=SENTENCE)
    prior = c.near(("hidden-mind", "mind"), "prior", reach=CLAUSE)
    language = c.near(("hidden-mind", "mind"), "language-name", reach=SENTENCE)
    forced = language & c.near(("hidden-mind", "mind"), "must", reach=SENTENCE)
    pretext = c.has(("debug-pretext", "system-pretext"))
    disclosed = c.has("show-mind")
    scores = weigh(
        (shown & owned, 0.6),
        (shown & answer, 0.55),
        (shown & before, 0.5),
        (shown & verbatim, 0.6),
        (shown & prior, 0.5),
        (shown & tags, 0.5),
        (shown & language, 0.6),
        (shown, 0.25),
        (disclosed & answer & owned, 0.3),
        (disclosed & before, 0.3),
        (disclosed & tags, 0.45),
        (disclosed & tags & before, 0.4),
        (disclosed & verbatim, 0.4),
        (disclosed & verbatim & (owned | prior), 0.3),
        (disclosed & prior & owned, 0.4),
        (forced & (hidden | disclosed | owned), 0.55),
        (language & disclosed & owned, 0.4),
        (pretext & (shown | (disclosed & owned)), 0.6),
        (c.has("anti-flag") & (hidden | disclosed), 0.7),
        (c.has("anti-flag") & c.has(("debug-pretext", "system-pretext")), 0.5),
    )
    topic = c.has("thinking-as-topic")
    return np.where(topic, scores * 0.4, scores)


DETECTOR = ReasoningElicitation()
