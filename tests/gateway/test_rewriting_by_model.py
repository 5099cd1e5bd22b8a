"""Reasoning worded anew by a real small model; `make test-gateway`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from wire import Gateway, Upstream, free_port, whole

sys.path.insert(0, str(Path(__file__).parents[1] / "countermeasures"))

import shown
from deciding import DECIDED, KEYS, PATHS, rewriting_place, started, until
from shown import WIRES, Said, read_whole

from guard_load.rig import wait_for
from revenuer.countermeasures.trace_rewritten import HEADING, is_copied
from revenuer.countermeasures.wire import Wire

pytestmark = [pytest.mark.gateway, pytest.mark.timeout(600)]
THOUGHT = (
    "Hmm, the train leaves at nine and the trip takes two hours and a half. "
    "So it arrives at half past eleven. Wait, is there a change of clocks? No, there is none."
)
SAID = Said((THOUGHT,), ("It arrives at ", "11:30."))


@pytest.fixture(scope="module")
def model() -> Iterator[int]:
    port = free_port()
    server = Path(__file__).parent / "model_server.py"
    process = subprocess.Popen([sys.executable, str(server), str(port), str(free_port())])
    try:
        wait_for(port, within_s=120, process=process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answered(gateway: Gateway, wire: Wire, key: str) -> bytes:
    """As `deciding.answered`, with the patience that a real model takes."""
    asked = {"model": "m", "messages": [], "input": "x", "max_tokens": 9}
    headers = {"authorization": f"Bearer {key}"}
    url = f"{gateway.base}{PATHS[wire]}"
    return httpx.post(url, json=asked, headers=headers, timeout=150).content


def test_a_real_model_words_the_reasoning_and_the_answer_stays(
    tmp_path: Path, gateway: Callable[..., Gateway], upstream: Upstream, model: int
) -> None:
    wires = {path: wire for wire, path in PATHS.items()}
    upstream.answer = lambda asked: [whole(shown.whole(wires[asked.line.split(" ")[1]], SAID))]
    said = {"url": f"http://127.0.0.1:{model}/v1", "model": "smollm2-135m"}
    place = rewriting_place(tmp_path, {**said, "timeout_s": 120.0, "most_tokens": 64})
    running = started(gateway, place)

    def reasoning(wire: Wire) -> str:
        return read_whole(wire, answered(running, wire, DECIDED)).reasoning

    assert until(lambda: reasoning(Wire.CHAT) != THOUGHT, 120)
    for wire in WIRES:
        # So small a model says the same again now and then, and then nothing is shown.
        assert until(lambda wire=wire: reasoning(wire).startswith(HEADING), 120)  # type: ignore[misc]
        got = read_whole(wire, answered(running, wire, DECIDED))
        assert not is_copied(THOUGHT, got.reasoning)
        assert got.answer == read_whole(wire, shown.whole(wire, SAID)).answer
        assert answered(running, wire, KEYS[2]) == shown.whole(wire, SAID)
    name = 'revenuer_gateway_rewriter_total{outcome="rewritten"}'
    assert running.number_reaches(name, 3) >= 3
