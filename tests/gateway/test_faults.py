"""What breaks, and what must hold all the same.

No request passes that the policy blocked, none is blocked that it allowed, and no row of the log
that was acknowledged is lost.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from wire import (
    Gateway,
    Publisher,
    Upstream,
    children_of,
    command_of,
    enforcing,
    free_port,
    read_rows,
    talk,
)

from guard_load.shapes import body_of, request_of
from revenuer.guard import Action

Start = Callable[..., Gateway]
CHAT = "/v1/chat/completions"
GUILTY, INNOCENT = "sk-guilty", "sk-innocent"
BODY = body_of(CHAT, stream=False)


def account_of(key: str) -> str:
    return "key-" + sha256(key.encode()).hexdigest()[:32]


def ask(port: int, key: str, timeout_s: float = 5.0) -> int:
    """The status of an answer; 0 where there was none."""
    request = request_of(CHAT, BODY, key).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    try:
        answer = talk(port, request, timeout_s)
    except OSError:
        return 0
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def recorders_of(running: Gateway) -> list[int]:
    return [
        child
        for worker in running.workers
        for child in children_of(worker)
        if "gateway.recorder" in command_of(child)
    ]


class Traffic:
    """Guilty and innocent requests without end, each answer checked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.wrong: list[tuple[str, int]] = []
        self.served = {GUILTY: 0, INNOCENT: 0}
        self.going = True
        self.threads = [
            threading.Thread(target=self._ask, args=(key,)) for key in (GUILTY, INNOCENT) * 2
        ]
        for thread in self.threads:
            thread.start()

    def _ask(self, key: str) -> None:
        while self.going:
            status = ask(self.port, key)
            self.served[key] += status in (200, 403)
            # 0 and 502 are what a broken gateway or upstream may say; the wrong word is not.
            if status == (200 if key == GUILTY else 403):
                self.wrong.append((key, status))

    def stop(self) -> None:
        self.going = False
        for thread in self.threads:
            thread.join()


@pytest.fixture
def guarded(gateway: Start, tmp_path: Path) -> tuple[Gateway, Publisher]:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(GUILTY): Action.BLOCK})
    return gateway(guard=enforcing(tmp_path, publisher)), publisher


def test_rows_acknowledged_survive_every_death(gateway: Start, upstream: Upstream) -> None:
    running = gateway(listen={"workers": 1}, log={"sync_s": 0.05})
    for _ in range(30):
        assert ask(running.port, INNOCENT) == 200
    acknowledged = int(running.number_reaches("revenuer_gateway_log_acknowledged_total", 10))
    (worker,) = running.workers
    recorders = recorders_of(running)
    for pid in (*recorders, worker, running.process.pid):
        subprocess.run(["kill", "-9", str(pid)], check=False)
    running.process.wait(5)
    rows = read_rows(running.log)
    assert acknowledged >= 10
    assert len(rows) >= acknowledged
    assert len({row["exchange_id"] for row in rows}) == len(rows)


@pytest.mark.slow
def test_a_recorder_that_dies_is_replaced_and_counted(gateway: Start) -> None:
    running = gateway(listen={"workers": 1}, log={"sync_s": 0.05})
    assert ask(running.port, INNOCENT) == 200
    assert running.number_reaches("revenuer_gateway_log_acknowledged_total", 1) == 1
    (recorder,) = recorders_of(running)
    subprocess.run(["kill", "-9", str(recorder)], check=True)
    statuses = [ask(running.port, INNOCENT) for _ in range(20)]
    assert set(statuses) == {200}
    end = time.monotonic() + 10
    while time.monotonic() < end:
        said = running.numbers()
        done = said["revenuer_gateway_log_acknowledged_total"]
        lost = said["revenuer_gateway_log_dropped_total"]
        if done + lost == 21:
            break
        time.sleep(0.1)
    assert done + lost == 21
    assert len(read_rows(running.log)) >= done


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("this test mounts a small disk, which takes privileges")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk_costs_rows_and_nothing_else(gateway: Start, small_disk: Path) -> None:
    running = gateway(log={"folder": str(small_disk / "log"), "sync_s": 0.02})
    (small_disk / "ballast").write_bytes(bytes(90_000))
    statuses = {ask(running.port, INNOCENT) for _ in range(150)}
    assert statuses == {200}
    assert running.number_reaches("revenuer_gateway_log_failed_total", 1) >= 1
    # Whole rows only: what half a write left is taken back.
    rows = read_rows(small_disk / "log")
    assert len(rows) == int(running.numbers()["revenuer_gateway_log_acknowledged_total"])
    (small_disk / "ballast").unlink()
    time.sleep(1.2)
    before = running.numbers()["revenuer_gateway_log_acknowledged_total"]
    assert ask(running.port, INNOCENT) == 200
    assert running.number_reaches("revenuer_gateway_log_acknowledged_total", before + 1) > before


@pytest.mark.slow
def test_with_every_sink_down_memory_is_flat_and_traffic_goes_on(
    gateway: Start, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder can be made below this")
    running = gateway(log={"folder": str(tmp_path / "file" / "log"), "queued_bytes": 65_536})
    (worker,) = running.workers

    def resident() -> int:
        status = Path(f"/proc/{worker}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    request = request_of(CHAT, BODY)
    sizes = []
    for _ in range(6):
        with socket.create_connection(("127.0.0.1", running.port), 5) as link:
            for _ in range(500):
                link.sendall(request)
                answer = b""
                while not answer.endswith(b"}}"):
                    answer += link.recv(65_536)
                assert answer.startswith(b"HTTP/1.1 200")
        sizes.append(resident())
    assert sizes[-1] - sizes[1] < 3_000
    assert running.numbers()["revenuer_gateway_log_acknowledged_total"] == 0


@pytest.mark.slow
def test_broken_forged_stale_and_replayed_snapshots_change_nothing(
    guarded: tuple[Gateway, Publisher], tmp_path: Path
) -> None:
    running, publisher = guarded
    file = publisher.file
    good = file.read_bytes()
    stranger = Publisher(tmp_path / "stranger")
    older = publisher.snapshot({})
    publisher.sequence += 5
    publisher.publish({account_of(GUILTY): Action.BLOCK})
    draw = random.Random(3)
    mutated = bytearray(publisher.snapshot({account_of(INNOCENT): Action.BLOCK}))
    mutated[draw.randrange(300, len(mutated))] ^= 1
    bad = {
        "empty": b"",
        "truncated": good[:-5],
        "header only": good[:200],
        "noise": draw.randbytes(4096),
        "forged": stranger.snapshot({account_of(INNOCENT): Action.BLOCK}),
        "damaged": bytes(mutated),
        "replayed": older,
        "huge": good + bytes(1_000_000),
    }
    time.sleep(1.5)
    for name, data in bad.items():
        # In place and not by a rename, as a careless copy would.
        with file.open("r+b") as opened:
            opened.truncate(0)
            opened.write(data)
        os.utime(file)
        time.sleep(1.2)
        assert ask(running.port, GUILTY) == 403, name
        assert ask(running.port, INNOCENT) == 200, name
    file.unlink()
    time.sleep(1.2)
    assert ask(running.port, GUILTY) == 403
    numbers = running.numbers()
    faults = sum(v for k, v in numbers.items() if k.startswith("revenuer_guard_snapshot_faults"))
    assert faults >= len(bad)


def test_a_stale_snapshot_blocks_nobody(gateway: Start, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(GUILTY): Action.BLOCK}, made_at=time.time() - 90_000, life_s=9e6)
    running = gateway(guard=enforcing(tmp_path, publisher))
    # What it is trusted with still is to throttle: the first few requests pass.
    assert ask(running.port, GUILTY) == 200
    assert running.number_reaches("revenuer_guard_stale_total", 1) == 1


@pytest.mark.slow
def test_kills_of_workers_and_upstream_let_no_blocked_request_pass(
    guarded: tuple[Gateway, Publisher], upstream: Upstream
) -> None:
    running, publisher = guarded
    traffic = Traffic(running.port)
    try:
        for _ in range(3):
            time.sleep(1.0)
            for worker in running.workers:
                subprocess.run(["kill", "-9", str(worker)], check=False)
            time.sleep(2.0)
            publisher.publish({account_of(GUILTY): Action.BLOCK})
    finally:
        time.sleep(2.0)
        traffic.stop()
    assert traffic.wrong == []
    assert min(traffic.served.values()) > 10


@pytest.mark.slow
def test_an_upstream_that_is_killed_is_found_again(gateway: Start, tmp_path: Path) -> None:
    port = free_port()
    running = gateway(upstream={"url": f"http://127.0.0.1:{port}"})
    assert ask(running.port, INNOCENT) == 502
    first = Upstream(port)
    assert ask(running.port, INNOCENT) == 200
    first.close()
    assert ask(running.port, INNOCENT) in (502, 0)
    second = Upstream(port)
    assert ask(running.port, INNOCENT) == 200
    second.close()


@pytest.mark.slow
def test_what_the_gateway_logs_is_what_scan_reads(gateway: Start, tmp_path: Path) -> None:
    key = tmp_path / "sketch.key"
    revenuer = [str(Path(sys.executable).with_name("revenuer"))]
    subprocess.run([*revenuer, "sketch", "--new-key", str(key)], check=True, capture_output=True)
    running = gateway(log={"sketch_key": str(key)})
    for number in range(6):
        assert ask(running.port, f"sk-{number}") == 200
    rows = running.rows(6, within_s=30)
    assert len(rows) == 6
    assert all(row["prompt_sketch"] and row["data_policy"] == "sketch" for row in rows)
    assert b"xxxxxxxx" not in b"".join(file.read_bytes() for file in running.log.iterdir())
    out = tmp_path / "scan"
    done = subprocess.run(
        [*revenuer, "scan", str(running.log), "--out", str(out)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    scanned = json.loads((out / "campaigns.json").read_text())["scanned"]
    assert (scanned["exchanges"], scanned["accounts"]) == (6, 6)
    assert any("6 prompts are read from sketches" in line for line in scanned["blind"])
