"""Prompts that ask a model for the thinking it does not show."""

from __future__ import annotations

from dataclasses import dataclass

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

# How many words apart two mentions may start and still belong together. placeholder
SENTENCE = 14
CLAUSE = 7
PARAGRAPH = 40

THINKING = ("hidden-mind", "mind")
Readings = tuple[tuple[NDArray[np.bool_], float], ...]


class ReasoningElicitation:
    card = CARD
    method: Method | None = Method.COT_EXFILTRATION
    phrase = "demand the model's hidden reasoning"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt demands reasoning that is not shown."""
        tagged = has_closing_tag(prompts.text) | has_closing_tag(prompts.system_text)
        signs = Signs.of(prompts.concepts, tagged)
        sure = weigh(*of_hidden(signs), *of_shown(signs), *of_pretence(signs))
        # An order to keep thinking private, and a lecture on thinking, are the opposite.
        sure *= np.where(signs.kept & ~signs.denied, 0.2, 1.0)
        sure *= np.where(signs.topic, 0.4, 1.0)
        return prompts.scored(CARD.id, sure)


@dataclass(frozen=True)
class Signs:
    """What each text says of thinking. Every field has shape (n,).

    Attributes:
        hidden: It names thinking that is not meant for the reader.
        shown: It asks for thinking, hidden or not, to be put out.
        owned: The thinking is the model's own.
        asked: It asks about hidden thinking, as one asks about anything.
        answer: The thinking stands behind an answer that is there already.
        before: It is to come before the answer.
        tags: It is to stand between tags or in a field.
        closed: It names a closing tag, and thinking.
        whole: It is to be a record, word for word.
        long: It is to be long, which explanations are too.
        prior: It is that of an earlier turn.
        dead_ends: What led nowhere belongs to it.
        language: It is to be in a language, or in a code.
        forced: It must be in that language.
        thinks_in: The model is to think in a language.
        pretext: A debugging session, a new system prompt.
        played: A role is played.
        denied: It says that this is no extraction, or must not be refused.
        kept: It orders thinking to stay private.
        topic: It talks about thinking in general.
    """

    hidden: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    owned: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    answer: NDArray[np.bool_]
    before: NDArray[np.bool_]
    tags: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    long: NDArray[np.bool_]
    prior: NDArray[np.bool_]
    dead_ends: NDArray[np.bool_]
    language: NDArray[np.bool_]
    forced: NDArray[np.bool_]
    thinks_in: NDArray[np.bool_]
    pretext: NDArray[np.bool_]
    played: NDArray[np.bool_]
    denied: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    topic: NDArray[np.bool_]

    @classmethod
    def of(cls, concepts: Concepts, tagged: NDArray[np.bool_]) -> Signs:
        """The signs in some texts; `tagged`: which of them name a closing tag."""
        c = concepts.joined("disclose", THINKING, reach=SENTENCE, name="shown")
        language = c.near(THINKING, "language-name", reach=SENTENCE)
        closed = tagged & c.has(THINKING)
        return cls(
            hidden=c.has("hidden-mind") | c.near("hidden", "mind", reach=4),
            shown=c.has("shown"),
            owned=c.near("own", THINKING, reach=4),
            asked=c.near("ask-about", "hidden-mind", reach=CLAUSE),
            answer=c.near(THINKING, ("given-answer", "behind"), reach=SENTENCE),
            before=c.near((*THINKING, "shown"), "before-answer", reach=SENTENCE),
            tags=c.near(THINKING, "tag-words", reach=SENTENCE) | closed,
            closed=closed,
            whole=c.near(THINKING, "verbatim", reach=SENTENCE),
            long=c.near(THINKING, "at-length", reach=CLAUSE),
            prior=c.near(THINKING, "prior", reach=CLAUSE),
            dead_ends=c.near(THINKING, "abandoned", reach=SENTENCE),
            language=language,
            forced=language & c.near(THINKING, "must", reach=SENTENCE),
            thinks_in=c.near("think-in", "language-name", reach=CLAUSE),
            pretext=c.has(("debug-pretext", "system-pretext")),
            played=c.near("role-pretext", THINKING, reach=PARAGRAPH),
            denied=c.has("anti-flag"),
            kept=c.near("keep-hidden", THINKING, reach=CLAUSE),
            topic=c.has("thinking-as-topic"),
        )


def of_hidden(s: Signs) -> Readings:
    """Readings that turn on thinking named as hidden."""
    bare = s.hidden & s.shown
    return (
        (s.hidden, 0.2),
        (s.hidden & s.owned, 0.4),
        (s.hidden & s.before, 0.4),
        (s.asked & s.owned, 0.4),
        (s.asked & (s.prior | s.answer | s.whole), 0.4),
        (bare, 0.4),
        (bare & s.owned, 0.55),
        (bare & s.answer, 0.5),
        (bare & s.before, 0.5),
        (bare & s.whole, 0.55),
        (bare & s.long, 0.35),
        (bare & s.prior, 0.5),
        (bare & s.tags, 0.5),
        (bare & s.language, 0.5),
        (bare & s.dead_ends, 0.5),
    )


def of_shown(s: Signs) -> Readings:
    """Readings of thinking, however named, that is to be put out in a telling form."""
    return (
        (s.shown & s.owned, 0.1),
        (s.shown & s.answer, 0.5),
        (s.shown & s.answer & (s.owned | s.whole), 0.35),
        (s.shown & s.before, 0.3),
        (s.shown & s.before & s.owned, 0.15),
        (s.shown & s.tags, 0.5),
        (s.shown & s.tags & s.before, 0.4),
        (s.closed & s.before, 0.4),
        (s.shown & s.whole, 0.45),
        (s.shown & s.whole & (s.owned | s.prior | s.before), 0.35),
        (s.shown & s.long, 0.15),
        (s.shown & s.long & (s.answer | s.dead_ends | s.tags), 0.4),
        (s.shown & s.long & s.before, 0.1),
        (s.shown & s.prior & s.owned, 0.45),
        (s.shown & s.dead_ends, 0.5),
        (s.shown & s.language & s.owned, 0.4),
        (s.thinks_in, 0.4),
        (s.forced & (s.hidden | s.shown | s.owned), 0.5),
    )


def of_pretence(s: Signs) -> Readings:
    """Readings that turn on a reason why the model should for once show its thinking."""
    return (
        (s.hidden & s.pretext, 0.4),
        (s.hidden & s.shown & s.pretext, 0.6),
        (s.shown & s.pretext & (s.owned | s.whole), 0.5),
        (s.hidden & s.played & (s.shown | s.owned), 0.4),
        (s.denied & (s.hidden | s.shown), 0.7),
        (s.denied & s.pretext, 0.5),
    )


DETECTOR = ReasoningElicitation()
