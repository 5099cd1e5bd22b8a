"""What one look leaves for the next, as bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
import polars as pl

from revenuer.campaigns.sequential import Followed
from revenuer.records import Findings, Sign
from revenuer.reports.campaigns_json import from_json, to_json
from revenuer.reports.exhibits_json import exhibits_from_json, exhibits_to_json

FRAMES = ("members", "looks", "counts")
NAMES = (*FRAMES, "followed", "findings", "exhibits", "signs")


class _Rest(msgspec.Struct):
    passed: list[int]
    last: datetime | None
    next_group: int


class _Signs(msgspec.Struct):
    signs: tuple[Sign, ...] = ()
    blind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one look leaves for the next.

    Attributes:
        followed: The groups that are followed.
        findings: What it told; None before the first.
        signs: The early signs that it told.
        blind: What it could not look for, and why.
    """

    followed: Followed
    findings: Findings | None
    signs: tuple[Sign, ...] = ()
    blind: tuple[str, ...] = ()

    def to_bytes(self) -> dict[str, bytes]:
        """By name, as the books keep it."""
        followed = self.followed
        found = {name: _frame_bytes(getattr(followed, name)) for name in FRAMES}
        rest = _Rest(sorted(followed.passed), followed.last, followed.next_group)
        found["followed"] = msgspec.json.encode(rest)
        found["signs"] = msgspec.json.encode(_Signs(self.signs, self.blind))
        if self.findings is not None:
            found["findings"] = to_json(self.findings).encode()
            found["exhibits"] = exhibits_to_json(self.findings.exhibits).encode()
        return found

    @classmethod
    def of_bytes(cls, found: Mapping[str, bytes]) -> Remembered:
        """What `to_bytes` made; nothing of nothing."""
        if "followed" not in found:
            return cls(Followed(), None)
        rest = msgspec.json.decode(found["followed"], type=_Rest)
        members, looks, counts = (pl.read_ipc(io.BytesIO(found[name])) for name in FRAMES)
        followed = Followed(
            members, looks, counts, frozenset(rest.passed), rest.last, rest.next_group
        )
        told = msgspec.json.decode(found.get("signs", b"{}"), type=_Signs)
        if "findings" not in found:
            return cls(followed, None, told.signs, told.blind)
        findings = from_json(found["findings"].decode())
        exhibits = exhibits_from_json(found["exhibits"])
        return cls(followed, replace(findings, exhibits=exhibits), told.signs, told.blind)


def _frame_bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()
