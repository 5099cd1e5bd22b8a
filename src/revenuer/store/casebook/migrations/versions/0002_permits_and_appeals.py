"""Permits and appeals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _permits()
    _appeals()


def _permits() -> None:
    op.create_table(
        "permits",
        sa.Column("permit_id", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("valid_from_us", sa.BigInteger, nullable=False),
        sa.Column("valid_until_us", sa.BigInteger, nullable=False),
        sa.Column("max_exchanges", sa.BigInteger, nullable=True),
        sa.Column("max_tokens", sa.BigInteger, nullable=True),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("requested_us", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_us", sa.BigInteger, nullable=False),
        sa.Column("revoked_by", sa.String(64), nullable=False),
        sa.Column("revoked_us", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("expiry_told_us", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_permits_subject", "permits", ["subject"])
    op.create_table(
        "permit_texts",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("permit_id", sa.String(64), sa.ForeignKey("permits.permit_id"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_permit_texts_permit_id", "permit_texts", ["permit_id"])
    op.create_table(
        "permit_use",
        sa.Column("permit_id", sa.String(64), sa.ForeignKey("permits.permit_id"), primary_key=True),
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("model", sa.String(256), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("exchanges", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "permit_growth",
        sa.Column("permit_id", sa.String(64), sa.ForeignKey("permits.permit_id"), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("campaign", sa.String(96), nullable=False),
        sa.Column("first_us", sa.BigInteger, nullable=False),
        sa.Column("last_us", sa.BigInteger, nullable=False),
        sa.Column("settled_us", sa.BigInteger, nullable=False),
    )


def _appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("appeal_id", sa.String(64), primary_key=True),
        sa.Column("against", sa.String(16), nullable=False),
        sa.Column("target", sa.String(96), nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.Column("campaign", sa.String(96), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("programme", sa.String(64), nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("opened_us", sa.BigInteger, nullable=False),
        sa.Column("assigned_to", sa.String(64), nullable=False),
        sa.Column("assigned_us", sa.BigInteger, nullable=False),
        sa.Column("answered_us", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_us", sa.BigInteger, nullable=False),
        sa.Column("late_told_us", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_appeals_target", "appeals", ["target"])
    op.create_table(
        "appeal_subjects",
        sa.Column("appeal_id", sa.String(64), sa.ForeignKey("appeals.appeal_id"), primary_key=True),
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("lifted", sa.Integer, nullable=False),
        sa.Column("innocent_until_us", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_appeal_subjects_subject", "appeal_subjects", ["subject"])
    op.create_table(
        "appeal_messages",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("appeal_id", sa.String(64), sa.ForeignKey("appeals.appeal_id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_appeal_messages_appeal_id", "appeal_messages", ["appeal_id"])
    op.create_table(
        "appeal_looks",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("appeal_id", sa.String(64), sa.ForeignKey("appeals.appeal_id"), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("view", sa.String(16), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    op.create_index("ix_appeal_looks_appeal_id", "appeal_looks", ["appeal_id"])
