"""Files that DuckDB has looked through, in another engine.

Every row is checked by one and the same reader, so that every engine scans the same rows.
Files whose every row is good and once there are read where they lie; of others, and of every
other format, DuckDB writes the good rows down as Parquet first.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.errors import ConfigError
from revenuer.sources.casts import absent
from revenuer.sources.columns import EXCHANGES, TableShape
from revenuer.sources.engine import DuckDBEngine
from revenuer.sources.engines.engine import OWN, OtherEngine
from revenuer.sources.files import Container
from revenuer.sources.parquet import named, quoted
from revenuer.sources.parts import Part
from revenuer.sources.tables import TableLoader


class Form(Enum):
    """How a column lies in a file."""

    AS_IT_IS = "as it is"
    EMPTY_IS_NULL = "an empty text is unknown"
    FINITE = "what is no number is unknown"
    ABSENT = "not there"


def hand_over(
    loader: TableLoader, reader: DuckDBEngine, engine: OtherEngine, workdir: Path
) -> ir.Table:
    """A table that DuckDB has opened, as another engine's.

    Args:
        loader: Has made the table in DuckDB.
        reader: DuckDB.
        engine: Where the table is wanted.
        workdir: Where rows are written that cannot be read where they lie.

    Raises:
        ConfigError: The engine does not see files, and exchanges are too many to send.
    """
    shape = loader.shape
    if not engine.reads_files:
        if shape is EXCHANGES:
            hint = f"Load the log there and name the table, as {OWN}logs.exchanges."
            raise ConfigError("This engine does not see the files of this machine.", hint)
        rows = reader.fetch(reader.table(shape.name, shape.schema)).to_arrow()
        return engine.upload(shape.name, rows.cast(shape.schema))
    lying = _lying(loader)
    if lying is None:
        path = workdir / f"{shape.name}-handed.parquet"
        reader.connection.execute(
            f"COPY {named(shape.name)} TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
        return engine.attach_files(shape.name, [path], shape.schema)
    tables = [
        _in_place(loader, part, forms, engine, number) for number, (part, forms) in enumerate(lying)
    ]
    return tables[0] if len(tables) == 1 else ibis.union(*tables)


def _lying(loader: TableLoader) -> list[tuple[Part, dict[str, Form]]] | None:
    """How each part lies in its files; None if the rows must be written down."""
    mine = [file for file in loader.tally.files if file.table == loader.shape.name]
    # Bad rows of text files were left out when these were staged.
    bad = any(file.quarantined for file in mine if file.container == Container.PARQUET)
    if bad or loader.left_out or not loader.parts:
        return None
    found = []
    for part in loader.parts:
        forms = {name: _form(loader, part, name) for name in loader.shape.types}
        known = {name: form for name, form in forms.items() if form is not None}
        if len(known) < len(forms):
            return None
        found.append((part, known))
    return found


def _form(loader: TableLoader, part: Part, name: str) -> Form | None:
    """How a column lies, read off the SQL that DuckDB reads it with; None for another way."""
    own, value = named(loader.own_name(name)), part.casts[name].value
    if value == absent(loader.shape.types[name]).value:
        return Form.ABSENT
    in_files = pq.read_schema(part.group.paths[0]).names
    if loader.own_name(name) not in in_files:
        return None
    if value == own:
        return Form.AS_IT_IS
    if value == f"NULLIF({own}, '')":
        return Form.EMPTY_IS_NULL
    finite = f"CASE WHEN isfinite({own}) THEN CAST({own} AS DOUBLE) END"
    return Form.FINITE if value == finite else None


def _in_place(
    loader: TableLoader, part: Part, forms: Mapping[str, Form], engine: OtherEngine, number: int
) -> ir.Table:
    shape = loader.shape
    there = {name: loader.own_name(name) for name, form in forms.items() if form != Form.ABSENT}
    schema = pa.schema({own: shape.types[name] for name, own in there.items()}.items())
    paths = [Path(path).resolve() for path in part.group.paths]
    raw = engine.attach_files(f"{shape.name}_{number}", paths, schema)
    return raw.select(
        **{
            name: unknown(shape, name) if form == Form.ABSENT else _read(raw[there[name]], form)
            for name, form in forms.items()
        }
    )


def _read(column: ir.Column, form: Form) -> ir.Value:
    if form == Form.EMPTY_IS_NULL:
        return column.nullif("")
    return finite(column) if form == Form.FINITE else column


def finite(column: ir.Column) -> ir.Value:
    """A number, NULL where it is none."""
    return (column.isnan() | column.isinf()).ifelse(ibis.null("float64"), column)


def unknown(shape: TableShape, name: str) -> ir.Value:
    """NULL of a column's type."""
    return ibis.null(ibis.Schema.from_pyarrow(pa.schema([(name, shape.types[name])]))[name])
