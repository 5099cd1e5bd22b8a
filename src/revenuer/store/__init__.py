"""State that is kept: the audit log, decisions, and what waits to be sent."""
