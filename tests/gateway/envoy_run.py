"""Envoy and the guard beside it, as processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from wire import ENFORCE, Publisher, enforcing, free_port, toml_of

from guard_load.rig import wait_for
from revenuer.guard import Action

EXAMPLE = Path(__file__).parents[2] / "examples" / "gateway" / "envoy.yaml"


def envoy_folder() -> Path:
    folder = Path(sys.prefix) / "envoy"
    if not (folder / "envoy" / "_bin" / "envoy").exists():
        pytest.skip("Envoy is not installed: `make gateway-venv`")
    return folder


class Running:
    """Envoy from the example's file, and the guard beside it.

    Args:
        folder: For their files.
        model: Port of the server behind them.
        listed: The verdicts, by account.
    """

    def __init__(self, folder: Path, model: int, listed: dict[str, Action]) -> None:
        publisher = Publisher(folder / "verdicts")
        publisher.publish(listed)
        policy = ENFORCE + "[throttle]\nrequests_per_minute = 600\n"
        self.log = folder / "log"
        file = folder / "gateway.toml"
        settings = {
            "guard": enforcing(folder, publisher, policy),
            "log": {"folder": str(self.log), "sync_s": 0.05},
            "metrics": {"port": free_port()},
        }
        self.numbers = f"http://127.0.0.1:{settings['metrics']['port']}/metrics"
        file.write_text(toml_of(settings))
        guard, self.port = free_port(), free_port()
        text = EXAMPLE.read_text().replace("0.05s", "5s")
        for old, new in ((8080, self.port), (8000, model), (9002, guard)):
            text = text.replace(f"port_value: {old}", f"port_value: {new}")
        (folder / "envoy.yaml").write_text(text)
        module = ["-m", "revenuer.gateway.ext_proc", "--config", str(file)]
        installed = envoy_folder()
        self.guard = subprocess.Popen(
            [sys.executable, *module, "--listen", f"127.0.0.1:{guard}"],
            env={**os.environ, "PYTHONPATH": str(installed)},
        )
        wait_for(guard, process=self.guard)
        program = str(installed / "envoy" / "_bin" / "envoy")
        command = [program, "-c", str(folder / "envoy.yaml"), "--concurrency", "1"]
        command += ["--log-level", "error", "--disable-hot-restart"]
        self.envoy = subprocess.Popen(command)
        wait_for(self.port, process=self.envoy)
        self.base = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        for process in (self.envoy, self.guard):
            process.terminate()
        for process in (self.envoy, self.guard):
            process.wait(20)
