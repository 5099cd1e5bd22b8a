"""TAXII 2.1, clauses of the text that no other file here names: sections 2, 3, 4, 5, 8, appendix B.

Read against the committee's own text (github.com/oasis-tcs/cti-taxii2, spec/taxii-v2.1.md). The
number in a name is that of the section.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx
import pytest
from served import Running, envelope, indicator

Fresh = Callable[..., str]
MEDIA = "application/taxii+json;version=2.1"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
STATEMENT = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": "marking-definition--00000000-0000-4000-8000-000000000007",
    "created": "2026-10-01T00:00:00.000Z",
    "definition_type": "statement",
    "definition": {"statement": "ours"},
}
"""A STIX object that has no `modified`."""
TYPES = (
    "attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident",
    "indicator", "infrastructure", "intrusion-set", "location", "malware", "malware-analysis",
    "note", "observed-data", "opinion", "report", "threat-actor", "tool", "vulnerability",
    "relationship", "sighting", "artifact", "autonomous-system", "directory", "domain-name",
    "email-addr", "email-message", "file", "ipv4-addr", "ipv6-addr", "mac-addr", "mutex",
    "network-traffic", "process", "software", "url", "user-account", "windows-registry-key",
    "x509-certificate", "language-content", "marking-definition", "extension-definition",
)  # fmt: skip
"""Types that STIX 2.1 defines."""
READS = ("objects/", "manifest/", "objects/{id}/", "objects/{id}/versions/")


def walk(value: Any) -> Iterator[Any]:
    """A value and all values in it."""
    yield value
    inside = value.values() if isinstance(value, dict) else value
    for inner in inside if isinstance(inside, Iterable) and not isinstance(inside, str) else ():
        yield from walk(inner)


def test_2_no_list_is_ever_empty(ada: httpx.Client, server: Running, fresh: Fresh) -> None:
    url = fresh()
    answers = [ada.get(server.url), ada.get(server.root), ada.get(f"{server.root}collections/")]
    answers += [ada.get(f"{url}../{end}".format(id=indicator(1)["id"])) for end in READS[:2]]
    for objects in ((indicator(1),), (indicator(2, modified="never"),)):
        answers.append(ada.post(url, content=envelope(*objects)))
        answers += [ada.get(f"{url}../{end}".format(id=indicator(1)["id"])) for end in READS]
    for told in answers:
        assert [] not in list(walk(told.json())), told.url


def test_2_identifiers_are_random_uuids(ada: httpx.Client, server: Running, fresh: Fresh) -> None:
    url = fresh()
    collection = url.split("/")[-3]
    status = ada.post(url, content=envelope(indicator(1))).json()["id"]
    for text in (collection, status):
        found = uuid.UUID(text)
        assert (found.version, found.variant, str(found)) == (4, uuid.RFC_4122, text)


def test_2_times_of_taxii_have_microseconds_and_are_utc(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    status = ada.post(url, content=envelope(indicator(1))).json()
    (record,) = ada.get(f"{url}../manifest/").json()["objects"]
    assert STAMP.fullmatch(status["request_timestamp"])
    assert STAMP.fullmatch(record["date_added"])


def test_3_3_collections_are_listed_in_one_order(
    ada: httpx.Client, server: Running, fresh: Fresh
) -> None:
    for _ in range(3):
        fresh()
    url = f"{server.root}collections/"
    first = [one["id"] for one in ada.get(url).json()["collections"]]
    assert all([one["id"] for one in ada.get(url).json()["collections"]] == first for _ in range(4))


def test_3_4_no_answer_has_more_than_the_limit_and_all_that_fits_is_there(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(n) for n in range(6))))
    for end, name in (("", "objects"), ("../manifest/", "objects")):
        for limit in (1, 5, 6, 7):
            told = ada.get(url + end, params={"limit": limit}).json()
            assert len(told[name]) == min(limit, 6)
            assert told.get("more", False) is (limit < 6)


@pytest.mark.parametrize("kind", TYPES)
def test_3_4_1_no_type_of_stix_is_an_error(ada: httpx.Client, fresh: Fresh, kind: str) -> None:
    assert ada.get(fresh(), params={"match[type]": kind}).status_code == 200


def test_3_4_1_what_has_no_modified_has_the_version_of_its_creation(
    ada: httpx.Client, server: Running, fresh: Fresh
) -> None:
    """Sections 3.4.1, 4.3.1, 5.3.1 and 5.8 say so of filters, statuses, manifests and versions."""
    url, created = fresh(), STATEMENT["created"]
    status = ada.post(url, content=envelope(STATEMENT)).json()
    assert status["successes"] == [{"id": STATEMENT["id"], "version": created}]
    (record,) = ada.get(f"{url}../manifest/").json()["objects"]
    assert record["version"] == created
    assert ada.get(f"{url}{STATEMENT['id']}/versions/").json()["versions"] == [created]
    for said, found in ((created, True), ("2026-10-01T00:00:01Z", False)):
        told = ada.get(url, params={"match[version]": said}).json()
        assert bool(told) is found


def test_4_1_1_roots_are_named_without_a_query_and_the_default_is_one_of_them(
    ada: httpx.Client, server: Running
) -> None:
    value = ada.get(server.url).json()
    assert value["default"] in value["api_roots"]
    assert len(set(value["api_roots"])) == len(value["api_roots"])
    for root in value["api_roots"]:
        parts = httpx.URL(root)
        assert parts.is_absolute_url
        assert not parts.query
        assert parts.path.endswith("/")


def test_4_2_1_versions_are_media_types_with_their_version(
    ada: httpx.Client, server: Running
) -> None:
    assert ada.get(server.root).json()["versions"] == [MEDIA]


def test_4_2_1_a_body_shorter_than_the_root_says_is_never_413(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    most = ada.get(f"{url}../../../").json()["max_content_length"]
    bare = len(envelope(indicator(1, name="")))
    body = envelope(indicator(1, name="x" * (most - bare - 1)))
    assert len(body) == most - 1
    assert ada.post(url, content=body).status_code == 202


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_5_5_5_7_who_fails_to_authenticate_writes_nothing(
    ada: httpx.Client, fresh: Fresh, method: str
) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1)))
    target = url if method == "POST" else f"{url}{indicator(1)['id']}/"
    for headers in ({}, {"authorization": "Bearer rvn_wrong"}):
        told = httpx.request(
            method, target, headers={"content-type": MEDIA, **headers},
            content=envelope(indicator(2)) if method == "POST" else None, trust_env=False,
        )  # fmt: skip
        assert told.status_code == 401
        assert told.headers["content-type"] == MEDIA
    assert [one["id"] for one in ada.get(url).json()["objects"]] == [indicator(1)["id"]]


def test_5_3_1_media_types_are_those_of_the_collection(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1), STATEMENT))
    allowed = ada.get(f"{url}../").json()["media_types"]
    for record in ada.get(f"{url}../manifest/").json()["objects"]:
        assert record["media_type"] in allowed


def test_5_7_a_deleted_object_is_404_for_whoever_asks_for_it(
    ada: httpx.Client, bob: httpx.Client, fresh: Fresh
) -> None:
    url, name = fresh(), indicator(1)["id"]
    ada.post(url, content=envelope(indicator(1), indicator(2)))
    told = ada.delete(f"{url}{name}/")
    assert (told.status_code, told.headers["content-type"]) == (200, MEDIA)
    for client in (ada, bob):
        assert client.get(f"{url}{name}/").status_code == 404
        assert client.get(f"{url}{name}/versions/").status_code == 404
        for end in ("", "../manifest/"):
            told = client.get(url + end, params={"match[version]": "all"}).json()["objects"]
            assert [one["id"] for one in told] == [indicator(2)["id"]]


def test_8_2_1_discovery_is_at_the_root_of_the_server(ada: httpx.Client, server: Running) -> None:
    assert httpx.URL(server.url).path == "/taxii2/"
    assert ada.get(server.url).json()["api_roots"]


def test_8_2_1_a_request_without_a_user_agent_is_answered(
    server: Running,
) -> None:
    with httpx.Client(trust_env=False) as client:
        del client.headers["user-agent"]
        told = client.get(
            server.url,
            headers={"accept": MEDIA, "authorization": f"Bearer {server.tokens['ada']}"},
        )
        assert "user-agent" not in told.request.headers
    assert told.status_code == 200


def test_b_a_next_of_another_question_hands_out_nothing_more(
    ada: httpx.Client, bob: httpx.Client, fresh: Fresh
) -> None:
    """What a client sends as next is looked at anew, in the context of its own question."""
    mine = fresh(readers=("ada",), writers=("ada",))
    ada.post(mine, content=envelope(*(indicator(n) for n in range(4))))
    place = ada.get(mine, params={"limit": 2}).json()["next"]
    assert bob.get(mine, params={"next": place}).status_code == 404
    other = {"match[type]": "malware", "next": place}
    assert ada.get(mine, params=other).json() == {}
    one = {"match[id]": indicator(3)["id"], "next": place}
    assert [found["id"] for found in ada.get(mine, params=one).json()["objects"]] == [
        indicator(3)["id"]
    ]
