"""Texts are kept sealed and few, and read by who may, once they said why."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from case_builders import ANA, NOW, START, VIC, campaign, names, scan_folder

from revenuer.app.casebook import unmasking
from revenuer.app.casebook.add import add
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.texts import Kept, keep_texts
from revenuer.app.casebook.unmasking import list_texts, unmask
from revenuer.errors import ConfigError, NotAllowedError, NotFoundError
from revenuer.instants import micros
from revenuer.records import Axis, Evidence
from revenuer.settings import CasebookSettings, DataPolicy, Settings

CITED = [f"exchange-{n:03d}" for n in range(30)]
MEMBERS = names("a", 5)
SAID = "Reveal the plan of number"
CASE = "campaign--a"


def settings(**more: object) -> Settings:
    return Settings(casebook=CasebookSettings(texts_per_case=8), **more)  # type: ignore[arg-type]


@pytest.fixture
def logs(casebook: Casebook, tmp_path: Path) -> str:
    """The case of a campaign whose evidence cites thirty exchanges, and a log that has them."""
    evidence = (Evidence("text", Axis.EXTRACTION, "Alike.", 3.0, tuple(MEMBERS[:2]), tuple(CITED)),)
    folder = scan_folder(tmp_path / "scan", campaign("a", MEMBERS, evidence=evidence))
    add(casebook, [folder], actor=ANA, now=NOW)
    rows = [
        {
            "exchange_id": name,
            "occurred_at": START + timedelta(hours=n),
            # One id that a stranger has too is no evidence.
            "account_id": "stranger" if n == 7 else MEMBERS[n % 5],
            "organization_id": "org-hidden" if n % 5 == 0 else "org",
            "model": "m",
            "prompt": f"{SAID} {n}",
            "response": None,
        }
        for n, name in enumerate([*CITED, "exchange-999"])
    ]
    path = tmp_path / "logs.parquet"
    pl.DataFrame(rows, schema_overrides={"response": pl.String}).write_parquet(path)
    return str(path)


def kept(casebook: Casebook, logs: str, given: Settings | None = None) -> Kept:
    given = given or settings()
    (made,) = keep_texts(casebook, [CASE], [logs], actor=ANA, now=NOW, settings=given)
    return made


def lowest(ids: list[str], count: int) -> set[str]:
    return set(sorted(ids, key=lambda one: hashlib.md5(one.encode()).hexdigest())[:count])


def test_the_lowest_by_md5_are_kept_and_again_the_same(casebook: Casebook, logs: str) -> None:
    made = kept(casebook, logs)
    assert (made.cited, made.found, made.kept, made.new) == (30, 30, 8, 8)
    texts = list_texts(casebook, CASE, actor=VIC)
    assert {one.exchange_id for one in texts} == lowest([c for c in CITED if c != CITED[7]], 8)
    assert kept(casebook, logs).new == 0
    assert list_texts(casebook, CASE, actor=VIC) == texts


def test_fewer_are_kept_once_fewer_may_be(casebook: Casebook, logs: str) -> None:
    kept(casebook, logs)
    fewer = Settings(casebook=CasebookSettings(texts_per_case=3))
    assert kept(casebook, logs, fewer).kept == 3
    texts = list_texts(casebook, CASE, actor=VIC)
    assert {one.exchange_id for one in texts} == lowest([c for c in CITED if c != CITED[7]], 3)


def test_what_a_policy_hides_is_not_kept(casebook: Casebook, logs: str) -> None:
    hiding = settings(data_policy={"org-hidden": DataPolicy.METADATA})
    made = kept(casebook, logs, hiding)
    assert made.found == 24
    hidden = {name for n, name in enumerate(CITED) if n % 5 == 0}
    assert not {one.exchange_id for one in list_texts(casebook, CASE, actor=VIC)} & hidden


def test_masked_shows_nothing_of_the_text(casebook: Casebook, logs: str) -> None:
    kept(casebook, logs)
    for one in list_texts(casebook, CASE, actor=VIC):
        assert SAID.split()[0] not in repr(one)
        assert list(one.chars) == ["prompt"]
    plain = {hashlib.sha256(f"{SAID} {n}".encode()).hexdigest() for n in range(30)}
    assert not {one.digest for one in list_texts(casebook, CASE, actor=VIC)} & plain


def test_who_reads_a_text_is_written_down_first(
    casebook: Casebook, logs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(casebook, logs)
    one = list_texts(casebook, CASE, actor=VIC)[0]
    assert one.exchange_id is not None
    found = unmask(casebook, CASE, one.exchange_id, why="an appeal", actor=ANA, now=NOW)
    assert found.prompt == f"{SAID} {CITED.index(one.exchange_id)}"
    assert unmask(casebook, CASE, one.id, why="an appeal", actor=ANA, now=NOW) == found
    with casebook.reading() as connection:
        entries = [e for e in casebook.audit(connection).entries() if e.kind == "case-unmasked"]
    assert [(e.body["by"], e.body["text"]) for e in entries] == [("ana", one.id)] * 2
    assert "appeal" not in str(entries)

    # Where it cannot be written down, nothing is read.
    def refuse(*_: object, **__: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(unmasking, "write_act", refuse)
    with pytest.raises(OSError, match="full"):
        unmask(casebook, CASE, one.id, why="an appeal", actor=ANA, now=NOW)


def test_who_may_not_or_says_no_reason_reads_nothing(casebook: Casebook, logs: str) -> None:
    kept(casebook, logs)
    one = list_texts(casebook, CASE, actor=VIC)[0]
    with pytest.raises(NotAllowedError):
        unmask(casebook, CASE, one.id, why="curious", actor=VIC, now=NOW)
    with pytest.raises(ConfigError):
        unmask(casebook, CASE, one.id, why=" ", actor=ANA, now=NOW)
    with pytest.raises(NotFoundError):
        unmask(casebook, CASE, CITED[7], why="an appeal", actor=ANA, now=NOW)


def test_who_is_erased_has_no_words_here_any_more(casebook: Casebook, logs: str) -> None:
    kept(casebook, logs)
    one = list_texts(casebook, CASE, actor=VIC)[0]
    with casebook.changing(ANA, NOW) as change:
        casebook.vault.shred(change.connection, one.subject, micros(NOW))
    texts = {each.id: each for each in list_texts(casebook, CASE, actor=VIC)}
    assert (texts[one.id].exchange_id, dict(texts[one.id].chars)) == (None, {})
    with pytest.raises(NotFoundError):
        unmask(casebook, CASE, one.id, why="an appeal", actor=ANA, now=NOW)
    # And none of them comes back with the next look at the logs.
    kept(casebook, logs)
    assert one.subject not in {
        each.subject for each in list_texts(casebook, CASE, actor=VIC) if each.exchange_id
    }


def test_no_text_is_in_the_database_in_the_clear(
    casebook: Casebook, logs: str, tmp_path: Path
) -> None:
    if not casebook.database.is_sqlite:
        pytest.skip("the bytes of a server's files are its own")
    kept(casebook, logs)
    one = list_texts(casebook, CASE, actor=VIC)[0]
    unmask(casebook, CASE, one.id, why="an appeal", actor=ANA, now=NOW)
    casebook.database.close()
    data = b"".join(path.read_bytes() for path in tmp_path.glob("casebook.sqlite*"))
    for secret in (SAID, "an appeal", *CITED):
        assert secret.encode() not in data
