"""What a page and an action are, what they are called with, and what they tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.datastructures import ImmutableMultiDict

from revenuer.api.casebook.admission import Admission
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.config_file import Origin
from revenuer.settings import Settings

Asked = ImmutableMultiDict[str, str]
"""What a query or a form says."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, of somebody who may make it.

    Attributes:
        casebook: What it is about.
        settings: In force.
        keys: Folder of the secret keys.
        actor: Who visits; of a stranger the name is empty.
        now: When.
        url: Path and query as they were asked for.
        path: What the braces of the page's path stand for.
        query: What follows the path.
        form: What an action was sent; empty for a page.
        session: Id of the session; empty for a stranger.
        cookie: What the session's cookie holds; empty for a stranger.
        csrf: What forms must carry.
        address: Where the visit comes from.
        origin: Scheme, host and port by which it came.
        agent: What the browser calls itself.
        said: Each setting, and who said so; empty where nobody told.
        admission: Where sign-ups are judged; None where there are none.
    """

    casebook: Casebook
    settings: Settings
    keys: Path
    actor: Actor
    now: datetime
    url: str
    path: Mapping[str, str]
    query: Asked
    form: Asked
    session: str = ""
    cookie: str = ""
    csrf: str = ""
    address: str = ""
    origin: str = ""
    agent: str = ""
    said: tuple[Origin, ...] = ()
    admission: Admission | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A page as it is shown.

    Attributes:
        template: Which template draws it.
        title: Its heading.
        values: What the template is given.
        status: Of the answer.
    """

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Goto:
    """On to another page.

    Attributes:
        url: Of ours, beginning with a slash; or whole, of a provider that signs people in.
        said: What the next page tells at its top; empty for nothing.
        failed: Whether that is about something that was not done.
        cookie: New value of the session's cookie; empty ends the session, None leaves it.
        after: Done once the answer is out, such as sending webhooks; it raises nothing.
    """

    url: str
    said: str = ""
    failed: bool = False
    cookie: str | None = None
    after: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A file.

    Attributes:
        data: All of it.
        name: What it is saved as.
        media: Its media type.
    """

    data: bytes
    name: str
    media: str


@dataclass(frozen=True, slots=True)
class Data:
    """JSON for a script of ours.

    Attributes:
        data: All of it, encoded.
    """

    data: bytes


Told = View | Goto | Download | Data
Run = Callable[[Visit], Told]


@dataclass(frozen=True, slots=True)
class Page:
    """Something to look at; looking changes nothing but the audit log.

    Attributes:
        path: With the names of its parts in braces.
        right: What the visitor must have; None where strangers may look.
        run: Tells what is shown.
        what: What it is, in one line; for the palette and the documentation.
        section: Under which entry of the navigation it stands.
        nav: Whether it is that entry.
        key: Letter that goes there, after `g`; empty for none.
    """

    path: str
    right: Right | None
    run: Run
    what: str
    section: str = ""
    nav: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is done, by a form of a page.

    Attributes:
        path: With the names of its parts in braces.
        right: What the visitor must have; None where strangers may do it.
        run: Does it.
        what: What it does, in one line; for the documentation.
    """

    path: str
    right: Right | None
    run: Run
    what: str


def local(url: str, otherwise: str = "/") -> str:
    r"""A URL that stays here, for where a visitor said where to go on.

    Examples:
        >>> local("/cases?sort=-seen"), local("//example.org"), local("https://example.org/")
        ('/cases?sort=-seen', '/', '/')
        >>> local("/\\example.org"), local("/cases\n"), local("")
        ('/', '/', '/')
    """
    stays = url.startswith("/") and not url.startswith(("//", "/\\"))
    return url if stays and url.isprintable() and "\\" not in url else otherwise
