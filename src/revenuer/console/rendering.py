"""Templates, and how values are worded in them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from revenuer.console.static_files import static_url
from revenuer.instants import iso, moment
from revenuer.reports import wording
from revenuer.reports.wording import amount, count, counted, day, duration, nats, percent

SHORT = 10
"""Letters of a long id that are shown."""


def render(template: str, values: dict[str, Any]) -> str:
    """Draw a page."""
    return environment().get_template(template).render(values)


def short(text: str) -> str:
    """An id cut to what tells it from others on a page; the whole of it belongs into the title.

    Examples:
        >>> short("case--01234567-89ab-4cde-8f01-23456789abcd"), short("campaign--0123456789")
        ('01234567', '01234567')
        >>> short("acc:f00dfeedf00dfeed"), short("ada")
        ('acc:f00dfe…', 'ada')
    """
    kind, dashes, rest = text.partition("--")
    if dashes:
        return rest[:8]
    return f"{kind[:SHORT]}…" if len(kind) > SHORT + 2 else kind


def when(us: int) -> str:
    """A time in microseconds since the epoch, in words; `never` for none."""
    return wording.moment(moment(us)) if us else "never"


def on_day(us: int) -> str:
    """The day of such a time."""
    return day(moment(us)) if us else "never"


def day_in(text: str) -> str:
    """The day of a time as programs write it.

    Examples:
        >>> day_in("2026-06-01T00:00:00.000Z")
        '1 Jun 2026'
    """
    return day(datetime.fromisoformat(text))


def iso_or_nothing(us: int) -> str:
    """Such a time for programs; empty for none."""
    return iso(us) if us else ""


def ago(us: int, now_us: int) -> str:
    r"""How long ago such a time is, or how soon it comes.

    Examples:
        >>> ago(0, 10), ago(10, 20)
        ('never', 'now')
        >>> ago(3_600_000_000, 10_800_000_000).replace("\N{NO-BREAK SPACE}", " ")
        '2 h ago'
    """
    if not us:
        return "never"
    hours = abs(now_us - us) / 3.6e9
    if hours < 1 / 60:
        return "now"
    return f"{duration(hours)} ago" if us <= now_us else f"in {duration(hours)}"


@cache
def environment() -> Environment:
    """What templates are drawn in."""
    made = Environment(
        loader=PackageLoader("revenuer.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        ago=ago,
        amount=amount,
        count=count,
        counted=counted,
        day_in=day_in,
        duration=duration,
        iso=iso_or_nothing,
        likelihood=wording.likelihood,
        moment=wording.moment,
        nats=nats,
        on_day=on_day,
        part=lambda text: quote(text, safe=""),
        percent=percent,
        short=short,
        visible=wording.visible,
        when=when,
    )
    made.globals.update(static=static_url)
    return made
