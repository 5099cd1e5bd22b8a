"""Holds, erasures, and where accounts may be named."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "holds",
        sa.Column("hold_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(96), nullable=False, index=True),
        sa.Column("why", sa.LargeBinary, nullable=False),
        sa.Column("placed_by", sa.String(64), nullable=False),
        sa.Column("placed_us", sa.BigInteger, nullable=False),
        sa.Column("released_us", sa.BigInteger, nullable=False),
        sa.Column("released_by", sa.String(64), nullable=False),
        sa.Column("released_why", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.String(64), primary_key=True),
        sa.Column("subject", sa.String(64), nullable=False, index=True),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("why", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("lets_go", sa.Boolean, nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_us", sa.BigInteger, nullable=False),
        sa.Column("agreed_by", sa.String(64), nullable=False),
        sa.Column("finished_us", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "erasure_places",
        sa.Column(
            "erasure_id", sa.String(64), sa.ForeignKey("erasures.erasure_id"), primary_key=True
        ),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("place", sa.String(1024), primary_key=True),
        sa.Column("answer", sa.String(32), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("to_do", sa.Text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "known_places",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("place", sa.String(1024), primary_key=True),
        sa.Column("noted_us", sa.BigInteger, nullable=False),
    )
