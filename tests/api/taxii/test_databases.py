"""SQLite and PostgreSQL keep the same things in the same way, with many writers at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import Running, envelope, indicator, running

import own_postgres
from revenuer.errors import ConfigError, SourceError
from revenuer.store.database import Database
from revenuer.store.taxii_tables import PART, TABLES, VERSION

OFTEN = {"REVENUER_SERVER__REQUESTS_PER_MINUTE": "100000"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("kept")
    if request.param == "sqlite":
        with running(folder, environment=OFTEN) as one:
            one.tokens = {name: one.token(name) for name in ("ada", "bob")}
            yield one
        return
    if reason := own_postgres.missing():
        pytest.skip(reason)
    with (
        own_postgres.postgresql() as url,
        running(folder, environment={**OFTEN, "REVENUER_SHARE__DATABASE": url}) as one,
    ):
        one.tokens = {name: one.token(name) for name in ("ada", "bob")}
        yield one


def client(server: Running, partner: str) -> httpx.Client:
    return server.client(partner, headers={"content-type": "application/taxii+json"})


def url_of(server: Running, title: str) -> str:
    id_ = server.collection(title, readers=("ada", "bob"), writers=("ada", "bob"))
    return f"{server.root}collections/{id_}/objects/"


def test_objects_versions_filters_and_pages(kept: Running) -> None:
    url = url_of(kept, "whole")
    with client(kept, "ada") as ada:
        every = [indicator(n) for n in range(30)]
        assert ada.post(url, content=envelope(*every)).json()["success_count"] == 30
        later = indicator(3, version=1, description="é\u2028\U0001f600")
        assert ada.post(url, content=envelope(later, indicator(3))).json()["success_count"] == 2
        first = ada.get(url, params={"limit": 20}).json()
        rest = ada.get(url, params={"next": first["next"]}).json()
        assert [*first["objects"], *rest["objects"]] == [*every[:3], *every[4:], later]
        one = {"match[id]": later["id"], "match[version]": "all"}
        assert ada.get(url, params=one).json()["objects"] == [indicator(3), later]
        assert (
            ada.delete(f"{url}{later['id']}/", params={"match[version]": "last"}).status_code == 200
        )
        assert ada.get(f"{url}{later['id']}/").json()["objects"] == [indicator(3)]


def test_writers_at_once_lose_nothing_and_readers_who_follow_miss_nothing(kept: Running) -> None:
    url = url_of(kept, "many at once")

    def write(worker: int) -> int:
        with client(kept, "ada" if worker % 2 else "bob") as one:
            numbers = range(worker * 100, worker * 100 + 30)
            told = [
                one.post(url, content=envelope(indicator(n), indicator(n + 40))) for n in numbers
            ]
            return sum(each.json()["success_count"] for each in told)

    def follow() -> list[str]:
        """Read on from the newest date all the time, as a poller does."""
        seen: list[str] = []
        said: dict[str, str] = {}
        with client(kept, "ada") as one:
            for _ in range(2000):
                all_written = bool(done)
                told = one.get(url, params=said)
                seen += [each["id"] for each in told.json().get("objects", [])]
                last = told.headers.get("x-taxii-date-added-last")
                said = {"added_after": last} if last else said
                if all_written and not told.json():
                    break
        return seen

    done: list[bool] = []
    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(follow)
        assert sum(pool.map(write, range(4))) == 240
        done.append(True)
        seen = reader.result()
    with client(kept, "ada") as one:
        every = [each["id"] for each in one.get(url).json()["objects"]]
    assert len(every) == 240
    assert seen == every


def test_two_who_add_the_same_at_once_add_it_once(kept: Running) -> None:
    url = url_of(kept, "twice")

    def write(_: int) -> int:
        with client(kept, "ada") as one:
            told = one.post(url, content=envelope(*(indicator(n) for n in range(50))))
            return int(told.json()["success_count"])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(4))) == [50] * 4
    with client(kept, "ada") as one:
        assert len(one.get(url).json()["objects"]) == 50


def test_what_was_added_is_there_after_a_crash(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        first.tokens["ada"] = first.token("ada")
        id_ = first.collection("crash", readers=("ada",), writers=("ada",))
        with client(first, "ada") as ada:
            url = f"{first.root}collections/{id_}/objects/"
            assert ada.post(url, content=envelope(indicator(1))).status_code == 202
        first.process.kill()
    with running(tmp_path) as second:
        second.tokens = first.tokens
        with client(second, "ada") as ada:
            url = f"{second.root}collections/{id_}/objects/"
            assert ada.get(url).json()["objects"] == [indicator(1)]


# --- the database itself ----------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["", "share.sqlite", "mysql://x/y", "sqlite://", "postgresql+psycopg2://h/d", "postgresql://"],
)
def test_a_url_that_is_none_is_said_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError):
        Database(url)


def test_a_password_is_never_in_an_error() -> None:
    database = Database("postgresql+pg8000://share:hush@127.0.0.1:1/share")
    with pytest.raises(SourceError) as told, database.reading():
        pass
    assert "hush" not in told.value.message + told.value.hint


def test_tables_of_another_version_are_left_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'share.sqlite'}")
    database.make(TABLES, PART, VERSION)
    database.make(TABLES, PART, VERSION)
    with pytest.raises(ConfigError, match=f"version {VERSION} of {PART}"):
        database.make(TABLES, PART, VERSION + 1)
    database.close()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "share.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(SourceError, match="not a database"):
        Database(f"sqlite:///{path}").make(TABLES, PART, VERSION)
