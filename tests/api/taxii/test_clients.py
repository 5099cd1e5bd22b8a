"""Clients that others wrote drive the real server."""

from __future__ import annotations

import json

import pytest
from cytaxii2.cytaxii2 import cytaxii2
from requests.auth import AuthBase
from requests.models import PreparedRequest
from served import Running, indicator
from taxii2client.v21 import ApiRoot, Server, as_pages


class Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@pytest.mark.parametrize("way", ["basic", "bearer"])
def test_taxii2_client_finds_adds_reads_and_deletes(server: Running, way: str) -> None:
    token = server.tokens["ada"]
    given = {"auth": Bearer(token)} if way == "bearer" else {"user": "ada", "password": token}
    id_ = server.collection(f"taxii2-client {way}", readers=("ada",), writers=("ada",))
    found = Server(server.url, **given)
    assert found.title == "Revenuer"
    root = found.default
    assert isinstance(root, ApiRoot)
    assert root.max_content_length == 10_485_760
    (collection,) = [one for one in root.collections if one.id == id_]
    assert (collection.can_read, collection.can_write) == (True, True)

    status = collection.add_objects({"objects": [indicator(n) for n in range(25)]})
    assert status.status == "complete"
    assert status.success_count == 25
    assert root.get_status(status.id).success_count == 25

    pages = list(as_pages(collection.get_objects, per_request=10))
    assert [len(page["objects"]) for page in pages] == [10, 10, 5]
    assert [one for page in pages for one in page["objects"]] == [indicator(n) for n in range(25)]

    one = indicator(3)["id"]
    collection.add_objects({"objects": [indicator(3, version=1)]})
    assert collection.get_object(one)["objects"] == [indicator(3, version=1)]
    versions = collection.object_versions(one)["versions"]
    assert versions == ["2026-11-01T00:00:00.000Z", "2026-11-01T00:00:01.000Z"]
    manifest = collection.get_manifest(id=one)["objects"]
    assert [line["version"] for line in manifest] == ["2026-11-01T00:00:01.000Z"]
    every = collection.get_objects(version="all", id=one)["objects"]
    assert every == [indicator(3), indicator(3, version=1)]

    collection.delete_object(one)
    assert "objects" not in collection.get_objects(id=one)
    with pytest.raises(Exception, match="404"):
        collection.get_object(one)


def test_a_collection_can_be_used_by_its_alias(server: Running) -> None:
    server.collection("alias", alias="indicators", readers=("ada",), writers=("ada",))
    with server.client("ada") as client:
        found = client.get(f"{server.root}collections/indicators/").json()
        assert (found["title"], found["alias"]) == ("alias", "indicators")
        assert client.get(f"{server.root}collections/indicators/objects/").json() == {}


def test_cytaxii2_finds_adds_and_polls(server: Running) -> None:
    id_ = server.collection("cytaxii2", readers=("bob",), writers=("bob",))
    client = cytaxii2(server.url, "bob", server.tokens["bob"])
    assert client.discovery_request()["response"]["title"] == "Revenuer"
    assert client.root_discovery()["status_code"] == 200
    listed = client.collection_request()["response"]["collections"]
    assert id_ in {one["id"] for one in listed}
    assert client.collection_data_request(id_)["response"]["id"] == id_
    sent = json.dumps({"objects": [indicator(n) for n in range(3)]})
    assert client.inbox_request(id_, sent)["status_code"] == 202
    first = client.poll_request(id_, limit=2)["response"]
    assert first["objects"] == [indicator(0), indicator(1)]
    rest = client.poll_request(id_, limit=2, next=first["next"])["response"]
    assert rest["objects"] == [indicator(2)]
    assert client.poll_request(id_, object_type="malware")["response"] == {}
    wrong = cytaxii2(server.url, "bob", server.tokens["ada"])
    assert wrong.discovery_request()["status_code"] == 401
