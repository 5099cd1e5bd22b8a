"""Revenuer finds, proves, stops and shares distillation attacks on language models."""

__version__ = "0.1.0"
