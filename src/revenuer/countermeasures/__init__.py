"""What an output may be turned into, so that a student learns less from it.

Every countermeasure carries a card; all are off until a person decides otherwise for an account.
What they are worth is measured in the lab: `docs/countermeasures.md`.
"""
