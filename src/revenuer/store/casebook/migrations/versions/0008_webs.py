"""What ties the members of campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "case_webs",
        sa.Column(
            "campaign_id",
            sa.String(96),
            sa.ForeignKey("case_campaigns.campaign_id"),
            primary_key=True,
        ),
        sa.Column("sighting_id", sa.String(64), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(96), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
