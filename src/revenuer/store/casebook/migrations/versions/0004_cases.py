"""Cases, sightings, members, acts, signs, and texts that evidence cites."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _cases()
    _sightings()
    _campaigns()
    _members()
    _acts()
    _texts()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(96), primary_key=True),
        sa.Column("into_case", sa.String(96), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("opened_us", sa.BigInteger, nullable=False),
        sa.Column("since_us", sa.BigInteger, nullable=False),
        sa.Column("waiting_us", sa.BigInteger, nullable=False),
        sa.Column("assigned_to", sa.String(64), nullable=False),
        sa.Column("sighting_id", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("probability", sa.Float, nullable=False),
        sa.Column("accounts", sa.BigInteger, nullable=False),
        sa.Column("exchanges", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("tokens_a_day", sa.Float, nullable=False),
        sa.Column("growth", sa.Float, nullable=False),
        sa.Column("first_seen_us", sa.BigInteger, nullable=False),
        sa.Column("last_seen_us", sa.BigInteger, nullable=False),
        sa.Column("seen_us", sa.BigInteger, nullable=False),
        sa.Column("methods", sa.String(256), nullable=False),
    )
    op.create_index("ix_cases_into_case", "cases", ["into_case"])
    op.create_index("ix_cases_state", "cases", ["state"])
    op.create_table(
        "case_campaigns",
        sa.Column("campaign_id", sa.String(96), primary_key=True),
        sa.Column("case_id", sa.String(96), sa.ForeignKey("cases.case_id"), nullable=False),
    )
    op.create_index("ix_case_campaigns_case_id", "case_campaigns", ["case_id"])


def _sightings() -> None:
    op.create_table(
        "case_sightings",
        sa.Column("sighting_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("from_us", sa.BigInteger, nullable=False),
        sa.Column("added_us", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("exchanges", sa.BigInteger, nullable=False),
        sa.Column("accounts", sa.BigInteger, nullable=False),
        sa.Column("fdr", sa.Float, nullable=False),
        sa.Column("baseline_id", sa.String(128), nullable=False),
        sa.Column("config_sha256", sa.String(128), nullable=False),
    )
    op.create_table(
        "case_mergers",
        sa.Column("sighting_id", sa.String(64), primary_key=True),
        sa.Column("ended_id", sa.String(96), primary_key=True),
        sa.Column("campaign_id", sa.String(96), nullable=False),
    )


def _campaigns() -> None:
    op.create_table(
        "campaign_sightings",
        sa.Column(
            "sighting_id",
            sa.String(64),
            sa.ForeignKey("case_sightings.sighting_id"),
            primary_key=True,
        ),
        sa.Column(
            "campaign_id",
            sa.String(96),
            sa.ForeignKey("case_campaigns.campaign_id"),
            primary_key=True,
        ),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("probability", sa.Float, nullable=False),
        sa.Column("log_e_value", sa.Float, nullable=False),
        sa.Column("coordination", sa.Float, nullable=False),
        sa.Column("extraction", sa.Float, nullable=False),
        sa.Column("concealment", sa.Float, nullable=False),
        sa.Column("accounts", sa.BigInteger, nullable=False),
        sa.Column("innocents_nearby", sa.BigInteger, nullable=False),
        sa.Column("exchanges", sa.BigInteger, nullable=False),
        sa.Column("tasks", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("reasoning_tokens", sa.BigInteger, nullable=False),
        sa.Column("first_seen_us", sa.BigInteger, nullable=False),
        sa.Column("last_seen_us", sa.BigInteger, nullable=False),
        sa.Column("detected_us", sa.BigInteger, nullable=False),
        sa.Column("leaked_exchanges", sa.BigInteger, nullable=False),
        sa.Column("leaked_output_tokens", sa.BigInteger, nullable=False),
        sa.Column("leaked_hours", sa.Float, nullable=False),
        sa.Column("tokens_a_day", sa.Float, nullable=False),
        sa.Column("growth", sa.Float, nullable=False),
        sa.Column("methods", sa.String(256), nullable=False),
        sa.Column("families", sa.Text, nullable=False),
        sa.Column("roster", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(96), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "ix_campaign_sightings_campaign_id_at_us", "campaign_sightings", ["campaign_id", "at_us"]
    )


def _members() -> None:
    op.create_table(
        "case_subjects",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(64), nullable=False, unique=True),
    )
    op.create_table(
        "case_members",
        sa.Column("campaign_id", sa.String(96), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("joined_us", sa.BigInteger, nullable=False),
        sa.Column("sighting_id", sa.String(64), nullable=False),
    )
    op.create_index("ix_case_members_number", "case_members", ["number"])
    op.create_table(
        "case_rosters",
        sa.Column("roster", sa.String(64), primary_key=True),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )


def _acts() -> None:
    op.create_table(
        "case_acts",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.String(96), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_case_acts_case_id", "case_acts", ["case_id"])
    op.create_table(
        "dismissals",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.String(96), nullable=False),
        sa.Column("ground", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("families", sa.Text, nullable=False),
        sa.Column("roster", sa.String(64), nullable=False),
        sa.Column("last_seen_us", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_us", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_dismissals_case_id", "dismissals", ["case_id"])
    op.create_table(
        "case_dockets",
        sa.Column("snapshot", sa.String(1024), primary_key=True),
        sa.Column("witness", sa.String(96), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )


def _texts() -> None:
    op.create_table(
        "case_signs",
        sa.Column("sign_id", sa.String(96), primary_key=True),
        sa.Column("campaign_id", sa.String(96), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("axis", sa.String(16), nullable=False),
        sa.Column("decision_id", sa.String(96), nullable=False),
        sa.Column("first_seen_us", sa.BigInteger, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("told_us", sa.BigInteger, nullable=False),
        sa.Column("sighting_id", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_case_signs_campaign_id", "case_signs", ["campaign_id"])
    op.create_table(
        "case_texts",
        sa.Column("text_id", sa.String(96), primary_key=True),
        sa.Column("case_id", sa.String(96), nullable=False),
        sa.Column("owner", sa.String(96), nullable=False),
        sa.Column("chars", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept_us", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_case_texts_case_id", "case_texts", ["case_id"])
    op.create_index("ix_case_texts_owner", "case_texts", ["owner"])
