"""Templates of our campaigns as a file for members of the group, and a member's file read here.

Who has no group key learns from such a file how many templates there are and how long; a member
can test guesses of a template, which is why it goes to members alone.
"""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa
from msgspec import Meta

from revenuer.app.sharing.intel import accepted_indicators
from revenuer.app.sharing.matching_rows import SCHEMA, cluster_name
from revenuer.app.sharing.matching_values import TAKEN, read_ties, verdicts_of
from revenuer.errors import MatchError, NotFoundError
from revenuer.features.sketches import read_sketches
from revenuer.features.words import Words
from revenuer.matching.messages import Name
from revenuer.matching.table import Label
from revenuer.matching.templates import (
    SAME_TEMPLATE,
    Template,
    is_same,
    nearest,
    templates_of,
)

KIND = "prompt-sketch"
KINDS = (KIND, "system-prompt-sketch")
"""Kinds of sketch that indicators name; files of templates are of the first."""
MOST_BYTES = 16 * 1024 * 1024
"""A file of more is not read; a template has some 400 bytes. placeholder"""
BYTES = 8


class ToldTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template in a file: its keyed hashes, in order, eight bytes each."""

    fragments: Annotated[bytes, Meta(min_length=BYTES, max_length=64 * 1024)]
    texts: Annotated[int, Meta(ge=1, le=10**9)]


class ToldCluster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The templates of one campaign, by its name outside."""

    cluster: UUID
    convicted: bool
    templates: Annotated[list[ToldTemplate], Meta(max_length=1000)]


class TemplateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's templates under one key."""

    schema: Annotated[str, Meta(pattern="^revenuer/templates/1$")]
    source: Name
    key: Name
    clusters: Annotated[list[ToldCluster], Meta(max_length=10_000)]


@dataclass(frozen=True, slots=True)
class Alike:
    """A campaign of ours with a template of a peer's cluster.

    Attributes:
        campaign: Ours.
        cluster: The peer's.
        convicted: Whether the peer says that it is; otherwise it is suspected there.
        resemblance: Of the two nearest templates, 0 to 1.
        accounts: How many accounts of ours have it.
    """

    campaign: str
    cluster: str
    convicted: bool
    resemblance: float
    accounts: int


def write_templates(
    scan: Path, key_id: str, *, source: str, pseudonym: Callable[[str], UUID]
) -> bytes:
    """The templates of a scan's campaigns under a key, as a file for members.

    Raises:
        MatchError: The scan has no sketches under this key.
    """
    verdicts, clusters = verdicts_of(scan), []
    found = _sketches(scan, key_id)
    for campaign, texts in sorted(found.items()):
        told = [
            ToldTemplate(_packed(one), one.texts) for one in templates_of(_fragments(texts, key_id))
        ]
        if told:
            convicted = verdicts[campaign] == "convicted"
            clusters.append(ToldCluster(pseudonym(campaign), convicted, told))
    whole = TemplateFile("revenuer/templates/1", source, key_id, clusters)
    return msgspec.json.format(msgspec.json.encode(whole, order="sorted"), indent=1)


def read_templates(data: bytes) -> TemplateFile:
    """A member's file.

    Raises:
        MatchError: It is none.
    """
    if len(data) > MOST_BYTES:
        raise MatchError(f"The file of templates is longer than {MOST_BYTES} bytes.")
    try:
        return msgspec.json.decode(data, type=TemplateFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise MatchError(f"The file of templates is not what it should be: {problem}.") from None


def named_by_indicators(intel: Path) -> list[tuple[str, TemplateFile]]:
    """The templates that accepted indicators name by keyed sketches: kind, and as a member's file.

    Raises:
        NotFoundError: No indicator of a sketch is accepted.
    """
    rows = accepted_indicators(intel).filter(pl.col("kind").is_in(KINDS))
    rows = rows.with_columns(key=pl.col("value").str.split(":").list.first())
    found = []
    for (kind, source, key), mine in rows.group_by("kind", "source", "key", maintain_order=True):
        clusters = []
        for (cluster,), texts in mine.group_by("cluster", maintain_order=True):
            data = [_sketch_of(value) for value in texts["value"]]
            known = [("", one) for one in data if one is not None]
            told = templates_of(_fragments(known, key)) if known else []
            templates = [ToldTemplate(_packed(one), one.texts) for one in told]
            if templates and (name := _uuid_of(cluster)) is not None:
                clusters.append(ToldCluster(name, False, templates))
        if clusters:
            found.append((kind, TemplateFile("revenuer/templates/1", source, key, clusters)))
    if not found:
        raise NotFoundError(
            f"{intel} holds no accepted indicator of a sketch.",
            "A peer shares them with `revenuer share export --group-key`.",
        )
    return found


def _uuid_of(cluster: str) -> UUID | None:
    try:
        return UUID(cluster.rsplit("--", 1)[-1])
    except ValueError:
        return None


def _sketch_of(value: str) -> bytes | None:
    try:
        return base64.b64decode(value.partition(":")[2], validate=True)
    except binascii.Error:
        return None


def compare(
    told: TemplateFile, scan: Path, at: datetime, kind: str = KIND
) -> tuple[list[Alike], pl.DataFrame]:
    """Which campaigns of ours have a template of a member's.

    Args:
        told: The member's.
        scan: The folder of our scan, made with the same sketch key.
        at: The time.
        kind: Of the sketches.

    Returns:
        What is alike, and rows for `peer_matches.parquet`.

    Raises:
        MatchError: The scan has no sketches under the file's key.
    """
    theirs = [(one, [_unpacked(each) for each in one.templates]) for one in told.clusters]
    alike, rows = [], set()
    for campaign, texts in sorted(_sketches(scan, told.key, kind).items()):
        ours = templates_of(_fragments(texts, told.key))
        for cluster, templates in theirs:
            shared = [one for one in ours if any(is_same(one, other) for other in templates)]
            if not shared:
                continue
            name = cluster_name(Label(cluster.cluster, cluster.convicted))
            accounts = {account for account, data in texts if _has(data, told.key, shared)}
            near = nearest(shared, templates)
            alike.append(Alike(campaign, name, cluster.convicted, near, len(accounts)))
            rows |= {(account, name, told.source, kind, at) for account in accounts}
    frame = pl.DataFrame(
        sorted(rows),
        schema=["account_id", "cluster", "source", "kind", "matched_at"],
        orient="row",
    )
    # One template is one thing, which many have: it is for people, and nothing to weigh.
    return alike, pl.concat([SCHEMA.to_frame(), frame], how="diagonal_relaxed").cast(SCHEMA)


def _sketches(scan: Path, key_id: str, kind: str = KIND) -> dict[str, list[tuple[str, bytes]]]:
    """Accounts and their prompts' sketches under a key, by campaign."""
    taken = [name for name, verdict in verdicts_of(scan).items() if verdict in TAKEN]
    rows = read_ties(scan).filter(
        pl.col("kind") == kind,
        pl.col("campaign_id").is_in(taken),
        pl.col("value").str.starts_with(f"{key_id}:"),
    )
    found: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    columns = rows.select("campaign_id", "account_id", "value").sort(pl.all())
    for campaign, account, value in columns.iter_rows():
        if (data := _sketch_of(value)) is not None:
            found[campaign].append((account, data))
    if not found:
        raise MatchError(
            f"The scan has no {kind.replace('-', ' ')}es under the key {key_id}.",
            "Scan with --sketch-key; `revenuer share match sketch-key` makes the group's file.",
        )
    return found


def _fragments(texts: list[tuple[str, bytes]], key_id: str) -> Words:
    data = pa.array([each for _, each in texts], pa.binary())
    return read_sketches(data, pa.array([key_id] * len(texts), pa.string())).fragments


def _has(data: bytes, key_id: str, templates: list[Template]) -> bool:
    held = frozenset(_fragments([("", data)], key_id).hashes.tolist())
    return any(
        len(held & one.fragments) >= SAME_TEMPLATE * min(len(held), len(one.fragments))
        for one in templates
        if held
    )


def _packed(template: Template) -> bytes:
    return np.array(sorted(template.fragments), "<u8").tobytes()


def _unpacked(told: ToldTemplate) -> Template:
    if len(told.fragments) % BYTES:
        raise MatchError("A template of the file has half a hash.")
    return Template(frozenset(np.frombuffer(told.fragments, "<u8").tolist()), told.texts)
