"""Applications for accounts, their checks, and programmes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "access_steps",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_access_steps_name", "access_steps", ["name"])
    op.create_index("ix_access_steps_subject", "access_steps", ["subject"])
    _applications()
    op.create_table(
        "access_outcomes",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("application", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("check", sa.String(16), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_access_outcomes_application", "access_outcomes", ["application"])
    op.create_index("ix_access_outcomes_subject", "access_outcomes", ["subject"])
    _entitlements()
    op.create_table(
        "access_deliveries",
        sa.Column("message", sa.String(64), primary_key=True),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )


def _applications() -> None:
    op.create_table(
        "access_applications",
        sa.Column("application", sa.String(64), primary_key=True),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("checks", sa.String(128), nullable=False),
        sa.Column("log_evidence", sa.Float, nullable=False),
        sa.Column("assessed_us", sa.BigInteger, nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
        sa.Column("recheck_us", sa.BigInteger, nullable=False),
        sa.Column("decided", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_us", sa.BigInteger, nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_access_applications_subject", "access_applications", ["subject"])
    op.create_index(
        "ix_access_applications_answer_assessed_us",
        "access_applications",
        ["answer", "assessed_us"],
    )
    op.create_index("ix_access_applications_recheck_us", "access_applications", ["recheck_us"])


def _entitlements() -> None:
    op.create_table(
        "access_entitlements",
        sa.Column("application", sa.String(64), primary_key=True),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("programme", sa.String(32), nullable=False),
        sa.Column("asks", sa.String(128), nullable=False),
        sa.Column("asked_us", sa.BigInteger, nullable=False),
        sa.Column("verified_us", sa.BigInteger, nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
        sa.Column("revoked_us", sa.BigInteger, nullable=False),
        sa.Column("misfits", sa.String(512), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_access_entitlements_subject", "access_entitlements", ["subject"])
