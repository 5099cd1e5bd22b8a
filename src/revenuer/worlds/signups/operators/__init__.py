"""Who signs up in bulk: how the accounts of each campaign are made."""
