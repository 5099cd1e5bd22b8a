"""Campaigns, one a file, each from a public report."""
