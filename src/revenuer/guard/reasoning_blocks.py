"""Where reasoning blocks stand in requests, answers and streams, to bind them and unbind them.

Anthropic's blocks carry `signature`, or `data` where they are redacted; OpenAI's Responses carry
`encrypted_content`. Their text is the provider's and opaque: our binding goes behind it on the way
out, and comes off on the way in, before the provider sees it. Everything else stays as it is, and
in a stream byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from revenuer.guard.events import Caller, ReasoningSign
from revenuer.guard.reasoning import Presentations, ReasoningBinder, attach, detach

FIELDS: Mapping[str, str] = {
    "thinking": "signature",
    "redacted_thinking": "data",
    "signature_delta": "signature",
    "reasoning": "encrypted_content",
}
"""By the type of a block, the field that holds what is bound."""

MARKS = (b"signature", b"redacted_thinking", b"encrypted_content")
"""A line of a stream without any of these has no such block, and is not read."""

MOST_LINE_BYTES = 4 * 1024 * 1024
"""A longer line of a stream passes as it came. placeholder"""


class Replayed(NamedTuple):
    """A reasoning block that a request carries.

    Attributes:
        block: The provider's own bytes.
        binding: Ours; None if it has none.
    """

    block: bytes
    binding: str | None


class Binding(NamedTuple):
    """What the blocks of one answer are bound with.

    Attributes:
        binder: Has the keys.
        caller: Whom they are issued to.
        model: Which model issues them, as requests name it.
        expires_at: Until when they may be replayed; one time for the whole answer, so that a
            block that a stream tells twice is bound alike.
    """

    binder: ReasoningBinder
    caller: Caller
    model: str
    expires_at: float

    def of(self, block: bytes) -> str:
        """The binding of one block."""
        return self.binder.bind(block, self.caller, self.model, self.expires_at)


def unbind(body: Mapping[str, Any]) -> list[Replayed]:
    """Take our bindings off the blocks of a decoded request, in place.

    Returns:
        The blocks in their order; the body is as the provider knows it.
    """
    found = []
    for holder, field in _blocks(body):
        own, binding = detach(holder[field])
        holder[field] = own
        found.append(Replayed(own.encode("utf-8", "surrogatepass"), binding))
    return found


def bind(answer: Mapping[str, Any], binding: Binding) -> int:
    """Put bindings on the blocks of a decoded answer or event, in place; how many there were."""
    count = 0
    for holder, field in _blocks(answer):
        block = holder[field].encode("utf-8", "surrogatepass")
        holder[field] = attach(holder[field], binding.of(block))
        count += 1
    return count


def signs_of(
    blocks: list[Replayed],
    binder: ReasoningBinder,
    caller: Caller,
    model: str,
    now: float,
    seen: Presentations | None = None,
) -> tuple[ReasoningSign, ...]:
    """What is wrong with the blocks of a request, each sign once, for `events.Request`."""
    signs: dict[ReasoningSign, None] = {}
    for block, binding in blocks:
        for sign in (
            binder.check(block, binding, caller, model, now),
            None if seen is None else seen.see(block),
        ):
            if sign is not None:
                signs[sign] = None
    return tuple(signs)


def _compact(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


class StreamBinder:
    """Binds the blocks of a stream of server-sent events while it passes.

    Only lines with a block are written again; all other bytes pass as they came, a line as soon
    as it is whole, which is no later than a client can use it.

    Args:
        binding: What blocks are bound with.
        loads: Reads JSON.
        dumps: Writes it, on one line.

    Attributes:
        bound: Blocks that were bound so far.
    """

    __slots__ = ("_binding", "_dumps", "_loads", "_long", "_rest", "bound")

    def __init__(
        self,
        binding: Binding,
        loads: Callable[[bytes], Any] = json.loads,
        dumps: Callable[[Any], bytes] = _compact,
    ) -> None:
        self._binding = binding
        self._loads, self._dumps = loads, dumps
        self._rest = b""
        self._long = False
        self.bound = 0

    def feed(self, chunk: bytes) -> bytes:
        """What passes on of some more bytes."""
        end = chunk.rfind(b"\n") + 1
        if not end:
            return self._hold(chunk)
        whole, rest = self._rest + chunk[:end], chunk[end:]
        self._rest, long, self._long = b"", self._long, False
        out = []
        if long:
            # The end of a line whose beginning has passed already.
            cut = whole.find(b"\n") + 1
            out.append(whole[:cut])
            whole = whole[cut:]
        if any(mark in whole for mark in MARKS):
            out += [self._bound(line) for line in whole.splitlines(keepends=True)]
        else:
            out.append(whole)
        out.append(self._hold(rest))
        return b"".join(out)

    def close(self) -> bytes:
        """What is left when the stream ends."""
        rest, self._rest = self._rest, b""
        return rest if self._long else self._bound(rest)

    def _hold(self, part: bytes) -> bytes:
        """Keep the beginning of a line, if it does not grow too long."""
        self._rest += part
        if not self._long and len(self._rest) <= MOST_LINE_BYTES:
            return b""
        self._long = self._long or bool(self._rest)
        passing, self._rest = self._rest, b""
        return passing

    def _bound(self, line: bytes) -> bytes:
        if not line.startswith(b"data:") or not any(mark in line for mark in MARKS):
            return line
        bare = line.rstrip(b"\r\n")
        try:
            event = self._loads(bare[len(b"data:") :].strip())
            count = bind(event, self._binding) if isinstance(event, dict) else 0
            written = self._dumps(event) if count else b""
        except ValueError:
            return line
        if not count:
            return line
        self.bound += count
        return b"data: " + written + line[len(bare) :]


def _blocks(tree: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The blocks of a request, an answer or an event of a stream, with the field of each."""
    for one in _candidates(tree):
        if isinstance(one, dict):
            kind = one.get("type")
            field = FIELDS.get(kind) if isinstance(kind, str) else None
            if field is not None and isinstance(one.get(field), str) and one[field]:
                yield one, field


def _candidates(tree: Mapping[str, Any]) -> Iterator[Any]:
    """Everything that stands where a protocol has its blocks."""
    # Anthropic: a request's messages, an answer, the events of a stream.
    for message in _listed(tree.get("messages")):
        if isinstance(message, dict):
            yield from _listed(message.get("content"))
    yield from _listed(tree.get("content"))
    yield from (tree.get("delta"), tree.get("content_block"))
    # Responses: a request's input, an answer, the events of a stream.
    yield from _listed(tree.get("input"))
    yield from _listed(tree.get("output"))
    yield tree.get("item")
    response = tree.get("response")
    if isinstance(response, dict):
        yield from _listed(response.get("output"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
