"""What the guard costs on the wire: side by side, in one run, on one core, as clients see it.

    make bench-guard            under twelve minutes, with LiteLLM
    make bench-guard QUICK=1    about a minute, without it
    make bench-guard-soak       half an hour of memory, every sink down

The server that is measured has one core, the load generator and the replayed model the other.
Every figure is what clients saw, and *added* is that minus the same load without what is measured.
On a machine that does other work too, processor time for each request is what to look at.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guard_load.rig import CHAT, Rig, Served, free_port, served, wait_until_serving
from guard_load.shapes import ANSWERS, agentic_body, body_of
from revenuer.enforcement.verdict_keys import (
    fingerprint_key_at,
    signing_key_at,
    write_fingerprint_key,
    write_public_key,
)
from revenuer.gateway.config import GatewayConfig, Verdicts
from revenuer.gateway.start import load_policy, load_secret, make_feed, make_gate
from revenuer.guard import Action, Fingerprinter, Kind
from revenuer.guard.layout import Cause, Issue, Listing, write_snapshot

PYTHON = sys.executable
TOOLS = Path(__file__).parent
VERDICTS = 100_000
LITELLM_VENV = TOOLS.parent / ".venv-gateway"
POLICY = """
mode = "enforce"
[appeal]
url = "https://example.org/appeal"
verify_url = "https://example.org/verify"
"""


@dataclass
class Row:
    """One line of the table."""

    name: str
    found: str
    target: str
    holds: bool | None

    @property
    def verdict(self) -> str:
        """Whether the target holds."""
        return "–" if self.holds is None else "holds" if self.holds else "**falls short**"


class Table:
    """The lines, printed as they come."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        print("| what | found | target | |\n|---|---|---|---|", flush=True)

    def add(self, name: str, found: str, target: str = "", holds: bool | None = None) -> None:
        """Print a line."""
        row = Row(name, found, target, holds)
        self.rows.append(row)
        print(f"| {name} | {found} | {target} | {row.verdict} |", flush=True)

    def end(self) -> int:
        """Print the last line; the exit code."""
        short = [row.name for row in self.rows if row.holds is False]
        print(f"\nfalls short: {', '.join(short)}" if short else "\nall targets hold")
        return 0


# --- the guard's files ----------------------------------------------------------------


def publish(folder: Path, count: int) -> Path:
    """A signed snapshot of so many blocked accounts, none of which asks here."""
    file = folder / "verdicts.snapshot"
    signing, _ = signing_key_at(folder / "keys" / "signing.key")
    secret, _ = fingerprint_key_at(folder / "keys" / "fingerprint.key")
    names, now = Fingerprinter(secret), time.time()
    cause = Cause("campaign--bench", "")
    listings = {
        names.of(Kind.ACCOUNT, f"listed-{place}"): Listing(Action.BLOCK, cause, now + 86_400, 0.99)
        for place in range(count)
    }
    issue = Issue(1, now, names.key_id, signing.public.id, signing.sign)
    write_public_key(Path(f"{file}.pub"), signing.public)
    write_fingerprint_key(Path(f"{file}.fingerprint-key"), secret)
    file.write_bytes(write_snapshot(listings, issue))
    return file


def settings_file(folder: Path, name: str, sections: dict[str, dict[str, object]]) -> Path:
    """A gateway's TOML file."""
    lines = []
    for section, values in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    file = folder / f"{name}.toml"
    file.write_text("\n".join(lines) + "\n")
    return file


def guard_sections(folder: Path, log: str = "log") -> dict[str, dict[str, object]]:
    """The guard on: a policy that acts, 100,000 verdicts, a log."""
    policy = folder / "policy.toml"
    policy.write_text(POLICY)
    snapshot = folder / "verdicts.snapshot"
    if not snapshot.exists():
        publish(folder, VERDICTS)
    return {
        "guard": {"policy": str(policy), "snapshot": str(snapshot)},
        "log": {"folder": str(folder / log)},
    }


@contextmanager
def proxy(rig: Rig, name: str = "proxy", **more: dict[str, object]) -> Iterator[Served]:
    """The proxy with the guard on."""
    port = free_port()
    sections: dict[str, dict[str, object]] = {
        "listen": {"port": port},
        "upstream": {"url": f"http://127.0.0.1:{rig.upstream}"},
        **guard_sections(rig.folder),
    }
    for section, values in more.items():
        sections[section] = sections.get(section, {}) | values
    file = settings_file(rig.folder, name, sections)
    command = [PYTHON, "-m", "revenuer.gateway.proxy", "--config", str(file)]
    with served(command, port) as running:
        yield running


@contextmanager
def nginx(rig: Rig) -> Iterator[Served]:
    """Nginx as a plain reverse proxy, for scale."""
    port = free_port()
    file = rig.folder / "nginx.conf"
    file.write_text(
        f"""daemon off; worker_processes 1; error_log /dev/null; pid {rig.folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{ access_log off; client_body_temp_path {rig.folder}/body; keepalive_requests 1000000000;
proxy_temp_path {rig.folder}/proxy; fastcgi_temp_path {rig.folder}/f;
uwsgi_temp_path {rig.folder}/u; scgi_temp_path {rig.folder}/s;
upstream model {{ server 127.0.0.1:{rig.upstream}; keepalive 512;
keepalive_requests 1000000000; }}
server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://model;
proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }} }} }}
"""
    )
    with served([shutil.which("nginx") or "nginx", "-c", str(file)], port) as running:
        yield running


# --- what is measured -----------------------------------------------------------------


def decisions(table: Table, rig: Rig) -> None:
    """What one decision takes, from the body's bytes on, the caller known."""
    sections = guard_sections(rig.folder)["guard"]
    config = GatewayConfig(
        guard=Verdicts(policy=str(sections["policy"]), snapshot=str(sections["snapshot"]))
    )
    secret = load_secret(config)
    gate = make_gate(config, load_policy(config), secret)
    make_feed(config, gate, secret)
    fields = {b"authorization": b"Bearer sk-0123456789abcdef", b"host": b"h"}
    for name, body, most in (
        ("decision, 1 KB", body_of(CHAT, stream=False), 8.0),
        ("decision, 90 KB agentic body", agentic_body(), 80.0),
    ):

        def once(body: bytes = body) -> None:
            gate.rule(b"POST", CHAT.encode(), fields, body, b"127.0.0.1")

        number = 300 if len(body) < 10_000 else 30
        # Processor time of this thread: what others take of the machine is not the decision's.
        rounds = timeit.repeat(once, number=number, repeat=101, timer=time.thread_time)
        times = [took / number * 1e6 for took in rounds]
        middle = statistics.median(times)
        found = f"{middle:.1f} µs (best {min(times):.1f})"
        table.add(name, found, f"{most:g} µs", middle <= most)


@dataclass
class Seen:
    """Medians of what clients saw of one server."""

    p50_us: float
    p99_us: float
    per_s: float
    cpu_us: float
    first_us: float


def seen(rig: Rig, running: Served | None, runs: int, seconds: float) -> Seen:
    """One client, then 64, then one that streams; medians of some runs."""
    port = running.port if running else rig.upstream
    singles, rates, costs, firsts = [], [], [], []
    for _ in range(runs):
        singles.append(rig.drive(port, connections=1, seconds=seconds))
        before = running.cpu_s() if running else 0.0
        many = rig.drive(port, connections=64, seconds=seconds)
        spent = (running.cpu_s() if running else 0.0) - before
        rates.append(many["per_s"])
        # The second of warming up is in the processor time.
        costs.append(spent / max(1.0, many["per_s"] * (seconds + 1)) * 1e6)
        firsts.append(rig.drive(port, connections=1, seconds=seconds, stream=True, pace_us=2000))
    return Seen(
        statistics.median(found["p50_us"] for found in singles),
        statistics.median(found["p99_us"] for found in singles),
        statistics.median(rates),
        statistics.median(costs),
        statistics.median(found["first_p50_us"] for found in firsts),
    )


def proxies(table: Table, rig: Rig, runs: int, seconds: float) -> None:
    """The proxy beside nginx, and both beside no proxy."""
    base = seen(rig, None, runs, seconds)
    table.add("direct, p50 / p99", f"{base.p50_us:.0f} / {base.p99_us:.0f} µs")
    if shutil.which("nginx"):
        with nginx(rig) as running:
            peer = seen(rig, running, runs, seconds)
        table.add(
            "nginx, added p50 / p99; requests/s; CPU/request",
            f"{peer.p50_us - base.p50_us:.0f} / {peer.p99_us - base.p99_us:.0f} µs; "
            f"{peer.per_s:,.0f}; {peer.cpu_us:.0f} µs",
        )
    numbers = free_port()
    with proxy(rig, metrics={"port": numbers}) as running:
        ours = seen(rig, running, runs, seconds)
        added, tail = ours.p50_us - base.p50_us, ours.p99_us - base.p99_us
        ratio = ours.p50_us / base.p50_us
        table.add("proxy, added p50", f"{added:.0f} µs ({ratio:.1f}x)", "150 µs", added <= 150)
        table.add(
            "proxy, added p99",
            f"{tail:.0f} µs ({ours.p99_us / base.p99_us:.1f}x)",
            "500 µs",
            tail <= 500,
        )
        table.add("proxy, requests/s", f"{ours.per_s:,.0f}", "15,000", ours.per_s >= 15_000)
        table.add("proxy, CPU for a request, log included", f"{ours.cpu_us:.0f} µs")
        first = (ours.first_us - base.first_us) / 1000
        table.add("added time to first token", f"{first:.2f} ms", "0.3 ms", first <= 0.3)
        streams(table, rig, running, seconds)
        time.sleep(2)
        rows = counted(numbers, "log_rows")
        lost = counted(numbers, "log_dropped") + counted(numbers, "log_failed")
        table.add("log, rows of that run", f"{rows:,.0f}, {lost / max(rows, 1):.1%} dropped")
        memory = running.memory_mb()
        worker, all_of = memory.get("worker", 0.0), sum(memory.values())
        table.add(
            "memory, 100,000 verdicts",
            f"worker {worker:.0f} MB; with recorder and parent {all_of:.0f} MB",
            "100 MB",
            all_of <= 100,
        )


def counted(port: int, name: str) -> float:
    """One of the proxy's own numbers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    wanted = f"revenuer_gateway_{name}_total "
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(wanted))


def streams(table: Table, rig: Rig, running: Served, seconds: float) -> None:
    """256 streams at an event each 4.5 ms: 57,000 events a second are offered."""
    before = running.cpu_s()
    found = rig.drive(running.port, connections=256, seconds=seconds * 2, stream=True, pace_us=4500)
    spent = running.cpu_s() - before
    per_event = spent / max(1.0, found["events_per_s"] * (seconds * 2 + 1)) * 1e6
    lost = found["lost_events"]
    held = found["events_per_s"] >= 50_000 and lost == 0
    table.add(
        "SSE events/s",
        f"{found['events_per_s']:,.0f}, {lost:.0f} lost, {per_event:.1f} µs CPU each",
        "50,000, none lost",
        held,
    )


def middleware(table: Table, rig: Rig, runs: int, seconds: float) -> None:
    """A FastAPI model server alone, with the guard, and with the guard in Starlette's wrapper."""
    file = settings_file(rig.folder, "asgi", guard_sections(rig.folder, "asgi-log"))
    environment = {
        "REVENUER_GATEWAY_CONFIG": str(file),
        "PYTHONPATH": os.pathsep.join([str(TOOLS), os.environ.get("PYTHONPATH", "")]),
    }
    found: dict[str, list[tuple[float, float]]] = {}
    spent: dict[str, list[float]] = {}
    for _ in range(runs):
        # Turn by turn, so that what else the machine does falls on all of them.
        for name in ("plain", "guarded", "wrapped"):
            port = free_port()
            command = [PYTHON, "-m", "uvicorn", f"guard_load.apps:{name}", "--port", str(port)]
            command += ["--log-level", "error", "--loop", "uvloop", "--http", "httptools"]
            with served(command, port, environment=environment) as running:
                one = rig.drive(running.port, connections=1, seconds=seconds, serves=False)
                before = running.cpu_s()
                many = rig.drive(running.port, connections=64, seconds=seconds, serves=False)
                took = (running.cpu_s() - before) / max(1.0, many["per_s"] * (seconds + 1))
            spent.setdefault(name, []).append(took * 1e6)
            found.setdefault(name, []).append((one["p50_us"], many["per_s"]))
    added = statistics.median(
        after[0] - before[0] for before, after in zip(found["plain"], found["guarded"], strict=True)
    )
    lost = statistics.median(
        1 - after[1] / before[1]
        for before, after in zip(found["plain"], found["guarded"], strict=True)
    )
    plain = statistics.median(rate for _, rate in found["plain"])
    table.add("ASGI middleware, added p50", f"{added:.0f} µs", "35 µs", added <= 35)
    table.add(
        "ASGI middleware, requests/s lost", f"{lost:.0%} of {plain:,.0f}", "20 %", lost <= 0.2
    )
    cost = {name: statistics.median(of) for name, of in spent.items()}
    table.add(
        "ASGI middleware, CPU for a request, log included",
        f"{cost['plain']:.0f} -> {cost['guarded']:.0f} µs",
    )
    other = statistics.median(
        after[0] - before[0] for before, after in zip(found["plain"], found["wrapped"], strict=True)
    )
    fewer = statistics.median(
        1 - after[1] / before[1]
        for before, after in zip(found["plain"], found["wrapped"], strict=True)
    )
    table.add("the same in BaseHTTPMiddleware", f"{other:.0f} µs, {fewer:.0%}")


def litellm(table: Table, rig: Rig, runs: int, seconds: float) -> None:
    """LiteLLM's proxy without and with the guard's callback, turn by turn."""
    if not (LITELLM_VENV / ".ready").exists():
        table.add("LiteLLM plug-in", "not measured: `make gateway-venv` makes its environment")
        return
    file = settings_file(rig.folder, "litellm", guard_sections(rig.folder, "litellm-log"))
    alone = subprocess.run(
        [PYTHON, "-W", "ignore", "-m", "guard_load.callback", str(file)],
        env={**os.environ, "PYTHONPATH": str(TOOLS), "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    table.add(
        "LiteLLM plug-in, its own CPU for a call", f"{float(alone.stdout.split()[-1]):.0f} µs"
    )
    kinds: dict[str, list[dict[str, float]]] = {"without": [], "with": []}
    for _ in range(runs):
        for name, measured in kinds.items():
            with litellm_proxy(rig, file if name == "with" else None) as running:
                measured.append(_litellm_seen(rig, running, seconds))
    plain, guarded = (
        {key: statistics.median(one[key] for one in kinds[name]) for key in kinds[name][0]}
        for name in ("without", "with")
    )
    added = (guarded["p50_us"] - plain["p50_us"]) / 1000
    lost = 1 - guarded["per_s"] / plain["per_s"]
    share = f"of {plain['p50_us'] / 1000:.1f} ms"
    table.add("LiteLLM plug-in, added p50", f"{added:.2f} ms {share}", "0.2 ms", added <= 0.2)
    rate = f"{lost:.1%} of {plain['per_s']:.0f}"
    table.add("LiteLLM plug-in, requests/s lost", rate, "3 %", lost <= 0.03)
    for path in ANSWERS:
        later = (guarded[path] - plain[path]) / 1000
        # Unchanged: by no more than the plug-in's own share of a request.
        found = f"{later:+.2f} ms of {plain[path] / 1000:.1f} ms"
        table.add(f"LiteLLM, first token of {path}", found, "unchanged (0.5 ms)", later <= 0.5)


def _litellm_seen(rig: Rig, running: Served, seconds: float) -> dict[str, float]:
    one = rig.drive(running.port, connections=1, seconds=seconds * 2, key="sk-bench")
    many = rig.drive(running.port, connections=16, seconds=seconds * 2, key="sk-bench")
    found = {"p50_us": one["p50_us"], "per_s": many["per_s"]}
    for path in ANSWERS:
        model = "claude" if path.endswith("messages") else "replayed"
        streamed = rig.drive(
            running.port,
            connections=1,
            seconds=seconds,
            path=path,
            stream=True,
            pace_us=2000,
            model=model,
            key="sk-bench",
        )
        found[path] = streamed["first_p50_us"]
    return found


@contextmanager
def litellm_proxy(rig: Rig, guard: Path | None) -> Iterator[Served]:
    """LiteLLM's proxy with one worker, no database and no telemetry."""
    port = free_port()
    base = f"http://127.0.0.1:{rig.upstream}"
    settings = {
        "model_list": [
            {
                "model_name": "replayed",
                "litellm_params": {
                    "model": "openai/replayed",
                    "api_base": f"{base}/v1",
                    "api_key": "x",
                },
            },
            {
                "model_name": "claude",
                "litellm_params": {
                    "model": "anthropic/replayed",
                    "api_base": base,
                    "api_key": "x",
                },
            },
        ],
        "litellm_settings": {"telemetry": False},
        "general_settings": {"master_key": "sk-bench"},
    }
    if guard is not None:
        settings["litellm_settings"] = {
            "telemetry": False,
            "callbacks": ["revenuer.gateway.litellm.guard"],
        }
    file = rig.folder / "litellm.yaml"
    # JSON is YAML.
    file.write_text(json.dumps(settings))
    environment = {
        "CONFIG_FILE_PATH": str(file),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOG": "ERROR",
        "REVENUER_GATEWAY_CONFIG": str(guard or ""),
    }
    command = [str(LITELLM_VENV / "bin/python"), "-m", "uvicorn", "--port", str(port)]
    command += ["--log-level", "error", "litellm.proxy.proxy_server:app"]
    with served(command, port, environment=environment) as running:
        wait_until_serving(port, "/health/liveliness")
        yield running


# --- memory ---------------------------------------------------------------------------


def soak(minutes: float) -> int:
    """The proxy's memory under load, its log on a folder that cannot be written to."""
    table = Table()
    with tempfile.TemporaryDirectory(prefix="bench-guard-") as folder:
        rig = Rig(Path(folder))
        blocked = rig.folder / "full"
        blocked.write_text("a file where the log's folder should be")
        with proxy(rig, log={"folder": str(blocked / "log")}) as running:
            rig.drive(running.port, connections=64, seconds=5)
            sizes: list[tuple[float, float]] = []
            largest = 0.0
            done = 0.0
            begun = time.monotonic()
            while time.monotonic() - begun < minutes * 60:
                done += rig.drive(running.port, connections=64, seconds=10)["done"]
                now = (time.monotonic() - begun) / 60
                sizes.append((now, running.private_mb()))
                largest = max(largest, sum(running.memory_mb().values()))
                print(f"minute {now:.1f}: {sizes[-1][1]:.1f} MB", file=sys.stderr, flush=True)
    settled = sizes[len(sizes) // 5 :]
    slope = 0.0
    if len(settled) > 2:
        slope = statistics.linear_regression(*zip(*settled, strict=True)).slope
    table.add("requests", f"{done:,.0f} in {minutes:g} minutes, no row could be written")
    table.add("memory at most, all processes", f"{largest:.1f} MB", "100 MB", largest <= 100)
    grown = slope * minutes
    found = f"{grown:+.2f} MB"
    table.add("private memory grown, by a line through the run", found, "2 MB", grown <= 2)
    return table.end()


def main() -> int:
    """Measure, print the table, and say what falls short."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="about a minute, without LiteLLM")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="memory only")
    parser.add_argument("--only", metavar="NAME", help="one part, such as `LiteLLM plug-in`")
    told = parser.parse_args()
    if told.soak is not None:
        return soak(told.soak)
    if shutil.which("cc") is None or shutil.which("taskset") is None:
        print("A C compiler and taskset are needed for the load generator.")
        return 1
    load = os.getloadavg()[0]
    print(f"{len(os.sched_getaffinity(0))} cores, load {load:.1f} before the run\n")
    table = Table()
    runs, seconds = (1, 1.5) if told.quick else (5, 3.0)
    steps: dict[str, Callable[[Rig], None]] = {
        "decisions": lambda rig: decisions(table, rig),
        "proxy": lambda rig: proxies(table, rig, runs, seconds),
        "ASGI middleware": lambda rig: middleware(table, rig, 1 if told.quick else 3, seconds),
    }
    if not told.quick:
        steps["LiteLLM plug-in"] = lambda rig: litellm(table, rig, 2, 4.0)
    with tempfile.TemporaryDirectory(prefix="bench-guard-") as folder:
        rig = Rig(Path(folder))
        for name, step in steps.items():
            if told.only and told.only != name:
                continue
            try:
                step(rig)
            except (RuntimeError, OSError, subprocess.SubprocessError) as failed:
                table.add(name, f"could not be measured: {failed}", "", False)
    return table.end()


if __name__ == "__main__":
    sys.exit(main())
