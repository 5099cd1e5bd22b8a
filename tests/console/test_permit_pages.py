"""Permits by the forms of the pages: asked for, granted by another, used, extended, taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from visitors import Console, Visitor

from revenuer.app.casebook.permit_views import list_permits
from revenuer.casework.permit_growth import Growth, Use
from revenuer.casework.permits import Permit
from revenuer.casework.roles import Actor, Role
from revenuer.store.casebook import permit_use

ADA = Actor("ada", Role.ADMIN)


def wanted(console: Console, **more: str) -> dict[str, str]:
    now = console.office.clock()
    return {
        "purpose": "evaluation",
        "kind": "organization",
        "holder": "lab-7",
        "from": (now - timedelta(days=2)).date().isoformat(),
        "until": (now + timedelta(days=30)).date().isoformat(),
        "max_exchanges": "20,000",
        "max_tokens": "",
        "models": "glacier-3, glacier-4",
        "text": "Grading <our> answers.",
        "once": "f" * 32,
        **more,
    }


def permits(console: Console) -> list[Permit]:
    office = console.office
    seen = list_permits(office.casebook, actor=ADA, now=office.clock())
    return [one.permit for one in seen]


def requested(console: Console, who: Role = Role.ANALYST, **more: str) -> str:
    told = console.visitor(who).post("/permits/new", wanted(console, **more))
    assert told.status_code == 303, told.text
    return told.headers["location"]


def versioned(visitor: Visitor, url: str, action: str, **form: str) -> httpx.Response:
    """Send a form of a permit's page with the version that the page shows."""
    found = re.search(r'name="version" value="(\d+)"', visitor.get(url).text)
    return visitor.post(f"{url}/{action}", {"version": found.group(1) if found else "1", **form})


def test_a_permit_is_asked_for_and_granted_by_somebody_else(console: Console) -> None:
    url = requested(console)
    ann, abe = console.visitor(Role.ANALYST), console.visitor(Role.APPROVER)
    assert f"{url}/grant" not in ann.get(url).text
    assert f"{url}/grant" in abe.get(url).text
    assert versioned(abe, url, "grant", text="Read their paper.").status_code == 303
    (one,) = permits(console)
    assert (one.state.value, one.decided_by, one.terms.max_exchanges) == ("granted", "abe", 20_000)
    assert one.terms.models == ("glacier-3", "glacier-4")
    assert one.terms.max_tokens is None
    assert "lab-7" not in abe.get(url).text
    assert "Active." in abe.get(url).text


def test_who_asked_does_not_grant_by_any_form(console: Console) -> None:
    url = requested(console, Role.APPROVER)
    abe = console.visitor(Role.APPROVER)
    assert f"{url}/grant" not in abe.get(url).text
    for form in ({}, {"by": "ada"}, {"four_eyes": "no", "actor": "ada"}):
        assert versioned(abe, url, "grant", text="Mine.", **form).status_code == 403
    for role in (Role.VIEWER, Role.ANALYST):
        told = console.visitor(role).post(f"{url}/grant", {"version": "1", "text": "x"})
        assert told.status_code == 403
    assert permits(console)[0].state.value == "requested"


def test_a_request_that_is_sent_twice_is_there_once(console: Console) -> None:
    requested(console)
    again = console.visitor(Role.ANALYST).post("/permits/new", wanted(console))
    assert again.status_code == 409
    assert "entered already" in again.text
    assert len(permits(console)) == 1
    # Each page that is loaded has its own; another person's is another request.
    page = console.visitor(Role.ANALYST)
    once = {
        re.search(r'name="once" value="([0-9a-f]{32})"', page.get("/permits/new").text)[1]  # type: ignore[index]
        for _ in range(2)
    }
    assert len(once) == 2
    requested(console, Role.ADMIN)
    assert len(permits(console)) == 2


def test_two_people_at_once_lose_nothing(console: Console) -> None:
    url = requested(console)
    abe, ada = console.visitor(Role.APPROVER), console.visitor(Role.ADMIN)
    seen = re.search(r'name="version" value="(\d+)"', abe.get(url).text)
    assert seen is not None
    form = {"version": seen.group(1), "text": "Two at once."}
    assert ada.post(f"{url}/refuse", form).status_code == 303
    late = abe.post(f"{url}/grant", form)
    assert late.status_code == 409
    assert "somebody changed it" in late.text
    assert permits(console)[0].state.value == "refused"
    # The same form once more does not act twice either.
    assert ada.post(f"{url}/refuse", form).status_code == 409


def test_other_terms_hold_once_another_grants_them(console: Console) -> None:
    url = requested(console)
    ann, abe = console.visitor(Role.ANALYST), console.visitor(Role.APPROVER)
    versioned(abe, url, "grant")
    told = versioned(ann, url, "extend", max_exchanges="40000", text="A second round.")
    assert told.status_code == 303
    assert permits(console)[0].terms.max_exchanges == 20_000
    page = abe.get(url).text
    assert "40,000" in page
    assert "the old ones hold meanwhile" in page
    versioned(abe, url, "grant", text="Fine.")
    one = permits(console)[0]
    assert (one.terms.max_exchanges, one.terms.models) == (40_000, ("glacier-3", "glacier-4"))


def test_a_permit_is_taken_back_with_a_reason_and_may_be_appealed(console: Console) -> None:
    url = requested(console)
    abe = console.visitor(Role.APPROVER)
    versioned(abe, url, "grant")
    assert versioned(abe, url, "revoke", text=" ").status_code == 422
    assert versioned(abe, url, "revoke", text="The contract ended.").status_code == 303
    assert permits(console)[0].state.value == "revoked"
    page = abe.get(url).text
    assert f"/appeals/new?permit={url.rpartition('/')[2]}" in page
    assert versioned(abe, url, "revoke", text="Once more.").status_code in (403, 409)


def test_what_was_written_is_read_by_those_who_may_and_that_is_recorded(console: Console) -> None:
    url = requested(console)
    vic, ann = console.visitor(Role.VIEWER), console.visitor(Role.ANALYST)
    assert "sealed" in vic.get(url).text
    assert vic.post(f"{url}/unmask").status_code == 403
    shown = ann.post(f"{url}/unmask")
    assert shown.status_code == 200
    assert "Grading &lt;our&gt; answers." in shown.text
    assert "lab-7" in shown.text
    with console.office.casebook.reading() as connection:
        entries = list(console.office.casebook.audit(connection).entries())
    assert [entry.body["by"] for entry in entries if entry.kind == "permit-read"] == ["ann"]
    assert "Grading" not in ann.get(url).text


def test_use_is_shown_against_terms_and_the_outgrown_stand_first(console: Console) -> None:
    office = console.office
    url = requested(console, max_exchanges="100")
    requested(console, once="a" * 32, holder="quiet")
    abe = console.visitor(Role.APPROVER)
    versioned(abe, url, "grant")
    name = url.rpartition("/")[2]
    with office.casebook.changing(ADA, office.clock()) as change:
        used = Use("fp-1", "glacier-3", office.clock().date(), 138, 5000)
        permit_use.keep_use(change.connection, name, [used])
        told = permit_use.Told(
            name, Growth.EXCHANGES, "138 exchanges were used, 1.4 times the 100 agreed.", "",
            change.now_us, change.now_us, 0,
        )  # fmt: skip
        permit_use.keep_growth(change.connection, told)
    rows = abe.get("/permits?as=json").json()
    assert (rows[0]["permit"], rows[0]["used"], rows[0]["outgrown"]) == (name, 1.38, "exchanges")
    page = abe.get(url).text
    assert "138\u00a0%" in page.replace("138 %", "138\u00a0%")
    assert "1.4 times the 100 agreed" in page


@pytest.mark.parametrize(
    "more",
    [
        {"purpose": "fun"},
        {"kind": "planet"},
        {"holder": " "},
        {"until": "tomorrow"},
        {"from": ""},
        {"max_exchanges": "-1"},
        {"max_exchanges": "0"},
        {"max_tokens": "1e9"},
        {"text": ""},
        {"once": ""},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(console: Console, more: dict[str, str]) -> None:
    told = console.visitor(Role.ANALYST).post("/permits/new", wanted(console, **more))
    assert told.status_code == 422, told.text
    assert not permits(console)


@pytest.mark.parametrize(
    "name", ["permit--0000000000000000", "permit--", "%2e%2e", "%2e%2e%2f", "x'--"]
)
def test_forged_names_lead_nowhere(console: Console, name: str) -> None:
    requested(console)
    ada = console.visitor()
    assert ada.get(f"/permits/{name}").status_code == 404
    form: dict[str, Any] = {"version": "1", "text": "x"}
    for action in ("grant", "refuse", "revoke", "extend", "unmask"):
        assert ada.post(f"/permits/{name}/{action}", form).status_code in (404, 405), action
