"""The casebook's tables, a file a subject; all on one schema, which makes and migrates itself.

schema.py        the metadata that every table is on, and how it is brought up to date
vault.py         texts and names that can be made unreadable by destroying a key
audit_table.py   the audit log as rows
people.py        who works with it, and as what
subjects.py      whom it is about, by keyed fingerprints
holds.py         what is held, what is being erased, and where accounts may be named
migrations/      how each version came from the one before (Alembic)
"""
