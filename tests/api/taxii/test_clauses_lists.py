"""TAXII 2.1, sections 3.3 to 3.5: the order of objects, filters, and pages.

The number in a name is that of the section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from served import Running, envelope, indicator

Fresh = Callable[..., str]
MALWARE = {
    "type": "malware",
    "spec_version": "2.1",
    "id": "malware--00000000-0000-4000-8000-000000000001",
    "created": "2026-11-01T00:00:00.000Z",
    "modified": "2026-11-01T00:00:00.000Z",
    "is_family": False,
}
ASN = {
    "type": "autonomous-system",
    "id": "autonomous-system--f720c34b-98ae-597f-ade5-27dc241e8c74",
    "number": 15139,
}


@pytest.fixture(scope="module")
def filled(server: Running) -> Iterator[tuple[httpx.Client, str]]:
    """A collection with three versions of one indicator, another, a malware and an ASN."""
    id_ = server.collection("lists", readers=("ada",), writers=("ada",))
    url = f"{server.root}collections/{id_}/objects/"
    with server.client("ada", headers={"content-type": "application/taxii+json"}) as client:
        # The newest version comes first: what is last is said by its time, not by its coming.
        for one in (indicator(1, version=2), indicator(2), indicator(1), MALWARE, ASN):
            assert client.post(url, content=envelope(one)).json()["success_count"] == 1
        client.post(url, content=envelope(indicator(1, version=1)))
        yield client, url


def names(told: httpx.Response) -> list[tuple[str, str]]:
    assert told.status_code == 200, told.text
    return [
        (one["id"][:11], one.get("modified", "")[17:19]) for one in told.json().get("objects", [])
    ]


def versions_of(told: httpx.Response) -> list[str]:
    return [second for id_, second in names(told) if id_.startswith("indicator")]


# --- 3.3: order -------------------------------------------------------------------


def test_3_3_objects_come_in_the_order_in_which_they_were_added(
    filled: tuple[httpx.Client, str],
) -> None:
    client, url = filled
    told = client.get(url, params={"match[version]": "all"})
    order = [("indicator--", "02"), ("indicator--", "00"), ("indicator--", "00")]
    assert names(told)[:3] == order
    assert names(told)[-1] == ("indicator--", "01")
    manifest = client.get(f"{url}../manifest/", params={"match[version]": "all"}).json()["objects"]
    dates = [one["date_added"] for one in manifest]
    assert dates == sorted(dates)
    assert len(set(dates)) == len(dates) == 6


# --- 3.4: filters -----------------------------------------------------------------


def test_3_4_added_after_leaves_out_what_was_added_then(
    filled: tuple[httpx.Client, str],
) -> None:
    client, url = filled
    manifest = client.get(f"{url}../manifest/", params={"match[version]": "all"}).json()["objects"]
    for place, one in enumerate(manifest):
        params = {"match[version]": "all", "added_after": one["date_added"]}
        assert len(names(client.get(url, params=params))) == len(manifest) - place - 1


@pytest.mark.parametrize(
    "at", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "1971-01-01T00:00:00.123456789Z"]
)
def test_3_4_added_after_takes_any_fraction_of_a_second(
    filled: tuple[httpx.Client, str], at: str
) -> None:
    client, url = filled
    assert len(names(client.get(url, params={"added_after": at}))) == 4


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({}, ["02", "00"]),
        ({"match[version]": "last"}, ["02", "00"]),
        ({"match[version]": "first"}, ["00", "00"]),
        ({"match[version]": "first,last"}, ["02", "00", "00"]),
        ({"match[version]": "all"}, ["02", "00", "00", "01"]),
        ({"match[version]": "2026-11-01T00:00:01.000Z"}, ["01"]),
        ({"match[version]": "2026-11-01T00:00:01Z,last"}, ["02", "00", "01"]),
        ({"match[version]": "2020-01-01T00:00:00Z"}, []),
    ],
)
def test_3_4_1_versions_are_picked_by_their_own_time(
    filled: tuple[httpx.Client, str], said: dict[str, str], seconds: list[str]
) -> None:
    client, url = filled
    assert versions_of(client.get(url, params=said)) == seconds


def test_3_4_1_values_of_one_filter_are_alternatives_and_filters_hold_together(
    filled: tuple[httpx.Client, str],
) -> None:
    client, url = filled
    two = {"match[type]": "malware,autonomous-system"}
    assert {id_ for id_, _ in names(client.get(url, params=two))} == {"malware--00", "autonomous-"}
    both = {"match[type]": "indicator", "match[id]": f"{indicator(2)['id']},{MALWARE['id']}"}
    assert client.get(url, params=both).json()["objects"] == [indicator(2)]
    assert client.get(url, params={**both, "match[type]": "tool"}).json() == {}


@pytest.mark.parametrize(("said", "count"), [("2.1", 4), ("2.0,2.1", 4), ("2.0", 0)])
def test_3_4_1_only_stix_2_1_is_here(
    filled: tuple[httpx.Client, str], said: str, count: int
) -> None:
    client, url = filled
    assert len(names(client.get(url, params={"match[spec_version]": said}))) == count


@pytest.mark.parametrize("end", ["", "../manifest/"])
@pytest.mark.parametrize(
    "said",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "1e3"},
        {"added_after": "yesterday"},
        {"added_after": "2026-11-01"},
        {"added_after": "2026-11-01T00:00:00+00:00"},
        {"added_after": "2026-13-01T00:00:00Z"},
        {"next": "../../etc"},
        {"next": "-1"},
        {"match[version]": "newest"},
        {"match[version]": "all,last"},
        {"match[version]": "last,first,last"},
        {"match[version]": "2026-11-01T00:00:01Z,2026-11-01T00:00:01.000Z"},
        {"match[version]": ""},
        {"match[id]": "x' OR 1=1"},
        {"match[type]": "Indicator; DROP"},
        {"match[spec_version]": "two"},
        {"match[tlp]": "red"},
        {"match[name]": "x"},
        {"match[id": "x"},
        {"match[type]": ",".join(["x"] * 201)},
    ],
    ids=str,
)
def test_3_4_what_has_no_meaning_is_400_and_never_left_out(
    filled: tuple[httpx.Client, str], said: dict[str, str], end: str
) -> None:
    client, url = filled
    assert client.get(url + end, params=said).status_code == 400


def test_3_4_a_filter_that_is_said_twice_is_400(filled: tuple[httpx.Client, str]) -> None:
    client, url = filled
    assert client.get(f"{url}?match[type]=tool&match[type]=malware").status_code == 400
    assert client.get(f"{url}?limit=1&limit=2").status_code == 400


@pytest.mark.parametrize("name", ["match[id]", "match[type]"])
def test_3_4_one_object_is_not_filtered_by_its_id_or_type(
    filled: tuple[httpx.Client, str], name: str
) -> None:
    client, url = filled
    value = MALWARE["id"] if name == "match[id]" else "malware"
    assert client.get(f"{url}{MALWARE['id']}/", params={name: value}).status_code == 400


# --- 3.5: pages -------------------------------------------------------------------


def walked(client: httpx.Client, url: str, **said: Any) -> list[dict[str, Any]]:
    """All objects by way of `next`."""
    found: list[dict[str, Any]] = []
    for _ in range(50):
        value = client.get(url, params=said).json()
        found += value.get("objects", [])
        if not value.get("more"):
            assert "next" not in value
            return found
        said["next"] = value["next"]
    raise AssertionError("it does not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 1000])
def test_3_5_pages_together_are_the_whole(ada: httpx.Client, fresh: Fresh, limit: int) -> None:
    url = fresh()
    every = [indicator(n) for n in range(7)]
    ada.post(url, content=envelope(*every))
    assert walked(ada, url, limit=limit) == every


def test_3_5_more_is_true_only_where_more_follows(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(n) for n in range(4))))
    assert ada.get(url, params={"limit": 4}).json()["more"] is False
    assert ada.get(url, params={"limit": 3}).json()["more"] is True


def test_3_5_a_limit_above_the_servers_own_gets_the_servers_own(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(n) for n in range(1001))))
    value = ada.get(url, params={"limit": 100_000}).json()
    assert (len(value["objects"]), value["more"]) == (1000, True)


def test_3_5_filters_hold_on_every_page(filled: tuple[httpx.Client, str]) -> None:
    client, url = filled
    said = {"limit": 1, "match[type]": "indicator", "match[version]": "all"}
    assert [one["modified"][17:19] for one in walked(client, url, **said)] == [
        "02",
        "00",
        "00",
        "01",
    ]


def test_3_5_pages_can_be_walked_by_the_date_of_the_last_object_too(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    every = [indicator(n) for n in range(11)]
    ada.post(url, content=envelope(*every))
    found, said = [], {"limit": "3"}
    for _ in range(4):
        told = ada.get(url, params=said)
        found += told.json()["objects"]
        said["added_after"] = told.headers["x-taxii-date-added-last"]
    assert found == every


def test_3_5_what_is_added_while_pages_are_walked_comes_at_the_end(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(n) for n in range(4))))
    first = ada.get(url, params={"limit": 2}).json()
    ada.post(url, content=envelope(indicator(0, version=1), indicator(9)))
    rest = ada.get(url, params={"next": first["next"]}).json()["objects"]
    assert rest == [indicator(2), indicator(3), indicator(0, version=1), indicator(9)]


def test_3_5_manifest_and_versions_have_pages_too(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(1, version=n) for n in range(5))))
    one = f"{url}{indicator(1)['id']}/"
    first = ada.get(f"{one}versions/", params={"limit": 3}).json()
    rest = ada.get(f"{one}versions/", params={"next": first["next"]}).json()
    assert (len(first["versions"]), len(rest["versions"])) == (3, 2)
    assert (first["more"], rest["more"]) == (True, False)
    assert len(walked(ada, f"{url}../manifest/", limit=2, **{"match[version]": "all"})) == 5
