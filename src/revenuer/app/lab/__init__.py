"""Distil one's own models, and show what came of it.

torch is imported only once a model is loaded, so that mistakes in a config are told at once.
"""
