"""What a client brings to every request: the marks it is known by across accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from revenuer.features.digests import INSTRUCTION as INSTRUCTION_DIGEST
from revenuer.features.digests import standing_for
from revenuer.features.expressions import joined, known, number_kept, of_key, spelled

PARAMETERS = (
    "temperature",
    "max_output_tokens",
    "n",
    "reasoning_effort",
    "response_format",
    "streamed",
    "logprobs",
)
"""What a request sets beside its messages."""

INSTRUCTION = ("system_prompt", "system_prompt_sketch", "sketch_key_id")
"""What `instruction` reads."""


def software(exchanges: ir.Table) -> ir.StringValue:
    """TLS fingerprint with user agent, NULL where either is unknown."""
    return joined(known(exchanges.tls_fingerprint), known(exchanges.user_agent))


def instruction(exchanges: ir.Table) -> ir.StringValue:
    """A digest of the whole system prompt, or its keyed sketch where no text is kept."""
    text = INSTRUCTION_DIGEST.name(exchanges)
    return ibis.coalesce(text, of_key(exchanges, spelled(exchanges.system_prompt_sketch)))


def request_shape(rows: ir.Table) -> ir.StringValue:
    """The parameters in one text, NULL where none was set."""
    # Thousandths, because engines spell the same fraction differently.
    temperature = (rows.temperature * 1000).round().cast("int64")
    settings = [
        temperature.cast("string"),
        rows.max_output_tokens.cast("string"),
        rows.n.cast("string"),
        known(rows.reasoning_effort),
        known(rows.response_format),
        rows.streamed.cast("int64").cast("string"),
        rows.logprobs.cast("int64").cast("string"),
    ]
    any_set = ibis.or_(*(setting.notnull() for setting in settings))
    whole = joined(*(ibis.coalesce(setting, "-") for setting in settings))
    return any_set.ifelse(whole, ibis.null("string"))


@dataclass(frozen=True, slots=True)
class Habit:
    """What an operator's accounts may have in common in every request.

    Attributes:
        columns: Columns of the exchanges that it is read from.
        name: The habit as a text, NULL where it is unknown.
        kept: Where its key lies in tables that have it: `sources.kept_files` works it out once.
    """

    columns: tuple[str, ...]
    name: Callable[[ir.Table], ir.StringValue]
    kept: str

    def read_from(self, rows: ir.Table) -> tuple[str, ...]:
        """The columns of a table that tell what `columns` do, digests before texts."""
        return tuple(found for name in self.columns for found in standing_for(rows, name))

    def key(self, rows: ir.Table) -> ir.IntegerValue:
        """A number that stands for the columns as they are: cheap to work out and group by."""
        return rows[self.kept] if self.kept in rows.columns else self._plainly(rows).hash()

    def key_to_keep(self, rows: ir.Table) -> ir.IntegerValue:
        """The key as it is kept, NULL where the habit is unknown."""
        return self.given(rows).ifelse(number_kept(self._plainly(rows)), ibis.null("int64"))

    def _plainly(self, rows: ir.Table) -> ir.StringValue:
        parts = [_plain(rows[name]) for name in self.read_from(rows)]
        return joined(*(ibis.coalesce(part, "") for part in parts))

    def given(self, rows: ir.Table) -> ir.BooleanValue:
        """Whether any of the columns has a value: else the habit is unknown."""
        if self.kept in rows.columns:
            return rows[self.kept].notnull()
        return ibis.or_(*(rows[name].notnull() for name in self.read_from(rows)))

    def worn(self, exchanges: ir.Table) -> ir.Table:
        """The habits of each account with each model.

        Returns:
            `account_id`, `model` (empty if unknown), `key`, `habit` and `exchanges`.
        """
        known_key = [self.kept] if self.kept in exchanges.columns else []
        columns = [*self.read_from(exchanges), *known_key]
        rows = exchanges.select("account_id", *columns, model=ibis.coalesce(exchanges.model, ""))
        # What an account sends repeats, so digests are worked out on these few rows.
        rows = rows.group_by("account_id", "model", *columns).aggregate(exchanges=rows.count())
        # A habit has several keys where blanks around a value come and go.
        rows = rows.select(
            "account_id", "model", "exchanges", key=self.key(rows), habit=self.name(rows)
        )
        rows = rows.filter(rows.habit.notnull())
        return rows.group_by("account_id", "model", "key").aggregate(
            habit=rows.habit.max(), exchanges=rows.exchanges.sum()
        )


def _plain(column: ir.Value) -> ir.StringValue:
    return spelled(column) if column.type().is_binary() else column.cast("string")


HABITS = {
    "instructions": Habit(INSTRUCTION, instruction, "instruction_key"),
    "softwares": Habit(("tls_fingerprint", "user_agent"), software, "software_key"),
    "request_shapes": Habit(PARAMETERS, request_shape, "request_shape_key"),
}
"""By the name in `features.shared`; each is looked at alone: a pool may vary one and forget
another."""
