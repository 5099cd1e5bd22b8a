"""Permits from a request to their end, and what makes one too small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.permit_check import (
    Checked,
    check_permits,
    permits_table,
    write_permits,
)
from revenuer.app.casebook.permit_views import list_permits, show_permit
from revenuer.app.casebook.permits import (
    extend_permit,
    grant_permit,
    refuse_permit,
    request_permit,
    revoke_permit,
)
from revenuer.app.sentences import permit_holders
from revenuer.casework.permit_growth import Growth
from revenuer.casework.permits import Permit, Purpose, State, Terms
from revenuer.casework.roles import Actor, Role
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError
from revenuer.records import Axis, Campaign, Findings, Method, Scanned, Verdict
from revenuer.reports.campaigns_json import to_json

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANA = Actor("ana", Role.ANALYST)
BO = Actor("bo", Role.APPROVER)
CY = Actor("cy", Role.APPROVER)
TERMS = Terms(NOW - 5 * DAY, NOW + 30 * DAY, max_exchanges=1000, models=("small",))


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    yield opened
    opened.database.close()


def asked(casebook: Casebook, actor: Actor = ANA, **more: Any) -> Permit:
    wanted = {
        "holder": "acct-1",
        "kind": "account",
        "purpose": Purpose.EVALUATION,
        "terms": TERMS,
        "text": "We grade our own answers with yours.",
    } | more
    return request_permit(casebook, actor=actor, now=NOW, **wanted)


def granted(casebook: Casebook, **more: Any) -> Permit:
    made = asked(casebook, **more)
    return grant_permit(casebook, made.id, four_eyes=True, text="", actor=BO, now=NOW)


def kinds(casebook: Casebook) -> list[str]:
    with casebook.reading() as connection:
        return [entry.kind for entry in casebook.audit(connection).entries()][1:]


def used(*rows: tuple[str, str | None, str, int, int]) -> pl.DataFrame:
    """Account, organization, model, day from NOW on, exchanges; ten tokens each."""
    return pl.DataFrame(
        {
            "account_id": [row[0] for row in rows],
            "organization_id": [row[1] for row in rows],
            "model": [row[2] for row in rows],
            "day": [(NOW + row[3] * DAY).date() for row in rows],
            "exchanges": [row[4] for row in rows],
            "tokens": [10 * row[4] for row in rows],
        },
        schema_overrides={"organization_id": pl.String},
    )


def check(casebook: Casebook, use: pl.DataFrame | None = None, **more: Any) -> Checked:
    return check_permits(casebook, use=use, **({"actor": ANA, "now": NOW} | more))


def scan(folder: Path, *accounts: str, **more: Any) -> Path:
    wanted: dict[str, Any] = {
        "id": "campaign--1", "verdict": Verdict.CLEARED, "probability": 0.1, "log_e_value": 5.0,
        "axes": dict.fromkeys(Axis, 5.0), "account_ids": accounts, "exchanges": 1, "tasks": 1,
        "output_tokens": 1, "reasoning_tokens": 0, "first_seen": NOW, "last_seen": NOW,
        "detected_at": NOW,
    }  # fmt: skip
    scanned = Scanned(1, 1, 1, NOW, NOW, 0.05, "b", "c", {}, ())
    folder.mkdir(exist_ok=True)
    campaign = Campaign(**(wanted | more))
    (folder / "campaigns.json").write_text(to_json(Findings(scanned, (campaign,))), "utf-8")
    return folder


def test_a_permit_is_asked_for_and_granted_by_another(casebook: Casebook) -> None:
    made = asked(casebook, BO)
    assert (made.state, made.said(NOW)) == (State.REQUESTED, "requested")
    with pytest.raises(NotAllowedError, match="four eyes"):
        grant_permit(casebook, made.id, four_eyes=True, text="", actor=BO, now=NOW)
    with pytest.raises(NotAllowedError, match="right to grant"):
        grant_permit(casebook, made.id, four_eyes=False, text="", actor=ANA, now=NOW)
    held = grant_permit(casebook, made.id[:14], four_eyes=True, text="known", actor=CY, now=NOW)
    assert held.said(NOW) == "active"
    (seen,) = list_permits(casebook, actor=ANA, now=NOW)
    assert (seen.said, seen.holder, seen.used) == ("active", None, 0.0)
    assert kinds(casebook) == ["permit-requested", "permit-granted"]
    (seen,) = list_permits(casebook, actor=ANA, now=NOW, show_ids=True)
    assert (seen.holder, kinds(casebook)[-1]) == ("acct-1", "permits-read")
    with pytest.raises(NotAllowedError, match="nobody asks"):
        grant_permit(casebook, made.id, four_eyes=True, text="", actor=CY, now=NOW)


def test_where_the_settings_do_not_ask_for_four_eyes_two_suffice(casebook: Casebook) -> None:
    made = asked(casebook, BO)
    assert grant_permit(casebook, made.id, four_eyes=False, text="", actor=BO, now=NOW).holds(NOW)


def test_who_looked_at_another_version_changes_nothing(casebook: Casebook) -> None:
    made = granted(casebook)
    revoke_permit(casebook, made.id, text="x", actor=BO, now=NOW, expected_version=made.version)
    with pytest.raises(ConflictError):
        revoke_permit(
            casebook, made.id, text="x", actor=CY, now=NOW, void=True,
            expected_version=made.version,
        )  # fmt: skip


def test_what_is_written_is_sealed_and_read_only_with_the_right(casebook: Casebook) -> None:
    made = asked(casebook)
    _, masked = show_permit(casebook, made.id, actor=Actor("vi", Role.VIEWER), now=NOW)
    assert [one.text for one in masked] == [None]
    with pytest.raises(NotAllowedError, match="unmask"):
        show_permit(casebook, made.id, actor=Actor("vi", Role.VIEWER), now=NOW, unmask=True)
    _, clear = show_permit(casebook, made.id, actor=ANA, now=NOW, unmask=True)
    assert [one.text for one in clear] == ["We grade our own answers with yours."]
    assert kinds(casebook)[-1] == "permit-read"
    with casebook.reading() as connection:
        log = b"".join(casebook.audit(connection).lines())
    assert b"grade our own" not in log
    assert b"acct-1" not in log
    with casebook.changing(ANA, NOW) as change:
        casebook.vault.shred(change.connection, made.subject, change.now_us)
    seen, gone = show_permit(casebook, made.id, actor=ANA, now=NOW, unmask=True)
    assert (seen.holder, [one.text for one in gone]) == (None, [None])
    assert permits_table(casebook, actor=ANA, now=NOW).is_empty()


def test_a_refusal_and_a_revocation_want_a_reason(casebook: Casebook) -> None:
    made = asked(casebook)
    with pytest.raises(NotAllowedError, match="without a reason"):
        refuse_permit(casebook, made.id, text=" ", actor=BO, now=NOW)
    assert refuse_permit(casebook, made.id, text="vague", actor=BO, now=NOW).said(NOW) == "refused"
    held = granted(casebook)
    with pytest.raises(NotAllowedError, match="without a reason"):
        revoke_permit(casebook, held.id, text="", actor=BO, now=NOW)
    gone = revoke_permit(casebook, held.id, text="ended", actor=BO, now=NOW)
    assert (gone.said(NOW), gone.holds(NOW - DAY), gone.holds(NOW)) == ("revoked", True, False)


def test_an_extension_holds_once_another_grants_it(casebook: Casebook) -> None:
    held = granted(casebook)
    longer = NOW + 90 * DAY
    wanted = extend_permit(
        casebook, held.id, altered=lambda one: replace(one, valid_until=longer), text="more",
        actor=BO, now=NOW,
    )  # fmt: skip
    assert wanted.terms.valid_until == TERMS.valid_until
    with pytest.raises(NotAllowedError, match="four eyes"):
        grant_permit(casebook, held.id, four_eyes=True, text="", actor=BO, now=NOW)
    new = grant_permit(casebook, held.id, four_eyes=True, text="", actor=CY, now=NOW)
    assert (new.terms.valid_until, new.asked) == (longer, None)
    assert kinds(casebook)[-2:] == ["permit-extension-requested", "permit-extended"]


def test_a_refused_extension_leaves_the_permit_as_it_was(casebook: Casebook) -> None:
    held = granted(casebook)
    extend_permit(
        casebook, held.id, altered=lambda one: replace(one, max_exchanges=9), text="",
        actor=ANA, now=NOW,
    )  # fmt: skip
    left = refuse_permit(casebook, held.id, text="no", actor=BO, now=NOW)
    assert (left.said(NOW), left.terms) == ("active", TERMS)


def test_terms_make_sense(casebook: Casebook) -> None:
    with pytest.raises(NotAllowedError, match="ends after"):
        asked(casebook, terms=Terms(NOW, NOW))
    with pytest.raises(NotAllowedError, match="for nothing"):
        asked(casebook, terms=Terms(NOW, NOW + DAY, max_tokens=0))


def test_names_are_found_by_their_beginning_alone(casebook: Casebook) -> None:
    made = asked(casebook)
    for name in (made.id, made.id[:13], made.id.removeprefix("permit--")[:6]):
        assert show_permit(casebook, name, actor=ANA, now=NOW)[0].permit == made
    for name in ("permit--", "x", "%", "permit--ffffffffffffffff"):
        with pytest.raises(NotFoundError):
            show_permit(casebook, name, actor=ANA, now=NOW)


def test_days_add_up_and_no_log_counts_twice(casebook: Casebook) -> None:
    granted(casebook)
    first = used(("acct-1", None, "small", -1, 300), ("acct-1", None, "small", 0, 100))
    for _ in range(2):
        check(casebook, first)
    # The last day of a log is whole in the next one.
    check(casebook, used(("acct-1", None, "small", 0, 250), ("acct-1", None, "small", 1, 50)))
    (seen,) = list_permits(casebook, actor=ANA, now=NOW)
    assert (seen.counted.exchanges, seen.counted.tokens) == (600, 6000)
    assert seen.used == 0.6
    assert not seen.growth


def test_an_outgrown_permit_says_so_once_and_not_every_night(casebook: Casebook) -> None:
    held = granted(casebook)
    (new,) = check(casebook, used(("acct-1", None, "small-2026-01-01", 0, 50_000))).new
    assert new[0] == held.id
    assert new[1].kind is Growth.EXCHANGES
    assert "50,000 exchanges were used, 50.0 times the 1,000 agreed" in new[1].statement
    for night in range(1, 4):
        later = check(casebook, used(("acct-1", None, "small", night, 10)), now=NOW + night * DAY)
        assert (later.new, later.known) == ((), 1)
    assert kinds(casebook).count("permit-outgrown") == 1
    (seen,) = list_permits(casebook, actor=ANA, now=NOW)
    assert "50,030" in seen.growth[0].statement
    # Under larger terms it is no longer so; if it outgrows these, that is told anew.
    extend_permit(
        casebook, held.id, altered=lambda one: replace(one, max_exchanges=60_000), text="",
        actor=ANA, now=NOW,
    )  # fmt: skip
    grant_permit(casebook, held.id, four_eyes=True, text="", actor=BO, now=NOW)
    assert check(casebook).new == ()
    assert len(check(casebook, used(("acct-1", None, "small", 5, 20_000))).new) == 1
    assert kinds(casebook).count("permit-outgrown") == 2


def test_models_time_and_strangers_outgrow_a_permit(casebook: Casebook, tmp_path: Path) -> None:
    granted(casebook, terms=replace(TERMS, valid_until=NOW + DAY, max_exchanges=None))
    rows = [("acct-1", "org", "small", day, 100) for day in (-1, 0, 1, 2, 3, 4)]
    rows += [("acct-1", "org", "large", 0, 200), ("acct-2", "org", "small", 3, 500)]
    folder = scan(tmp_path / "scan", "acct-1", "acct-2", "x", methods=(Method.COT_EXFILTRATION,))
    found = {one.kind: one for _, one in check(casebook, used(*rows), folder=folder).new}
    assert set(found) == {Growth.MODELS, Growth.TIME, Growth.ACCOUNTS, Growth.METHODS}
    assert "200 of 500 exchanges" in found[Growth.MODELS].statement
    assert "300 exchanges were made after its end, 100 a day" in found[Growth.TIME].statement
    assert "2 accounts" in found[Growth.ACCOUNTS].statement
    assert "1 of them are of the same organization" in found[Growth.ACCOUNTS].statement
    assert "cot-exfiltration" in found[Growth.METHODS].statement
    assert "evaluation" in found[Growth.METHODS].statement
    # A night on which the campaign does not show does not make that undone.
    assert check(casebook).settled == 0


def test_what_fits_outgrows_nothing(casebook: Casebook, tmp_path: Path) -> None:
    granted(casebook, kind="organization", holder="org")
    rows = [(f"acct-{n}", "org", "small", 0, 50) for n in range(10)]
    folder = scan(
        tmp_path / "scan", *(f"acct-{n}" for n in range(10)), methods=(Method.COT_AUTOGRADING,)
    )
    found = check(casebook, used(*rows), folder=folder)
    assert (found.permits, found.rows, found.new) == (1, 10, ())
    (seen,) = list_permits(casebook, actor=ANA, now=NOW)
    assert seen.counted.exchanges == 500


def test_an_end_is_told_once(casebook: Casebook) -> None:
    held = granted(casebook)
    then = TERMS.valid_until + DAY
    assert check(casebook, now=then).expired == (held.id,)
    assert check(casebook, now=then + DAY).expired == ()
    assert kinds(casebook).count("permit-expired") == 1


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_what_is_exported_is_what_a_scan_reads(
    casebook: Casebook, tmp_path: Path, ending: str
) -> None:
    granted(casebook)
    granted(casebook, holder="org", kind="organization")
    asked(casebook, holder="nobody")
    over = granted(casebook, holder="acct-2")
    revoke_permit(casebook, over.id, text="x", actor=BO, now=NOW)
    void = granted(casebook, holder="acct-3")
    revoke_permit(casebook, void.id, text="x", actor=BO, now=NOW, void=True)
    out = tmp_path / f"permits.{ending}"
    write_permits(permits_table(casebook, actor=ANA, now=NOW), out)
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,organization_id\nacct-9,org\nacct-8,other\n")
    held = permit_holders(str(out), str(accounts), (NOW,))
    assert held == {"acct-1", "acct-9"}
    assert permit_holders(str(out), str(accounts), (NOW - DAY,)) == {"acct-1", "acct-2", "acct-9"}
    assert kinds(casebook)[-1] == "permits-exported"
