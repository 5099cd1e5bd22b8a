"""How an answer goes on: what of it, under which head, and with its end said in which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revenuer.gateway.answering import passage_of
from revenuer.gateway.proxy.answer_reading import AnswerReader
from revenuer.gateway.proxy.answers import AnswerHead
from revenuer.gateway.proxy.repeats import seen_answer

if TYPE_CHECKING:
    from revenuer.gateway.proxy.client import Client
    from revenuer.gateway.proxy.exchange import Exchange
    from revenuer.gateway.proxy.pool import Pool

NO_BODY = frozenset((204, 304))


class AnswerFraming(AnswerReader):
    """Makes what goes to the client out of what `AnswerReader` read.

    Args:
        pool: Has the heads of answers before.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self.pool = pool

    def _taken(self, exchange: Exchange) -> bytes:
        """What of the body was parsed and has not gone on yet."""
        pieces = self._pieces
        piece = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        if piece:
            if exchange.first_s == 0.0:
                exchange.first_s = exchange.last_s
            exchange.tap.take(piece)
        return piece

    def _frame(self, client: Client, exchange: Exchange) -> None:
        """Know how the body comes, and what it passes through."""
        if self._framed:
            return
        self._framed = True
        coded = self._coded
        if coded:
            self._length = None
        has_body = exchange.head.method != b"HEAD" and self._status not in NO_BODY
        self._until_close = has_body and not coded and self._length is None
        ruling = exchange.ruling
        if ruling is None or not has_body or not ruling.changes_answer:
            return
        self._passage = passage_of(client.service.gate, ruling, self._status, self._headers)
        if self._passage is not None and self._passage.grows:
            # Or shrinks, and nobody knows by how much.
            self._length = None

    def _first(self, client: Client, exchange: Exchange, begun: bytes = b"") -> bytes:
        """The head for the client; says how the body will be framed."""
        exchange.status = self._status
        framing = b""
        if self._length is not None:
            framing = b"content-length: %b\r\n" % self._length
        elif exchange.head.method != b"HEAD" and self._status not in NO_BODY:
            if exchange.head.version == "1.1":
                self._chunked = True
                framing = b"transfer-encoding: chunked\r\n"
            else:
                client.end_after = True
        if client.ends(exchange):
            framing += b"connection: close\r\n"
        elif exchange.head.version == "1.0":
            framing += b"connection: keep-alive\r\n"
        return b"%b%b\r\n" % (self._head(begun).relayed, framing)

    def _head(self, begun: bytes) -> AnswerHead:
        """What goes on of the head, taken over from the answer before where they are equal."""
        heads, coded = self.pool.heads, self._coded
        known = heads[coded]
        if known is None or not known.equals(self._status, self._reason, self._headers):
            known = heads[coded] = AnswerHead(self._status, self._reason, self._headers)
        elif known.seen is None and begun and self._keeps and not self._surplus:
            known.seen = seen_answer(begun, self._status, self._reason, self._headers)
        return known
