"""Permits, on a terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from revenuer.casework.permit_growth import NEARLY
from revenuer.reports.wording import counted, day, visible

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.app.casebook.permit_check import Checked
    from revenuer.app.casebook.permit_views import Seen, Written
    from revenuer.casework.permits import Terms

SHOWN = 11
"""Letters of a fingerprint that are printed."""


def terms_line(terms: Terms) -> str:
    """Terms in a line."""
    bounds = [
        f"{counted(most, unit)} at most"
        for most, unit in ((terms.max_exchanges, "exchange"), (terms.max_tokens, "token"))
        if most is not None
    ]
    models = visible(", ".join(terms.models)) or "all models"
    span = f"{day(terms.valid_from)} to {day(terms.valid_until)}"
    return ", ".join([span, *(bounds or ["any volume"]), models])


def plain_permit(seen: Seen) -> dict[str, Any]:
    """A permit as programs read it."""
    permit, counts = seen.permit, seen.counted
    return {
        "id": permit.id,
        "status": seen.said,
        "purpose": permit.purpose.value,
        "kind": permit.kind,
        "subject": permit.subject,
        "holder": seen.holder,
        **_terms(permit.terms),
        "asked": None if permit.asked is None else _terms(permit.asked),
        "asked_by": permit.asked_by or None,
        "requested_by": permit.requested_by,
        "requested_at": permit.requested_at.isoformat(),
        "decided_by": permit.decided_by or None,
        "decided_at": permit.decided_at.isoformat() if permit.decided_at else None,
        "revoked_by": permit.revoked_by or None,
        "revoked_at": permit.revoked_at.isoformat() if permit.revoked_at else None,
        "version": permit.version,
        "used": {
            "exchanges": counts.exchanges,
            "tokens": counts.tokens,
            "share": seen.used,
            "other_models": counts.outside,
            "after_its_end": counts.after,
            "counted_until": counts.last_day.isoformat() if counts.last_day else None,
        },
        "outgrown": [
            {"kind": one.kind.value, "statement": one.statement, "campaign": one.campaign or None}
            for one in seen.growth
        ],
    }


def _terms(terms: Terms) -> dict[str, Any]:
    return {
        "valid_from": terms.valid_from.isoformat(),
        "valid_until": terms.valid_until.isoformat(),
        "max_exchanges": terms.max_exchanges,
        "max_tokens": terms.max_tokens,
        "models": list(terms.models),
    }


def plain_written(one: Written) -> dict[str, Any]:
    """What was written about a permit, as programs read it."""
    from revenuer.app.access import shown_us

    return {"kind": one.kind, "at": shown_us(one.at_us), "by": one.by, "text": one.text}


def plain_checked(done: Checked) -> dict[str, Any]:
    """What a check came to, as programs read it."""
    return {
        "permits": done.permits,
        "rows": done.rows,
        "outgrown": [
            {
                "permit": name,
                "kind": one.kind.value,
                "statement": one.statement,
                "campaign": one.campaign or None,
            }
            for name, one in done.new
        ],
        "known": done.known,
        "settled": done.settled,
        "expired": list(done.expired),
    }


def print_permits(rows: Sequence[Seen], console: Console) -> None:
    """Print permits, two lines each, and how they are outgrown."""
    if not rows:
        _print(["No permit is in force or asked for."], console)
    for seen in rows:
        _print(_head(seen), console)


def _head(seen: Seen) -> list[str]:
    permit = seen.permit
    lines = [
        f"{permit.id}  {seen.said:<9}  {permit.purpose.value:<14}  {_holder(seen)}",
        f"    {terms_line(permit.terms)}{_used(seen)}",
    ]
    if permit.asked is not None:
        lines.append(f"    asked for by {permit.asked_by}: {terms_line(permit.asked)}")
    if seen.used is not None and NEARLY <= seen.used <= 1:
        lines.append("    nearly used up")
    lines += [f"    OUTGROWN  {one.kind.value}: {visible(one.statement)}" for one in seen.growth]
    return lines


def _holder(seen: Seen) -> str:
    name = f"{seen.permit.subject[:SHOWN]}…" if seen.holder is None else visible(seen.holder)
    return f"{seen.permit.kind} {name}"


def _used(seen: Seen) -> str:
    counts = seen.counted
    if counts.last_day is None:
        return "; nothing counted yet"
    share = "" if seen.used is None else f", {seen.used:.0%} of what is agreed"
    return f"; {counted(counts.exchanges, 'exchange')} used{share}"


def print_permit(seen: Seen, written: Iterable[Written], console: Console) -> None:
    """Print one permit, what was used, and what was written."""
    from revenuer.app.access import shown_us

    permit, counts = seen.permit, seen.counted
    lines = [*_head(seen), f"    version {permit.version}, asked for by {permit.requested_by}"]
    if permit.decided_by:
        lines[-1] += f", decided by {permit.decided_by}"
    if permit.revoked_by:
        lines[-1] += f", taken back by {permit.revoked_by}"
    if counts.last_day is not None:
        lines.append(
            f"    counted until {counts.last_day}: {counted(counts.tokens, 'token')}, "
            f"{counted(counts.outside, 'exchange')} with other models, {counts.after:,} after its "
            "end"
        )
    for one in written:
        text = "(sealed; --unmask shows it)" if one.text is None else visible(one.text)
        lines.append(f"    {shown_us(one.at_us)[:16]}  {one.kind:<10} {one.by}: {text}")
    _print(lines, console)


def print_checked(done: Checked, console: Console) -> None:
    """Print what a check came to."""
    lines = [f"{counted(done.permits, 'permit')} checked, {done.rows:,} days of use new or more."]
    for name, one in done.new:
        lines += [f"  OUTGROWN  {name}  {one.kind.value}", f"            {visible(one.statement)}"]
    lines += [f"  expired   {name}" for name in done.expired]
    if done.known:
        lines.append(f"  {done.known:,} told before: `revenuer permit list`")
    _print(lines, console)


def _print(lines: Iterable[str], console: Console) -> None:
    from rich.text import Text

    for line in lines:
        console.print(Text(line), soft_wrap=True)
