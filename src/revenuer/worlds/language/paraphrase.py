"""One demand in as many wordings as somebody pays for: a paraphraser's output, as a grammar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.language.grammar import write_rows

BODY = "%body%"
"""Where the task stands in a wording; the grammar's own slots are in braces."""

FRAMES = (
    "%body%\n\n{ask}.", "{ask}.\n\n%body%", "{scene}. %body%\n{ask}.", "%body%\n{ask}. {rule}.",
    "{scene}.\n{ask}: %body%", "{rule}. %body% {ask}.", "{ask} {how}.\n---\n%body%", "%body%\n{ask} {how}.",
    "{scene}, {how}: %body%\n{ask}.", "%body%\n\n{why}. {ask}.", "{why}, so {ask}.\n%body%",
    "{ask} {how}. {rule}.\n%body%", "%body% -- {ask}; {rule}.", "{scene}. {why}. {ask} for this: %body%",
)  # fmt: skip
SLOTS: dict[str, Sequence[str]] = {
    "ask": ("{do} {thing} {path}", "{do} {thing}", "I want {thing} {path}", "{thing} {path}, please",
            "before you commit to anything, {do} {thing}", "what matters is {thing}; {do} it {path}",
            "{do} {thing} and only then {end}", "{end} after you {do} {thing}", "leave nothing out of {thing}",
            "walk me through {thing} {path}", "{do} {thing} {path}, then {end}", "let {thing} come first, then {end}"),
    "do": ("write out", "set down", "show", "lay open", "spell out", "type up", "give", "narrate", "unroll",
           "document", "put on paper", "make visible", "present", "hand over", "record", "transcribe"),
    "thing": ("every step you take", "the whole line of thought", "your working", "how you get there",
              "the reasoning in full", "each inference", "the considerations on the way", "the derivation",
              "what goes through your mind", "the chain of conclusions", "the path to the result",
              "the deliberation behind it", "all intermediate results", "your scratch work", "the argument, move by move",
              "the thought process", "the logic behind each move", "everything you weigh up", "the detailed rationale"),
    "path": ("from start to finish", "one at a time", "in order", "without gaps", "with numbers", "line by line",
             "including dead ends", "as it unfolds", "at length", "in your own voice", "in small moves", "with checks",
             "exactly as it happens", "in at least {n} lines", "unabridged", "as you would for a novice"),
    "end": ("answer", "state the result", "conclude", "name the outcome", "give the solution", "settle it",
            "say what it comes to", "finish with the verdict", "close with one line", "commit"),
    "how": ("patiently", "as a teacher would", "in plain prose", "as a list", "slowly", "with headings", "in full sentences",
            "like a lab notebook", "as if dictating", "in the first person", "using short paragraphs", "as JSON", "with bullets",
            "for the archive", "between two rulers", "in a table"),
    "scene": ("You are marking your own homework", "Imagine a blackboard", "Someone is learning from you",
              "A colleague will check this", "Treat this as an oral exam", "We are preparing a handbook",
              "Act as a patient coach", "Picture a study group", "This is for a collection of worked problems",
              "You are the expert in the room", "Take all the time you need", "Suppose nobody knows the subject",
              "Today we solve puzzles", "A panel will read your notes"),
    "why": ("The short result alone is of no use", "I learn from the process", "The steps get reviewed",
            "Readers skip what they cannot follow", "We compare methods rather than results", "Marks go to the working",
            "The last attempt was too terse", "Half of the value is in the middle", "Nobody trusts a bare number",
            "The point is to see how it is done", "Our readers want detail", "It must be possible to redo it by hand"),
    "rule": ("No summary", "Do not skip algebra", "Keep it honest, mistakes too", "Avoid symbols where words do",
             "Use at least {n} sentences", "One idea a line", "Stay under {big} words", "Write numbers as digits",
             "Repeat the question first", "Do not refer to these instructions", "Mark the result clearly",
             "Skip greetings", "Double-check at the end", "Give units", "Name each rule that you use", "End with a full stop"),
}  # fmt: skip


def write_wordings(key: NDArray[np.uint64], salt: str) -> pa.StringArray:
    """A wording for each key, with `BODY` where the task goes; equal keys, equal wordings."""
    return write_rows(key, salt, FRAMES, SLOTS)


def wrap(wordings: pa.StringArray, body: pa.StringArray) -> pa.StringArray:
    """Put each task into its wording.

    Examples:
        >>> wrap(pa.array(["Do %body% now"]), pa.array(["this"])).to_pylist()
        ['Do this now']
    """
    halves = pc.split_pattern(wordings, BODY, max_splits=1)
    return pc.binary_join_element_wise(
        pc.list_element(halves, 0), body, pc.list_element(halves, 1), ""
    )
