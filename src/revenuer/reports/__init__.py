"""Findings as something a person or a program reads: JSON, HTML, a terminal table."""
