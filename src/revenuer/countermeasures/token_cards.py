"""What acts on the choice of the next token: cards here, code in `revenuer.lab.token_methods`.

They run inside the model's server, as logits processors, for the rows of the accounts that the
operator hands over; no guard can give them.
"""

from __future__ import annotations

from revenuer.countermeasures.card import ActsOn, Card

SERVED_BY = "Runs inside the model's server, as a logits processor of transformers or vLLM. "
TWICE = "Each prompt is replied to once more, without it, for the answer."

GREEN_LIST = Card(
    id="green-list",
    title="a keyed half of the tokens is a little likelier",
    acts_on=ActsOn.TOKENS,
    changes_for_customers=(
        "Wording that leans to the key's tokens; at a strength that survives in students it can be "
        "noticed, and tokens that must be exact (code, figures) are at risk where the model is "
        "unsure. Nothing is taught less: it is for provenance."
    ),
    cost=SERVED_BY + "A hash a token of the vocabulary.",
    known_breaks=(
        "A paraphrase of the answers before training takes the mark out of the student.",
        "Contexts of four tokens and more are not learned by students at all (Pan et al. 2025).",
        "Several marked teachers blur one another's marks.",
    ),
    source="Kirchenbauer et al. (2023), ICML; Sander et al. (2024), NeurIPS, for students",
    lossless=False,
)
GUMBEL_MAX = Card(
    id="gumbel-max",
    title="tokens are drawn by a key instead of by chance",
    acts_on=ActsOn.TOKENS,
    changes_for_customers=(
        "Nothing in one answer; the same question asked again of the same context gets the same "
        "answer, so whoever draws many samples gets fewer different ones."
    ),
    cost=SERVED_BY + "A hash a token of the vocabulary.",
    known_breaks=(
        "Paraphrase, as for every mark.",
        "Greedy decoding leaves nothing to draw, and no mark.",
    ),
    source="Aaronson (2022); TextSeal, arXiv 2605.12456 (2026), in service",
    lossless=True,
)
TOURNAMENT = Card(
    id="tournament",
    title="tokens are drawn by keyed rounds between candidates",
    acts_on=ActsOn.TOKENS,
    changes_for_customers="Nothing in one answer, where contexts do not repeat in it.",
    cost=SERVED_BY + "As many hashed bits a token as there are rounds.",
    known_breaks=("Paraphrase, as for every mark.", "Little entropy, little mark."),
    source="Dathathri et al. (2024), Nature 634, 818-823 (SynthID-Text)",
    lossless=True,
)
ANTIDISTILLATION_FINGERPRINT = Card(
    id="antidistillation-fingerprint",
    title="a green list as strong as a proxy student takes it up",
    acts_on=ActsOn.TOKENS,
    changes_for_customers="As green-list, at tokens that a student would learn from.",
    cost=SERVED_BY + "A proxy model of the same tokenizer runs beside: one more pass a token.",
    known_breaks=(
        "Paraphrase, as for every mark.",
        "Weak on mathematics even in its own paper: found in 55 % of students at 0 false ones.",
    ),
    source="Xu et al. (2026), ICML, arXiv 2602.03812",
    lossless=False,
)
ANTIDISTILLATION_SAMPLING = Card(
    id="antidistillation-sampling",
    title="reasoning is drawn so that a proxy student gets worse from it",
    acts_on=ActsOn.TOKENS,
    changes_for_customers=(
        "Reasoning with untrue steps and odd wording, up to repetition of one token; the answer is "
        "put back to the unchanged model's. Who reads reasoning is misled by it."
    ),
    cost=SERVED_BY + "Two proxies run beside, twice to three times the time a token. " + TWICE,
    known_breaks=(
        "Students who weigh or filter examples get most of it back: 34.3 -> 51.5 of 57.2 on GSM8K "
        "(The Distillation Game, 2026).",
        "De-duplication, and 1.5 to 4 times the queries (arXiv 2606.25059).",
    ),
    source="Savani et al. (2025), NeurIPS, arXiv 2504.13146",
    lossless=False,
)
PRODUCT_OF_EXPERTS = Card(
    id="product-of-experts",
    title="reasoning is drawn half from a proxy student",
    acts_on=ActsOn.TOKENS,
    changes_for_customers="As antidistillation-sampling: steps are as bad as the proxy makes them.",
    cost=SERVED_BY + "A proxy runs beside: 1.6 to 2.3 times the time a token. " + TWICE,
    known_breaks=("The same students that undo antidistillation-sampling.",),
    source="Allouah et al. (2026), arXiv 2605.22737",
    lossless=False,
)
TOKEN_CARDS = (
    GREEN_LIST,
    GUMBEL_MAX,
    TOURNAMENT,
    ANTIDISTILLATION_FINGERPRINT,
    ANTIDISTILLATION_SAMPLING,
    PRODUCT_OF_EXPERTS,
)
