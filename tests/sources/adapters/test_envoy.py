"""Envoy's access log. Envoy is not run here: the entries have the names and value forms of
its documented JSON format, as its default operators and Istio's print them."""

from __future__ import annotations

import pytest

ENTRY = {
    "start_time": "2026-02-23T09:30:00.125Z",
    "method": "POST",
    "path": "/v1/chat/completions?beta=1",
    "protocol": "HTTP/2",
    "response_code": 200,
    "response_flags": "-",
    "bytes_received": 812,
    "bytes_sent": 5120,
    "duration": 1830,
    "upstream_service_time": "1822",
    "x_forwarded_for": None,
    "user_agent": "claude-cli/2.0.14 (external, cli)",
    "request_id": "3f1c",
    "authority": "api.example",
    "upstream_host": "10.0.0.7:8443",
    "downstream_remote_address": "203.0.113.9:51234",
    "authorization": "Bearer sk-secret",
    "tls_ja4_fingerprint": "t13d1516h2",
}


def test_an_entry_becomes_a_row(write_lines, opened):
    found = opened(write_lines(ENTRY))
    assert found.intake.files[0].format == "envoy"
    row = found.rows.row(0, named=True)
    expected = {
        "exchange_id": "3f1c",
        "operation": "chat",
        "status": 200,
        "outcome": "complete",
        "latency_ms": 1830,
        "client_ip": "203.0.113.9",
        "client_ip_source": "peer",
        "tls_fingerprint": "t13d1516h2",
        "tls_terminated_by": "envoy",
        "harness": "claude-code",
        "prompt": None,
    }
    assert {name: row[name] for name in expected} == expected
    assert "sk-secret" not in str(row)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"response_flags": "DC", "response_code": 0}, "client_cancelled"),
        ({"response_flags": "UF,URX", "response_code": 503}, "upstream_error"),
        ({"response_code": 429}, "upstream_error"),
    ],
)
def test_flags_and_status_say_how_it_ended(write_lines, opened, change, outcome):
    rows = opened(write_lines({**ENTRY, **change})).rows
    assert rows["outcome"].to_list() == [outcome]


def test_a_second_attempt_was_the_gateways(write_lines, opened):
    row = opened(write_lines({**ENTRY, "upstream_request_attempt_count": "2"})).rows
    assert (row["attempt"].item(), row["routed_by"].item()) == (2, "gateway")


def test_a_health_check_is_passed_over(write_lines, opened):
    found = opened(write_lines(ENTRY, {**ENTRY, "path": "/healthz", "request_id": "x"}))
    assert found.intake.kept == 1
    assert found.intake.files[0].passed_over == 1


def test_an_entry_without_an_id_is_quarantined(write_lines, opened):
    found = opened(write_lines(ENTRY, {**ENTRY, "request_id": "-"}))
    assert found.intake.kept == 1
    assert "request_id" in found.quarantined()[0]["reason"]


def test_an_account_header_wins_over_the_key(write_lines, opened):
    row = opened(write_lines({**ENTRY, "x_account_id": "acme"})).rows
    assert row["account_id"].item() == "acme"
    assert row["api_key_id"].item().startswith("key-")
