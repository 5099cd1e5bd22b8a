"""Prompts that ask a model for the thinking it does not show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import Concepts, weigh
from revenuer.features.markup import has_closing_tag
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
THINKING = ("hidden-mind", "mind")
SENTENCE = 14
CLAUSE = 7
PARAGRAPH = 40


class ReasoningElicitation:
    card = CARD
    method: Method | None = Method.COT_EXFILTRATION
    phrase = "demand the model's hidden reasoning"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt demands reasoning that is not shown."""
        return np.where(
            prompts.has_text, read(prompts.concepts, has_closing_tag(prompts.text)), np.nan
        )


def read(concepts: Concepts, tagged: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The readings of a population, combined; shape (n,)."""
    c = concepts.joined("disclose", THINKING, reach=SENTENCE, name="shown")
    c = c.joined("hidden-mind", "disclose", reach=SENTENCE, name="hidden-shown")
    hidden = c.has("hidden-mind") | c.near("hidden", "mind", reach=4)
    shown = c.has("shown")
    bare = c.has("hidden-shown") | (hidden & shown)
    owned = c.near("own", THINKING, reach=4)
    answer = c.near(THINKING, ("given-answer", "behind"), reach=SENTENCE)
    before = c.near((*THINKING, "shown"), "before-answer", reach=SENTENCE)
    tags = c.near(THINKING, "tag-words", reach=SENTENCE) | (tagged & c.has(THINKING))
    asked = c.near("ask-about", "hidden-mind", reach=CLAUSE)
    whole = c.near(THINKING, "verbatim", reach=SENTENCE)
    long = c.near(THINKING, "at-length", reach=CLAUSE)
    prior = c.near(THINKING, "prior", reach=CLAUSE)
    language = c.near(THINKING, "language-name", reach=SENTENCE)
    forced = language & c.near(THINKING, "must", reach=SENTENCE)
    dead_ends = c.near(THINKING, "abandoned", reach=SENTENCE)
    pretext = c.has(("debug-pretext", "system-pretext"))
    played = c.near("role-pretext", THINKING, reach=PARAGRAPH)
    denied = c.has("anti-flag")
    scores = weigh(
        (hidden, 0.2),
        (hidden & owned, 0.4),
        (hidden & before, 0.4),
        (hidden & pretext, 0.4),
        (hidden & played & (shown | owned), 0.4),
        (asked & owned, 0.4),
        (asked & (prior | answer | whole), 0.4),
        (bare, 0.4),
        (bare & owned, 0.55),
        (bare & answer, 0.5),
        (bare & before, 0.5),
        (bare & whole, 0.55),
        (bare & prior, 0.5),
        (bare & tags, 0.5),
        (bare & language, 0.5),
        (bare & pretext, 0.6),
        (bare & dead_ends, 0.5),
        (shown & owned, 0.1),
        (shown & answer, 0.5),
        (shown & answer & (owned | whole), 0.35),
        (shown & before, 0.3),
        (shown & before & owned, 0.15),
        (shown & tags, 0.5),
        (shown & tags & before, 0.4),
        (tagged & tags & before, 0.4),
        (shown & whole, 0.45),
        (shown & whole & (owned | prior | before), 0.35),
        (shown & long, 0.15),
        (shown & long & (answer | dead_ends | tags), 0.4),
        (shown & long & before, 0.1),
        (bare & long, 0.35),
        (shown & prior & owned, 0.45),
        (shown & dead_ends, 0.5),
        (shown & pretext & (owned | whole), 0.5),
        (c.near("think-in", "language-name", reach=CLAUSE), 0.4),
        (forced & (hidden | shown | owned), 0.5),
        (language & shown & owned, 0.4),
        (denied & (hidden | shown), 0.7),
        (denied & pretext, 0.5),
    )
    scores = np.where(c.near("keep-hidden", THINKING, reach=CLAUSE) & ~denied, 0.2, 1.0) * scores
    return np.where(c.has("thinking-as-topic"), 0.4, 1.0) * scores


DETECTOR = ReasoningElicitation()
