"""Plans that come to nothing: refused by an approver, or withdrawn by who proposed them."""

from __future__ import annotations

from test_enforcement_pages import MAIN, WISH, desk, previewed, proposed, proposing
from visitors import Console

from revenuer.casework.roles import Role

WHY = "An office <b>, not a campaign."


def test_an_approver_refuses_a_plan_with_a_reason_that_everybody_reads(console: Console) -> None:
    url = proposed(console)
    ann, abe, vic = (console.visitor(one) for one in (Role.ANALYST, Role.APPROVER, Role.VIEWER))
    assert f'{url}/refuse"' in abe.get(url).text
    assert f'{url}/withdraw"' not in abe.get(url).text
    for who in (ann, vic):
        assert "/refuse" not in who.get(url).text
        assert who.post(f"{url}/refuse", {"why": WHY}).status_code == 403
    assert abe.post(f"{url}/refuse", {"why": " "}).status_code == 422
    told = abe.post(f"{url}/refuse", {"why": WHY})
    assert told.headers["location"] == url
    for who in (ann, abe, vic):
        page = who.get(url).text
        assert "refused by <strong>abe</strong>" in page
        assert "An office &lt;b&gt;, not a campaign." in page
        assert "/approve" not in page.partition("<main")[2]
        assert "/refuse" not in page.partition("<main")[2]
    listed = ann.get("/enforcement?closed.as=json").json()
    assert [(one["how"], one["who"], one["why"], one["by"]) for one in listed] == [
        ("refused", "abe", WHY, "ann"),
    ]
    assert ann.get("/enforcement?as=json").json() == []
    assert "Plans that came to nothing" in vic.get("/enforcement").text
    ada = console.visitor(Role.ADMIN)
    assert ada.post(f"{url}/approve", {"looked": "yes"}).status_code == 403
    assert ada.post(f"{url}/refuse", {"why": WHY}).status_code == 403
    assert not desk(console).ledger().decisions
    kinds = [entry.kind for entry in desk(console).audit.entries()]
    assert kinds == ["planned", "refused"]
    with console.office.casebook.reading() as connection:
        told = [one.kind for one in console.office.casebook.audit(connection).entries()]
    assert told.count("docket-anchored") == 2, "open pages are told of plans by these"


def test_a_refused_plan_can_be_proposed_again_and_wants_new_approvals(console: Console) -> None:
    url = proposed(console)
    abe = console.visitor(Role.APPROVER)
    abe.post(f"{url}/refuse", {"why": WHY})
    ann = console.visitor(Role.ANALYST)
    told = ann.post(f"/cases/{MAIN}/enforce/propose", proposing(previewed(ann)))
    assert told.headers["location"] == url
    page = abe.get(url).text
    assert "Proposed before, and refused by abe" in page
    assert abe.post(f"{url}/approve", {"looked": "yes"}).status_code == 303
    assert len(desk(console).ledger().decisions) == 1


def test_only_who_proposed_a_plan_withdraws_it(console: Console) -> None:
    url = proposed(console, Role.APPROVER)
    ann, abe, ada = (console.visitor(one) for one in (Role.ANALYST, Role.APPROVER, Role.ADMIN))
    assert f'{url}/withdraw"' in abe.get(url).text
    assert "/refuse" not in abe.get(url).text
    assert abe.post(f"{url}/refuse", {"why": "mine"}).status_code == 403
    for who in (ann, ada):
        assert who.post(f"{url}/withdraw", {"why": WHY, "by": "abe"}).status_code == 403
    assert console.visitor(Role.VIEWER).post(f"{url}/withdraw", {"why": WHY}).status_code == 403
    assert abe.post(f"{url}/withdraw").status_code == 422
    assert abe.post(f"{url}/withdraw", {"why": "The wrong one."}).status_code == 303
    assert "withdrawn by <strong>abe</strong>" in ann.get(url).text
    assert ada.post(f"{url}/approve", {"looked": "yes"}).status_code == 403
    assert abe.post(f"{url}/withdraw", {"why": "Again."}).status_code == 403
    for path in ("/enforcement/guard/plans/0000000000000000", "/enforcement/no/plans/abcdef0123"):
        assert abe.post(f"{path}/withdraw", {"why": WHY}).status_code == 404
        assert abe.post(f"{path}/refuse", {"why": WHY}).status_code == 404


def test_what_is_refused_was_written_by_nobody_else(console: Console) -> None:
    url = proposed(console)
    console.visitor(Role.ADMIN).post(f"{url}/refuse", {"why": WHY, "by": "vic", "actor": "vic"})
    (one,) = desk(console).ledger().proposals.values()
    assert one.closed is not None
    assert (one.closed.by, one.by, WISH["why"]) == ("ada", "ann", WISH["why"])
