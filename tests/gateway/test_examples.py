"""The examples run as they stand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from wire import free_port, read_rows

from guard_load.rig import wait_for
from revenuer.gateway.start import load_config

PROXY = ("-m", "revenuer.gateway.proxy", "--check", "--config")
UVICORN = ("-m", "uvicorn", "app:app", "--log-level", "error")
EXAMPLES = Path(__file__).parents[2] / "examples" / "gateway"


def test_the_proxys_file_can_be_used() -> None:
    done = subprocess.run(
        [sys.executable, *PROXY, str(EXAMPLES / "gateway.toml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "shadow" in done.stdout


def test_litellms_file_names_the_callback() -> None:
    import yaml

    said = yaml.safe_load((EXAMPLES / "litellm.yaml").read_text())
    (callback,) = said["litellm_settings"]["callbacks"]
    module, _, name = callback.rpartition(".")
    assert (module, name) == ("revenuer.gateway.litellm", "guard")


def test_the_application_answers_and_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *UVICORN, "--app-dir", str(EXAMPLES), "--port", str(port)]
    )
    try:
        wait_for(port, process=process)
        answer = httpx.post(f"http://127.0.0.1:{port}/v1/chat/completions", json={"model": "m"})
        assert answer.status_code == 200
    finally:
        process.terminate()
        process.wait(15)
    # On its way out the server hands over what waits.
    folder = load_config(EXAMPLES / "gateway.toml").log.folder
    (row,) = read_rows(tmp_path / folder)
    assert (row["outcome"], row["input_tokens"], row["output_tokens"]) == ("complete", 3, 2)
