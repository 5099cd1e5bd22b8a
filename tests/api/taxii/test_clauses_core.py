"""TAXII 2.1, sections 1.6, 3.1, 3.2, 3.6, 4 and 7: a test for each thing that a server must do.

The number in a name is that of the section.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from served import Running, envelope, indicator

MEDIA = "application/taxii+json;version=2.1"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
Fresh = Callable[..., str]

ENDPOINTS = (
    "",
    "sharing/",
    "sharing/collections/",
    "sharing/collections/{id}/",
    "sharing/collections/{id}/manifest/",
    "sharing/collections/{id}/objects/",
    "sharing/collections/{id}/objects/{object}/",
    "sharing/collections/{id}/objects/{object}/versions/",
    "sharing/status/{status}/",
)


@pytest.fixture(scope="module")
def urls(server: Running) -> dict[str, str]:
    """Every endpoint that can be read, with something at its end."""
    id_ = server.collection("every endpoint", readers=("ada",), writers=("ada",))
    one = indicator(1)
    with server.client("ada", headers={"content-type": MEDIA}) as client:
        told = client.post(f"{server.root}collections/{id_}/objects/", content=envelope(one))
    given = {"id": id_, "object": one["id"], "status": told.json()["id"]}
    return {path: server.url + path.format(**given) for path in ENDPOINTS}


# --- 1.6.8: media types -----------------------------------------------------------


@pytest.mark.parametrize("path", ENDPOINTS)
def test_1_6_8_every_answer_names_the_media_type_and_its_version(
    ada: httpx.Client, urls: dict[str, str], path: str
) -> None:
    told = ada.get(urls[path])
    assert (told.status_code, told.headers["content-type"]) == (200, MEDIA)


@pytest.mark.parametrize(
    "accept",
    [
        MEDIA,
        "application/taxii+json",
        "application/taxii+json; version=2.1",
        "APPLICATION/TAXII+JSON;VERSION=2.1",
        "*/*",
        "application/*;q=0.1",
        "application/json, text/plain, */*",
        "application/taxii+json;version=2.0, application/taxii+json;version=2.1;q=0.5",
    ],
)
def test_1_6_8_without_a_version_the_newest_is_meant(
    ada: httpx.Client, server: Running, accept: str
) -> None:
    told = ada.get(server.url, headers={"accept": accept})
    assert (told.status_code, told.headers["content-type"]) == (200, MEDIA)


@pytest.mark.parametrize(
    "accept",
    [
        "application/taxii+json;version=2.0",
        "application/vnd.oasis.taxii+json; version=2.0",
        "application/stix+json;version=2.1",
        "application/json",
        "text/html",
        "*/*;q=0",
        "application/taxii+json;version=2.1;q=0.0",
    ],
)
@pytest.mark.parametrize("path", ENDPOINTS)
def test_3_1_what_is_not_sent_is_406(
    ada: httpx.Client, urls: dict[str, str], path: str, accept: str
) -> None:
    told = ada.get(urls[path], headers={"accept": accept})
    assert (told.status_code, told.headers["content-type"]) == (406, MEDIA)


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/stix+json;version=2.1",
        "application/taxii+json;version=2.0",
        "",
    ],
)
def test_3_1_what_is_not_read_is_415_and_adds_nothing(
    ada: httpx.Client, fresh: Fresh, kind: str
) -> None:
    url = fresh()
    told = ada.post(url, content=envelope(indicator(1)), headers={"content-type": kind})
    assert (told.status_code, told.headers["content-type"]) == (415, MEDIA)
    assert ada.get(url).json() == {}


@pytest.mark.parametrize(
    "kind", [MEDIA, "application/taxii+json", "application/taxii+json; version=2.1"]
)
def test_3_1_objects_are_read_with_and_without_a_version(
    ada: httpx.Client, fresh: Fresh, kind: str
) -> None:
    told = ada.post(fresh(), content=envelope(indicator(1)), headers={"content-type": kind})
    assert told.status_code == 202


# --- 1.6.9: authentication and authorization --------------------------------------


@pytest.mark.parametrize("path", ENDPOINTS)
def test_1_6_9_a_stranger_gets_401_and_is_told_how_to_come_in(
    urls: dict[str, str], path: str
) -> None:
    told = httpx.get(urls[path], trust_env=False)
    assert (told.status_code, told.headers["content-type"]) == (401, MEDIA)
    assert "Basic" in told.headers["www-authenticate"]
    assert "Bearer" in told.headers["www-authenticate"]


def test_1_6_9_basic_is_understood(server: Running) -> None:
    auth = httpx.BasicAuth("ada", server.tokens["ada"])
    assert httpx.get(server.url, auth=auth, trust_env=False).status_code == 200


@pytest.mark.parametrize(
    "path", [path for path in ENDPOINTS if "{id}" in path or "{status}" in path]
)
def test_1_6_9_what_is_not_open_to_a_partner_is_not_there_for_them(
    eve: httpx.Client, urls: dict[str, str], path: str
) -> None:
    assert eve.get(urls[path]).status_code == 404


# --- 3.1: endpoints ---------------------------------------------------------------


@pytest.mark.parametrize("path", ENDPOINTS)
def test_3_1_urls_end_in_a_slash_and_one_that_does_not_means_the_same(
    ada: httpx.Client, urls: dict[str, str], path: str
) -> None:
    with_slash, without = ada.get(urls[path]), ada.get(urls[path].rstrip("/"))
    assert with_slash.status_code == without.status_code == 200
    assert with_slash.json() == without.json()


@pytest.mark.parametrize("path", ENDPOINTS)
def test_3_1_another_method_is_405_and_told_which_there_are(
    ada: httpx.Client, urls: dict[str, str], path: str
) -> None:
    told = ada.request("PATCH", urls[path])
    assert (told.status_code, told.headers["content-type"]) == (405, MEDIA)
    assert "GET" in told.headers["allow"]


@pytest.mark.parametrize("path", ["nowhere/", "sharing/nowhere/", "sharing/collections/x/y/"])
def test_3_1_another_url_is_404_as_an_error_resource(
    ada: httpx.Client, server: Running, path: str
) -> None:
    told = ada.get(server.url + path)
    assert (told.status_code, told.headers["content-type"]) == (404, MEDIA)
    assert told.json()["title"]


# --- 3.2: headers -----------------------------------------------------------------


@pytest.mark.parametrize(
    "end", ["objects/", "manifest/", "objects/{id}/", "objects/{id}/versions/"]
)
def test_3_2_headers_say_when_the_first_and_the_last_were_added(
    ada: httpx.Client, fresh: Fresh, end: str
) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(n) for n in range(5))))
    dates = [one["date_added"] for one in ada.get(f"{url}../manifest/").json()["objects"]]
    one = indicator(2)["id"]
    told = ada.get(f"{url}../{end.format(id=one)}", params={"limit": 3})
    shown = told.headers["x-taxii-date-added-first"], told.headers["x-taxii-date-added-last"]
    assert shown == ((dates[2], dates[2]) if "{id}" in end else (dates[0], dates[2]))
    assert all(STAMP.fullmatch(date) for date in shown)


@pytest.mark.parametrize("end", ["", "../manifest/"])
@pytest.mark.parametrize(
    ("after", "shown"),
    [
        (None, "1970-01-01T00:00:00.000000Z"),
        ("2026-11-01T12:00:00.5Z", "2026-11-01T12:00:00.500000Z"),
    ],
)
def test_3_2_an_empty_answer_has_them_too_and_says_from_when_to_go_on(
    ada: httpx.Client, fresh: Fresh, end: str, after: str | None, shown: str
) -> None:
    told = ada.get(fresh() + end, params={} if after is None else {"added_after": after})
    assert told.json() == {}
    for which in ("first", "last"):
        assert told.headers[f"x-taxii-date-added-{which}"] == shown


# --- 3.6: errors ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda client, url: client.get(url, params={"limit": "0"})),
        (401, lambda client, url: httpx.get(url, trust_env=False)),
        (
            404,
            lambda client, url: client.get(f"{url}indicator--{'0' * 8}-0000-4000-8000-{'9' * 12}/"),
        ),
        (405, lambda client, url: client.put(url)),
        (406, lambda client, url: client.get(url, headers={"accept": "text/html"})),
        (415, lambda client, url: client.post(url, headers={"content-type": "text/plain"})),
        (422, lambda client, url: client.post(url, content=b"{}")),
    ],
)
def test_3_6_an_error_is_a_resource_with_a_title_and_its_status(
    ada: httpx.Client,
    fresh: Fresh,
    status: int,
    ask: Callable[[httpx.Client, str], httpx.Response],
) -> None:
    told = ask(ada, fresh())
    assert (told.status_code, told.headers["content-type"]) == (status, MEDIA)
    value = told.json()
    assert value["title"]
    assert value["http_status"] == str(status)
    assert all(isinstance(item, str) for item in value.values())


# --- 4.1, 4.2: discovery and API roots --------------------------------------------


def test_4_1_discovery_names_the_roots_and_which_is_the_default(
    ada: httpx.Client, server: Running
) -> None:
    value = ada.get(server.url).json()
    assert value["title"] == "Revenuer"
    assert value["default"] in value["api_roots"]
    assert all(ada.get(root).status_code == 200 for root in value["api_roots"])


def test_4_2_a_root_says_its_title_versions_and_longest_body(
    ada: httpx.Client, server: Running
) -> None:
    value = ada.get(server.root).json()
    assert value["title"]
    assert MEDIA in value["versions"]
    assert value["max_content_length"] == 10_485_760


def test_4_2_a_second_root_has_collections_of_its_own(ada: httpx.Client, server: Running) -> None:
    id_ = server.collection("elsewhere", root="consortium", readers=("ada",))
    root = f"{server.url}consortium/"
    assert root in ada.get(server.url).json()["api_roots"]
    assert [one["id"] for one in ada.get(f"{root}collections/").json()["collections"]] == [id_]
    assert ada.get(f"{server.root}collections/{id_}/").status_code == 404


@pytest.mark.parametrize("path", ["nosuchroot/", "nosuchroot/collections/", "nosuchroot/status/1/"])
def test_4_2_a_root_that_is_none_is_404(ada: httpx.Client, server: Running, path: str) -> None:
    assert ada.get(server.url + path).status_code == 404


# --- 4.3: status ------------------------------------------------------------------


def test_4_3_a_status_counts_what_became_of_each_object(ada: httpx.Client, fresh: Fresh) -> None:
    wrong = indicator(2, modified="never")
    status = ada.post(fresh(), content=envelope(indicator(1), wrong)).json()
    assert status["status"] == "complete"
    assert STAMP.fullmatch(status["request_timestamp"])
    counts = [status[f"{name}_count"] for name in ("total", "success", "failure", "pending")]
    assert counts == [2, 1, 1, 0]
    first = {"id": indicator(1)["id"], "version": indicator(1)["modified"]}
    assert status["successes"] == [first]
    (failure,) = status["failures"]
    assert failure["id"] == wrong["id"]
    assert failure["message"]
    assert failure["version"]


def test_4_3_it_can_be_asked_for_again(ada: httpx.Client, server: Running, fresh: Fresh) -> None:
    status = ada.post(fresh(), content=envelope(indicator(1))).json()
    assert ada.get(f"{server.root}status/{status['id']}/").json() == status


def test_4_3_it_is_for_who_posted_alone(
    ada: httpx.Client, bob: httpx.Client, server: Running, fresh: Fresh
) -> None:
    status = ada.post(fresh(), content=envelope(indicator(1))).json()
    assert bob.get(f"{server.root}status/{status['id']}/").status_code == 404


def test_4_3_one_that_is_not_known_is_404(ada: httpx.Client, server: Running) -> None:
    url = f"{server.root}status/2d086da7-4bdc-4f91-900e-d77486753710/"
    assert ada.get(url).status_code == 404


# --- 7: properties that are not of TAXII ------------------------------------------


def test_7_properties_of_others_beside_the_objects_are_ignored(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    body = envelope(indicator(1))[:-1] + b', "x_acme": {"a": [1]}, "more": false}'
    assert ada.post(url, content=body).json()["success_count"] == 1
    assert ada.get(url).json()["objects"] == [indicator(1)]


def test_7_properties_of_others_within_an_object_are_kept(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    one = indicator(1, x_acme={"deep": [1, 2.5, None, "é \u2028 \U0001f600"]})
    ada.post(url, content=envelope(one))
    assert ada.get(url).json()["objects"] == [one]
