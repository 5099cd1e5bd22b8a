"""One request and its answer, while they are under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revenuer.gateway.proxy.heads import Head
from revenuer.gateway.tap import Tap

if TYPE_CHECKING:
    from revenuer.gateway.proxy.upstream import Upstream
    from revenuer.gateway.ruling import Ruling


class Exchange:
    """What both sides of the proxy know of a request.

    Attributes:
        head: The request's head.
        length: What `Content-Length` said; None without.
        body: Pieces of the body that have not gone on yet.
        size: Bytes of the body that came so far.
        whole: Whether the body is all there.
        forwarding: Whether the request goes on; body pieces follow as they come.
        rewriting: Whether the body must be held until it is whole, to be changed.
        ruling: What the guard said; None before it was asked.
        upstream: The connection it went to.
        arrived_s: Wall clock when the head was read.
        started_s: The loop's clock at the same moment.
        sent_s: The loop's clock when it went on; 0 before.
        first_s: The loop's clock when the first byte of the answer's body came; 0 before.
        last_s: The loop's clock when anything last moved.
        logged: The body as it came, where the recorder is to read it.
        status: Of the answer; 0 before.
        tap: What is kept of the answer's body.
    """

    __slots__ = (
        "arrived_s",
        "body",
        "first_s",
        "forwarding",
        "head",
        "last_s",
        "length",
        "logged",
        "rewriting",
        "ruling",
        "sent_s",
        "size",
        "started_s",
        "status",
        "tap",
        "upstream",
        "whole",
    )

    def __init__(self, head: Head, length: int | None, arrived_s: float, started_s: float) -> None:
        self.head = head
        self.length = length
        self.body: list[bytes] = []
        self.size = 0
        self.whole = False
        self.forwarding = False
        self.rewriting = False
        self.ruling: Ruling | None = None
        self.upstream: Upstream | None = None
        self.arrived_s = arrived_s
        self.started_s = started_s
        self.sent_s = 0.0
        self.first_s = 0.0
        self.last_s = started_s
        self.logged: bytes | None = None
        self.status = 0
        self.tap = Tap()

    def taken_body(self) -> bytes:
        """The body so far, which then is no longer held here."""
        pieces = self.body
        self.body = []
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
