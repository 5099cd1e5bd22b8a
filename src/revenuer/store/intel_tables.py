"""The tables of what peers sent: every version of every object, and what was decided about it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, String, Table

TABLES = MetaData()
PART, VERSION = "intel", 1

objects = Table(
    "intel_objects",
    TABLES,
    Column("id", String(300), primary_key=True),
    Column("modified_us", BigInteger, primary_key=True),
    Column("type", String(250), nullable=False),
    Column("creator", String(64), nullable=False),
    Column("tlp", String(16), nullable=False),
    Column("cluster", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("value", String(1024), nullable=False),
    Column("since_us", BigInteger),
    Column("until_us", BigInteger),
    Column("revoked", Boolean, nullable=False),
    # Names of the warning lists that have the value, one a line.
    Column("warnings", String(4096), nullable=False),
    Column("state", String(16), nullable=False),
    Column("origin", String(1024), nullable=False),
    Column("imported_us", BigInteger, nullable=False),
    Column("decided_us", BigInteger),
    Column("decided_by", String(256), nullable=False),
    Column("why", String(4096), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("intel_objects_cluster", "cluster"),
    Index("intel_objects_state", "state"),
)

names = Table(
    "intel_names",
    TABLES,
    Column("identity", String(64), primary_key=True),
    Column("name", String(80), nullable=False),
)
