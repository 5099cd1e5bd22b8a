"""Texts of a case side by side: what its accounts wrote alike, and what varies.

Who looks at them reads texts in the clear. So that is written down before, with the reason, as of
a single text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.unmasking import UNMASKED, opened_texts
from revenuer.app.casebook.working import plain_text, write_act
from revenuer.app.policy import TEXTS
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, NotFoundError
from revenuer.features.slots import Run, alike, with_slots
from revenuer.store.casebook import cases, texts


@dataclass(frozen=True, slots=True)
class Filled:
    """A text of a template.

    Attributes:
        id: Its name among the texts of the case.
        subject: Who sent it.
        occurred_at: When.
        runs: What it says: what is the template's, and what varies.
    """

    id: str
    subject: str
    occurred_at: datetime
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """Texts that are one text but for their slots.

    Attributes:
        texts: Side by side.
        accounts: How many accounts sent them.
        fixed: Share of the letters that are the same in all of them.
    """

    texts: tuple[Filled, ...]
    accounts: int
    fixed: float


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The texts of a case, template by template.

    Attributes:
        templates: Those of two texts or more, the most used first.
        alone: Texts that are like no other.
    """

    templates: tuple[TextTemplate, ...]
    alone: tuple[Filled, ...]


def texts_side_by_side(
    casebook: Casebook,
    name: str,
    *,
    part: str = "prompt",
    why: str,
    actor: Actor,
    now: datetime,
) -> SideBySide:
    """Read the texts of a case side by side; that is written down, with the reason, before.

    Args:
        casebook: Where.
        name: Of the case.
        part: `system_prompt`, `prompt` or `response`.
        why: The reason.
        actor: Who wants to read them.
        now: When.

    Raises:
        NotFoundError: There is no such case, or nothing is kept of it.
        ConfigError: There is no reason, or no such part.
        NotAllowedError: They may not.
    """
    actor.needs(Right.UNMASK)
    words = plain_text(why, "Unmasking texts")
    if part not in TEXTS:
        raise ConfigError(
            f"{part!r} is no part of an exchange.", f"Name one of {', '.join(TEXTS)}."
        )
    with casebook.changing(actor, now) as change:
        case = case_named(change.connection, name).case_id
        family = cases.family(change.connection, case)
        kept = texts.of_case(change.connection, family)
        if not kept:
            raise NotFoundError(
                "No text of this case is kept.", "`revenuer casebook texts CASE --logs LOGS` keeps."
            )
        about = {
            "texts": [row.text_id for row in kept],
            "subjects": sorted({row.owner for row in kept}),
            "part": part,
        }
        write_act(casebook, change, case, UNMASKED, about, text=words)
    # Only now, when it is on the disk who reads them and why.
    with casebook.reading() as connection:
        found = [
            (row, one, text)
            for row, one in opened_texts(casebook, connection, family)
            if one is not None and (text := one.parts.get(part))
        ]
    plain = [text for _, _, text in found]
    templates: list[TextTemplate] = []
    alone: list[Filled] = []
    for places in alike(plain):
        runs = with_slots([plain[place] for place in places])
        filled = tuple(
            Filled(found[place][0].text_id, found[place][0].owner, found[place][1].occurred_at,
                   tuple(mine))
            for place, mine in zip(places, runs, strict=True)
        )  # fmt: skip
        if len(filled) > 1:
            templates.append(_template(filled))
        else:
            alone += filled
    return SideBySide(tuple(templates), tuple(alone))


def _template(filled: tuple[Filled, ...]) -> TextTemplate:
    letters = sum(len(run.text) for one in filled for run in one.runs)
    same = sum(len(run.text) for one in filled for run in one.runs if not run.varies)
    return TextTemplate(filled, len({one.subject for one in filled}), same / max(letters, 1))
