"""What people type: public prompts where they lie beside the repository, else a grammar."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from numpy.random import Generator

TOPICS = (
    "the French Revolution", "soil bacteria", "bridge design", "jazz harmony", "tax law",
    "photosynthesis", "container shipping", "medieval Japan", "black holes", "bread baking",
    "insulin", "coral reefs", "Kubernetes", "graph theory", "stoicism", "wind turbines",
    "chess openings", "macroeconomics", "volcanoes", "typography", "antibiotics", "Norse myth",
    "supply chains", "number theory", "film noir", "beekeeping", "superconductors", "divorce law",
    "marathon training", "reinforcement learning", "Renaissance painting", "plate tectonics",
    "microservices", "child psychology", "Roman roads", "vaccines", "options pricing", "opera",
    "the Silk Road", "cryptography", "urban planning", "enzymes", "phonology", "steel making",
    "compilers", "migraine", "monsoons", "Bayesian statistics", "ceramics", "trade unions",
)  # fmt: skip
ASPECTS = (
    "history", "common errors", "vocabulary", "cost", "main theories", "measurement", "ethics",
    "key people", "open questions", "safety", "methods", "economics", "exercises", "regulation",
    "terminology", "applications", "limits", "teaching", "tools", "case studies",
)  # fmt: skip
THINGS = (
    "my landlord", "a birthday party", "the garden fence", "our quarterly numbers",
    "a job interview",
    "my sister's wedding", "the printer", "a used car", "a school trip", "my back pain",
    "an invoice",
    "the neighbours' dog", "a holiday in Portugal", "my thesis chapter", "the new manager",
    "a broken washing machine", "the cake recipe", "our onboarding mail", "a parking fine",
    "my running plan", "the kids' homework", "a visa form", "the wifi at home", "an old laptop",
)  # fmt: skip
ERRANDS = (
    "can you help me write a short mail about {thing}", "what should i know about {thing}?",
    "make a list for {thing}", "quick question on {thing}, is it normal that it costs {n} a month?",
    "how do I say no politely when it comes to {thing}", "give me {n} ideas for {thing}",
    "is {topic} hard to learn if i only have {n} minutes a day", "explain {topic} like i'm twelve",
    "whats the difference between {topic} and {topic2}", "write a poem of {n} lines about {thing}",
    "i have {n} days until {thing}. plan?", "who invented {topic}", "translate to german: {thing}",
    "Fix the tone, it sounds rude: 'About {thing}, I told you {n} times'", "and then?", "thanks!",
    "ok but shorter", "why?", "another one please", "that's wrong, it was {n}", "in a table please",
    "Please compare {topic} with {topic2} in the context of {thing}", "hi", "go on",
    "I need a caption for a photo of {thing} with {n} people", "what rhymes with {thing}",
)  # fmt: skip
CODE = (
    "why does this fail on line {n}: `{name}[{n}] = None`",
    "write a regex that matches {name}_{n}",
    "refactor {name}() so that it takes a list",
    "add tests for {name}", "TypeError in {name}.py:{n}",
    "what is the complexity of {name} with {n} nodes",
    "convert this bash loop over {name} to python",
    "sql: rows of {name} where the count is over {n}",
    "the build of {name} broke after v{n}, ideas?",
    "rename {name} to {name}2 everywhere", "explain this stack trace from {name} (pid {n})",
    "please review my PR for {name}: it retries {n} times", "how do i mock {name} in pytest",
)  # fmt: skip
NAMES = (
    "user_repo", "parse_feed", "OrderCache", "fetch_all", "invoice_job", "SlotTable", "retryer",
    "geo_index", "mail_queue", "Tokenizer", "diff_tree", "sync_worker", "auth_mw", "price_book",
)  # fmt: skip
PASTED = (
    "summarise this for a newsletter:\n{text}", "what's the tone of the following? {text}",
    "proofread:\n{text}", "give me a headline. {text}", "is this true? {text}", "{text}",
    "shorten to one sentence: {text}", "reply to this politely: {text}", "simplify\n\n{text}",
)  # fmt: skip


@dataclass
class Texts:
    """Public prompts by pool, each handed out at most once while there are some."""

    pools: dict[str, list[str]]
    rng: Generator
    used: dict[str, int] = field(default_factory=dict)

    def take(self, pool: str) -> str | None:
        """The next unused prompt of a pool, or None."""
        items, at = self.pools.get(pool, []), self.used.get(pool, 0)
        if at >= len(items):
            return None
        self.used[pool] = at + 1
        return items[at]

    def any_of(self, pool: str) -> str | None:
        """A prompt of a pool, which others may have had."""
        items = self.pools.get(pool, [])
        return items[int(self.rng.integers(len(items)))] if items else None

    def pick(self, of: Sequence[str]) -> str:
        """One of these."""
        return of[int(self.rng.integers(len(of)))]

    def slots(self, form: str) -> str:
        """A form with its slots filled."""
        return form.format(
            thing=self.pick(THINGS),
            topic=self.pick(TOPICS),
            topic2=self.pick(TOPICS),
            n=int(self.rng.integers(2, 90)),
            name=self.pick(NAMES),
        )

    def errand(self) -> str:
        """What a person asks in a chat."""
        roll = self.rng.random()
        if roll < 0.25:
            pool = self.pick(("hh_rlhf_harmless_test", "awesome_chatgpt_prompts", "mt_bench",
                              "self_instruct_user252", "belle_eval_zh"))  # fmt: skip
            if (prompt := self.take(pool)) is not None:
                return prompt
        if roll < 0.5 and (text := self.take("classic_agnews_test")) is not None:
            return self.pick(PASTED).format(text=text)
        if roll < 0.6 and (text := self.take("classic_sst2")) is not None:
            return self.pick(PASTED).format(text=text)
        first = self.slots(self.pick(ERRANDS))
        return f"{first}. {self.slots(self.pick(ERRANDS))}" if roll > 0.85 else first

    def code(self) -> str:
        """What a programmer asks."""
        if self.rng.random() < 0.1 and (prompt := self.take("mbpp")) is not None:
            return prompt
        first = self.slots(self.pick(CODE))
        return f"{first}\n{self.slots(self.pick(CODE))}" if self.rng.random() < 0.3 else first


def read_texts(folder: Path | None, rng: Generator) -> Texts:
    """The public prompts in `folder`, shuffled; none of them if there is no folder."""
    pools: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*/prompts.jsonl.gz")) if folder else ():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            items = list(dict.fromkeys(str(json.loads(line)["prompt"]) for line in lines))
        pools[path.parent.name] = [items[i] for i in rng.permutation(len(items))]
    return Texts(pools, rng)
