"""nginx's access log, written by nginx itself on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
http {{
  log_format model escape=json '{{"time_iso8601":"$time_iso8601","msec":"$msec",'
    '"remote_addr":"$remote_addr","http_x_forwarded_for":"$http_x_forwarded_for",'
    '"request_method":"$request_method","request_uri":"$request_uri","status":"$status",'
    '"request_time":"$request_time","http_user_agent":"$http_user_agent",'
    '"http_authorization":"$http_authorization","request_id":"$request_id",'
    '"upstream_addr":"$upstream_addr","upstream_cache_status":"$upstream_cache_status"}}';
  access_log {folder}/access.log model;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream models {{ server 127.0.0.1:{dead} max_fails=0; server 127.0.0.1:{port} backup; }}
  server {{
    listen 127.0.0.1:{port};
    location /v1/embeddings {{ return 429; }}
    location /v1/chat/completions {{ return 200; }}
    location /v1/messages {{ proxy_pass http://models/v1/chat/completions; }}
    location / {{ return 200; }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str, **headers: str) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as refused:
        refused.close()


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    if NGINX is None:
        pytest.skip("nginx is not on this machine")
    folder = tmp_path_factory.mktemp("nginx")
    port, dead = free_port(), free_port()
    config = folder / "nginx.conf"
    user = "user root;\n" if os.getuid() == 0 else ""
    config.write_text(user + CONFIG.format(folder=folder, port=port, dead=dead))
    server = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(config)])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        who = {"Authorization": "Bearer sk-secret", "User-Agent": "OpenAI/Python 2.54.0"}
        ask(port, "/v1/chat/completions?beta=1", **who, **{"X-Forwarded-For": "203.0.113.9, x"})
        ask(port, "/v1/embeddings", **who)
        ask(port, "/healthz", **who)
        ask(port, "/v1/messages", **who)
    finally:
        server.terminate()
        server.wait(10)
    return folder / "access.log"


def test_model_calls_are_rows_and_the_rest_is_passed_over(log, opened):
    found = opened(log)
    assert found.intake.files[0].format == "nginx"
    assert found.intake.files[0].passed_over == 1
    operations = found.rows["operation"].to_list()
    # The proxied call is logged twice: as it came, and as this server answered itself.
    assert sorted(operations) == ["chat", "chat", "chat", "embeddings"]


def test_metadata_is_kept_and_the_key_is_hashed(log, opened):
    rows = {row["client_ip_source"]: row for row in opened(log).rows.to_dicts()}
    row = rows["x-forwarded-for"]
    assert row["client_ip"] == "203.0.113.9"
    assert row["harness"] == "openai-python"
    assert (row["status"], row["outcome"]) == (200, "complete")
    assert row["account_id"].startswith("key-")
    assert row["latency_ms"] >= 0
    assert "sk-secret" not in str(row)
    assert rows["peer"]["client_ip"] == "127.0.0.1"


def test_a_refusal_keeps_its_status(log, opened):
    rows = opened(log).rows.to_dicts()
    (refused,) = [row for row in rows if row["operation"] == "embeddings"]
    assert (refused["status"], refused["outcome"]) == (429, "upstream_error")


def test_a_second_upstream_is_a_retry_of_the_gateway(log, opened):
    rows = opened(log).rows.to_dicts()
    (moved,) = [row for row in rows if row["routed_by"] == "gateway"]
    assert moved["attempt"] == 2
