"""The tables of cases.

| table | a row is |
|---|---|
| `cases` | a case, where it stands, and the newest that is known of it |
| `case_campaigns` | a campaign's id and the case that it belongs to |
| `case_sightings` | a folder of a scan or a watch that was added |
| `campaign_sightings` | a campaign as one sighting has it |
| `case_mergers` | a campaign that ended in another, as one sighting has it |
| `case_subjects` | a subject's number, by which the others name it |
| `case_members` | an account of a campaign, and the sighting with which it joined |
| `case_rosters` | all members at one time, kept once however often they were seen |
| `case_acts` | what a person, or the casebook itself, did with a case |
| `dismissals` | what a dismissal covers |
| `case_signs` | an early sign, or a reaction to a decision |
| `case_dockets` | how far the audit log of a docket had got, as it was last anchored |
| `case_texts` | an exchange that evidence cites, sealed |
| `case_webs` | what ties the members of a campaign, as its newest sighting has it, sealed |

Columns named `sealed` hold what only the vault reads; the column `owner` beside says whose key.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.subjects import SUBJECT_CHARS

ID, SHA = String(96), String(64)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _real(name: str) -> Column[float]:
    return Column(name, Float, nullable=False)


cases = Table(
    "cases",
    METADATA,
    Column("case_id", ID, primary_key=True),
    # The case that it went into; empty for itself.
    Column("into_case", ID, nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    _number("opened_us"),
    _number("since_us"),
    _number("waiting_us"),
    Column("assigned_to", String(64), nullable=False),
    # Of its newest sighting; see `case_heads`.
    Column("sighting_id", SHA, nullable=False),
    Column("verdict", String(16), nullable=False),
    _real("probability"),
    _number("accounts"),
    _number("exchanges"),
    _number("output_tokens"),
    _real("tokens_a_day"),
    _real("growth"),
    _number("first_seen_us"),
    _number("last_seen_us"),
    _number("seen_us"),
    Column("methods", String(256), nullable=False),
)
case_campaigns = Table(
    "case_campaigns",
    METADATA,
    Column("campaign_id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.case_id"), nullable=False, index=True),
)
case_sightings = Table(
    "case_sightings",
    METADATA,
    Column("sighting_id", SHA, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("folder", Text, nullable=False),
    _number("at_us"),
    _number("from_us"),
    _number("added_us"),
    Column("added_by", String(64), nullable=False),
    _number("exchanges"),
    _number("accounts"),
    _real("fdr"),
    Column("baseline_id", String(128), nullable=False),
    Column("config_sha256", String(128), nullable=False),
)
campaign_sightings = Table(
    "campaign_sightings",
    METADATA,
    Column("sighting_id", SHA, ForeignKey("case_sightings.sighting_id"), primary_key=True),
    Column("campaign_id", ID, ForeignKey("case_campaigns.campaign_id"), primary_key=True),
    _number("at_us"),
    Column("verdict", String(16), nullable=False),
    _real("probability"),
    _real("log_e_value"),
    _real("coordination"),
    _real("extraction"),
    _real("concealment"),
    _number("accounts"),
    _number("innocents_nearby"),
    _number("exchanges"),
    _number("tasks"),
    _number("output_tokens"),
    _number("reasoning_tokens"),
    _number("first_seen_us"),
    _number("last_seen_us"),
    _number("detected_us"),
    _number("leaked_exchanges"),
    _number("leaked_output_tokens"),
    _real("leaked_hours"),
    _real("tokens_a_day"),
    _real("growth"),
    Column("methods", String(256), nullable=False),
    Column("families", Text, nullable=False),
    Column("roster", SHA, nullable=False),
    Column("owner", ID, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "campaign_id", "at_us"),
)
case_mergers = Table(
    "case_mergers",
    METADATA,
    Column("sighting_id", SHA, primary_key=True),
    Column("ended_id", ID, primary_key=True),
    Column("campaign_id", ID, nullable=False),
)
case_subjects = Table(
    "case_subjects",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", String(SUBJECT_CHARS), nullable=False, unique=True),
)
case_members = Table(
    "case_members",
    METADATA,
    Column("campaign_id", ID, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False, index=True),
    _number("joined_us"),
    Column("sighting_id", SHA, nullable=False),
)
case_rosters = Table(
    "case_rosters",
    METADATA,
    Column("roster", SHA, primary_key=True),
    Column("packed", LargeBinary, nullable=False),
)
case_acts = Table(
    "case_acts",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", ID, nullable=False, index=True),
    _number("at_us"),
    Column("by", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    # Nothing personal, as JSON.
    Column("body", Text, nullable=False),
    # Words of a person; empty for none.
    Column("sealed", LargeBinary, nullable=False),
)
dismissals = Table(
    "dismissals",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", ID, nullable=False, index=True),
    Column("ground", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("families", Text, nullable=False),
    Column("roster", SHA, nullable=False),
    _number("last_seen_us"),
    _number("withdrawn_us"),
)
case_signs = Table(
    "case_signs",
    METADATA,
    Column("sign_id", ID, primary_key=True),
    Column("campaign_id", ID, nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("axis", String(16), nullable=False),
    Column("decision_id", ID, nullable=False),
    _number("first_seen_us"),
    _number("at_us"),
    # Of the sighting that said it last.
    _number("told_us"),
    Column("sighting_id", SHA, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
case_dockets = Table(
    "case_dockets",
    METADATA,
    Column("snapshot", String(1024), primary_key=True),
    Column("witness", String(96), nullable=False),
    _number("at_us"),
)
case_texts = Table(
    "case_texts",
    METADATA,
    Column("text_id", ID, primary_key=True),
    Column("case_id", ID, nullable=False, index=True),
    Column("owner", ID, nullable=False, index=True),
    _number("chars"),
    # Of the text, with a key: equal ones can be told, guesses not tried.
    Column("digest", SHA, nullable=False),
    _number("kept_us"),
    Column("sealed", LargeBinary, nullable=False),
)
case_webs = Table(
    "case_webs",
    METADATA,
    Column("campaign_id", ID, ForeignKey("case_campaigns.campaign_id"), primary_key=True),
    Column("sighting_id", SHA, nullable=False),
    _number("at_us"),
    Column("owner", ID, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
ALL = (
    cases,
    case_campaigns,
    case_sightings,
    campaign_sightings,
    case_mergers,
    case_subjects,
    case_members,
    case_rosters,
    case_acts,
    dismissals,
    case_signs,
    case_dockets,
    case_texts,
    case_webs,
)
