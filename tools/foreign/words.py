"""Texts of the foreign worlds: public prompts where a folder of them is given, else own grammar."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from foreign import vocabulary as v

CHAT_SETS = (
    "self_instruct_user252",
    "self_instruct_seed175",
    "mt_bench",
    "unmimic_hard_negatives",
    "belle_zh_seed",
    "belle_eval_zh",
    "hh_rlhf_harmless_test",
)
CODE_SETS = ("gpteacher_codegen",)
LONGEST = 2_500
"""Characters of a public prompt that are kept: some are books, and a log of 200,000 rows is not."""


def read_sets(folder: Path | None) -> dict[str, tuple[str, ...]]:
    """The prompts of every public set in a folder, by the set's name; empty without a folder."""
    if folder is None:
        return {}
    return {
        file.parent.name: tuple(
            json.loads(line)["prompt"][:LONGEST] for line in gzip.open(file, "rt", encoding="utf-8")
        )
        for file in sorted(folder.glob("*/prompts.jsonl.gz"))
    }


@dataclass
class Words:
    """Draws texts.

    Attributes:
        random: Where chance comes from.
        sets: Public prompts by name; every method does without.
    """

    random: random.Random
    sets: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Pool the public sets that people chat and code with."""
        self._chat = [p for name in CHAT_SETS for p in self.sets.get(name, ())]
        self._code = [p for name in CODE_SETS for p in self.sets.get(name, ())]

    def fill(self, pattern: str) -> str:
        """A pattern with its gaps filled."""
        r = self.random
        return pattern.format(
            t=r.choice(v.TOPICS),
            u=r.choice(v.TOPICS),
            w=r.choice(v.WHO),
            p=r.choice(v.PEOPLE),
            d=r.choice(v.WHEN),
            f=r.choice(v.FORMS),
            l=r.choice(v.LANGUAGES),
            n=r.randint(2, 40),
            m=r.randint(2, 90),
            s=self.sentence(),
        )

    def sentence(self) -> str:
        """One plain sentence."""
        r = self.random
        text = f"{r.choice(v.SUBJECTS)} {r.choice(v.VERBS)} {r.choice(v.OBJECTS)}"
        if r.random() < 0.7:
            text += f" {r.choice(v.TAILS)}"
        if r.random() < 0.25:
            text += f", and {r.choice(v.SUBJECTS)} {r.choice(v.VERBS)} {r.choice(v.OBJECTS)}"
        return text[0].upper() + text[1:] + "."

    def passage(self, sentences: int) -> str:
        """Some sentences in a row."""
        return " ".join(self.sentence() for _ in range(sentences))

    def chat(self) -> str:
        """What somebody opens a conversation with."""
        if self._chat and self.random.random() < 0.6:
            return self.random.choice(self._chat)
        return self.fill(self.random.choice(v.OPENERS))

    def follow_up(self) -> str:
        """What is said next in a conversation."""
        return self.fill(self.random.choice(v.FOLLOW_UPS))

    def stepwise(self) -> str:
        """A question of somebody who wants every step shown."""
        return self.fill(self.random.choice(v.STEPWISE))

    def snippet(self) -> str:
        """A few lines of code."""
        r = self.random
        a, b, c = r.sample(v.IDENTIFIERS, 3)
        return r.choice(
            (
                f"for {a} in rows:\n    if {a}.{b} > {r.randint(0, 99)}:\n        {c}.append({a})",
                f"const {a} = await db.{b}({{ {c}: {r.randint(1, 500)} }});\nreturn {a}.{c};",
                f"if err := load({a}, {b}); err != nil {{\n  return {c}, err\n}}",
                f"SELECT {a}, sum({b}) FROM t WHERE {c} > {r.randint(1, 9)} GROUP BY {a}",
                f"def {a}_{b}(self, {c}=None):\n    return [{c} for _ in range({r.randint(2, 50)})]",
            )
        )

    def code(self) -> str:
        """What a programmer asks."""
        r = self.random
        if self._code and r.random() < 0.4:
            return r.choice(self._code)
        a, b = r.sample(v.IDENTIFIERS, 2)
        return r.choice(v.CODE_TASKS).format(
            n=r.choice(v.CODE_NOUNS),
            c=r.choice(v.CODE_LANGUAGES),
            e=r.choice(v.CODE_LANGUAGES),
            a=a,
            b=b,
            x=self.snippet(),
        )

    def from_set(self, name: str, otherwise: str = "passage") -> str:
        """A row of a public set, or of the own grammar where the set is not there."""
        rows = self.sets.get(name)
        if rows:
            return self.random.choice(rows)
        return self.passage(3) if otherwise == "passage" else str(getattr(self, otherwise)())

    def answer(self, prompt: str) -> str:
        """A short answer that takes up words of the prompt, as answers do."""
        taken = " ".join(prompt.split()[: self.random.randint(3, 9)])
        return f"{taken}: {self.passage(self.random.randint(1, 4))}"
