"""TAXII 2.1, section 5: collections and their objects.

The number in a name is that of the section.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from served import Running, envelope, indicator

Fresh = Callable[..., str]
ONE = indicator(1)["id"]
ENDS = ("objects/", "manifest/", f"objects/{ONE}/", f"objects/{ONE}/versions/")
ASN = {
    "type": "autonomous-system",
    "spec_version": "2.1",
    "id": "autonomous-system--f720c34b-98ae-597f-ade5-27dc241e8c74",
    "number": 15139,
}


# --- 5.1, 5.2: collections --------------------------------------------------------


def test_5_1_only_what_is_open_to_a_partner_is_listed(
    ada: httpx.Client, eve: httpx.Client, server: Running, fresh: Fresh
) -> None:
    id_ = fresh().split("/")[-3]
    listed = ada.get(f"{server.root}collections/").json()["collections"]
    assert id_ in {one["id"] for one in listed}
    assert eve.get(f"{server.root}collections/").json() == {}


@pytest.mark.parametrize(
    ("readers", "writers", "rights"),
    [
        (("ada",), (), (True, False)),
        ((), ("ada",), (False, True)),
        (("*",), ("ada",), (True, True)),
    ],
)
def test_5_2_a_collection_says_what_this_partner_may(
    ada: httpx.Client,
    fresh: Fresh,
    readers: tuple[str, ...],
    writers: tuple[str, ...],
    rights: tuple[bool, bool],
) -> None:
    url = fresh(readers=readers, writers=writers)
    value = ada.get(f"{url}../").json()
    assert value["id"] == url.split("/")[-3]
    assert value["title"]
    assert (value["can_read"], value["can_write"]) == rights
    assert value["media_types"] == ["application/stix+json;version=2.1"]


@pytest.mark.parametrize("end", ["", *ENDS])
def test_5_2_a_collection_that_is_none_is_404(ada: httpx.Client, server: Running, end: str) -> None:
    url = f"{server.root}collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/{end}"
    assert ada.get(url).status_code == 404


# --- rights: 5.3 to 5.8 -----------------------------------------------------------


@pytest.mark.parametrize("end", ENDS)
def test_5_3_to_5_8_who_may_only_write_reads_nothing(
    ada: httpx.Client, bob: httpx.Client, fresh: Fresh, end: str
) -> None:
    url = fresh(readers=("bob",), writers=("ada",))
    assert ada.post(url, content=envelope(indicator(1))).status_code == 202
    assert ada.get(f"{url}../{end}").status_code == 403
    assert bob.get(f"{url}../{end}").status_code == 200


def test_5_5_who_may_only_read_adds_nothing(
    ada: httpx.Client, bob: httpx.Client, fresh: Fresh
) -> None:
    url = fresh(readers=("bob",), writers=("ada",))
    assert bob.post(url, content=envelope(indicator(1))).status_code == 403
    assert bob.get(url).json() == {}


@pytest.mark.parametrize("who", ["readers", "writers"])
def test_5_7_who_may_only_read_or_only_write_deletes_nothing(
    ada: httpx.Client, bob: httpx.Client, fresh: Fresh, who: str
) -> None:
    given = {"readers": ("ada",), "writers": ("ada",), who: ("ada", "bob")}
    url = fresh(**given)
    ada.post(url, content=envelope(indicator(1)))
    assert bob.delete(f"{url}{ONE}/").status_code == 403
    assert len(ada.get(url).json()["objects"]) == 1


@pytest.mark.parametrize("end", ENDS)
def test_5_3_to_5_8_for_who_may_neither_there_is_nothing(
    eve: httpx.Client, fresh: Fresh, end: str
) -> None:
    url = fresh()
    assert eve.get(f"{url}../{end}").status_code == 404
    assert eve.post(url, content=envelope(indicator(1))).status_code == 404
    assert eve.delete(f"{url}{ONE}/").status_code == 404


# --- 5.3: manifest ----------------------------------------------------------------


def test_5_3_a_manifest_tells_id_version_date_and_media_type(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    marking = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": "marking-definition--00000000-0000-4000-8000-000000000001",
        "created": "2017-01-20T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "x"},
    }
    ada.post(url, content=envelope(indicator(1, version=3), marking, ASN))
    first, second, third = ada.get(f"{url}../manifest/").json()["objects"]
    assert set(first) == {"id", "date_added", "version", "media_type"}
    assert first["version"] == "2026-11-01T00:00:03.000Z"
    assert first["media_type"] == "application/stix+json;version=2.1"
    # Without a time of change, that of creation; without either, when it was added.
    assert second["version"] == "2017-01-20T00:00:00.000Z"
    assert third["version"] == third["date_added"]


# --- 5.4, 5.6: objects ------------------------------------------------------------


@pytest.mark.parametrize("end", ["objects/", "manifest/"])
def test_5_4_where_nothing_fits_the_answer_is_empty_and_no_error(
    ada: httpx.Client, fresh: Fresh, end: str
) -> None:
    told = ada.get(f"{fresh()}../{end}")
    assert (told.status_code, told.json()) == (200, {})


@pytest.mark.parametrize("end", ["", "versions/"])
def test_5_6_an_object_that_is_not_there_is_404(ada: httpx.Client, fresh: Fresh, end: str) -> None:
    assert ada.get(f"{fresh()}{ONE}/{end}").status_code == 404


def test_5_6_one_that_is_there_but_does_not_fit_is_empty(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1)))
    told = ada.get(f"{url}{ONE}/", params={"match[version]": "2020-01-01T00:00:00Z"})
    assert (told.status_code, told.json()) == (200, {})


# --- 5.5: adding ------------------------------------------------------------------


def test_5_5_what_is_added_comes_back_as_it_was(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    told = ada.post(url, content=envelope(indicator(1), ASN))
    assert told.status_code == 202
    assert told.json()["success_count"] == 2
    assert ada.get(url).json()["objects"] == [indicator(1), ASN]


def test_5_5_adding_the_same_again_succeeds_and_adds_nothing(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    first = ada.post(url, content=envelope(indicator(1), ASN)).json()
    before = ada.get(f"{url}../manifest/").json()
    again = ada.post(url, content=envelope(ASN, indicator(1), indicator(1))).json()
    assert again["success_count"] == 3
    assert again["successes"][0]["version"] == first["successes"][1]["version"]
    assert ada.get(f"{url}../manifest/", params={"match[version]": "all"}).json() == before


def test_5_5_a_version_that_is_there_is_not_replaced(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1)))
    told = ada.post(url, content=envelope(indicator(1, name="Other"))).json()
    assert (told["success_count"], told["failure_count"]) == (0, 1)
    assert ada.get(url).json()["objects"] == [indicator(1)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"NaN", 400),
        (b'{"objects": [1e999]}', 400),
        (b"1" * 5000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"objects"', 422),
        (b"{}", 422),
        (b'{"objects": null}', 422),
        (b'{"objects": {}}', 422),
        (b'{"objects": []}', 422),
        (b'{"objects": [1]}', 422),
        (b'{"objects": [{}]}', 422),
        (b'{"objects": [{"id": 7}]}', 422),
        (b'{"objects": [{"id": "indicator--1"}]}', 422),
    ],
    ids=lambda one: str(one)[:40],
)
def test_5_5_what_is_no_envelope_adds_nothing(
    ada: httpx.Client, fresh: Fresh, body: bytes, status: int
) -> None:
    url = fresh()
    assert ada.post(url, content=body).status_code == status
    assert ada.get(url).json() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "malware"},
        {"spec_version": "2.0"},
        {"spec_version": 2.1},
        {"modified": "2026-11-01"},
        {"modified": 7},
        {"modified": None},
        {"revoked": "yes"},
        {"name": "x" * 1_100_000},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_5_5_an_object_that_cannot_be_kept_fails_alone(
    ada: httpx.Client, fresh: Fresh, wrong: dict[str, object]
) -> None:
    url = fresh()
    status = ada.post(url, content=envelope(indicator(1, **wrong), indicator(2))).json()
    assert (status["success_count"], status["failure_count"]) == (1, 1)
    assert ada.get(url).json()["objects"] == [indicator(2)]


def test_5_5_a_bundle_is_no_object_of_a_collection(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    bundle = {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": []}
    assert ada.post(url, content=envelope(bundle)).json()["failure_count"] == 1
    assert ada.get(url).json() == {}


def test_5_5_a_body_longer_than_the_root_says_is_413(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    most = ada.get(f"{url}../../../").json()["max_content_length"]
    body = envelope(indicator(1, name="x" * most))
    assert ada.post(url, content=body).status_code == 413
    # Without a length that is told before, too.
    pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    assert ada.post(url, content=pieces).status_code == 413
    assert ada.get(url).json() == {}


# --- 5.7: deleting ----------------------------------------------------------------


def test_5_7_what_was_deleted_is_gone_from_everywhere(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1), indicator(1, version=1), indicator(2)))
    assert ada.delete(f"{url}{ONE}/").status_code == 200
    assert ada.get(f"{url}{ONE}/").status_code == 404
    assert ada.get(f"{url}{ONE}/versions/").status_code == 404
    every = {"match[version]": "all"}
    assert ada.get(url, params=every).json()["objects"] == [indicator(2)]
    assert len(ada.get(f"{url}../manifest/", params=every).json()["objects"]) == 1
    assert ada.delete(f"{url}{ONE}/").status_code == 404


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("first", [1, 2]),
        ("last", [0, 1]),
        ("2026-11-01T00:00:01.000Z", [0, 2]),
        ("first,last", [1]),
        ("all", []),
    ],
)
def test_5_7_versions_can_be_deleted_alone(
    ada: httpx.Client, fresh: Fresh, said: str, left: list[int]
) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(1, version=n) for n in range(3))))
    assert ada.delete(f"{url}{ONE}/", params={"match[version]": said}).status_code == 200
    every = ada.get(url, params={"match[version]": "all"}).json().get("objects", [])
    assert every == [indicator(1, version=n) for n in left]
    last = ada.get(url).json().get("objects", [])
    assert last == [indicator(1, version=n) for n in left[-1:]]
    first = ada.get(url, params={"match[version]": "first"}).json().get("objects", [])
    assert first == [indicator(1, version=n) for n in left[:1]]


def test_5_7_a_version_that_is_not_there_is_404(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1)))
    said = {"match[version]": "2020-01-01T00:00:00Z"}
    assert ada.delete(f"{url}{ONE}/", params=said).status_code == 404
    assert len(ada.get(url).json()["objects"]) == 1


def test_5_7_what_was_deleted_may_be_added_again(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1)))
    ada.delete(f"{url}{ONE}/")
    assert ada.post(url, content=envelope(indicator(1))).json()["success_count"] == 1
    assert ada.get(url).json()["objects"] == [indicator(1)]


def test_5_7_deleting_never_undoes_a_revocation(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    revoked = indicator(1, version=1, revoked=True)
    ada.post(url, content=envelope(indicator(1), revoked))
    # The newest version alone cannot go: the one before it would stand again.
    for said in ("last", "2026-11-01T00:00:01.000Z"):
        assert ada.delete(f"{url}{ONE}/", params={"match[version]": said}).status_code == 403
    assert ada.get(url).json()["objects"] == [revoked]
    # All of it may go, and nothing but the revocation itself comes back.
    assert ada.delete(f"{url}{ONE}/").status_code == 200
    for one in (indicator(1), indicator(1, version=2)):
        assert ada.post(url, content=envelope(one)).json()["failure_count"] == 1
    assert ada.post(url, content=envelope(revoked)).json()["success_count"] == 1
    assert ada.get(url).json()["objects"] == [revoked]


def test_5_7_nothing_follows_a_revocation(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    revoked = indicator(1, version=1, revoked=True)
    ada.post(url, content=envelope(revoked))
    assert ada.post(url, content=envelope(indicator(1, version=2))).json()["failure_count"] == 1
    # A version from before that comes late is history, and changes nothing.
    assert ada.post(url, content=envelope(indicator(1))).json()["success_count"] == 1
    assert ada.get(url).json()["objects"] == [revoked]


# --- 5.8: versions ----------------------------------------------------------------


def test_5_8_versions_are_listed_as_they_were_added(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    for version in (1, 0, 2):
        ada.post(url, content=envelope(indicator(1, version=version), indicator(2)))
    value = ada.get(f"{url}{ONE}/versions/").json()
    assert value["versions"] == [f"2026-11-01T00:00:0{n}.000Z" for n in (1, 0, 2)]
    assert value["more"] is False
