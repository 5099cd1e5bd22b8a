"""Linking, grouping, judging and explaining: pure, from evidence to campaigns."""
