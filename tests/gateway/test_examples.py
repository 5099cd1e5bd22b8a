"""The examples run as they stand."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from wire import Upstream, free_port, read_rows

from guard_load.rig import wait_for, wait_until_serving
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


@pytest.mark.gateway
def test_litellm_starts_with_its_file_and_logs(tmp_path: Path, server: Upstream) -> None:
    text = (EXAMPLES / "litellm.yaml").read_text().replace(":8000", f":{server.port}")
    (tmp_path / "litellm.yaml").write_text(text)
    shown = free_port()
    file = tmp_path / "gateway.toml"
    file.write_text((EXAMPLES / "gateway.toml").read_text().replace("9100", str(shown)))
    environment = {
        "LITELLM_MASTER_KEY": "sk-" + secrets.token_hex(16),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "REVENUER_GATEWAY_CONFIG": str(file),
        "CONFIG_FILE_PATH": str(tmp_path / "litellm.yaml"),
    }
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "litellm.proxy.proxy_server:app"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "error"],
        env={**os.environ, **environment},
        cwd=tmp_path,
    )
    try:
        wait_until_serving(port, "/health/liveliness", 120)
        answer = httpx.post(
            f"http://127.0.0.1:{port}/v1/chat/completions",
            headers={"authorization": f"Bearer {environment['LITELLM_MASTER_KEY']}"},
            json={"model": "m", "messages": [{"role": "user", "content": "hi"}]},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        numbers = httpx.get(f"http://127.0.0.1:{shown}/metrics").text
        folder = tmp_path / load_config(file).log.folder
        end = time.monotonic() + 20
        while not (rows := read_rows(folder)) and time.monotonic() < end:
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(15)
    assert [(row["outcome"], row["requested_model"]) for row in rows] == [("complete", "m")]
    assert 'revenuer_guard_decisions_total{action="allow"} 1' in numbers.splitlines()


@pytest.mark.gateway
def test_litellms_callback_does_not_bind_reasoning_blocks(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text("[guard]\nfingerprint_key = 'key'\n[reasoning]\nbind = true\n")
    program = "from revenuer.gateway.litellm import RevenuerGuard; RevenuerGuard('gateway.toml')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "ConfigError: Reasoning blocks cannot be bound in LiteLLM." in done.stderr


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
