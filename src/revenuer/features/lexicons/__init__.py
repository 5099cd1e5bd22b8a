"""The concepts that content detectors and capabilities are made of.

Python modules and not data files, because nothing below `sources` opens files. Written
for this project; the notation is that of `features.phrasings`. A concept's name is
unique over all modules.
"""

from __future__ import annotations

from collections.abc import Mapping

from revenuer.features.lexicons import (
    disclosure,
    examples,
    grading,
    pretexts,
    reasoning,
    rewriting,
    subjects,
    tasks,
    traces,
    workings,
)

LEXICON: Mapping[str, Mapping[str, str]] = {
    **reasoning.CONCEPTS,
    **disclosure.CONCEPTS,
    **pretexts.CONCEPTS,
    **grading.CONCEPTS,
    **traces.CONCEPTS,
    **workings.CONCEPTS,
    **tasks.CONCEPTS,
    **examples.CONCEPTS,
    **rewriting.CONCEPTS,
    **subjects.CONCEPTS,
}
