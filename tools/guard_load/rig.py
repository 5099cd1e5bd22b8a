"""Servers pinned to one core, and the load generator on the other."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guard_load.shapes import ANSWERS, body_of, request_of

SOURCE = Path(__file__).with_name("load.c")
CORES = sorted(os.sched_getaffinity(0))
SERVED, DRIVING = CORES[0], CORES[-1]
"""The server that is measured has one core to itself, the generator the other."""
CHAT = "/v1/chat/completions"


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def compiled(folder: Path) -> Path:
    """The load generator, made with the machine's own compiler."""
    program = folder / "load"
    subprocess.run(["cc", "-O2", "-o", str(program), str(SOURCE)], check=True)
    return program


@dataclass
class Rig:
    """One run's folder, generator and recorded shapes.

    Attributes:
        folder: For all files of the run.
        upstream: Port of the replaying server.
    """

    folder: Path
    upstream: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.program = compiled(self.folder)
        self.routes: list[str] = []
        for path, (whole, stream) in ANSWERS.items():
            name = path.replace("/", "_")
            (self.folder / f"{name}.json").write_bytes(whole())
            (self.folder / f"{name}.sse").write_bytes(stream())
            files = f"{self.folder / name}.json,{self.folder / name}.sse"
            self.routes += ["--route", f"{path}={files}"]

    def drive(
        self,
        target: int,
        *,
        connections: int,
        seconds: float,
        path: str = CHAT,
        stream: bool = False,
        pace_us: int = 0,
        serves: bool = True,
        model: str = "replayed",
        key: str = "sk-0123456789abcdef0123456789abcdef",
        body: bytes | None = None,
    ) -> dict[str, float]:
        """Put a server under load; what the clients saw.

        Args:
            target: Port of the server.
            connections: Clients, each of which asks again when its answer is whole.
            seconds: How long is measured, after a second of warming up.
            path: What is asked for.
            stream: Whether answers are streams.
            pace_us: Microseconds between two events of the upstream.
            serves: Whether the generator is the upstream too.
            model: The model that is asked for.
            key: The API key.
            body: Another body than the usual.
        """
        said = body or body_of(path, stream=stream, model=model)
        request = self.folder / "request"
        request.write_bytes(request_of(path, said, key))
        command = ["taskset", "-c", str(DRIVING), str(self.program)]
        if serves:
            command += ["--serve", str(self.upstream), *self.routes, "--pace-us", str(pace_us)]
        command += ["--target", str(target), "--request", str(request), "--warm", "1"]
        command += ["--connections", str(connections), "--seconds", str(seconds)]
        if stream:
            events = ANSWERS[path][1]().count(b"data:")
            command += ["--streams", "--events", str(events)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
        if done.returncode or not done.stdout:
            raise RuntimeError(f"the load generator failed: {done.stderr[-500:]}")
        found: dict[str, float] = json.loads(done.stdout)
        if found["bad"]:
            print(f"{found['bad']:.0f} answers were not 200: {done.stderr[-300:]}", flush=True)
        return found

    @contextlib.contextmanager
    def replaying(self) -> Iterator[int]:
        """The upstream by itself, for a server that needs one before it is measured."""
        command = ["taskset", "-c", str(DRIVING), str(self.program)]
        process = subprocess.Popen([*command, "--serve", str(self.upstream), *self.routes])
        try:
            wait_for(self.upstream)
            yield self.upstream
        finally:
            process.kill()
            process.wait()


@dataclass
class Served:
    """A server under test.

    Attributes:
        port: Where it is.
        process: Its first process.
    """

    port: int
    process: subprocess.Popen[bytes]

    def all_processes(self) -> list[int]:
        """It and its descendants."""
        found, new = [], [self.process.pid]
        while new:
            found += new
            children = (Path(f"/proc/{pid}/task/{pid}/children") for pid in new)
            new = [
                int(pid) for file in children if file.exists() for pid in file.read_text().split()
            ]
        return found

    def cpu_s(self) -> float:
        """Seconds of processor that all its processes took."""
        total = 0
        for pid in self.all_processes():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def private_mb(self) -> float:
        """Memory that only its processes have, in MB: what others on the machine do leaves it."""
        total = 0
        for pid in self.all_processes():
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
        return total / 1024

    def memory_mb(self) -> dict[str, float]:
        """Proportional set size of each process in MB, by what it is."""
        found: dict[str, float] = {}
        for pid in self.all_processes():
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
                kinds = ("worker", "recorder")
                name = next((kind for kind in kinds if f".{kind}" in command), "parent")
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                pss = int(rollup.split("\nPss:")[1].split()[0]) / 1024
                found[name] = found.get(name, 0.0) + pss
        return found


def wait_for(port: int, within_s: float = 180.0, process: Any = None) -> None:
    """Until something takes connections there."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port}")


def wait_until_serving(port: int, path: str, within_s: float = 90.0) -> None:
    """Until a page answers with 200."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            link.request("GET", path)
            if link.getresponse().status == 200:
                link.close()
                return
        link.close()
        time.sleep(0.3)
    raise RuntimeError(f"{path} on port {port} does not answer")


@contextlib.contextmanager
def served(
    command: Sequence[str], port: int, *, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """A server on its core, until the block ends."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            ["taskset", "-c", str(SERVED), *command],
            stdout=said,
            stderr=said,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        try:
            wait_for(port, process=process)
            yield Served(port, process)
        except Exception:
            said.seek(0)
            print(said.read().decode(errors="replace")[-2000:], flush=True)
            raise
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
