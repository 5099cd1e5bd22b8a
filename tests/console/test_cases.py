"""Cases and accounts in the console: what is shown, what is done, and what nobody gets."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from visitors import Console

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parents[1] / "app" / "casebook"))

from case_builders import START, campaign, names, scan_folder
from office import FOUNDER, MAIN, OTHER

from revenuer.app.casebook import reading, working
from revenuer.app.casebook.add import add
from revenuer.app.casebook.members import list_members
from revenuer.app.casebook.texts import keep_texts
from revenuer.casework.cases import Ground
from revenuer.casework.roles import Actor, Role
from revenuer.records import Axis, Evidence, InnocentExplanation, Verdict
from revenuer.settings import Settings

EVIL = "<script>alert(1)</script>\"'{{7*7}}"
ANN = Actor("ann", Role.ANALYST)


def case_of(console: Console, campaign_id: str = MAIN) -> str:
    return reading.find_case(console.office.casebook, campaign_id, actor=FOUNDER).case_id


def version(console: Console, case: str) -> int:
    return reading.find_case(console.office.casebook, case, actor=FOUNDER).version


def audit_kinds(console: Console) -> list[str]:
    book = console.office.casebook
    with book.reading() as connection:
        return [entry.kind for entry in book.audit(connection).entries()]


def add_campaign(console: Console, name: str, accounts: list[str], **more: Any) -> str:
    office = console.office
    made = campaign(name, accounts, **more)
    folder = scan_folder(office.folder / "scans" / name, made, day=more.get("day", 9))
    add(office.casebook, [folder], actor=ANN, now=office.clock())
    return case_of(console, made.id)


def keep_some_texts(console: Console, said: list[str]) -> str:
    """A case with a text of each of its accounts."""
    cited = tuple(f"exchange-{n}" for n in range(len(said)))
    members = names("t", len(said))
    evidence = (Evidence("text", Axis.EXTRACTION, "Alike.", 3.0, (), cited),)
    case = add_campaign(console, "texts", members, evidence=evidence)
    rows = [
        {
            "exchange_id": name, "occurred_at": START + timedelta(hours=n),
            "account_id": members[n], "model": "m", "prompt": said[n], "response": "Yes.",
        }
        for n, name in enumerate(cited)
    ]  # fmt: skip
    log = console.office.folder / "logs.parquet"
    pl.DataFrame(rows).write_parquet(log)
    given = {"actor": ANN, "now": console.office.clock(), "settings": Settings()}
    (kept,) = keep_texts(console.office.casebook, [case], [str(log)], **given)  # type: ignore[arg-type]
    assert kept.kept == len(said)
    return case


# The list


def test_the_list_filters_sorts_and_exports(console: Console) -> None:
    ann = console.visitor(Role.ANALYST)
    page = ann.get("/cases").text
    assert case_of(console)[6:14] in page
    assert case_of(console, OTHER)[6:14] in page
    page = ann.get("/cases?is-verdict=convicted").text
    assert case_of(console, OTHER)[6:14] not in page
    rows = list(csv.DictReader(io.StringIO(ann.get("/cases?as=csv&sort=-accounts").text)))
    assert [row["accounts"] for row in rows] == ["12", "5"]
    assert rows[0]["methods"] == "cot-exfiltration"
    for sort in ("harm", "-probability", "accounts", "-growth", "nothing", "queue"):
        assert ann.get(f"/cases?sort={sort}").status_code == 200


def test_a_method_among_several_is_found(console: Console) -> None:
    add_campaign(console, "both", names("b", 4), methods=("cot-exfiltration", "synthetic-data"))
    ann = console.visitor(Role.ANALYST)
    rows = ann.get("/cases?is-methods=synthetic-data&as=json").json()
    assert [row["methods"] for row in rows] == ["cot-exfiltration, synthetic-data"]
    assert len(ann.get("/cases?is-methods=cot-exfiltration&as=json").json()) == 3


def test_an_empty_casebook_says_what_to_do(empty_console: Console) -> None:
    page = empty_console.visitor(Role.VIEWER).get("/cases").text
    assert "revenuer casebook add" in page


def test_a_search_is_saved_for_oneself_or_everybody(console: Console) -> None:
    ann, vic = console.visitor(Role.ANALYST), console.visitor(Role.VIEWER)
    query = "is-verdict=convicted&sort=-accounts&page=3&as=csv"
    told = ann.post("/cases/searches", {"name": "Worst", "query": query, "shared": "yes"})
    assert told.headers["location"] == "/cases?is-verdict=convicted&sort=-accounts"
    ann.post("/cases/searches", {"name": "Just mine", "query": "is-whose=ann"})
    assert 'href="/cases?is-whose=ann"' in ann.get("/cases").text
    page = vic.get("/cases").text
    assert "Worst" in page
    assert "Just mine" not in page
    told = vic.post("/cases/searches", {"name": "No", "query": "q=a", "shared": "yes"})
    assert told.status_code == 403
    (search,) = re.findall(
        r"/cases/searches/(search--[0-9a-f-]+)", console.visitor().get("/cases").text
    )
    assert vic.post(f"/cases/searches/{search}").status_code == 403
    assert "Worst" in vic.get("/cases").text
    assert ann.post(f"/cases/searches/{search}").status_code == 303
    assert "Worst" not in vic.get("/cases").text


def test_a_search_of_another_is_neither_seen_nor_deleted(console: Console) -> None:
    ann, abe = console.visitor(Role.ANALYST), console.visitor(Role.APPROVER)
    ann.post("/cases/searches", {"name": "Private", "query": "q=a"})
    (search,) = re.findall(r"/cases/searches/(search--[0-9a-f-]+)", ann.get("/cases").text)
    assert abe.post(f"/cases/searches/{search}").status_code == 404
    assert "Private" in ann.get("/cases").text


def test_a_saved_search_leads_nowhere_else(console: Console) -> None:
    ann = console.visitor(Role.ANALYST)
    for query in ("//example.org", "x\r\nset-cookie: a=b", EVIL, "javascript:alert(1)"):
        told = ann.post("/cases/searches", {"name": f"n{query[:4]}!".strip(), "query": query})
        if told.status_code == 303:
            assert told.headers["location"].startswith("/cases")
            assert "set-cookie: a" not in str(told.headers).lower()
    page = ann.get("/cases").text
    assert "<script>alert" not in page
    assert 'href="//' not in page


# One case


def test_a_case_shows_innocent_explanations_before_what_accuses(console: Console) -> None:
    page = console.visitor(Role.VIEWER).get(f"/cases/{case_of(console)}").text
    assert page.index("Innocent explanations tested") < page.index("How the verdict comes about")
    assert "no office has so many" in page
    assert "convicted" in page
    assert "at most 5" in page
    assert "Left before conviction" in page
    assert "roughly even chance" in page  # 0.5, in words


def test_a_case_is_found_by_its_campaign_by_how_it_begins_and_after_a_merger(
    console: Console,
) -> None:
    vic = console.visitor(Role.VIEWER)
    case = case_of(console)
    assert vic.get(f"/cases/{MAIN}").headers["location"] == f"/cases/{case}"
    assert vic.get(f"/cases/{case[:14]}/accounts?sort=account").headers["location"] == (
        f"/cases/{case}/accounts?sort=account"
    )
    other = case_of(console, OTHER)
    add_campaign(
        console, "both", [*names("bad", 12), *names("odd", 5)], day=20, supersedes=(MAIN, OTHER)
    )
    living = case_of(console)
    gone = other if living == case else case
    for tail in ("", "/evidence", "/accounts", "/timeline", "/texts", "/export"):
        told = vic.get(f"/cases/{gone}{tail}")
        assert told.headers["location"] == f"/cases/{living}{tail}"
        assert vic.get(f"/cases/{living}{tail}").status_code == 200
    assert gone[6:14] in vic.get(f"/cases/{living}").text


def test_evidence_is_listed_and_each_piece_says_what_it_cites(console: Console) -> None:
    vic = console.visitor(Role.VIEWER)
    base = f"/cases/{case_of(console)}/evidence"
    rows = vic.get(f"{base}?as=json").json()
    assert [row["detector"] for row in rows] == ["identity", "request-shape"]
    page = vic.get(f"{base}/2").text
    assert "Innocent causes" in page
    subject = console.office.casebook.subject("bad-00000")
    assert subject in page
    assert "bad-00000" not in page
    assert "exchange-11111111" in vic.get(f"{base}/1").text
    for wrong in ("0", "3", "-1", "x", "9" * 30, "%F0"):
        assert vic.get(f"{base}/{wrong}").status_code == 404


def test_accounts_are_subjects_and_say_what_they_show(console: Console) -> None:
    office = console.office
    made = campaign("alone", names("w", 3))
    folder = scan_folder(office.folder / "scans" / "alone", made)
    pl.DataFrame(
        [
            ("w-00000", "extraction", "composite", 0.01, 2.5),
            ("w-00000", "concealment", "composite", 0.5, -0.4),
            ("w-00001", "extraction", "composite", 0.9, -0.7),
            ("w-00001", "extraction", "long-answers", 0.2, 0.3),
            ("somebody", "extraction", "composite", 0.9, 9.0),
        ],
        ["account_id", "axis", "detector", "p_value", "log_e_value"],
        orient="row",
    ).write_parquet(folder / "details" / "evidence.parquet")
    add(office.casebook, [folder], actor=ANN, now=office.clock())
    vic = console.visitor(Role.VIEWER)
    rows = vic.get(f"/cases/{made.id}/accounts?as=json", follow_redirects=True).json()
    shown = {row["account"]: (row["extraction"], row["concealment"]) for row in rows}
    subject = office.casebook.subject
    assert shown == {
        subject("w-00000"): (2.5, -0.4),
        subject("w-00001"): (-0.7, None),
        subject("w-00002"): (None, None),
    }
    assert rows[0]["exchanges"] == 100
    page = vic.get(f"/accounts/{subject('w-00001')}").text
    assert "long-answers" in page
    assert "for it" in page
    assert "no office has so many" in page
    assert "w-00001" not in page


def test_the_history_has_what_scans_saw_and_what_people_did(console: Console) -> None:
    case = case_of(console)
    ann = console.visitor(Role.ANALYST)
    ann.post(f"/cases/{case}/note", {"text": "wrote to them"})
    rows = ann.get(f"/cases/{case}/timeline?as=json").json()
    assert {row["what"] if "what" in row else row["kind"] for row in rows} >= {"seen", "note"}
    assert any(row["said"] == "wrote to them" and row["by"] == "ann" for row in rows)


# What people do


def test_a_case_is_taken_given_noted_dismissed_reopened_and_closed(console: Console) -> None:
    case = case_of(console)
    ann = console.visitor(Role.ANALYST)
    path = f"/cases/{case}"

    def act(step: str, **form: Any) -> str:
        told = ann.post(f"{path}/{step}", {"version": str(version(console, case)), **form})
        assert told.status_code == 303, told.text
        assert told.headers["location"] == path
        return reading.find_case(console.office.casebook, case, actor=FOUNDER).state

    assert act("take") == "in-review"
    assert "It is yours now." in ann.get(path).text
    assert act("put-back") == "open"
    assert act("assign", to="abe") == "open"
    assert act("note", text="look at the payer") == "open"
    assert act("dismiss", ground="harmless", why="a handful") == "dismissed"
    assert act("reopen", why="more of it") == "reopened"
    assert act("close", why="over") == "closed"
    page = ann.get(path).text
    for said in ("look at the payer", "a handful", "more of it", "over"):
        assert said in page
    kinds = audit_kinds(console)
    assert {"case-taken", "case-note", "case-dismissed", "case-closed"} <= set(kinds)


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("take", {}),
        ("put-back", {}),
        ("assign", {"to": "ann"}),
        ("dismiss", {"ground": "innocent", "why": "a course"}),
        ("close", {"why": "over"}),
    ],
)
def test_of_two_analysts_the_second_is_told_and_nothing_is_lost(
    console: Console, step: str, form: dict[str, str]
) -> None:
    case = case_of(console)
    seen = str(version(console, case))
    abe = console.visitor(Role.APPROVER)
    told = abe.post(f"/cases/{case}/dismiss", {"version": seen, "ground": "harmless", "why": "no"})
    assert told.status_code == 303
    told = console.visitor(Role.ANALYST).post(f"/cases/{case}/{step}", {"version": seen, **form})
    assert told.status_code == 409
    assert "was changed meanwhile" in told.text
    row = reading.find_case(console.office.casebook, case, actor=FOUNDER)
    assert (row.state, row.assigned_to) == ("dismissed", "")


def test_a_form_without_its_version_ground_or_reason_does_nothing(console: Console) -> None:
    case = case_of(console)
    ann = console.visitor(Role.ANALYST)
    now = str(version(console, case))
    for step, form in (
        ("take", {}),
        ("take", {"version": "x"}),
        ("take", {"version": "9" * 40}),
        ("dismiss", {"version": now, "why": "no ground"}),
        ("dismiss", {"version": now, "ground": "made-up", "why": "x"}),
        ("dismiss", {"version": now, "ground": "harmless", "why": "  "}),
        ("close", {"version": now}),
        ("note", {"text": " "}),
        ("note", {"text": "x" * 20_001}),
        ("assign", {"version": now}),
        ("assign", {"version": now, "to": "nobody-here"}),
    ):
        told = ann.post(f"/cases/{case}/{step}", form)
        assert told.status_code in (404, 422), (step, form, told.status_code)
    assert str(version(console, case)) == now


def test_a_viewer_reads_and_does_nothing(console: Console) -> None:
    case = case_of(console)
    vic = console.visitor(Role.VIEWER)
    page = vic.get(f"/cases/{case}").text
    assert "<textarea" not in page
    assert "Take it" not in page
    before = audit_kinds(console)
    for path in (
        *(f"/cases/{case}/{step}" for step in
          ("take", "put-back", "assign", "note", "dismiss", "reopen", "close", "templates")),
        f"/cases/{case}/texts/x",
        f"/accounts/{console.office.casebook.subject('bad-00000')}/name",
    ):  # fmt: skip
        told = vic.post(path, {"version": "1", "why": "curious", "text": "x", "to": "vic"})
        assert told.status_code == 403, path
    assert vic.get(f"/cases/{case}/export/case.pdf").status_code == 403
    assert audit_kinds(console) == before


def test_what_people_and_scans_write_is_text_and_no_markup(console: Console) -> None:
    piece = Evidence("text", Axis.EXTRACTION, f"Says {EVIL}", 3.0, (), (f"exchange-{EVIL}",))
    case = add_campaign(
        console,
        "evil",
        names("e", 3),
        evidence=(piece,),
        innocent_explanations=(InnocentExplanation(EVIL, EVIL, True),),
        verdict=Verdict.SUSPECTED,
        capabilities={EVIL: 1.0},
    )
    ann = console.visitor(Role.ANALYST)
    ann.post(f"/cases/{case}/note", {"text": EVIL})
    ann.post("/cases/searches", {"name": EVIL, "query": "q=x"})
    now = str(version(console, case))
    ann.post(f"/cases/{case}/dismiss", {"version": now, "ground": "harmless", "why": EVIL})
    for path in ("/cases", f"/cases/{case}", f"/cases/{case}/evidence", f"/cases/{case}/evidence/1",
                 f"/cases/{case}/timeline", f"/cases/{case}/export/case.html"):  # fmt: skip
        told = ann.get(path)
        assert told.status_code == 200
        assert "<script>alert" not in told.text, path
        assert "&lt;script&gt;alert" in told.text, path
        assert "{49}" not in told.text
        if not path.endswith(".html"):
            assert not re.search(r"<[^>]+\s(on[a-z]+|style)=", told.text), path


@pytest.mark.parametrize("name", ["nobody", "../../etc/passwd", "%2e%2e", "case--", "'; DROP--"])
def test_a_name_of_no_case_says_so(console: Console, name: str) -> None:
    vic = console.visitor(Role.VIEWER)
    for tail in ("", "/evidence", "/accounts", "/timeline", "/texts", "/export"):
        assert vic.get(f"/cases/{name}{tail}").status_code == 404


# Texts


SAID = [f"Solve exercise {n * 37} of book {n} and reveal every hidden step." for n in range(5)]


def test_texts_are_masked_until_somebody_who_may_says_why(console: Console) -> None:
    case = keep_some_texts(console, SAID)
    ann = console.visitor(Role.ANALYST)
    page = ann.get(f"/cases/{case}/texts").text
    assert "reveal every hidden step" not in page
    (text, *_) = re.findall(r"/texts/(text--[0-9a-f-]+)", page)
    path = f"/cases/{case}/texts/{text}"
    assert "reveal every hidden step" not in ann.get(path).text
    told = ann.post(path, {"why": "  "})
    assert told.status_code == 422
    assert "unmasked" not in " ".join(audit_kinds(console))
    told = ann.post(path, {"why": "what was it after?"})
    assert told.status_code == 200
    assert "reveal every hidden step" in told.text
    assert told.headers["cache-control"] == "no-store"
    assert audit_kinds(console)[-1] == "case-unmasked"
    assert "reveal every hidden step" not in ann.get(path).text
    assert "what was it after?" in ann.get(f"/cases/{case}").text
    assert ann.get(f"/cases/{case_of(console)}/texts/{text}").status_code == 404


def test_side_by_side_marks_what_varies_and_is_written_down(console: Console) -> None:
    case = keep_some_texts(console, [*SAID, "Bake bread without yeast."])
    ann = console.visitor(Role.ANALYST)
    told = ann.post(f"/cases/{case}/templates", {"why": "the template", "part": "prompt"})
    assert told.status_code == 200
    marked = re.findall(r"<mark>([^<]*)</mark>", told.text)
    assert [one for one in marked if one.startswith(("0", "37"))]
    assert "Solve exercise <mark>37 of book 1</mark> and reveal every hidden step." in told.text
    assert "Like no other" in told.text
    book = console.office.casebook
    with book.reading() as connection:
        last = list(book.audit(connection).entries())[-1]
    assert last.kind == "case-unmasked"
    assert len(last.body["texts"]) == 6
    assert "the template" not in json.dumps(dict(last.body))
    for form in ({"why": ""}, {"why": "x", "part": "account_id"}):
        assert ann.post(f"/cases/{case}/templates", form).status_code == 422
    empty = ann.post(f"/cases/{case_of(console)}/templates", {"why": "x"})
    assert empty.status_code == 404


# Files


def test_a_case_is_taken_as_a_page_and_as_json(console: Console) -> None:
    case = case_of(console)
    ann = console.visitor(Role.ANALYST)
    page = ann.get(f"/cases/{case}/export").text
    assert f"/sharing/export/{case}" in page
    told = ann.get(f"/cases/{case}/export/case.html")
    assert told.headers["content-disposition"].endswith(f"case-{case[6:14]}.html")
    assert "no office has so many" in told.text
    assert console.office.casebook.subject("bad-00000") in told.text
    assert "bad-00000" not in told.text
    assert audit_kinds(console)[-1] == "case-reported"
    body = ann.get(f"/cases/{case}/export/case.json").json()
    assert (body["id"], body["accounts"]) == (case, 12)
    assert ann.get(f"/cases/{case}/export/..%2f..%2fkeys").status_code == 404
    assert ann.get(f"/cases/{case}/export/case.exe").status_code == 404


def test_a_case_is_taken_as_pdf(console: Console) -> None:
    pytest.importorskip("weasyprint")
    told = console.visitor(Role.ANALYST).get(f"/cases/{case_of(console)}/export/case.pdf")
    assert told.status_code == 200
    assert told.content.startswith(b"%PDF-")


# Accounts


def test_an_account_is_looked_up_without_its_id_in_a_url(console: Console) -> None:
    vic = console.visitor(Role.VIEWER)
    subject = console.office.casebook.subject("bad-00000")
    told = vic.post("/accounts", {"account": " bad-00000 "})
    assert told.headers["location"] == f"/accounts/{subject}"
    page = vic.get(f"/accounts/{subject}").text
    assert case_of(console)[6:14] in page
    assert "bad-00000" not in page
    assert audit_kinds(console)[-1] == "account-shown"
    assert vic.get("/accounts/bad-00000").status_code == 404
    assert vic.get(f"/accounts/{console.office.casebook.subject('stranger')}").status_code == 404
    for wrong in ("", "x" * 300):
        assert vic.post("/accounts", {"account": wrong}).status_code == 422


def test_an_account_is_named_only_with_a_reason_which_its_cases_keep(console: Console) -> None:
    ann = console.visitor(Role.ANALYST)
    subject = console.office.casebook.subject("bad-00000")
    path = f"/accounts/{subject}"
    assert ann.post(f"{path}/name", {"why": ""}).status_code == 422
    told = ann.post(f"{path}/name", {"why": "to write to them"})
    assert "bad-00000" in told.text
    assert {"case-account-named", "ids-shown"} <= set(audit_kinds(console))
    assert "bad-00000" not in ann.get(path).text
    assert "to write to them" in ann.get(f"/cases/{case_of(console)}").text
    stranger = console.office.casebook.subject("stranger")
    assert ann.post(f"/accounts/{stranger}/name", {"why": "x"}).status_code == 404


def test_a_dismissal_and_leaving_are_shown_with_the_account(console: Console) -> None:
    case = case_of(console, OTHER)
    given = {"actor": ANN, "now": console.office.clock()}
    working.dismiss(console.office.casebook, case, ground=Ground.INNOCENT, why="a course", **given)  # type: ignore[arg-type]
    made = campaign(OTHER.removeprefix("campaign--"), names("odd", 4, start=1), day=12)
    folder = scan_folder(console.office.folder / "scans" / "later", made, day=12)
    add(console.office.casebook, [folder], **given)  # type: ignore[arg-type]
    subject = console.office.casebook.subject("odd-00000")
    page = console.visitor(Role.VIEWER).get(f"/accounts/{subject}").text
    assert "Was in" in page
    assert "dismissed as innocent" in page
    found = list_members(console.office.casebook, case, **given)  # type: ignore[arg-type]
    assert (len(found.members), found.were) == (4, 1)


@pytest.mark.slow
def test_a_case_of_24000_accounts_is_usable(console: Console) -> None:
    """Under two seconds of processor time a page, on a machine that others use too."""
    case = add_campaign(console, "large", names("z", 24_000), exchanges=240_000)
    vic = console.visitor(Role.VIEWER)
    vic.get(f"/cases/{case}")
    for path in ("", "/accounts", "/accounts?page=300&sort=-exchanges", "/evidence", "/timeline"):
        before = time.process_time()
        told = vic.get(f"/cases/{case}{path}")
        took = time.process_time() - before
        assert told.status_code == 200
        assert len(told.text) < 400_000, path
        assert took < 2.0, (path, took)
    assert len(vic.get(f"/cases/{case}/accounts?as=json").json()) == 24_000
