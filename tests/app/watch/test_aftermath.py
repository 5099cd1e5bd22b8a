"""What a campaign does after a decision: from the stream to the docket."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.desk import Desk, open_desk
from revenuer.app.opening import Beside
from revenuer.app.progress import Silent
from revenuer.app.watch.asked import Asked
from revenuer.app.watch.publishing import Publisher
from revenuer.app.watch.watching import Told, watch
from revenuer.casework.decisions import Step
from revenuer.cli.entry import run
from revenuer.reports.signs_json import signs_from_json
from revenuer.settings import Settings
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(
    scenarios=("S2",),
    innocents=("N1",),
    accounts=250,
    exchanges=3_000,
    days=4,
    seed=4,
    guilty_share=0.1,
    reactions=(("S2", "failover"),),
    enforced_day=1.75,
)
DECISION = "decision--of-a-test"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world that was watched while a decision stood, and another that was none."""
    folder = tmp_path_factory.mktemp("aftermath")
    world = folder / "world"
    simulate(SPEC, world)
    desk = open_desk(folder / "verdicts.rvn", folder / "keys")
    _decide(desk, world, DECISION, "block")
    _decide(desk, world, "decision--tag", "tag")
    looks: list[Told] = []
    accounts = str(world / "accounts.parquet")
    asked = Asked(
        places=[str(world / "exchanges")],
        state=folder / "state",
        out=folder / "out",
        beside=Beside(accounts=accounts),
        settings=Settings(),
        until_end=True,
        publisher=Publisher(folder / "out", folder / "verdicts.rvn", folder / "keys"),
    )
    watch(asked, environment={}, progress=Silent(), tell=looks.append, stopped=lambda: False)
    told = {sign.id: sign for look in looks for sign in look.signs if sign.decision_id}
    assert [(one.kind, one.decision_id) for one in told.values()] == [("failover", DECISION)]
    return folder


def _truth(world: Path) -> dict[str, list[str]]:
    (one,) = json.loads((world / "truth" / "campaigns.json").read_text("utf-8"))
    return {"all": one["account_ids"]} | one["reaction"]


def _decide(desk: Desk, world: Path, name: str, action: str) -> None:
    truth = _truth(world)
    at = datetime.fromisoformat(str(truth["enforced_at"]))
    body = {
        "decision": name,
        "plan": name,
        "campaign": "campaign--1",
        "action": action,
        "until": (at + timedelta(days=30)).isoformat(),
        "whole_campaign": False,
        "by": "alice",
        "approvers": [],
        "why": "case 1",
        "probability": 1.0,
        "members": [desk.member(account) for account in truth["account_ids"]],
        "tagged": [],
    }
    desk.record([(Step.ACTED, body)], at)


def test_the_accounts_that_took_over_are_named_in_the_signs(folder: Path) -> None:
    signs = signs_from_json((folder / "out" / "signs.json").read_bytes())
    (one,) = [sign for sign in signs if sign.decision_id == DECISION]
    truth = _truth(folder / "world")
    reserves = set(truth["all"]) - set(truth["account_ids"])
    assert one.axis is None
    assert len(set(one.account_ids) & reserves) >= 3
    assert len(set(one.account_ids) & reserves) >= 0.9 * len(one.account_ids)
    assert 0 < one.numbers["hours_to_first"] < 48


def test_the_docket_has_them_without_ids(folder: Path) -> None:
    desk = open_desk(folder / "verdicts.rvn", folder / "keys")
    (one,) = desk.docket.reactions()
    (sign,) = [
        sign
        for sign in signs_from_json((folder / "out" / "signs.json").read_bytes())
        if sign.decision_id is not None
    ]
    assert (one.decision, one.kind, one.statement) == (DECISION, "failover", sign.statement)
    assert list(one.members) == [desk.member(name) for name in sign.account_ids]
    kept = (desk.docket.folder / "reactions.json").read_text("utf-8")
    ids = pl.read_parquet(folder / "world" / "accounts.parquet")["account_id"]
    assert not [name for name in ids if name in kept]


def test_enforce_show_tells_them_as_no_verdict(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--snapshot", str(folder / "verdicts.rvn"), "--keys", str(folder / "keys")]

    def shown(*more: str) -> str:
        assert run(["enforce", "show", *more, *place]) == 0
        return capsys.readouterr().out

    assert "seen since, no verdict: failover" in shown(DECISION)
    told = json.loads(shown(DECISION, "--json"))["reactions"]
    assert [one["kind"] for one in told] == ["failover"]
    assert "seen since" not in shown("decision--tag")


def test_a_watch_goes_on_where_decisions_cannot_be_read(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = Publisher(tmp_path / "out", tmp_path / "verdicts.rvn", folder / "keys")
    assert publisher.enforced() is not None
    desk = open_desk(tmp_path / "verdicts.rvn", folder / "keys")
    _decide(desk, folder / "world", DECISION, "block")
    log = desk.docket.audit_path
    log.write_bytes(log.read_bytes().replace(b"alice", b"mallo"))
    assert publisher.enforced() is None
    assert "could not be read" in caplog.text
