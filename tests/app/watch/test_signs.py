"""Early signs in a look: what the engine is asked, what is blind, and a probe phase as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import ibis
import ibis.expr.types as ir
import polars as pl
import pytest

from revenuer.app.opening import Beside, open_with
from revenuer.app.progress import Silent
from revenuer.app.reading import Reading, read_logs
from revenuer.app.watch.signs import NEEDS, asked_again, blind_signs, find_signs
from revenuer.campaigns.early_signs import EVERYBODYS
from revenuer.campaigns.judge import Judgement, judge
from revenuer.records import Findings, Scanned, Sign, SignKind
from revenuer.settings import Settings
from revenuer.sources import Logs
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

START = datetime(2026, 6, 1, tzinfo=UTC)
AT = START + timedelta(days=3)
SPEC = WorldSpec(
    scenarios=("S9",), innocents=("N1", "N6"), accounts=400, exchanges=6_000, days=8, seed=1
)


@dataclass(frozen=True)
class LookedAt:
    """A world, as a look on its third day opens and judges it."""

    logs: Logs
    reading: Reading
    judgement: Judgement
    findings: Findings
    cohort: dict[str, str]

    def signs(self, at: datetime = AT, earlier: tuple[Sign, ...] = ()) -> tuple[Sign, ...]:
        return find_signs(self.logs, self.reading, self.judgement, self.findings, at, earlier)


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookedAt]:
    folder = tmp_path_factory.mktemp("signs")
    world, work = folder / "world", folder / "work"
    simulate(SPEC, world)
    work.mkdir()
    beside = Beside(
        accounts=str(world / "accounts.parquet"), permits=str(world / "permits.parquet")
    )
    settings = Settings()
    with ExitStack() as stack:
        places = [str(world / "exchanges")]
        logs = stack.enter_context(
            open_with(places, workdir=work, progress=Silent(), **beside.as_arguments())
        )
        rows = logs.tables.exchanges
        until = rows.filter(rows.occurred_at < ibis.literal(AT))
        logs.tables = replace(logs.tables, exchanges=until)
        reading = read_logs(logs, settings, Silent())
        judgement = judge(reading.observation.population, settings.judge, seed=0)
        span = reading.span
        scanned = Scanned(
            exchanges=span.exchanges,
            tasks=span.tasks,
            accounts=reading.observation.population.size,
            first=span.first,
            last=span.last,
            fdr=settings.judge.fdr,
            baseline_id="",
            config_sha256="",
            detector_versions={},
            blind=(),
        )
        truth = pl.read_parquet(world / "truth" / "accounts.parquet")
        cohort = dict(truth.select("account_id", "cohort").iter_rows())
        yield LookedAt(logs, reading, judgement, Findings(scanned, ()), cohort)


def test_the_probers_are_found_on_the_third_day_and_nobody_else(looked: LookedAt) -> None:
    (sign,) = looked.signs()
    assert sign.kind is SignKind.PROBE_PHASE
    assert {looked.cohort[account] for account in sign.account_ids} == {"S9"}
    assert sign.first_seen == sign.at == AT
    assert sign.numbers["ways_at_least"] >= 2


def test_the_next_look_tells_the_same_sign_as_old(looked: LookedAt) -> None:
    first = looked.signs()
    later = AT + timedelta(hours=6)
    (again,) = looked.signs(later, first)
    assert (again.id, again.first_seen, again.at) == (first[0].id, AT, later)


def test_no_prompt_is_in_a_sign(looked: LookedAt) -> None:
    (sign,) = looked.signs()
    texts = looked.reading.observation.sample.file.parts(("prompt",))
    lines = {line for part in texts for text in part["prompt"] for line in text.split("\n")}
    assert len(lines) > 1000
    assert not any(line in sign.statement for line in lines if len(line) > 12)


def test_without_prompts_there_is_no_sign_of_probes(looked: LookedAt) -> None:
    tables = looked.logs.tables
    without = frozenset(tables.present - {"exchanges.prompt", "exchanges.prompt_sketch"})
    looked.logs.tables = replace(tables, present=without)
    try:
        assert looked.signs() == ()
    finally:
        looked.logs.tables = tables


def test_what_is_blind_is_said_once_for_each_kind() -> None:
    assert len(blind_signs(frozenset())) == len(EVERYBODYS)
    everything = frozenset(name for names in NEEDS.values() for name in names)
    assert blind_signs(everything) == ()
    assert blind_signs(everything - {"accounts.suspended_at"}) == (
        "return: this log has no accounts.suspended_at",
    )
    standing_in = everything - {"exchanges.prompt"} | {"exchanges.prompt_sketch"}
    assert blind_signs(standing_in) == ()


Row = tuple[str, str | None, int, str | None, str | None]
LONG = "A reference question that is long enough to be told from a greeting, number {}"


def _table(rows: list[Row]) -> ir.Table:
    """Account, prompt, hour, stop reason and outcome of each exchange."""
    frame = pl.DataFrame(
        [
            (f"e{number}", account, prompt, START + timedelta(hours=hour), stop, outcome)
            for number, (account, prompt, hour, stop, outcome) in enumerate(rows)
        ],
        schema={
            "exchange_id": pl.String,
            "account_id": pl.String,
            "prompt": pl.String,
            "occurred_at": pl.Datetime("us", "UTC"),
            "stop_reason": pl.String,
            "outcome": pl.String,
        },
        orient="row",
    )
    return ibis.memtable(frame).mutate(
        prompt_sketch=ibis.null("binary"), sketch_key_id=ibis.null("string")
    )


def _asked(rows: list[Row]) -> pl.DataFrame:
    found = asked_again(_table(rows)).to_polars()
    assert isinstance(found, pl.DataFrame)
    return found


def _on(days: int, prompt: str) -> list[Row]:
    return [("a", prompt, 24 * day, "end_turn", "complete") for day in range(days)]


def test_only_long_prompts_that_come_on_three_days_are_fetched() -> None:
    found = _asked([*_on(3, LONG.format(1)), *_on(2, LONG.format(2)), *_on(9, "ping")])
    assert found["hour"].n_unique() == 3
    assert found["token"].n_unique() == 1
    assert found["asked"].sum() == 3


def test_days_count_over_all_accounts() -> None:
    rows: list[Row] = [
        (f"a{day}", LONG.format(1), 24 * day, "end_turn", "complete") for day in range(3)
    ]
    assert _asked(rows)["account_id"].n_unique() == 3


def test_refusals_are_fetched_whatever_was_asked() -> None:
    found = _asked(
        [
            ("a", "short", 1, "refusal", "complete"),
            ("a", LONG.format(1), 2, None, "guard_throttle"),
            ("a", LONG.format(2), 3, "end_turn", None),
            ("b", None, 4, None, None),
        ]
    ).sort("hour")
    assert found.select("refused", "guarded").rows() == [(1, 0), (1, 1)]
    assert found["exchange_id"].to_list() == ["e0", "e1"]
