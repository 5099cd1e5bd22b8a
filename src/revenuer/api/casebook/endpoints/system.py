"""The server itself."""

from __future__ import annotations

from typing import Any

from revenuer import __version__
from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.words import Shown
from revenuer.casework.roles import RIGHTS, Right, Role
from revenuer.store.casebook.schema import version_of


class Health(Shown):
    """Whether the server can work.

    Attributes:
        status: `ok`; a server that cannot work answers 503.
        version: Of the program.
    """

    status: str
    program: str


class Whoami(Shown):
    """Who a token lets in.

    Attributes:
        name: Of the person or service.
        role: What they are now.
        token: Id of the token; no secret.
        rights: What they may, all things considered.
    """

    name: str
    role: Role
    token: str
    rights: list[Right]


def health(call: Call[None, None, None]) -> Health:
    """Whether the server and its database work."""
    with call.casebook.reading() as connection:
        version_of(connection)
    return Health(status="ok", program=__version__)


def openapi(call: Call[None, None, None]) -> dict[str, Any]:
    """This API as an OpenAPI 3.1 document."""
    from revenuer.api.casebook.endpoints import ENDPOINTS
    from revenuer.api.casebook.openapi import document

    return document(ENDPOINTS)


def whoami(call: Call[None, None, None]) -> Whoami:
    """Who the token lets in, and what they may."""
    actor = call.actor
    rights = [right for right in RIGHTS if actor.may(right)]
    return Whoami(name=actor.name, role=actor.role, token=actor.token, rights=rights)


ENDPOINTS = (
    Endpoint("GET", "/v1/health", None, health),
    Endpoint("GET", "/v1/openapi.json", None, openapi),
    Endpoint("GET", "/v1/whoami", Right.READ, whoami),
)
