"""Sigma rules of exported campaigns, for an operator's own log store.

A rule finds exchanges or accounts that have something in common with a campaign: leads for a
person, at the lowest level that Sigma has, since one match alone is nothing to act on. Fields are
the contract's columns, which the rule's `taxonomy` says.

Source:
    The Sigma project, "Sigma Rules Specification", version 2.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from revenuer.app.sharing.exported import read_exported
from revenuer.disk import put
from revenuer.errors import NothingToReadError
from revenuer.sharing.intake import Read, Taken
from revenuer.sharing.tlp import Tlp

FIELDS = {
    "exchanges": {
        "asn": "asn",
        "tls-fingerprint": "tls_fingerprint",
        "user-agent": "user_agent",
    },
    "accounts": {"email-domain": "email_domain"},
}
"""By table of the contract, the column that shows each kind of value."""
WILD = str.maketrans({"\\": "\\\\", "*": "\\*", "?": "\\?"})
"""What stands for other characters in a rule's text, and how it stands for itself."""
READABLE = 0o644


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was written.

    Attributes:
        rules: One a campaign and table.
        values: In all of them.
        left_out: Values that no column shows in clear, or that were taken back.
        files: The files.
    """

    rules: int
    values: int
    left_out: int
    files: tuple[Path, ...]


def write_rules(bundles: Sequence[Path], out: Path, *, up_to: Tlp = Tlp.AMBER) -> Ruled:
    """Write the campaigns of some bundles as rules, a file each.

    Args:
        bundles: As `share export` writes them.
        out: Folder of the rules; a rule of the same campaign is replaced.
        up_to: The strictest label that whoever reads the rules may see.

    Raises:
        NothingToReadError: No bundle holds a value that a rule can look for.
        NotAllowedError: Something is for fewer eyes than the rules are.
    """
    files, values, told = [], 0, 0
    for read in read_exported(bundles, up_to):
        told += sum(bool(one.kind) for one in read.taken)
        for campaign in (one for one in read.taken if one.type == "campaign" and not one.revoked):
            for table, found in _values(campaign, read):
                out.mkdir(parents=True, exist_ok=True)
                rule = _rule(campaign, read, table, found)
                files.append(out / f"{rule['id']}.yml")
                put(files[-1], "".join(_lines(rule)).encode(), READABLE)
                values += len(found)
    if not files:
        raise NothingToReadError("No value in the bundles can be looked for in a log.")
    return Ruled(len(files), values, told - values, tuple(files))


def _values(campaign: Taken, read: Read) -> Iterator[tuple[str, list[Taken]]]:
    for table, fields in FIELDS.items():
        found = [
            one
            for one in read.taken
            if one.cluster == campaign.cluster and one.kind in fields and not one.revoked
        ]
        if found:
            yield table, sorted(found, key=lambda one: (one.kind, one.value))


def _rule(campaign: Taken, read: Read, table: str, found: Sequence[Taken]) -> dict[str, Any]:
    selections: dict[str, Any] = {}
    for one in found:
        field = FIELDS[table][one.kind]
        value: int | str = int(one.value) if one.kind == "asn" else one.value.translate(WILD)
        selections.setdefault(f"selection_{field}", {field: []})[field].append(value)
    return {
        "title": f"{campaign.body.get('name', 'Distillation campaign')}: {table}",
        "id": str(uuid.uuid5(uuid.UUID(campaign.id.partition("--")[2]), table)),
        "taxonomy": "revenuer",
        "status": "experimental",
        "description": str(campaign.body.get("description", "")),
        "author": read.names.get(campaign.creator, campaign.creator),
        "date": f"{(campaign.since or campaign.modified):%Y-%m-%d}",
        "modified": f"{campaign.modified:%Y-%m-%d}",
        "tags": [f"tlp.{campaign.tlp.value}"],
        "logsource": {"product": "revenuer", "service": table},
        "detection": {**selections, "condition": "1 of selection_*"},
        "falsepositives": ["Anybody who uses the same network, client or mail provider"],
        "level": "informational",
    }


def _lines(value: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """A table as YAML; what JSON writes of a text or number, YAML reads as the same."""
    for name, one in value.items():
        if isinstance(one, Mapping):
            yield f"{indent}{name}:\n"
            yield from _lines(one, f"{indent}  ")
        elif isinstance(one, list):
            yield f"{indent}{name}:\n"
            yield from (f"{indent}  - {json.dumps(item)}\n" for item in one)
        else:
            yield f"{indent}{name}: {json.dumps(one)}\n"
