"""What peers send is read as a stranger's, waits for a person, and is heard only when accepted."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

import own_postgres
from revenuer.app.sharing.inbox import Inbox, decide, import_files, open_inbox
from revenuer.app.sharing.inbox_view import our_own, summed_up
from revenuer.app.sharing.intel import MATCHES, read_intelligence
from revenuer.errors import ConfigError, NotFoundError, RevenuerError, SourceError
from revenuer.records import Axis, Campaign, Evidence, Scanned
from revenuer.sharing.bundle import make_bundle
from revenuer.sharing.echoes import Ours
from revenuer.sharing.profile import EXTENSION_ID, name_based
from revenuer.sharing.reidentify import review
from revenuer.sharing.terms import Producer, Terms
from revenuer.sharing.tlp import Tlp
from revenuer.store.database import Database
from revenuer.store.intel_objects import State

NOW = datetime(2026, 6, 12, tzinfo=UTC)
PEER = Producer("Peer Labs", b"p" * 32)
WE = Producer("We", b"w" * 32)
Bundle = dict[str, Any]


def quiet(kind: str, value: str) -> tuple[str, ...]:
    return ()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of our own."""
    if reason := own_postgres.missing():
        pytest.skip(reason)
    with own_postgres.postgresql() as url:
        yield url


@pytest.fixture
def postgresql(server: str) -> str:
    """Its URL, without what another test kept there."""
    database = Database(server)
    with database.writing() as connection:
        for table in ("intel_objects", "intel_names"):
            found = connection.execute(text("SELECT to_regclass(:name)"), {"name": table}).scalar()
            if found is not None:
                connection.execute(text(f"DELETE FROM {table}"))
    database.close()
    return server


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inbox]:
    """A folder of intelligence, with its database beside it or in a server."""
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    inbox = open_inbox(tmp_path / "intel", tmp_path / "keys", url)
    yield inbox
    inbox.state.database.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return open_inbox(tmp_path / "intel", tmp_path / "keys")


@pytest.fixture
def bundle(campaign: Campaign, scanned: Scanned, ties: pl.DataFrame) -> Bundle:
    """What a peer's own `share export` writes."""
    return made(campaign, scanned, ties, PEER)


def made(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame, producer: Producer, **terms: Any
) -> Bundle:
    return make_bundle(campaign, scanned, review(ties, group_keys=()), producer, Terms(**terms))


def taken_in(inbox: Inbox, tmp_path: Path, told: Any, ours: Ours | None = None) -> Any:
    file = tmp_path / "bundle.json"
    file.write_text(told if isinstance(told, str) else json.dumps(told))
    return import_files(inbox, file, ours=ours or Ours(), warns=quiet, now=NOW)


def indicators(bundle: Bundle) -> list[dict[str, Any]]:
    return [one for one in bundle["objects"] if one["type"] == "indicator"]


def heard(inbox: Inbox) -> pl.DataFrame:
    found = read_intelligence(inbox.state.folder)
    assert found is not None
    return found.indicators


def test_what_a_peer_exports_waits_and_is_heard_once_accepted(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    done = taken_in(inbox, tmp_path, bundle)
    assert done.refused == ()
    assert done.waiting >= len(indicators(bundle)) > 2
    assert heard(inbox).is_empty()
    (heap,) = summed_up(inbox, every=False)
    assert heap.name == "Peer Labs"
    assert heap.tlp is Tlp.AMBER
    decide(inbox, heap.cluster, accept=True, by="Ann", why="agreed with them", now=NOW)
    rows = heard(inbox)
    assert set(rows["kind"]) == {"asn", "tls-fingerprint", "user-agent", "email-domain"}
    assert set(rows["source"]) == {f"Peer Labs ({PEER.identity_id})"}
    assert set(rows["cluster"]) == {heap.cluster}
    assert rows["since"].max() <= datetime(2026, 6, 1, tzinfo=UTC)
    assert summed_up(inbox, every=False) == []


def test_both_databases_keep_the_same(either: Inbox, tmp_path: Path, bundle: Bundle) -> None:
    """Imported, known, accepted, revoked and replaced, in SQLite and in PostgreSQL."""
    first = taken_in(either, tmp_path, bundle)
    assert first.waiting >= len(indicators(bundle)) > 2
    again = taken_in(either, tmp_path, bundle)
    assert (again.waiting, again.known) == (0, first.waiting)
    decide(either, PEER.identity_id, accept=True, by="Ann", why="agreed", now=NOW)
    told = heard(either)
    assert set(told["source"]) == {f"Peer Labs ({PEER.identity_id})"}
    gone = indicators(bundle)[0] | {"revoked": True, "modified": "2026-06-20T00:00:00.000Z"}
    assert taken_in(either, tmp_path, {"type": "bundle", "objects": [gone]}).revoked == 1
    assert heard(either).height == told.height - 1
    states = {one.state for one in either.objects.listed()}
    assert states == {State.ACCEPTED, State.REVOKED}
    assert (either.state.folder / "intel.sqlite").exists() is either.state.database.is_sqlite


def test_an_import_that_cannot_be_written_down_takes_nothing_in(
    either: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    """All files of it are one step: the second may not be read without the first."""
    folder = tmp_path / "pulled"
    folder.mkdir()
    half = len(bundle["objects"]) // 2
    for name, part in (("a", bundle["objects"][:half]), ("b", bundle["objects"][half:])):
        (folder / f"{name}.json").write_text(json.dumps({**bundle, "objects": part}))
    log = either.state.audit.path
    log.parent.mkdir(parents=True, exist_ok=True)
    log.mkdir()
    with pytest.raises((RevenuerError, OSError)):
        import_files(either, folder, ours=Ours(), warns=quiet, now=NOW)
    assert either.objects.listed() == []
    assert either.objects.names() == {}
    log.rmdir()
    done = import_files(either, folder, ours=Ours(), warns=quiet, now=NOW)
    assert done.files == 2
    assert len(either.objects.listed()) == done.waiting > 2
    assert [one.kind for one in either.state.audit.entries()] == ["imported"]


def test_every_step_is_in_the_audit_log_without_a_value(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    taken_in(inbox, tmp_path, bundle)
    decide(inbox, PEER.identity_id, accept=True, by="Ann", why="agreed", now=NOW)
    decide(inbox, PEER.identity_id, accept=False, by="Bob", why="they erred", now=NOW)
    entries = list(inbox.state.audit.entries())
    assert [one.kind for one in entries] == ["imported", "accepted", "rejected"]
    text = inbox.state.audit.path.read_text()
    assert "harvest.example" not in text
    assert "t13d1516h2" not in text
    assert heard(inbox).is_empty()


def test_a_replayed_bundle_changes_nothing(inbox: Inbox, tmp_path: Path, bundle: Bundle) -> None:
    first = taken_in(inbox, tmp_path, bundle)
    again = taken_in(inbox, tmp_path, bundle)
    assert again.waiting == 0
    assert again.known == first.waiting


def test_a_version_that_changed_without_saying_so_is_refused(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    taken_in(inbox, tmp_path, bundle)
    indicators(bundle)[0]["pattern"] = "[autonomous-system:number = 64999]"
    done = taken_in(inbox, tmp_path, bundle)
    assert [one.why for one in done.refused] == ["changed without a new version"]


def test_nobody_changes_anothers_object(inbox: Inbox, tmp_path: Path, bundle: Bundle) -> None:
    taken_in(inbox, tmp_path, bundle)
    stolen = indicators(bundle)[0] | {
        "created_by_ref": name_based("identity", "thief"),
        "modified": "2026-06-20T00:00:00.000Z",
        "revoked": True,
    }
    done = taken_in(inbox, tmp_path, {"type": "bundle", "objects": [stolen]})
    assert [one.why for one in done.refused] == ["was made by somebody else"]
    assert done.revoked == 0


def test_what_its_maker_takes_back_is_heard_no_more(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    taken_in(inbox, tmp_path, bundle)
    decide(inbox, PEER.identity_id, accept=True, by="Ann", why="agreed", now=NOW)
    before = heard(inbox).height
    gone = indicators(bundle)[0] | {"revoked": True, "modified": "2026-06-20T00:00:00.000Z"}
    done = taken_in(inbox, tmp_path, {"type": "bundle", "objects": [gone]})
    assert done.revoked == 1
    assert heard(inbox).height == before - 1
    # The version before, sent once more, does not bring it back.
    taken_in(inbox, tmp_path, bundle)
    assert heard(inbox).height == before - 1


def test_a_newer_version_waits_while_the_accepted_one_is_heard(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    taken_in(inbox, tmp_path, bundle)
    decide(inbox, PEER.identity_id, accept=True, by="Ann", why="agreed", now=NOW)
    before = heard(inbox)
    newer = indicators(bundle)[0] | {
        "modified": "2026-06-20T00:00:00.000Z",
        "valid_until": "2026-06-21T00:00:00.000Z",
    }
    taken_in(inbox, tmp_path, {"type": "bundle", "objects": [newer]})
    assert heard(inbox).equals(before)
    decide(inbox, newer["id"], accept=True, by="Ann", why="shorter", now=NOW)
    ends = heard(inbox)["until"]
    assert ends.min() == datetime(2026, 6, 21, tzinfo=UTC)
    assert ends.len() == before.height


def test_our_own_word_is_no_witness(
    inbox: Inbox, tmp_path: Path, campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    mine = made(campaign, scanned, ties, WE)
    done = taken_in(inbox, tmp_path, mine, our_own((), WE.secret))
    assert done.waiting == 0
    assert {one.why for one in done.refused} == {"an echo: it is ours, or rests on what is ours"}


def test_our_word_in_a_peers_mouth_is_no_witness(
    inbox: Inbox,
    tmp_path: Path,
    campaign: Campaign,
    scanned: Scanned,
    ties: pl.DataFrame,
    bundle: Bundle,
) -> None:
    """A peer takes our cluster's name over, or says that its objects come from ours."""
    mine = made(campaign, scanned, ties, WE)
    shared = tmp_path / "ours.json"
    shared.write_text(json.dumps(mine))
    ours = our_own((), WE.secret, [shared])
    copied = json.loads(json.dumps(bundle))
    for one in copied["objects"]:
        if EXTENSION_ID in one.get("extensions", {}) and one["type"] != "extension-definition":
            one["extensions"][EXTENSION_ID]["cluster"] = WE.cluster(campaign.id)
    assert taken_in(inbox, tmp_path, copied, ours).waiting == 0
    theirs, own = indicators(bundle)[0], indicators(mine)[0]
    far = indicators(bundle)[1]
    links = [
        {"type": "relationship", "relationship_type": verb, "source_ref": a, "target_ref": b}
        for verb, a, b in (
            ("derived-from", theirs["id"], own["id"]),
            ("duplicate-of", far["id"], theirs["id"]),
        )
    ]
    done = taken_in(inbox, tmp_path, {"type": "bundle", "objects": [theirs, far, *links]}, ours)
    assert done.waiting == 0
    assert len(done.refused) == 2


def test_a_campaign_that_peers_helped_to_convict_is_shared_as_suspected(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    word = Evidence("peer-sighting", Axis.COORDINATION, "A peer says so.", 2.0)
    helped = replace(campaign, evidence=(*campaign.evidence, word))
    for each, verdict in ((campaign, "convicted"), (helped, "suspected")):
        told = indicators(made(each, scanned, ties, PEER))[0]["extensions"][EXTENSION_ID]
        assert told["verdict"] == verdict


def _change(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(one: dict[str, Any]) -> None:
        one[name] = value

    return change


def _details(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(one: dict[str, Any]) -> None:
        one["extensions"][EXTENSION_ID][name] = value

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_change("id", "../../etc/passwd"), "has no id of its type"),
        (_change("id", "campaign--00000000-0000-4000-8000-000000000000"), "has no id of its type"),
        (_change("id", {"a": 1}), "has no id of its type"),
        (_change("created_by_ref", "identity--x"), "does not say who made it"),
        (_change("created_by_ref", ["a"]), "does not say who made it"),
        (_change("spec_version", "2.0"), "is not STIX 2.1"),
        (_change("modified", "yesterday"), "its modified is no time"),
        (_change("modified", "2026-06-01T00:00:00"), "its modified is no time of UTC"),
        (_change("object_marking_refs", []), "has no TLP marking"),
        (_change("object_marking_refs", "red"), "has markings that are none"),
        (_change("object_marking_refs", [Tlp.RED.marking_id]), "name different TLP labels"),
        (
            _change("object_marking_refs", [name_based("marking-definition", "unknown")]),
            "nobody here knows what it forbids",
        ),
        (_change("granular_markings", [{"selectors": ["name"]}]), "marks parts of it apart"),
        (_change("pattern", "[file:name = 'x'] REPEATS 9999 TIMES"), "is not one value of a kind"),
        (_change("pattern", "[domain-name:value = 'gmail.com']"), "its value says nothing"),
        (_change("pattern", 7), "has no STIX pattern"),
        (_change("pattern_type", "yara"), "has no STIX pattern"),
        (_change("extensions", {}), "does not carry the extension"),
        (_details("tlp", "green"), "name different TLP labels"),
        (_details("legal_basis", ""), "is not as the profile says"),
        (_details("cluster", "campaign--1"), "is not as the profile says"),
        (_change("valid_until", "9" * 5000), "its valid_until is no time"),
    ],
)  # fmt: skip
def test_an_object_that_is_not_as_it_should_be_is_refused_and_changes_nothing(
    inbox: Inbox,
    tmp_path: Path,
    bundle: Bundle,
    change: Callable[[dict[str, Any]], None],
    why: str,
) -> None:
    one = indicators(bundle)[0]
    change(one)
    done = taken_in(inbox, tmp_path, {"type": "bundle", "objects": [one]})
    assert done.waiting == 0
    assert len(done.refused) == 1
    assert why in done.refused[0].why
    assert "passwd" not in done.refused[0].id
    assert inbox.objects.listed() == []


def _bomb() -> bytes:
    return gzip.compress(b"[" + b" " * 70_000_000)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.json", b"{", "is not JSON"),
        ("a.json", b"\xff\xfe", "is not JSON"),
        ("a.json", b'["objects"]', "is no STIX bundle"),
        ("a.json", b'{"type": "malware"}', "is no STIX bundle"),
        ("a.json", b'{"objects": [1]}', "has objects that are none"),
        ("a.json", b'{"objects": {"a": 1}}', "has objects that are none"),
        ("a.json", b"[" * 100_000 + b"]" * 100_000, "nested"),
        ("a.json.gz", b"not packed", "is not gzip"),
        ("a.json.gz", _bomb(), "bytes"),
    ],
    ids=["broken", "bytes", "list", "type", "number", "map", "deep", "unpacked", "bomb"],
)
def test_a_file_that_is_no_bundle_is_refused_whole(
    inbox: Inbox, tmp_path: Path, name: str, body: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(SourceError, match=said) as caught:
        import_files(inbox, tmp_path / name, ours=Ours(), warns=quiet, now=NOW)
    assert "Nothing of it was taken in" in caught.value.hint
    assert list(inbox.state.audit.entries()) == []


def test_a_forged_tlp_marking_spoils_the_whole_file(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    """The id of TLP:AMBER with the content of TLP:CLEAR."""
    for one in bundle["objects"]:
        if one["id"] == Tlp.AMBER.marking_id:
            one["name"] = "TLP:CLEAR"
    with pytest.raises(SourceError, match="TLP marking"):
        taken_in(inbox, tmp_path, bundle)
    assert inbox.objects.listed() == []


def test_a_folder_is_read_without_following_links_out_of_it(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    outside = tmp_path / "elsewhere.json"
    outside.write_text(json.dumps(bundle))
    folder = tmp_path / "pulled"
    folder.mkdir()
    (folder / "link.json").symlink_to(outside)
    (folder / "place.json").write_text("{}")
    done = import_files(inbox, folder, ours=Ours(), warns=quiet, now=NOW)
    assert done.files == 0


def test_a_value_on_a_warning_list_is_accepted_only_on_purpose(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle))

    def warns(kind: str, value: str) -> tuple[str, ...]:
        return ("Top sites",) if value == "harvest.example" else ()

    done = import_files(inbox, file, ours=Ours(), warns=warns, now=NOW)
    assert done.warned == 1
    decide(inbox, PEER.identity_id, accept=True, by="Ann", why="agreed", now=NOW)
    assert "email-domain" not in set(heard(inbox)["kind"])
    decide(inbox, PEER.identity_id, accept=True, by="Ann", why="sure", now=NOW, despite=True)
    assert "email-domain" in set(heard(inbox)["kind"])


def test_the_lists_of_the_misp_project_know_large_mail_houses() -> None:
    from revenuer.app.sharing.warnings import warning_lists

    try:
        warns = warning_lists()
    except ConfigError:
        pytest.skip("needs revenuer[misp]")
    assert warns("email-domain", "google.com")
    assert warns("email-domain", "harvest-of-none.example") == ()
    assert warns("asn", "64500") == ()


def test_one_peer_has_one_name_however_its_word_came(
    inbox: Inbox, tmp_path: Path, bundle: Bundle
) -> None:
    """By TAXII and by private matching: still one sighting."""
    taken_in(inbox, tmp_path, bundle)
    decide(inbox, PEER.identity_id, accept=True, by="Ann", why="agreed", now=NOW)
    row = {
        "account_id": "a",
        "cluster": "campaign--1",
        "source": PEER.identity_id,
        "kind": "device-fingerprint",
        "unit": "0",
        "role": "campaign",
        "matched_at": NOW,
    }
    pl.DataFrame([row]).write_parquet(inbox.state.folder / MATCHES)
    found = read_intelligence(inbox.state.folder)
    assert found is not None
    assert set(found.found["source"]) == set(found.indicators["source"])


def test_a_private_match_of_which_nobody_knows_what_was_asked_is_not_heard(inbox: Inbox) -> None:
    """As templates, and what an earlier version asked without ordinary accounts beside."""
    rows = [
        {"account_id": "a1", "cluster": "cluster--1", "source": "p", "kind": kind, "unit": unit}
        for kind, unit in (("address", "0"), ("payment-fingerprint", "1"), ("prompt-sketch", None))
    ]
    pl.DataFrame(rows).write_parquet(inbox.state.folder / MATCHES)
    found = read_intelligence(inbox.state.folder)
    assert found is not None
    assert found.found["kind"].to_list() == ["address", "payment-fingerprint"]


def test_nothing_that_waits_is_nothing_to_decide(inbox: Inbox) -> None:
    with pytest.raises(NotFoundError):
        decide(inbox, "cluster--1", accept=True, by="Ann", why="x", now=NOW)


def test_a_folder_without_intelligence_is_said(tmp_path: Path) -> None:
    with pytest.raises(RevenuerError, match="no accepted intelligence"):
        read_intelligence(tmp_path)


def test_states_are_told_apart(inbox: Inbox, tmp_path: Path, bundle: Bundle) -> None:
    taken_in(inbox, tmp_path, bundle)
    chosen = indicators(bundle)[0]["id"]
    decide(inbox, chosen, accept=False, by="Ann", why="doubtful", now=NOW + timedelta(hours=1))
    heaps = {one.state: one.objects for one in summed_up(inbox, every=True)}
    assert heaps[State.REJECTED] == 1
    assert heaps[State.WAITING] > 1
