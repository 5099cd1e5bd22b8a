"""System prompts of applications, all different, in the project's own words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.language.topics import SUBJECTS

ROLES = ("You are {name}, the assistant of a service about {a}.", "{name} answers customers on {a}.",
         "Act as {name}. Your field is {a}, with some knowledge of {b}.",
         "This is the help desk of {name}: {a} and {b}.", "Du bist {name} und berätst zu: {a}.",
         "You write for {name}, a magazine that covers {a}.", "你是{name}的助手，负责{a}方面的问题。",
         "{name} bot. Scope: {a}. Out of scope: {b}.", "You support the {name} team with {a}.")  # fmt: skip
RULES = ("Keep answers under {n} words.", "Ask before you assume.", "Never give prices.",
         "Quote the article number.", "Use the formal register.", "Answer in the user's language.",
         "Offer at most {n} options.", "If unsure, hand over to a colleague.", "Return JSON.",
         "Do not mention competitors.", "Be warm but brief.", "List sources at the end.",
         "Dates are written year first.", "No emoji.", "Refuse anything off topic.",
         "Greet returning users by first name.")  # fmt: skip
FAMOUS = ("You are a helpful assistant.", "You are an expert programmer.", "Answer concisely.",
          "You are a friendly chat bot.")  # fmt: skip
SYLLABLES = ("bra", "cle", "dor", "fen", "gal", "hil", "jun", "kor", "lum", "mar", "nov", "ost",
             "pel", "qui", "ros", "sel", "tam", "ulm", "vex", "wil", "yar", "zen")  # fmt: skip


def brand_names(rng: np.random.Generator, count: int) -> list[str]:
    """Invented names of products and firms."""
    parts = rng.choice(SYLLABLES, (count, 3))
    return ["".join(row[: 2 + place % 2]).capitalize() for place, row in enumerate(parts)]


def write_system_prompts(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """System prompts, no two of one application. Shape (count,)."""
    roles, subjects = rng.integers(0, len(ROLES), count), rng.integers(0, len(SUBJECTS), (count, 2))
    rules = rng.integers(0, len(RULES), (count, 4))
    numbers = rng.integers(3, 400, count)
    prompts = [
        " ".join(
            [
                ROLES[roles[i]].format(
                    name=name, a=SUBJECTS[subjects[i, 0]], b=SUBJECTS[subjects[i, 1]]
                ),
                *(RULES[r].format(n=numbers[i]) for r in rules[i, : 2 + i % 3]),
            ]
        )
        for i, name in enumerate(brand_names(rng, count))
    ]
    return np.array(prompts, dtype=object)
