"""How innocent pipelines wrap what they ask."""

from __future__ import annotations

EVALUATION = (
    "{body}\nAnswer with the final result only.",
    "Question: {body}\nAnswer:",
    "{body}\n\nEnd with a line that starts with RESULT.",
)
BENCHMARK = (
    "{body}\n\nThink step by step, then give the answer on the last line.",
    "Solve the problem. Show your work.\n\n{body}",
    "Q: {body}\nA: Let us work through it.",
)
AUDIT = (
    "Assess the case and explain every step of the assessment for the audit file.\n\nCase: {body}",
    "Case: {body}\n\nRecommend accept or decline. Give the full reasoning; it is archived.",
    "For the record, set out step by step why the outcome follows.\n\n{body}",
)
BACKFILL = (
    "Write three search questions that this passage answers, then ten keywords.\n\nPassage:\n{body}",
)
