"""The guard as an external processor of Envoy: requests only, never a byte of an answer.

`python -m revenuer.gateway.ext_proc --config FILE --listen HOST:PORT`, and in Envoy the filter
`envoy.filters.http.ext_proc` with `request_header_mode: SEND`, `request_body_mode: BUFFERED` and
every other mode off; examples/gateway/envoy.yaml has it whole. Answers through it would cost a
message for each piece of a stream. What came of a request is in Envoy's own access log, which
`revenuer scan` reads; the rows written here say who asked for what, and what was decided.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import grpc
from envoy.config.core.v3 import base_pb2
from envoy.service.ext_proc.v3 import external_processor_pb2 as messages
from envoy.service.ext_proc.v3 import external_processor_pb2_grpc as service
from envoy.type.v3 import http_status_pb2

from revenuer.errors import ConfigError
from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.gate import MARKS
from revenuer.gateway.refusals import TWO_CALLERS
from revenuer.gateway.routes import normal_path
from revenuer.gateway.ruling import Ruling
from revenuer.gateway.start import load_config, put_together
from revenuer.gateway.tap import Tap

CONTINUE = messages.CommonResponse.CONTINUE
MARK_NAMES = sorted(name.decode() for name in MARKS)
GRACE_S = 5.0


class Processor(service.ExternalProcessorServicer):  # type: ignore[misc]
    """Decides on the requests that Envoy asks about.

    Args:
        config: Of which `guard`, `identity`, `reasoning` and `log` count.
    """

    def __init__(self, config: GatewayConfig) -> None:
        self.gate, self.journal, self.feed = put_together(config)

    async def Process(  # noqa: N802 - the name is Envoy's
        self, request_iterator: AsyncIterator[Any], context: Any
    ) -> AsyncIterator[Any]:
        """Answer the messages about one request."""
        fields: dict[bytes, bytes] = {}
        async for message in request_iterator:
            kind = message.WhichOneof("request")
            if kind == "request_headers":
                fields = _fields_of(message.request_headers)
                if len(fields) != len(message.request_headers.headers.headers) and (
                    self.gate.identities.repeated(_pairs_of(message.request_headers))
                ):
                    yield _answer(400, TWO_CALLERS, [])
                    return
                if message.request_headers.end_of_stream:
                    yield self._decided(fields, None, "request_headers")
                else:
                    # The body decides with it; what is refused is refused then.
                    yield messages.ProcessingResponse(request_headers=_goes_on())
            elif kind == "request_body":
                whole = message.request_body.end_of_stream
                body = message.request_body.body if whole else None
                yield self._decided(fields, body, "request_body")
            else:
                yield messages.ProcessingResponse(**{kind: _goes_on()})

    def _decided(self, fields: dict[bytes, bytes], body: bytes | None, phase: str) -> Any:
        arrived_s = time.time()
        peer = _peer_in(fields)
        ruling = self.gate.rule(
            fields.get(b":method", b""),
            normal_path(unquote_to_bytes(fields.get(b":path", b"/").partition(b"?")[0])),
            fields,
            body,
            self.journal.address_of(fields, peer),
        )
        refused = ruling.answer is not None
        self.journal.record(
            self.journal.head_of(ruling, fields, peer),
            ruling,
            Tap(),
            arrived_s=arrived_s,
            took_s=0.0,
            status=ruling.status,
            outcome="guard_" + ruling.word if refused else "",
            body=self.journal.kept(body),
        )
        if refused:
            return _refusal(ruling)
        if ruling.treatment is not None:
            self.gate.countering.leave_answer(ruling.treatment)
        common = messages.CommonResponse(status=CONTINUE, header_mutation=_mutation(ruling))
        if ruling.body is not None:
            common.body_mutation.body = ruling.body
        return messages.ProcessingResponse(**{phase: _goes_on(common)})


def _goes_on(common: Any = None) -> Any:
    """Headers and bodies are answered by messages of one shape on the wire, of two in Python."""
    return {"response": common or messages.CommonResponse(status=CONTINUE)}


def _pairs_of(headers: Any) -> list[tuple[bytes, bytes]]:
    return [
        (header.key.encode(), header.raw_value or header.value.encode())
        for header in headers.headers.headers
    ]


def _fields_of(headers: Any) -> dict[bytes, bytes]:
    return dict(_pairs_of(headers))


def _peer_in(fields: dict[bytes, bytes]) -> bytes:
    """The client as Envoy names it: the last that it added itself."""
    said = fields.get(b"x-envoy-external-address") or fields.get(b"x-forwarded-for") or b"unknown"
    return said.rsplit(b",", 1)[-1].strip()


def _header(name: str, value: bytes) -> Any:
    return base_pb2.HeaderValueOption(
        header=base_pb2.HeaderValue(key=name, raw_value=value),
        append_action=base_pb2.HeaderValueOption.OVERWRITE_IF_EXISTS_OR_ADD,
    )


def _lines_of(ruling: Ruling) -> list[tuple[str, bytes]]:
    lines = (line.partition(b": ") for line in ruling.headers.split(b"\r\n"))
    return [(name.decode(), value) for name, found, value in lines if found]


def _mutation(ruling: Ruling) -> Any:
    """The guard's marks on the request that goes on, and the length of a changed body."""
    said = _lines_of(ruling)
    if ruling.body is not None:
        said.append(("content-length", b"%d" % len(ruling.body)))
    names = {name for name, _ in said}
    return messages.HeaderMutation(
        set_headers=[_header(name, value) for name, value in said],
        remove_headers=[name for name in MARK_NAMES if name not in names],
    )


def _refusal(ruling: Ruling) -> Any:
    return _answer(ruling.status, ruling.answer or b"", _lines_of(ruling))


def _answer(status: int, body: bytes, lines: list[tuple[str, bytes]]) -> Any:
    headers = [_header(name, value) for name, value in lines]
    headers.append(_header("content-type", b"application/json"))
    return messages.ProcessingResponse(
        immediate_response=messages.ImmediateResponse(
            status=http_status_pb2.HttpStatus(code=status),
            headers=messages.HeaderMutation(set_headers=headers),
            body=body,
            details="revenuer_guard",
        )
    )


async def serve(config: GatewayConfig, address: str) -> None:
    """Serve until told to end."""
    processor = Processor(config)
    server = grpc.aio.server()
    service.add_ExternalProcessorServicer_to_server(processor, server)
    if server.add_insecure_port(address) == 0:
        raise ConfigError(f"{address} cannot be listened on.")
    await server.start()
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    watching = asyncio.create_task(processor.feed.run()) if processor.feed is not None else None
    await ending.wait()
    await server.stop(GRACE_S)
    if watching is not None:
        watching.cancel()
    await processor.journal.close()


def main() -> int:
    """Serve with the file and at the address that are named."""
    parser = argparse.ArgumentParser(prog="python -m revenuer.gateway.ext_proc")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--listen", default="127.0.0.1:9002", metavar="HOST:PORT")
    told = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(serve(load_config(told.config), told.listen))
    except ConfigError as wrong:
        sys.stderr.write(f"Error: {wrong.message}\n  {wrong.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
