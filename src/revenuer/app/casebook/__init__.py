"""The casebook: who decided what about which campaign, and how it is undone."""
