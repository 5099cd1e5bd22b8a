"""Logs of ordinary use with campaigns in them, written without a look at `revenuer.worlds`."""
