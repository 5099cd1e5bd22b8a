"""The verification vendor's messages over HTTP: signed, fresh, taken once, and nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from office import FOUNDER, Office, caller, served
from starlette.testclient import TestClient

from revenuer.access.applications import Application
from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.keeping import assess
from revenuer.app.admission.showing import show
from revenuer.app.casebook.audit import read_audit
from revenuer.casework.roles import Role
from revenuer.due_process import AccessSettings
from revenuer.enforcement.webhooks import signature_of

URL = "/v1/vendor-messages"
SECRET, OTHER = b"k" * 32, b"o" * 32


def secrets_file(folder: Path, *secrets: bytes) -> Path:
    path = folder / "vendor.secrets"
    path.write_text("".join(f"whsec_{base64.b64encode(one).decode()}\n" for one in secrets))
    path.chmod(0o600)
    return path


@pytest.fixture
def office(small_office: Office, tmp_path: Path) -> Office:
    path = str(secrets_file(tmp_path, SECRET))
    small_office.settings = replace(
        small_office.settings, access=AccessSettings(vendor_secrets=path)
    )
    apply(small_office, "a-1")
    return small_office


def desk(office: Office) -> Desk:
    """As another process has one, without tables."""
    return Desk(office.casebook, Tables(), AccessPolicy())


def apply(office: Office, name: str) -> None:
    given = Application(name, email_domain="example.org", plan="pro")
    assess(desk(office), [given], actor=FOUNDER, now=office.clock())


@pytest.fixture
def vendor(office: Office) -> Iterator[TestClient]:
    """Who has no token."""
    with office.client(None) as one:
        yield one


def payload(application: str = "a-1", **said: object) -> bytes:
    data = {"application_id": application, "result": "approved", "reference": "v-1", **said}
    return json.dumps({"type": "verification.completed", "data": data}).encode()


def signed(body: bytes, at: datetime, *, name: str = "msg-1", by: bytes = SECRET) -> dict[str, str]:
    stamp = int(at.timestamp())
    return {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature_of(name, stamp, body, [by]),
    }


def outcomes(office: Office) -> list[Any]:
    shown = show(desk(office), "a-1", actor=FOUNDER, now=office.clock())
    found: list[Any] = shown["outcomes"]
    return found


def entries(office: Office) -> list[Any]:
    kind = "check-came-out"
    return [one for one in read_audit(office.casebook, actor=FOUNDER) if one.kind == kind]


def test_a_signed_message_is_taken_once_and_says_nothing_back(
    office: Office, vendor: TestClient
) -> None:
    body = payload()
    headers = signed(body, office.clock())
    for _ in range(3):
        told = vendor.post(URL, content=body, headers=headers)
        assert (told.status_code, told.content) == (204, b"")
    assert len(outcomes(office)) == 1
    (entry,) = entries(office)
    assert entry.body["by"] == "verification-vendor"


def test_every_byte_is_signed_and_spaces_are_bytes(office: Office, vendor: TestClient) -> None:
    body = payload()
    headers = signed(body, office.clock())
    spaced = json.dumps(json.loads(body), indent=1).encode()
    assert json.loads(spaced) == json.loads(body)
    cut = len(body) // 2
    for other in (spaced, body + b" ", body[:-1], b"", body[:cut] + b" " + body[cut + 1 :]):
        told = vendor.post(URL, content=other, headers=headers)
        assert told.status_code == 403, told.text
        assert told.json()["type"] == "urn:revenuer:problem:not-allowed"
    assert not outcomes(office)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_is_old_or_from_the_future_is_refused(
    office: Office, vendor: TestClient, minutes: int
) -> None:
    body = payload()
    headers = signed(body, office.clock() + timedelta(minutes=minutes))
    assert vendor.post(URL, content=body, headers=headers).status_code == 403
    office.clock.now += timedelta(minutes=minutes)
    assert vendor.post(URL, content=body, headers=headers).status_code == 204


def test_another_name_or_time_needs_another_signature(office: Office, vendor: TestClient) -> None:
    body = payload()
    headers = signed(body, office.clock())
    later = {"webhook-timestamp": str(int(office.clock().timestamp()) + 1)}
    for change in ({"webhook-id": "msg-2"}, later, {"webhook-signature": "v1,"}):
        assert vendor.post(URL, content=body, headers={**headers, **change}).status_code == 403
    assert vendor.post(URL, content=body).status_code == 403
    assert not outcomes(office)


def test_no_token_stands_for_the_signature(office: Office) -> None:
    with office.client(Role.ADMIN) as ada:
        assert ada.post(URL, content=payload()).status_code == 403
    assert not entries(office)


def test_a_secret_is_changed_without_a_restart(
    office: Office, vendor: TestClient, tmp_path: Path
) -> None:
    body, now = payload(), office.clock()
    new = signed(body, now, name="msg-new", by=OTHER)
    assert vendor.post(URL, content=body, headers=new).status_code == 403
    path = secrets_file(tmp_path, OTHER, SECRET)
    for headers in (new, signed(body, now)):
        assert vendor.post(URL, content=body, headers=headers).status_code == 204
    assert len(outcomes(office)) == 2
    path.chmod(0o644)
    told = vendor.post(URL, content=body, headers=signed(body, now, name="msg-3"))
    assert told.status_code == 503
    assert str(path) not in told.text


def test_without_a_secret_nothing_is_believed(small_office: Office) -> None:
    body = payload()
    with small_office.client(None) as vendor:
        told = vendor.post(URL, content=body, headers=signed(body, small_office.clock(), by=b""))
    assert told.status_code == 403


def test_what_says_nothing_of_a_check_is_no_fault_and_an_unknown_application_is(
    office: Office, vendor: TestClient
) -> None:
    for number, body in enumerate((b"{}", b"no json", payload(result="pending"))):
        headers = signed(body, office.clock(), name=f"msg-{number}")
        assert vendor.post(URL, content=body, headers=headers).status_code == 204
    body = payload("a-2")
    headers = signed(body, office.clock(), name="msg-9")
    assert vendor.post(URL, content=body, headers=headers).status_code == 404
    # It may come before the application does: what was not taken can come again.
    apply(office, "a-2")
    assert vendor.post(URL, content=body, headers=headers).status_code == 204


def test_what_is_packed_or_too_large_is_refused(office: Office, vendor: TestClient) -> None:
    body = gzip.compress(payload())
    headers = {**signed(body, office.clock()), "content-encoding": "gzip"}
    assert vendor.post(URL, content=body, headers=headers).status_code == 415
    most = office.settings.api.body_bytes
    told = vendor.post(URL, content=b" " * (most + 1), headers=signed(b"", office.clock()))
    assert told.status_code == 413
    assert "api.body_bytes" in told.json()["detail"]


def test_many_at_once_are_taken_once(office: Office) -> None:
    """On the real server, whose threads race."""
    body = payload()
    path = office.settings.access.vendor_secrets
    with served(office, environment={"REVENUER_ACCESS__VENDOR_SECRETS": path}) as url:
        headers = signed(body, office.clock())
        told: list[int] = []

        def send() -> None:
            with caller(url, "") as one:
                told.append(one.post(URL, content=body, headers=headers).status_code)

        threads = [threading.Thread(target=send) for _ in range(6)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert told == [204] * 6
        assert httpx.post(f"{url}{URL}", content=body, trust_env=False).status_code == 403
    assert len(outcomes(office)) == 1
    assert len(entries(office)) == 1
