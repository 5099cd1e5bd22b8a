"""Webhooks that wait or are dead, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from revenuer.reports.wording import counted, visible
from revenuer.store.outbox import Message


def plain_message(one: Message) -> Mapping[str, Any]:
    """A webhook that waits or is dead, as JSON has it, without what it says."""
    return {
        "id": one.id,
        "endpoint": one.endpoint,
        "event": one.event,
        "about": one.stream,
        "status": one.status,
        "attempts": one.attempts,
        "next_at": one.next_at,
        "problem": one.problem or None,
    }


def print_outbox(messages: Iterable[Message], console: Console) -> None:
    """Print webhooks, a line each."""
    lines = [
        f"{one.id}  {one.status:<7}  {one.endpoint}  {one.event}  "
        f"{counted(one.attempts, 'attempt')}{f': {visible(one.problem)}' if one.problem else ''}"
        for one in messages
    ]
    for line in lines or ["No webhook waits, and none is dead."]:
        console.print(Text(line), soft_wrap=True)
