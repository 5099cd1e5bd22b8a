"""The tables of a TAXII server: collections, who may use them, objects, what became of posts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

TABLES = MetaData()
PART, VERSION = "taxii", 1

collections = Table(
    "taxii_collections",
    TABLES,
    Column("id", String(36), primary_key=True),
    Column("root", String(64), nullable=False),
    Column("alias", String(64)),
    Column("title", String(256), nullable=False),
    Column("description", String(4096), nullable=False),
    Column("up_to", String(16), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # When the newest object was added: the next one is added later, whatever the clock says.
    Column("last_us", BigInteger, nullable=False),
    UniqueConstraint("root", "alias"),
)

access = Table(
    "taxii_access",
    TABLES,
    Column("collection_id", String(36), primary_key=True),
    Column("partner", String(64), primary_key=True),
    Column("can_read", Boolean, nullable=False),
    Column("can_write", Boolean, nullable=False),
)

objects = Table(
    "taxii_objects",
    TABLES,
    Column("collection_id", String(36), primary_key=True),
    # Each object of a collection has a time of its own: a page ends between two of them.
    Column("added_us", BigInteger, primary_key=True),
    Column("id", String(256), nullable=False),
    Column("type", String(250), nullable=False),
    Column("version", String(64), nullable=False),
    Column("version_us", BigInteger, nullable=False),
    Column("is_first", Boolean, nullable=False),
    Column("is_last", Boolean, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("partner", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    # As text: JSON is, and drivers carry it as it stands.
    Column("body", Text, nullable=False),
    UniqueConstraint("collection_id", "id", "version_us"),
    Index("taxii_objects_last", "collection_id", "is_last", "added_us"),
    Index("taxii_objects_type", "collection_id", "type", "added_us"),
)

gravestones = Table(
    "taxii_gravestones",
    TABLES,
    Column("collection_id", String(36), primary_key=True),
    Column("id", String(256), primary_key=True),
    Column("version_us", BigInteger, nullable=False),
)
"""Objects that were revoked and then deleted: they must not come back to life."""

statuses = Table(
    "taxii_statuses",
    TABLES,
    Column("id", String(36), primary_key=True),
    Column("root", String(64), nullable=False),
    Column("partner", String(64), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
