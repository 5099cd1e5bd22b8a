"""Honest cohorts, each of which looks like a farm in some way that a rule would notice."""
