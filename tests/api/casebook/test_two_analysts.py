"""Two analysts who act at once lose nothing, on either database, in one server or in two."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from office import FOUNDER, Office, caller, served

from revenuer.app.casebook.audit import read_audit, verify_audit

NOTES = 6
WRITERS = 4


def test_notes_of_all_who_write_at_once_are_all_there(office: Office) -> None:
    case = office.cases()[0]
    start = threading.Barrier(WRITERS)
    with served(office) as one, served(office) as two:

        def write(number: int) -> list[int]:
            who = ("ann", "abe")[number % 2]
            with caller((one, two)[number // 2], office.tokens[who]) as client:
                start.wait()
                url = f"/v1/cases/{case}/notes"
                said = [{"text": f"{number} {turn}"} for turn in range(NOTES)]
                return [client.post(url, json=each).status_code for each in said]

        with ThreadPoolExecutor(WRITERS) as pool:
            codes = [code for some in pool.map(write, range(WRITERS)) for code in some]
        with caller(one, office.tokens["vic"]) as vic:
            acts = vic.get(f"/v1/cases/{case}").json()["acts"]
    assert codes == [201] * (WRITERS * NOTES)
    written = {f"{number} {turn}" for number in range(WRITERS) for turn in range(NOTES)}
    assert {act["text"] for act in acts if act["kind"] == "note"} == written
    assert not verify_audit(office.casebook, actor=FOUNDER).flaws


def test_of_two_who_decide_on_what_they_saw_one_is_told_to_look_again(office: Office) -> None:
    """Whoever loses learns it, and what the winner did is what is there."""
    case = office.cases()[0]
    url = f"/v1/cases/{case}"
    with served(office) as one, served(office) as two:
        for turn in range(4):
            start = threading.Barrier(2)

            def decide(number: int, start: threading.Barrier = start) -> tuple[int, dict[str, Any]]:
                who = ("ann", "abe")[number]
                with caller((one, two)[number], office.tokens[who]) as client:
                    tag = client.get(url).headers["etag"]
                    start.wait()
                    if number:
                        at, said = "dismissal", {"ground": "harmless", "why": f"By {who}."}
                    else:
                        at, said = "closing", {"why": f"By {who}."}
                    told = client.post(f"{url}/{at}", json=said, headers={"if-match": tag})
                    return told.status_code, told.json()

            with ThreadPoolExecutor(2) as pool:
                told = list(pool.map(decide, range(2)))
            assert Counter(status for status, _ in told) == {200: 1, 412: 1}, told
            winner = next(said for status, said in told if status == 200)
            loser = next(said for status, said in told if status == 412)
            assert loser["type"] == "urn:revenuer:problem:changed"
            with caller(one, office.tokens["ann"]) as ann:
                there = ann.get(url).json()
                assert there["state"] == winner["state"]
                assert ann.post(f"{url}/reopening", json={"why": f"{turn}"}).status_code == 200
    kinds = Counter(
        one.kind for one in read_audit(office.casebook, actor=FOUNDER, since=0, limit=10_000)
    )
    decided = sum(count for kind, count in kinds.items() if "dismiss" in kind or "close" in kind)
    assert decided == 4, kinds
    assert not verify_audit(office.casebook, actor=FOUNDER).flaws


def test_the_last_admin_cannot_be_lost_to_two_who_take_it_from_each_other(office: Office) -> None:
    with served(office) as one, served(office) as two:
        with caller(one, office.tokens["ada"]) as ada:
            assert ada.patch("/v1/people/abe", json={"role": "admin"}).status_code == 200
        start = threading.Barrier(2)

        def demote(number: int) -> int:
            me, other = ("ada", "abe")[number], ("abe", "ada")[number]
            with caller((one, two)[number], office.tokens[me]) as client:
                start.wait()
                return client.patch(f"/v1/people/{other}", json={"role": "viewer"}).status_code

        with ThreadPoolExecutor(2) as pool:
            codes = sorted(pool.map(demote, range(2)))
        with caller(one, office.tokens["vic"]) as vic:
            roles = Counter(each["role"] for each in vic.get("/v1/people").json()["items"])
    assert codes == [200, 403]
    assert roles["admin"] == 1
