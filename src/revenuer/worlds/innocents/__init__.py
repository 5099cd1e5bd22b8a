"""Innocent cohorts: ordinary people, and work that looks like harvesting."""
