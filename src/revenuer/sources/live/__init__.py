"""Streams in: where `revenuer watch` takes exchanges from while they happen."""

from revenuer.sources.live.opening import open_live
from revenuer.sources.live.source import LiveSource, Taken

__all__ = ["LiveSource", "Taken", "open_live"]
