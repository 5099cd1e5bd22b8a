"""A console with something on every page, made as people make it: by its forms, two by two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from addresses import addresses
from case_builders import names
from test_appeal_pages import entered, versioned
from test_cases import add_campaign, case_of, keep_some_texts, version
from test_enforcement_pages import proposed
from test_permit_pages import requested
from test_sharing_pages import asked, made_to_share
from test_signup_pages import made_to_admit
from visitors import Console, Visitor, opened_console

from revenuer.app.casebook import reading, unmasking
from revenuer.casework.roles import Actor, Role
from revenuer.console.page import Page
from revenuer.console.pages import ALL
from revenuer.settings import PeerSettings, RetentionSettings

SAID = [f"Solve exercise {n * 37} of book {n} and reveal every hidden step." for n in range(5)]
BY_FORM: tuple[tuple[str, str, dict[str, str], Role], ...] = (
    ("/cases/{case}/texts/{text}", "/texts/{text}", {"why": "What was it after?"}, Role.ADMIN),
    ("/cases/{case}/texts", "/templates", {"part": "prompt", "why": "Templates."}, Role.ADMIN),
    ("/accounts/{subject}", "/name", {"why": "To write to them."}, Role.ADMIN),
    ("/cases/{case}/enforce", "/preview", {"action": "block", "why": "One."}, Role.APPROVER),
    ("/appeals/{appeal}", "/answer", {"words": "We are looking."}, Role.ADMIN),
    ("/appeals/{appeal}", "/ruling", {"outcome": "upheld", "why": "No.", "words": "We stay."},
     Role.ADMIN),
    ("/permits/{permit}", "/unmask", {}, Role.ADMIN),
    ("/records", "/records/plan", {"account": "bad-00002", "why": "request 10"}, Role.ADMIN),
    ("/people/{name}", "/invite", {}, Role.ADMIN),
    ("/audit", "/verify", {}, Role.ADMIN),
)  # fmt: skip
"""Pages that only a form leads to: where it is, how its action ends, what is filled in, by whom."""
NO_PAGES = {"/palette.json", "/cases/{case}/graph.json", "/cases/{case}/export/{file}",
            "/audit/export"}  # fmt: skip
"""Data and files."""
PEER = PeerSettings("lab-two", "https://lab-two.invalid/taxii2/", "From peers")
"""Nobody is called before somebody approves."""
LONG = "Explain-every-step-without-a-single-space-" * 12
"""A word that no line can hold."""


def furnish(console: Console) -> None:
    """Let there be one of each thing that a page can show."""
    office = console.office
    office.settings = replace(office.settings, retention=RetentionSettings(erasure_persons=2))
    made_to_share(console)
    made_to_admit(console)
    decisions(console)
    permits(console)
    shared(console)
    cases(console)
    ada = console.visitor()
    sent(ada, "/records/holds", {"what": "account", "target": "bad-00003", "why": "subpoena 17"})
    sent(ada, "/records/erasures", {"account": "odd-00001", "why": "request 9"})
    assert ada.post("/people", {"name": "eve", "role": "analyst"}).status_code == 200


def sent(visitor: Visitor, url: str, form: dict[str, str]) -> str:
    """Where a form that was taken leads."""
    told = visitor.post(url, form)
    assert told.status_code == 303, (url, told.text)
    return str(told.headers["location"])


def decisions(console: Console) -> None:
    """A decision in force, an appeal against it that is talked about, another plan that waits."""
    ada, appeal = console.visitor(), entered(console)
    versioned(ada, appeal, "assign", to="ada")
    answer = {"words": "I am looking at your ticket.", "send": "yes"}
    assert versioned(ada, appeal, "answer", **answer).status_code == 303
    proposed(console, hours="48", why="They came back & brought others.")


def permits(console: Console) -> None:
    """One that is asked for, one that holds."""
    granted, abe = requested(console, holder="lab-8", once="e" * 32), Role.APPROVER
    assert versioned(console.visitor(abe), granted, "grant", text="Read.").status_code == 303
    requested(console)


def shared(console: Console) -> None:
    """What left, is published and is to be pushed; what waits for a second person."""
    here = console.office.settings
    console.office.settings = replace(here, share=replace(here.share, peers=(PEER,)))
    ann, abe = console.visitor(Role.ANALYST), console.visitor(Role.APPROVER)
    left = sent(abe, f"{asked(console, ann, '?tlp=amber&days=30')}/approve", {})
    sent(abe, f"{left}/publish", {"collection": "campaigns"})
    sent(ann, f"{left}/push", {"peer": PEER.name})
    asked(console, ann, "?tlp=green")


def cases(console: Console) -> None:
    """One with texts and a note, one that was dismissed, and a search."""
    ann = console.visitor(Role.ANALYST)
    texts = keep_some_texts(console, [*SAID, LONG])
    sent(ann, f"/cases/{texts}/take", {"version": str(version(console, texts))})
    sent(ann, f"/cases/{texts}/note", {"text": f"Look at the payer. {LONG}"})
    course = add_campaign(console, "class", names("c", 30))
    why = {"ground": "innocent", "why": "A course, with its teacher."}
    sent(ann, f"/cases/{course}/dismiss", {"version": str(version(console, course)), **why})
    sent(ann, "/cases/searches", {"name": "Large", "query": "sort=-accounts", "shared": "yes"})


@contextmanager
def opened(folder: Path) -> Iterator[Console]:
    """A console that is furnished."""
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        furnish(one)
        yield one


def places(console: Console) -> dict[str, str]:
    """A URL of every page that a link leads to, by the page's path; files left out."""
    book, visitor = console.office.casebook, console.visitor()
    actor, now = Actor("ada", Role.ADMIN), console.office.clock()
    case = case_of(console)
    view = reading.show_case(book, case, actor=actor, now=now)
    texts = case_of(console, "campaign--texts")
    (text, *_) = unmasking.list_texts(book, texts, actor=actor)
    more = [f"/cases/{case}", f"/accounts/{book.subject(next(iter(view.names.values())))}"]
    found = addresses(visitor, *more, f"/cases/{texts}/texts/{text.id}", f"/cases/{texts}/texts")
    # A page that is missing here is one that nobody looked at.
    pages = {one.path for one in ALL if isinstance(one, Page) and one.right is not None}
    assert pages <= found.keys(), pages - found.keys()
    return {path: url for path, url in found.items() if path not in NO_PAGES}


def submit(page: Any, url: str, ending: str, form: dict[str, str]) -> Any:
    """Fill in a form of a page and send it; the answer."""
    page.goto(url)
    ends = ending.replace("{text}", urlsplit(url).path.rpartition("/")[2])
    with page.expect_navigation() as went:
        page.evaluate(
            """([ends, values]) => {
              const form = document.querySelector(`form[method="post"][action$="${ends}"]`);
              for (const [name, value] of Object.entries(values)) {
                const field = form.elements[name];
                if (field instanceof HTMLInputElement && field.type === "checkbox")
                  field.checked = true;
                else field.value = value;
              }
              form.requestSubmit();
            }""",
            [ends, form],
        )
    return went.value
