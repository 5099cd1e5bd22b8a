"""What an endpoint is: where it is, who may call it, what it takes and what it answers.

Types are read off its function, so that what is checked, what is documented and what runs cannot
differ.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from revenuer.api.casebook.admission import Admission
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.settings import Settings

P = TypeVar("P")
Q = TypeVar("Q")
B = TypeVar("B")
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call(Generic[P, Q, B]):
    """One request, understood, of somebody who may make it.

    Attributes:
        casebook: What it is about.
        settings: In force.
        keys: Folder of the secret keys.
        actor: Who calls.
        now: When.
        path: What the path says; None where it says nothing.
        query: What follows it, likewise.
        body: What was sent, likewise.
        admission: Where applications are judged.
        version: What the caller takes to be the newest; None where they do not say.
    """

    casebook: Casebook
    settings: Settings
    keys: Path
    actor: Actor
    now: datetime
    path: P
    query: Q
    body: B
    admission: Admission
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A body byte for byte as it came, with the headers: what signs it stands for a token.

    Attributes:
        headers: By their names in small letters.
        payload: All of the body.
    """

    headers: Mapping[str, str]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is no JSON.

    Attributes:
        data: All of it.
        name: Of a file that it would be saved as.
    """

    data: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Later(Generic[P]):
    """An answer, and what is done once it is out.

    Attributes:
        answer: What is answered.
        run: Done afterwards; it raises nothing.
    """

    answer: P
    run: Callable[[], None]


@dataclass(frozen=True)
class Endpoint:
    """One thing that can be asked for over HTTP.

    Attributes:
        method: `GET`, or one that changes something.
        path: With the names of its parts in braces.
        right: What the caller must have; None for what strangers may ask for too, and for what a
            signature lets in.
        run: Does it.
        status: Of the answer.
        versioned: Whether If-Match is heeded.
        keeps: Whether its answer may be kept for a repeated request; not where the point is
            that each one is written down.
        outside: Whether it changes something that is not in the casebook's database.
        media: What the answer is.
        raw: Whether its function takes the body as it came, `Signed`, and believes nothing else
            than its signature.
    """

    method: str
    path: str
    right: Right | None
    run: Callable[[Any], Any]
    status: int = 200
    versioned: bool = False
    keeps: bool = True
    outside: bool = False
    media: str = JSON
    raw: bool = False

    @property
    def name(self) -> str:
        """Of its function; unique."""
        return self.run.__name__

    @property
    def subject(self) -> str:
        """The file of its function."""
        return self.run.__module__.rpartition(".")[2]

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        return self.method in CHANGING

    @property
    def takes_key(self) -> bool:
        """Whether Idempotency-Key is heeded."""
        return self.changes and self.keeps

    @cached_property
    def summary(self) -> str:
        """In one line."""
        return (inspect.getdoc(self.run) or "").partition("\n")[0]

    @cached_property
    def description(self) -> str:
        """What is said beyond that."""
        return (inspect.getdoc(self.run) or "").partition("\n")[2].strip()

    @cached_property
    def types(self) -> tuple[Any, Any, Any, Any]:
        """Of path, query, body and answer; None where there is none."""
        hints = get_type_hints(self.run, include_extras=True)
        answer = hints.pop("return")
        if get_origin(answer) is Later:
            (answer,) = get_args(answer)
        (call,) = hints.values()
        path, query, body = (None if one is type(None) else one for one in get_args(call))
        return path, query, body, None if answer is type(None) else answer
