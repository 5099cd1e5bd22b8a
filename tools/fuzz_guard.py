"""A coverage-guided fuzzer on the parsers and the core of the guard; `make fuzz-guard SECONDS=60`.

Bytes go to a client's connection of the proxy, in the pieces that the fuzzer chooses, and to the
readers of bodies, answers and snapshots. What must hold, whatever they are:

- nothing of a blocked caller's goes on to the upstream, and what does go on is one well-framed
  request after another;
- a caller of whom nothing is known is never refused by the guard;
- no binding of a reasoning block goes on to the upstream in a request that can be read, and an
  upstream's answer reaches the client in the same bytes however it comes in pieces;
- nothing is raised.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["revenuer.gateway", "revenuer.guard"]):
    from revenuer.gateway.bindings import Bindings
    from revenuer.gateway.bound_answers import bound_answer, loads
    from revenuer.gateway.config import GatewayConfig, Reasoning, UpstreamServer
    from revenuer.gateway.facts import read_facts
    from revenuer.gateway.gate import Gate
    from revenuer.gateway.identity import CREDENTIALS, Identities
    from revenuer.gateway.proxy.client import Client
    from revenuer.gateway.proxy.pool import Place, Pool
    from revenuer.gateway.proxy.service import Service
    from revenuer.gateway.proxy.upstream import Upstream
    from revenuer.gateway.usage import read_usage
    from revenuer.guard import Action, Fingerprinter, Guard, Kind, Protocol, read_snapshot
    from revenuer.guard.layout import Cause, Issue, Listing, write_snapshot
    from revenuer.guard.policy import Appeal, Mode, Policy, Replayed
    from revenuer.guard.reasoning import MARK, ReasoningBinder
    from revenuer.guard.reasoning_blocks import unbind
    from revenuer.guard.snapshot import Snapshot

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
SECRET = bytes(range(32))
GUILTY, INNOCENT = b"Bearer sk-guilty", b"Bearer sk-innocent"
SEEDS = [
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nAuthorization: %b\r\nContent-Length: 13\r\n"
    b'\r\n{"model":"m"}' % GUILTY,
    b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nAuthorization: %b\r\nTransfer-Encoding: chunked\r\n"
    b"\r\n3\r\nabc\r\n0\r\n\r\n" % INNOCENT,
    b"GET /v1/models HTTP/1.0\r\n\r\n",
    b"GET /v1/x HTTP/1.1\r\nHost: h\r\nAuthorization: %b\r\nX-Api-Key: sk-guilty\r\n\r\n"
    % INNOCENT,
    b"GET /v1/x HTTP/1.1\r\nHost: h\r\nAuthorization: %b\r\nAuthorization: %b\r\n\r\n"
    % (GUILTY, INNOCENT),
    b'{"model":"m","n":2,"logprobs":true,"messages":[{"role":"user","content":"a"}],"tools":[]}',
    b'data: {"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n',
    b'{"model":"m","messages":[{"role":"assistant","content":[{"type":"thinking",'
    b'"signature":"Eq~rvn~AQ"},{"type":"redacted_thinking","data":"Em"}]}]}',
    b'{"requests":[{"params":{"model":"m","input":[{"type":"reasoning","encrypted_content":'
    b'"gA~rvn~AQ"}]}}]}',
    b'event: x\ndata: {"type":"content_block_delta","delta":{"type":"signature_delta",'
    b'"signature":"Eq"}}\r\n\r\ndata: {"item":{"type":"reasoning","encrypted_content":"gA"}}\n\n',
    b'{"content":[{"type":"thinking","signature":"Eq","n":1e400}],"output":"\\ud800"}',
]


class Wire:
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        """Keep it."""
        assert not self.closed, "something was written after the end"
        self.written += data

    def close(self) -> None:
        """End."""
        self.closed = True

    abort = close

    def write_eof(self) -> None:
        """End one way."""

    def can_write_eof(self) -> bool:
        """As TCP can."""
        return True

    def is_closing(self) -> bool:
        """Whether it ended."""
        return self.closed

    def get_extra_info(self, name: str) -> tuple[str, int]:
        """The peer."""
        return ("127.0.0.1", 1)

    def set_write_buffer_limits(self, high: int) -> None:
        """No limit here."""

    def pause_reading(self) -> None:
        """Nothing is read here."""

    resume_reading = pause_reading


class Ready(Pool):
    """A pool that always has a connection, over a `Wire`."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, most_idle=0, idle_s=1, connect_s=1)
        self.wires: list[tuple[Wire, Upstream]] = []

    def take(self) -> Upstream:
        """A new one each time."""
        upstream, wire = Upstream(self), Wire()
        upstream.connection_made(wire)  # type: ignore[arg-type]
        self.wires.append((wire, upstream))
        return upstream


def make_gate() -> Gate:
    """A guard that blocks one account, and refuses nobody else."""
    names = Fingerprinter(SECRET)
    # Who forges a binding is only tagged, so that nobody but the one account is refused.
    only_tagged = Replayed(forged=Action.TAG, foreign=Action.TAG)
    appeal = Appeal(url="https://example.org/appeal")
    policy = Policy(mode=Mode.ENFORCE, appeal=appeal, replayed=only_tagged)
    guard = Guard(policy, names)
    config = GatewayConfig()
    identities = Identities(config.identity, names, SECRET, raw_ids=False)
    (known,) = identities.of({b"authorization": GUILTY}, b"")
    now = time.time()
    listing = Listing(Action.BLOCK, Cause("campaign--1"), now + 86_400, 1.0)
    listed = {known.caller.account: listing}
    issue = Issue(1, now, names.key_id, bytes(8), lambda data: bytes(64))
    snapshot = read_snapshot(write_snapshot(listed, issue))
    assert isinstance(snapshot, Snapshot)
    assert guard.offer(snapshot, now) is None
    assert names.of(Kind.ACCOUNT, known.account_id) == known.caller.account
    binder = ReasoningBinder({1: SECRET}, current=1)
    bindings = Bindings(binder, policy, Reasoning(bind=True, held_bytes=1024), time.time)
    return Gate(guard, identities, bindings=bindings)


class Harness:
    """One worker's service, in the fuzzer's process."""

    def __init__(self) -> None:
        config = GatewayConfig(upstream=UpstreamServer(url="http://127.0.0.1:1"))
        self.pool = Ready(Place("127.0.0.1", 1, b"model", b"", None))
        self.gate = make_gate()
        self.service = Service(config, self.gate, self.pool, None)

    def connection(self, pieces: list[bytes]) -> None:
        """Give a connection some bytes, answer what it sends on, and end it."""
        self.pool.wires.clear()
        failures = self.gate.counts.failures
        client, wire = Client(self.service), Wire()
        client.connection_made(wire)  # type: ignore[arg-type]
        for piece in pieces:
            if wire.closed:
                break
            client.data_received(piece)
            for sent, upstream in tuple(self.pool.wires):
                active = client.active
                mine = active is not None and active.upstream is upstream and active.whole
                if mine and not sent.closed:
                    upstream.data_received(ANSWER)
        client.connection_lost(None)
        assert self.gate.counts.failures == failures, "deciding failed"
        for sent, _ in self.pool.wires:
            self.sent_on(sent.written)
        assert b"account_throttled" not in wire.written
        if b"account_blocked" in wire.written:
            assert b"sk-guilty" in b"".join(pieces), "an innocent caller was blocked"

    @staticmethod
    def sent_on(data: bytes) -> None:
        """What goes to the upstream is one request, and not of the blocked caller."""
        if not data:
            return
        head, found, _ = data.partition(b"\r\n\r\n")
        assert found, "a head without its end"
        lines = head.split(b"\r\n")
        names = [line.partition(b":")[0].lower() for line in lines[1:]]
        assert lines[0].endswith(b" HTTP/1.1")
        assert names.count(b"host") == 1
        assert names.count(b"content-length") + names.count(b"transfer-encoding") <= 1
        assert not any(byte < 0x20 and byte not in b"\t\r\n" for byte in head)
        for line in lines[1:]:
            name, _, value = line.partition(b": ")
            parts = value.split(None, 1)
            bare = parts[1] if len(parts) == 2 and parts[0].lower() == b"bearer" else value
            guilty = name.lower() in CREDENTIALS and bare.strip() == b"sk-guilty"
            assert not guilty, "a blocked caller's request went on"

    def readers(self, data: bytes) -> None:
        """Bodies, answers and snapshots may be anything."""
        for protocol in Protocol:
            read_facts(protocol, data)
        read_usage(data, b"")
        read_usage(b"", data)
        read_snapshot(data)

    def blocks(self, data: bytes, size: int) -> None:
        """Reasoning blocks of requests and answers, in whatever they stand."""
        bindings = self.gate.bindings
        assert bindings is not None
        fields = {b"authorization": INNOCENT}
        ruling = self.gate.rule(b"POST", b"/v1/messages", fields, data, b"")
        assert self.gate.counts.failures == 0, "deciding failed"
        if ruling.body is not None:
            tree = loads(ruling.body)
            assert all(block.binding is None for block in unbind(tree)), "a binding went on"
        assert ruling.binding is not None
        for kind in (b"application/json", b"text/event-stream"):
            headers = [(b"content-type", kind)]
            told = []
            for step in (size, len(data) or 1):
                made = bound_answer(ruling.binding, 200, headers, bindings.counts, 1024)
                assert made is not None
                out = [made.feed(data[at : at + step]) for at in range(0, len(data), step)]
                told.append(b"".join([*out, made.close()]))
            assert told[0] == told[1], "an answer depends on how it came"
            if MARK.encode() not in told[0]:
                assert told[0] == data, "what had no block was changed"


def main() -> None:
    """Fuzz for the seconds that are named."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    # The loop never runs: nothing here waits.
    loop = asyncio.new_event_loop()

    async def made() -> Harness:
        return Harness()

    harness = loop.run_until_complete(made())

    def once(data: bytes) -> None:
        if not data:
            return
        kind, cut, rest = data[0], data[1] if len(data) > 1 else 1, data[2:]
        if kind % 4 == 3:
            harness.blocks(rest, max(1, cut))
        elif kind % 3 == 0:
            harness.readers(rest)
        else:
            size = max(1, cut) if kind % 3 == 1 else len(rest) or 1
            harness.connection([rest[at : at + size] for at in range(0, len(rest), size)])

    Path("build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-guard-") as folder:
        for number, seed in enumerate(SEEDS):
            for kind in (0, 1, 2, 3):
                (Path(folder) / f"{number}-{kind}").write_bytes(bytes([kind, 40]) + seed)
        options = [f"-max_total_time={seconds}", "-max_len=4096", "-rss_limit_mb=1024"]
        options += ["-verbosity=0", "-print_final_stats=1", "-artifact_prefix=build/"]
        atheris.Setup([sys.argv[0], *options, folder], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
