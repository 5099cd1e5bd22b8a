"""Streams of sign-ups in which the truth is known: farms among honest people of every kind."""

from revenuer.worlds.signups.generate import SignupWorld, cast_signups, walk
from revenuer.worlds.signups.spec import HONEST_IDS, OPERATOR_IDS, SignupSpec

__all__ = ["HONEST_IDS", "OPERATOR_IDS", "SignupSpec", "SignupWorld", "cast_signups", "walk"]
