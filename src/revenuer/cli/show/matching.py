"""Private matching on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.app.sharing.matching_ask import Matched
    from revenuer.app.sharing.matching_count import Counted
    from revenuer.app.sharing.matching_edition import StoredEdition
    from revenuer.app.sharing.matching_templates import Alike
    from revenuer.app.sharing.matching_values import Values
    from revenuer.cli.session import Session
    from revenuer.enforcement.verdict_keys import PublicKey
    from revenuer.matching.keyring import KeyRing
    from revenuer.store.matching_log import ApprovalRow, QuestionRow


def say_left_out(values: Values, session: Session) -> None:
    """Say what of our values takes no part, and why."""
    for kind, count in values.unreadable.items():
        if count:
            session.say(f"{count:,} values of the kind {kind} have no canonical form.")
    for kind, count in values.popular.items():
        if count:
            session.say(f"{count:,} values of the kind {kind} are more innocents' than members'.")


def plain_edition(made: StoredEdition, values: Values) -> dict[str, Any]:
    """New tables as programs read them, without what is secret."""
    return {
        "edition": made.edition.hex(),
        "member": made.member,
        "group": made.group,
        "bits": made.bits,
        "until": made.ends_at,
        "kinds": [
            {"kind": kind.value, "values": len(values.held[kind]), "bucket_size": table.size}
            for kind, table in made.tables.items()
        ],
    }


def print_edition(told: dict[str, Any], console: Console) -> None:
    """Print new tables."""
    console.print(
        f"Edition {told['edition'][:12]} under {told['group']}, until {told['until']:%Y-%m-%d}.",
        soft_wrap=True,
    )
    _print(told["kinds"], ("kind", "values", "bucket_size"), console)


def plain_matched(matched: Matched) -> dict[str, Any]:
    """What a peer said, as programs read it."""
    return {
        "source": matched.source,
        "group": matched.group,
        "bits": matched.bits,
        "asked": {kind.value: count for kind, count in matched.asked.items()},
        "sent": {kind.value: count for kind, count in matched.sent.items()},
        "not_offered": [kind.value for kind in matched.not_offered],
        "accounts": matched.accounts,
        "controls": [
            {"kind": kind.value, "asked": count, "met": matched.controls_met[kind]}
            for kind, count in matched.controls.items()
        ],
        "meetings": [
            {
                "campaign": one.campaign,
                "cluster": one.cluster,
                "peer_says": "convicted" if one.convicted else "suspected",
                "kind": one.kind.value,
                "matched": one.matched,
                "of": one.asked,
                "accounts": one.accounts,
            }
            for one in matched.meetings
        ],
    }


def print_matched(told: dict[str, Any], console: Console) -> None:
    """Print what a peer said."""
    asked = sum(told["asked"].values())
    console.print(
        f"Asked {told['source']} for {asked:,} values under {told['group']}; it learned "
        f"{told['bits']} bits of each, among {sum(told['sent'].values()) - asked:,} others.",
        soft_wrap=True,
    )
    if not told["meetings"]:
        console.print("Nothing is in common.")
    else:
        names = ("campaign", "cluster", "peer_says", "kind", "matched", "of", "accounts")
        _print(told["meetings"], names, console)
    if not any(one["asked"] for one in told["controls"]):
        console.print("No ordinary accounts were asked for, so no scan counts a match.")
        return
    for one in told["controls"]:
        console.print(
            f"Of {one['asked']:,} ordinary accounts that were asked for by {one['kind']}, "
            f"{one['met']:,} have something that the peer has.",
            soft_wrap=True,
        )


def plain_counted(found: Sequence[Counted]) -> list[dict[str, Any]]:
    """Intersections as programs read them."""
    return [
        {
            "source": one.source,
            "kind": one.kind.value,
            "ours": one.ours,
            "common": one.common,
            **({} if one.values is None else {"values": [each.value for each in one.values]}),
        }
        for one in found
    ]


def print_counted(told: Sequence[dict[str, Any]], console: Console) -> None:
    """Print intersections."""
    _print(told, ("source", "kind", "ours", "common"), console)
    for one in told:
        for value in one.get("values", ()):
            console.print(f"{one['kind']} {value}", markup=False, highlight=False, soft_wrap=True)


def plain_keys(public: PublicKey, ring: KeyRing) -> dict[str, Any]:
    """Keys as programs read them, without what is secret."""
    return {
        "pin": public.public.public_bytes_raw().hex(),
        "group_keys": [
            {
                "key": key.id,
                "check": key.check(),
                "begins": key.begins.date().isoformat(),
                "ends": key.ends.date().isoformat(),
            }
            for key in sorted(ring.keys, key=lambda key: key.begins)
        ],
    }


def print_keys(told: dict[str, Any], console: Console) -> None:
    """Print keys."""
    console.print(f"pin {told['pin']}", soft_wrap=True, highlight=False)
    if told["group_keys"]:
        _print(told["group_keys"], ("key", "check", "begins", "ends"), console)


def plain_log(questions: Sequence[QuestionRow], approvals: Sequence[ApprovalRow]) -> dict[str, Any]:
    """What peers asked of us, as programs read it."""
    from revenuer.app.access import shown_us

    return {
        "questions": [
            {
                "question": row.id,
                "partner": row.partner,
                "at": shown_us(row.asked_us),
                "kind": row.kind,
                "form": row.form,
                "elements": row.elements,
                "buckets": list(row.buckets),
            }
            for row in questions
        ],
        "approvals": [
            {
                "approval": row.id,
                "partner": row.partner,
                "kind": row.kind,
                "by": row.by,
                "why": row.why,
                "until": shown_us(row.ends_us),
                "withdrawn": shown_us(row.withdrawn_us) if row.withdrawn_us else "",
            }
            for row in approvals
        ],
    }


def print_log(told: dict[str, Any], console: Console) -> None:
    """Print what peers asked of us; buckets are in the JSON."""
    _print(told["questions"], ("question", "partner", "at", "kind", "form", "elements"), console)
    if told["approvals"]:
        names = ("approval", "partner", "kind", "by", "why", "until", "withdrawn")
        _print(told["approvals"], names, console)


def plain_alike(found: Sequence[Alike]) -> list[dict[str, Any]]:
    """Templates that are alike, as programs read them."""
    return [
        {
            "campaign": one.campaign,
            "cluster": one.cluster,
            "peer_says": "convicted" if one.convicted else "suspected",
            "resemblance": round(one.resemblance, 3),
            "accounts": one.accounts,
        }
        for one in found
    ]


def print_alike(told: Sequence[dict[str, Any]], console: Console) -> None:
    """Print templates that are alike."""
    if not told:
        console.print("No templates are alike.")
        return
    _print(told, ("campaign", "cluster", "peer_says", "resemblance", "accounts"), console)


def _print(rows: Sequence[dict[str, Any]], names: Sequence[str], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(*names, box=None)
    for row in rows:
        # What a peer chose is text, never markup.
        table.add_row(*(Text(str(row[name])) for name in names))
    console.print(table)
