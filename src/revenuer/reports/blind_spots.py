"""What no scan of request logs can see, whatever columns the log has."""

from __future__ import annotations

ALWAYS_BLIND = (
    (
        "Bought transcripts",
        "Answers that ordinary customers asked for and later sold were ordinary traffic when "
        "they were asked for. Nothing in a log shows the buyer.",
    ),
    (
        "Shell resellers",
        "A company that resells access shows as one customer. Whether its own customers are "
        "people or a harvest cannot be told from its traffic; such groups come out undecided.",
    ),
    (
        "Downloaded weights",
        "Whoever runs open or stolen weights elsewhere sends no requests.",
    ),
    (
        "Trace inversion",
        "Reasoning can be rebuilt from answers and summaries alone, without ever asking for "
        "it. Such traffic shows its volume and shape, but no request for reasoning.",
    ),
)
