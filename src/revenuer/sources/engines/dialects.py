"""Expressions as SQL of each engine, where Ibis' own rules would give other numbers.

DuckDB's answers are the measure: what it rounds, the others round. Each class says what
Ibis does instead, and a test holds every query's answer against DuckDB's.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.bigquery import BigQueryCompiler
from ibis.backends.sql.compilers.clickhouse import ClickHouseCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.compilers.snowflake import SnowflakeCompiler
from ibis.backends.sql.dialects import Databricks as DatabricksDialect

MICROSECONDS = dt.Timestamp(timezone="UTC", scale=6)


class ClickHouse(ClickHouseCompiler):  # type: ignore[misc]
    """ClickHouse's rules.

    Ibis counts distinct values by a sketch there, measures texts in bytes, lowers only ASCII,
    cuts seconds off, rounds halves to even, has no digest, and answers NULL where a pattern
    finds an empty text.
    """

    __slots__ = ()
    SIMPLE_OPS = {  # noqa: RUF012 - Ibis makes methods of them when the class is made
        ops.CountDistinct: "uniqExact",
        ops.StringLength: "lengthUTF8",
        ops.Lowercase: "lowerUTF8",
        ops.Uppercase: "upperUTF8",
    }

    def visit_HexDigest(self, op: ops.HexDigest, *, arg: Any, how: str) -> Any:  # noqa: N802
        """MD5 in small letters."""
        return self.f.anon.lower(self.f.anon.hex(self.f.anon.MD5(arg)))

    def visit_ScalarUDF(self, op: ops.ScalarUDF, **arguments: Any) -> Any:  # noqa: N802
        """Functions that `features` names; `MD5` gives bytes here, and text elsewhere."""
        if op.__func_name__ == "MD5":
            return self.visit_HexDigest(None, arg=next(iter(arguments.values())), how="md5")
        return super().visit_ScalarUDF(op, **arguments)

    def visit_Literal(self, op: Any, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802
        """A value; the NULL of a list, which ClickHouse does not have, is an empty one."""
        if value is None and dtype.is_array():
            return self.cast(self.f.array(), dtype)
        return super().visit_Literal(op, value=value, dtype=dtype)

    def visit_ExtractEpochSeconds(self, op: ops.ExtractEpochSeconds, *, arg: Any) -> Any:  # noqa: N802
        """Seconds with their fraction."""
        micros = self.f.anon.toUnixTimestamp64Micro(self.cast(arg, MICROSECONDS))
        return micros / sge.Literal.number("1000000.0")

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: dt.DataType) -> Any:  # noqa: N802
        """Whole seconds are rounded, not cut off."""
        if isinstance(op.arg, ops.ExtractEpochSeconds) and to.is_integer():
            arg = self.f.anon.round(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Round(self, op: ops.Round, *, arg: Any, digits: Any) -> Any:  # noqa: N802
        """Halves go away from zero."""
        if getattr(op.digits, "value", 0) != 0:
            return super().visit_Round(op, arg=arg, digits=digits)
        half = self.f.anon.sign(arg) * sge.Literal.number("0.5")
        return self.cast(self.f.anon.trunc(arg + half), op.dtype)

    def visit_RegexExtract(  # noqa: N802
        self, op: ops.RegexExtract, *, arg: Any, pattern: Any, index: Any
    ) -> Any:
        """A group of the first match, empty where there is none."""
        whole = self.f.concat("(", pattern, ")")
        groups = self.f.anon.extractGroups(self.f.coalesce(arg, ""), whole)
        return self.if_(arg.is_(sge.null()), sge.null(), groups[0 if index is None else index])


class Spark(PySparkCompiler):  # type: ignore[misc]
    """Spark's rules.

    Ibis counts NULL instead of 0 where a condition is always NULL, cuts seconds off, hashes
    to thirty-two bits, and asks for an option that only a connection brings.
    """

    __slots__ = ()
    SIMPLE_OPS = {ops.Hash: "xxhash64"}  # noqa: RUF012 - as above

    def visit_CountStar(self, op: ops.CountStar, *, arg: Any, where: Any) -> Any:  # noqa: N802
        """Rows, or those of them for which a condition holds."""
        return self.f.count(sge.Star()) if where is None else self.f.anon.count_if(where)

    def visit_ExtractEpochSeconds(self, op: ops.ExtractEpochSeconds, *, arg: Any) -> Any:  # noqa: N802
        """Seconds with their fraction."""
        return self.f.anon.unix_micros(arg) / sge.Literal.number("1000000.0D")

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: dt.DataType) -> Any:  # noqa: N802
        """Whole seconds are rounded, not cut off."""
        if isinstance(op.arg, ops.ExtractEpochSeconds) and to.is_integer():
            arg = self.f.anon.rint(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Field(self, op: ops.Field, *, rel: Any, name: str) -> Any:  # noqa: N802
        """A column as it is."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802
        """A number as it is."""
        if dtype.is_floating():
            return None
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)


class Databricks(Spark):
    """Databricks' rules, which are Spark's; compiled in a test, never run."""

    __slots__ = ()
    dialect = DatabricksDialect


class BigQuery(BigQueryCompiler):  # type: ignore[misc]
    """BigQuery's rules; compiled in a test, never run."""

    __slots__ = ()

    def visit_ScalarUDF(self, op: ops.ScalarUDF, **arguments: Any) -> Any:  # noqa: N802
        """Functions that `features` names: here they give and take bytes."""
        value = next(iter(arguments.values()))
        if op.__func_name__ == "MD5":
            return self.f.anon.TO_HEX(self.f.anon.MD5(value))
        return self.f.anon.UPPER(self.f.anon.TO_HEX(self.cast(value, dt.binary)))

    def visit_HexDigest(self, op: ops.HexDigest, *, arg: Any, how: str) -> Any:  # noqa: N802
        """MD5 in small letters."""
        return self.f.anon.TO_HEX(self.f.anon.MD5(arg))


class Snowflake(SnowflakeCompiler):  # type: ignore[misc]
    """Snowflake's rules; compiled in a test, never run."""

    __slots__ = ()

    def visit_ScalarUDF(self, op: ops.ScalarUDF, **arguments: Any) -> Any:  # noqa: N802
        """Functions that `features` names, by their names here."""
        names = {"MD5": "MD5_HEX", "hex": "HEX_ENCODE"}
        return self.f.anon[names[op.__func_name__]](*arguments.values())

    def visit_HexDigest(self, op: ops.HexDigest, *, arg: Any, how: str) -> Any:  # noqa: N802
        """MD5 in small letters."""
        return self.f.anon.MD5_HEX(arg)


COMPILERS: dict[str, SQLGlotCompiler] = {
    "bigquery": BigQuery(),
    "clickhouse": ClickHouse(),
    "databricks": Databricks(),
    "snowflake": Snowflake(),
    "spark": Spark(),
}


def to_sql(expr: ir.Table, dialect: str) -> str:
    """The SQL of an expression.

    Args:
        expr: Over tables that the engine knows by their names.
        dialect: A key of `COMPILERS`.
    """
    compiler = COMPILERS[dialect]
    return str(compiler.to_sqlglot(expr).sql(dialect=compiler.dialect))
