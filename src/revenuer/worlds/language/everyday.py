"""What ordinary people write, in six languages, and what developers ask."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.draws import share
from revenuer.worlds.language import topics
from revenuer.worlds.language.grammar import Voice, write_rows, write_voices

NAMES = ("Amara", "Bjorn", "Chidi", "Dolores", "Emre", "Fatima", "Goran", "Hana", "Ines", "Jamal",
         "Katya", "Lior", "Mei", "Nils", "Olga", "Priya", "Quentin", "Rosa", "Samir", "Tove",
         "Ulla", "Viktor", "Wanda", "Xavier", "Yusuf", "Zoe")  # fmt: skip
CONTEXTS = (
    "", "", "", " My sister {name} says otherwise.", " I have {n} minutes.", " It is for {name}.",
    " We are {n} people.", " The deadline is in {n} days.", " I already tried it {n} times.",
    " Budget: {big}.", " {name} from work will read it.", " Sorry for the typos.", " thanks!!",
    " Please keep it under {big} characters.", " I live near {name}'s village.",
    " Last time it went wrong after {n} weeks.", " No lists, please.", " It started in {year}.",
    " Use plain words, {name} is {n}.", " Also mention {subject}.", " Do not mention {subject}.",
    " I got {big} of them.", " Sign it with {name}.", " Be honest.", " asap pls",
    " Here is what {name} wrote me: it will not work before {hour} o'clock.",
)  # fmt: skip
FOLLOW_UPS = (
    "shorter please", "and for {name}?", "Make it more formal.", "ok but why {n}?", "thanks, next: {subject}",
    "No, I meant {subject} {aspect}.", "Can you say that again in other words?", "what about {subject}?",
    "Now as a table with {n} columns.", "Change {name} to {name2}.", "Is that still true in {year}?",
    "Add a line about {subject}.", "hm, not convinced", "Which of these would you pick?", "continue",
    "Take out the part with {n}.", "You forgot {subject}.", "Translate it for {name}.", "and cheaper?",
    "那{n}个呢？", "再短一点", "¿y para {name}?", "Et pour {name} ?", "Und mit {n} Leuten?", "もう少し短く",
)  # fmt: skip
DEV_FRAMES = (
    "I get {error} in {file} line {big} since I changed the {part}. What did I break?",
    "why does {file} take {n} seconds to load the {part}", "Write a test for the {part} in {file}.",
    "How do I mock the {part} when {name} runs it in CI?", "Refactor the {part}: it has {n} branches now.",
    "{error} only happens on {name}'s machine. Ideas?", "Explain what this {part} in {file} does.",
    "Convert the {part} from callbacks to async, {file} only.", "Is it safe to drop the {part} index?",
    "Review my diff: the {part} now retries {n} times before {error}.", "commit message for: {part} fix",
    "Give me a regex that matches {big}-{n} but not {n2}.", "Docker build of {file} fails with {error}.",
    "Which is faster for a {part} with {big} rows, a join or two queries?", "fix lint in {file}",
)  # fmt: skip
DEV_SLOTS: dict[str, Sequence[str]] = {
    "name": NAMES,
    "error": ("a TypeError", "exit code {n}", "a timeout after {n} s", "a segfault", "error {big}",
              "a deadlock", "a 502", "an off-by-one", "a KeyError on '{name}'", "out of memory"),
    "file": ("main.py", "index.ts", "handlers.go", "schema.sql", "app.tsx", "Makefile", "worker_{n}.py",
             "lib.rs", "utils_{name}.js", "config.yaml", "Dockerfile", "report_{year}.ipynb"),
    "part": ("login form", "cache layer", "CSV import", "invoice model", "search box", "retry loop",
             "date picker", "webhook", "migration", "sidebar", "token refresh", "job scheduler",
             "rate limit", "thumbnailer", "permission check", "upload handler", "price rounding"),
}  # fmt: skip

PRODUCT_HEADS = (
    "{do} the {record} below for the {team}.", "New {record} from {source}:", "### {record} ({source})",
    "{do} this {record}. Fields: {field}, {field2}, {field3}.", "Input is one {record}.",
    "Here is a {record}; the {team} needs the {field} and the {field2}.",
    "Given the {record}, {do2} it and name the {field}.", "{source} export, {record} follows",
)  # fmt: skip
PRODUCT_TAILS = (
    "Output: JSON with {field} and {field3}.", "Answer in at most {n} words.", "", "Language: {tongue}.",
    "Leave the {field} empty if it is missing.", "Escalate to the {team} if the {field2} is unclear.",
    "Tone: {tone}.", "Give a {field} and one sentence of explanation.", "### {field}:",
)  # fmt: skip
PRODUCT_SLOTS: dict[str, Sequence[str]] = {
    "do": ("Summarise", "Classify", "Rewrite", "Translate", "Check", "Answer", "Tag", "Shorten"),
    "record": ("ticket", "review", "invoice", "transcript", "claim", "listing", "e-mail", "survey reply",
               "visit note", "order", "complaint", "job advert", "meeting note", "chat", "menu", "contract clause"),
    "team": ("support team", "night desk", "warehouse", "editors", "branch in the south", "sales floor",
             "claims unit", "front office", "tutors", "kitchen", "legal team", "dispatchers"),
    "source": ("the web form", "the app", "a phone call", "the partner portal", "the kiosk", "our shop",
               "the old system", "a chat widget", "the newsletter", "the field team"),
    "field": ("category", "urgency", "amount", "due date", "product", "mood", "next step", "address",
              "customer type", "language", "order number", "reason", "warranty", "contact", "summary"),
    "tongue": ("English", "Spanish", "French", "German", "Japanese", "Chinese", "Portuguese", "Polish"),
    "tone": ("warm", "dry", "formal", "playful", "neutral", "apologetic"),
}  # fmt: skip
ENTRIES = (
    "{who} ordered {n} {good} in {year} and got {n2}. Ref {big}.", "Hello, the {good} from order {big} {fault}.",
    "{who}: I would like to move my appointment to {hour}:00, room {n}.", "{n} stars. The {good} {fault}, but {who2} was kind.",
    "Contract {big}-{n}: {who} and {who2} agree on {n2} {good} a month.", "{who2} asks whether the {good} still ship in {n} days.",
    "Meeting of {n} people about {good}; {who} will report, {who2} disagrees.", "Flat with {n} rooms, {big} a month, ask {who}.",
    "caller {big}: the {good} {fault}, second time, wants {who} to ring back after {hour}", "Invoice {big}, {n} {good}, due in {n2} days, {who}.",
)  # fmt: skip
PRODUCT_SLOTS |= {
    "who": NAMES,
    "good": (
        "boots",
        "lamps",
        "filters",
        "toner",
        "bulbs",
        "chairs",
        "cables",
        "seeds",
        "helmets",
        "mugs",
        "tyres",
        "tickets",
        "pumps",
        "blankets",
        "scales",
        "batteries",
        "frames",
        "kettles",
    ),
    "fault": (
        "arrived broken",
        "are the wrong colour",
        "never came",
        "leak",
        "do not fit",
        "stopped after {n} days",
        "smell odd",
        "work fine now",
        "were left outside",
        "cost {big} too much",
    ),
}

ANSWERS = (
    "Here are {n} points on the {good}.", "The {record} fits the {field} best.", "It depends on the {part}.",
    "{big}", "Yes. The {good} {fault}, so start with the {part}.", "Dear {who}, thank you for the {record}.",
    "The cause is {error} in {file}.", "1. {good} 2. {good2} 3. the {field}",
)  # fmt: skip


def write_everyday(item: NDArray[np.uint64], turn: NDArray[np.int64]) -> pa.StringArray:
    """Requests of private people; later turns are often short follow-ups."""
    edges = np.cumsum(list(topics.LANGUAGE_SHARES.values()))
    language = np.searchsorted(edges, share(item, "language"), side="right").clip(0, edges.size - 1)
    follows = (turn > 0) & (share(item, "follow") < 0.6)
    kind = np.where(follows, edges.size, language)
    return write_voices(item, kind, everyday_voices())


@cache
def everyday_voices() -> tuple[Voice, ...]:
    """How people write in each language, and how they follow up."""
    english = {"subject": topics.SUBJECTS, "aspect": topics.ASPECTS, "name": NAMES}
    voices: list[Voice] = []
    for language in topics.LANGUAGE_SHARES:
        frames, subjects = topics.FRAMES[language]
        body = "{subject} {aspect}" if language == "en" else "{subject}"
        tails = CONTEXTS if language == "en" else topics.TAILS[language]
        spelled = [frame.replace("{body}", body) + "{tail}" for frame in frames]
        slots = english | {"subject": subjects, "tail": tails}
        voices.append(("everyday-" + language, spelled, slots))
    return (*voices, ("follow-up", FOLLOW_UPS, english))


def write_developers(item: NDArray[np.uint64]) -> pa.StringArray:
    """What developers ask about code of their own."""
    return write_rows(item, "developer", DEV_FRAMES, DEV_SLOTS)


def write_product(firm: NDArray[np.uint64], item: NDArray[np.uint64]) -> pa.StringArray:
    """What an application sends: one template a firm, around what its customers enter."""
    before = write_rows(firm, "product-before", PRODUCT_HEADS, PRODUCT_SLOTS)
    after = write_rows(firm, "product-after", PRODUCT_TAILS, PRODUCT_SLOTS)
    entry = write_rows(item, "product-entry", ENTRIES, PRODUCT_SLOTS | DEV_SLOTS)
    return pc.binary_join_element_wise(before, entry, after, "\n")


def write_answers(item: NDArray[np.uint64]) -> pa.StringArray:
    """Short answers; worlds keep few and need no more of them than their shape."""
    slots = PRODUCT_SLOTS | DEV_SLOTS
    return write_rows(item, "answer", ANSWERS, slots)
