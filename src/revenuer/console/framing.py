"""The frame that every page stands in: navigation, what is said at the top, what forms carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from revenuer.app.casebook.pulse import Pulse
from revenuer.app.signing_in.sessions import SignedIn
from revenuer.casework.roles import Right
from revenuer.console.flashes import Flash
from revenuer.console.page import Action, Page, View
from revenuer.console.rendering import render


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame of a page is made with.

    Attributes:
        section: The entry of the navigation under which it stands.
        csrf: What a stranger's forms must carry.
        url: Of the page.
        known: How far the casebook had got before the page was made; None without a look.
    """

    section: str = ""
    csrf: str = ""
    url: str = ""
    known: Pulse | None = None


def draw(
    view: View,
    pages: Sequence[Page | Action],
    signed: SignedIn | None,
    frame: Frame,
    said: Sequence[Flash],
    now_us: int,
) -> str:
    """A page as HTML.

    Args:
        view: The page.
        pages: All that there are.
        signed: Who looks; None for a stranger.
        frame: What stands around it.
        said: At its top.
        now_us: When, microseconds since the epoch.
    """
    actor = signed.actor if signed is not None else None
    shown: Mapping[str, Any] = {
        "title": view.title,
        "actor": actor,
        "may": (lambda right: actor is not None and actor.may(Right(right))),
        "nav": [
            one
            for one in pages
            if isinstance(one, Page) and one.nav and actor is not None
            and (one.right is None or actor.may(one.right))
        ],
        "section": frame.section,
        "flashes": said,
        "csrf": signed.csrf if signed is not None else frame.csrf,
        "now_us": now_us,
        "url": frame.url,
        "known": frame.known,
    }  # fmt: skip
    return render(view.template, {**shown, **view.values})
