"""Which paths are requests to a model, and how each is written.

Looked up by the end of the path, so that `/v1/chat/completions` and an operator's
`/openai/deployments/x/chat/completions` are one. Every other path is still decided on by who
asks; only its body says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from revenuer.guard.events import Protocol


@dataclass(frozen=True, slots=True)
class Route:
    """A kind of request.

    Attributes:
        protocol: How its body is written.
        operation: What the log calls it; empty for what is not logged.
    """

    protocol: Protocol
    operation: str


OTHER = Route(Protocol.OTHER, "")
_BY_ENDING = {
    b"/chat/completions": Route(Protocol.OPENAI_CHAT, "chat"),
    b"/completions": Route(Protocol.OPENAI_COMPLETIONS, "completion"),
    b"/responses": Route(Protocol.OPENAI_RESPONSES, "chat"),
    b"/messages": Route(Protocol.ANTHROPIC_MESSAGES, "chat"),
    b"/embeddings": Route(Protocol.OTHER, "embeddings"),
}
WITH_BLOCKS = frozenset((Protocol.OPENAI_RESPONSES, Protocol.ANTHROPIC_MESSAGES))
"""Protocols whose answers have reasoning blocks that a request takes back."""
_CARRIERS = (
    b"/messages",
    b"/responses",
    b"/messages/count_tokens",
    b"/messages/batches",
    b"/responses/compact",
    b"/responses/input_tokens",
)
PATHS = 256
"""Paths whose route is kept. placeholder"""
_SHAPELESS = (b"/invocations", b"/inference/v1/generate")
"""Ways into vLLM that serve what other routes serve, without its `--api-key`."""


def normal_path(path: bytes) -> bytes:
    """A path without a query, as routes are looked up by: no double and no last slash.

    Examples:
        >>> normal_path(b"//v1/messages/?beta=true")
        b'/v1/messages'
    """
    whole = path.partition(b"?")[0]
    while b"//" in whole:
        whole = whole.replace(b"//", b"/")
    return whole.rstrip(b"/") or b"/"


@lru_cache(PATHS)
def route_of(method: bytes, path: bytes) -> Route:
    """The route of a normalised path.

    Examples:
        >>> route_of(b"POST", b"/v1/chat/completions").protocol.value
        'openai-chat'
        >>> route_of(b"GET", b"/v1/responses").operation
        ''
    """
    if method != b"POST":
        return OTHER
    last = path.rfind(b"/")
    ending = path[last:]
    if ending == b"/completions" and path.endswith(b"/chat/completions"):
        ending = b"/chat/completions"
    route = _BY_ENDING.get(ending)
    if route is not None:
        return route
    return _INVOCATIONS if path.endswith(_SHAPELESS) else OTHER


def may_carry_blocks(path: bytes) -> bool:
    """Whether a request to a normalised path may replay reasoning blocks.

    Examples:
        >>> may_carry_blocks(b"/v1/messages/count_tokens"), may_carry_blocks(b"/v1/files")
        (True, False)
    """
    return path.endswith(_CARRIERS)


_INVOCATIONS = Route(Protocol.OPENAI_CHAT, "chat")
