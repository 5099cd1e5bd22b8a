"""Policies of admission, played on streams of sign-ups whose truth is known."""
