"""What a client brings to every request: the marks it is known by across accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from revenuer.features.expressions import digest, joined, known, of_key, spelled

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


def instruction_text(exchanges: ir.Table) -> ir.StringValue:
    """The whole system prompt, or its keyed sketch where no text is kept."""
    return ibis.coalesce(known(exchanges.system_prompt), _instruction_sketch(exchanges))


def instruction(exchanges: ir.Table) -> ir.StringValue:
    """A digest of the whole system prompt, or its keyed sketch where no text is kept."""
    return ibis.coalesce(digest(known(exchanges.system_prompt)), _instruction_sketch(exchanges))


def _instruction_sketch(exchanges: ir.Table) -> ir.StringValue:
    return of_key(exchanges, spelled(exchanges.system_prompt_sketch))


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
        told: The habit as a text, NULL where it is unknown.
        name: The same for people and for other engines: long texts are digests.
    """

    columns: tuple[str, ...]
    told: Callable[[ir.Table], ir.StringValue]
    name: Callable[[ir.Table], ir.StringValue]

    def key(self, rows: ir.Table) -> ir.IntegerValue:
        """A number that stands for the habit in one engine: cheap to group by."""
        told = self.told(rows)
        return told.notnull().ifelse(told.hash(), ibis.null("int64"))

    def worn(self, exchanges: ir.Table) -> ir.Table:
        """The habits of each account: `account_id`, `key`, `habit` and `exchanges`."""
        rows = exchanges.select("account_id", *self.columns)
        # What an account sends repeats, so digests are worked out on these few rows.
        rows = rows.group_by("account_id", *self.columns).aggregate(exchanges=rows.count())
        rows = rows.select("account_id", "exchanges", key=self.key(rows), habit=self.name(rows))
        rows = rows.filter(rows.habit.notnull())
        return rows.group_by("account_id", "key").aggregate(
            habit=rows.habit.max(), exchanges=rows.exchanges.sum()
        )


HABITS = {
    "instructions": Habit(INSTRUCTION, instruction_text, instruction),
    "softwares": Habit(("tls_fingerprint", "user_agent"), software, software),
    "request_shapes": Habit(PARAMETERS, request_shape, request_shape),
}
"""By the name in `features.shared`; each is looked at alone: a pool may vary one and forget
another."""
