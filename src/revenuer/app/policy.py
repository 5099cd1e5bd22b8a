"""What of each exchange may be looked at: its text, its sketch, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import polars as pl

from revenuer.features.client_habits import HABITS
from revenuer.features.digests import DIGESTS
from revenuer.features.tables import LogTables
from revenuer.settings import DataPolicy
from revenuer.sources import Engine

EVERYBODY = "*"
"""In the setting, every organization."""

TEXTS = ("prompt", "system_prompt", "response")
SKETCHES = ("prompt_sketch", "system_prompt_sketch")
STRICTNESS = {policy: place for place, policy in enumerate(DataPolicy)}
FULL, SKETCH, METADATA = (STRICTNESS[policy] for policy in DataPolicy)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a scan looks at.

    Attributes:
        tables: The tables without what may not be looked at; an exchange has a text or a
            sketch, never both.
        texts: Exchanges whose prompts may be read; not counted where nothing is hidden and
            there are no sketches.
        sketches: Exchanges whose prompts are read from sketches.
        keys: Names of the keys that those sketches were made with, sorted.
        notes: What that means for the scan, a sentence each.
    """

    tables: LogTables
    texts: int
    sketches: int
    keys: tuple[str, ...]
    notes: tuple[str, ...]


def within_policy(
    tables: LogTables,
    engine: Engine,
    policies: Mapping[str, DataPolicy],
    *,
    content_free: bool = False,
) -> Sight:
    """Take out of the tables what may not be looked at.

    The strictest holds of what the row says, what the settings say of its organization (by
    the row, or by the accounts table), and what was asked for the whole scan. A policy that
    is none of the three is taken for `metadata`.

    Args:
        tables: The log.
        engine: Runs the queries.
        policies: By organization; `*` is every one.
        content_free: Look at no text.
    """
    rows = with_strictness(tables, engine, policies, SKETCH if content_free else FULL)
    levels = engine.fetch(rows.select("_strictness").distinct())["_strictness"].to_list()
    if levels == [FULL] and "exchanges.prompt_sketch" not in tables.present:
        # The plain case: nothing to hide, and no need to count texts.
        return Sight(tables, 0, 0, (), ())
    seen = _look(rows, engine, tables.present)
    exchanges = _blanked(rows, seen)
    left = {f"exchanges.{name}" for name in (*TEXTS, *SKETCHES) if not seen.kept(name)}
    present = tables.present - left
    return Sight(
        replace(tables, exchanges=exchanges, present=present),
        seen.texts,
        seen.sketches if seen.mixed else 0,
        seen.keys if seen.mixed else (),
        tuple(_notes(seen)),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What there is to see, by how strict the rows are.

    Attributes:
        levels: How strict rows are, as far as any are so.
        filled: For each column of text or sketch, whether a row that may show it has it.
        texts: Prompts whose text is read: where sketches are needed, those without one.
        sketches: Prompts that are read from sketches; 0 where every one can be read as text.
        keys: Names of keys.
    """

    levels: frozenset[int]
    filled: Mapping[str, bool]
    texts: int
    sketches: int
    keys: tuple[str, ...]

    @property
    def mixed(self) -> bool:
        """Whether sketches are needed: some prompts have nothing else."""
        return self.sketches > 0

    def kept(self, column: str) -> bool:
        """Whether there is anything in a column once the rest is taken out."""
        return self.filled[column] and (column in TEXTS or self.mixed)


def with_strictness(
    tables: LogTables, engine: Engine, policies: Mapping[str, DataPolicy], least: int = FULL
) -> ir.Table:
    """The exchanges with `_strictness`: 0 is full, 1 sketch, 2 metadata."""
    least = max(least, STRICTNESS[policies.get(EVERYBODY, DataPolicy.FULL)])
    rows = tables.exchanges
    stricter = _stricter(policies, least)
    said = "exchanges.data_policy" in tables.present
    if not stricter:
        return rows.mutate(_strictness=_told_by_row(rows, least, stricter, said=said))
    accounts = engine.upload("account_policies", _by_account(tables, engine, stricter))
    rows = rows.left_join(accounts, "account_id").drop("account_id_right")
    level = _told_by_row(rows, least, stricter, said=said)
    of_account = ibis.coalesce(rows.account_strictness, FULL)
    return rows.mutate(_strictness=ibis.greatest(level, of_account.cast("int64"))).drop(
        "account_strictness"
    )


def without_hidden(
    rows: ir.Table, policies: Mapping[str, DataPolicy], *, content_free: bool
) -> ir.Table:
    """Exchanges without the texts and sketches that no scan with these settings may look at.

    As far as a row tells by itself: what the accounts table says of its organization is for
    `within_policy`.

    Args:
        rows: Exchanges.
        policies: By organization; `*` is every one.
        content_free: Look at no text.
    """
    least = STRICTNESS[policies.get(EVERYBODY, DataPolicy.FULL)]
    least = max(least, SKETCH if content_free else FULL)
    level = _told_by_row(rows, least, _stricter(policies, least), said=True)
    shown = {name: (level <= FULL).ifelse(rows[name], ibis.null("string")) for name in TEXTS}
    shown |= {name: (level <= SKETCH).ifelse(rows[name], ibis.null("binary")) for name in SKETCHES}
    return rows.mutate(**shown)


def _stricter(policies: Mapping[str, DataPolicy], least: int) -> dict[str, int]:
    """The organizations whose policy is stricter than everybody's."""
    return {
        name: STRICTNESS[policy]
        for name, policy in policies.items()
        if name != EVERYBODY and STRICTNESS[policy] > least
    }


def _told_by_row(
    rows: ir.Table, least: int, stricter: Mapping[str, int], *, said: bool
) -> ir.IntegerValue:
    """How strict each row is by its own `organization_id`, and `data_policy` if any is `said`."""
    level: ir.IntegerValue = ibis.literal(least, "int64")
    if said:
        policy = rows.data_policy.strip().lower()
        own = ibis.cases(
            (policy.isnull() | (policy == ""), FULL),
            *((policy == str(name), place) for name, place in STRICTNESS.items()),
            else_=METADATA,
        )
        level = ibis.greatest(level, own.cast("int64"))
    if stricter:
        own = ibis.cases(
            *((rows.organization_id == name, place) for name, place in stricter.items()), else_=FULL
        )
        level = ibis.greatest(level, own.cast("int64"))
    return level


def _by_account(tables: LogTables, engine: Engine, stricter: Mapping[str, int]) -> pl.DataFrame:
    """How strict the accounts of some organizations are: `account_id`, `account_strictness`."""
    accounts = tables.accounts
    found = engine.fetch(
        accounts.filter(accounts.organization_id.isin(list(stricter))).select(
            "account_id", "organization_id"
        )
    )
    return found.select(
        "account_id",
        account_strictness=pl.col("organization_id").replace_strict(
            stricter, return_dtype=pl.Int64
        ),
    )


def _look(rows: ir.Table, engine: Engine, present: frozenset[str]) -> _Seen:
    """Ask once what there is, by how strict the rows are."""
    asked = [name for name in (*TEXTS, *SKETCHES) if f"exchanges.{name}" in present]
    bare = rows.prompt.isnull() | (rows._strictness > FULL)
    table = engine.fetch(
        rows.group_by("_strictness").aggregate(
            **{name: rows[name].count() for name in asked},
            unread=(bare & rows.prompt_sketch.notnull()).cast("int64").sum(),
            both=(~bare & rows.prompt_sketch.notnull()).cast("int64").sum(),
        )
    )
    by_level = {row["_strictness"]: row for row in table.to_dicts()}

    def visible(name: str, strictest: int) -> int:
        return sum(int(row.get(name) or 0) for at, row in by_level.items() if at <= strictest)

    filled = {name: visible(name, FULL) > 0 for name in TEXTS}
    filled |= {name: visible(name, SKETCH) > 0 for name in SKETCHES}
    texts, sketches = visible("prompt", FULL), visible("unread", SKETCH)
    if sketches:
        both = visible("both", FULL)
        texts, sketches = texts - both, sketches + both
    keys: tuple[str, ...] = ()
    if sketches:
        made = rows.filter((rows._strictness <= SKETCH) & rows.prompt_sketch.notnull())
        names = engine.fetch(made.select("sketch_key_id").distinct())["sketch_key_id"]
        keys = tuple(sorted(name or "" for name in names.to_list()))
    return _Seen(frozenset(by_level), filled, texts, sketches, keys)


def _blanked(rows: ir.Table, seen: _Seen) -> ir.Table:
    """The rows without what may not be looked at, and without digests of it; else as they were."""
    blank: dict[str, ir.Value] = {}
    for name in TEXTS:
        columns = [name, *(one.column for one in DIGESTS if one.text == name)]
        columns = [column for column in columns if column in rows.columns]
        if not seen.filled[name]:
            blank |= dict.fromkeys(columns, ibis.null("string"))
            continue
        hidden = rows._strictness > FULL
        if seen.mixed and name != "response":
            # Where there is a sketch it is read, so that it meets the other sketches.
            hidden |= rows[f"{name}_sketch"].notnull() & (rows._strictness <= SKETCH)
        if seen.mixed or seen.levels != {FULL}:
            blank |= {one: hidden.ifelse(ibis.null("string"), rows[one]) for one in columns}
    for name in SKETCHES:
        if not seen.kept(name):
            blank[name] = ibis.null("binary")
        elif METADATA in seen.levels:
            blank[name] = (rows._strictness > SKETCH).ifelse(ibis.null("binary"), rows[name])
    # A key that was kept stands for what the columns said before.
    stale = [one.kept for one in HABITS.values() if blank.keys() & set(one.columns)]
    stale = [name for name in stale if name in rows.columns]
    return rows.mutate(**blank).drop("_strictness", *stale)


def _notes(seen: _Seen) -> list[str]:
    """What a person must know before reading the findings."""
    notes = []
    if seen.mixed and seen.texts:
        notes.append(
            f"data-policy: {seen.texts:,} prompts are read as text and {seen.sketches:,} from "
            "sketches; the two do not compare without --sketch-key"
        )
    elif seen.mixed:
        notes.append(f"data-policy: {seen.sketches:,} prompts are read from sketches, none as text")
    if len(seen.keys) > 1:
        named = ", ".join(key or "(no id)" for key in seen.keys)
        notes.append(
            f"data-policy: the sketches were made with {len(seen.keys)} keys ({named}), and those "
            "of one key do not compare with those of another"
        )
    return notes
