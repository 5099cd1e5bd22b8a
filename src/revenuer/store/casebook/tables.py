"""Every table of the casebook: importing this puts all of them on the schema."""

from __future__ import annotations

from revenuer.store.casebook import (
    appeal_words,
    appeals,
    holds,
    permit_use,
    permits,
    sign_in_means,
    sign_in_steps,
)
from revenuer.store.casebook.api_tokens import api_tokens
from revenuer.store.casebook.application_tables import ALL as APPLICATIONS
from revenuer.store.casebook.audit_table import audit_checkpoint, audit_entries
from revenuer.store.casebook.case_tables import ALL as CASES
from revenuer.store.casebook.idempotency import repeated_requests
from revenuer.store.casebook.people import people
from revenuer.store.casebook.saved_searches import saved_searches
from revenuer.store.casebook.sessions import console_sessions
from revenuer.store.casebook.subjects import subjects
from revenuer.store.casebook.vault import data_keys

ALL = (
    people,
    subjects,
    data_keys,
    audit_entries,
    audit_checkpoint,
    *permits.ALL,
    *permit_use.ALL,
    *appeals.ALL,
    *appeal_words.ALL,
    api_tokens,
    repeated_requests,
    *CASES,
    *holds.ALL,
    *APPLICATIONS,
    saved_searches,
    console_sessions,
    *sign_in_means.ALL,
    *sign_in_steps.ALL,
)
