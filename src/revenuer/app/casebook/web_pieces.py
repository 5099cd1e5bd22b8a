"""A web as the casebook keeps it: sealed as one piece, with the case's key.

Accounts are in it by their numbers, so that whoever is erased is erased here too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from revenuer.campaigns.webs import Tokens, Web

MOST_BYTES = 256 * 2**20
"""Of a web, unpacked: whatever is read back was written here. placeholder"""


class Packed(msgspec.Struct, frozen=True):
    """A web as it is kept: each array as its bytes, rising ones as their steps."""

    members: bytes
    group: bytes
    member_at: bytes
    kinds: tuple[str, ...]
    kind: bytes
    mark: bytes
    inside: bytes
    outside: bytes
    first_us: bytes
    last_us: bytes
    token_at: bytes
    edge_member: bytes
    edge_token: bytes
    group_at: bytes
    group_radius: bytes
    names: bytes
    others: int
    left_out: int


def packed(web: Web) -> bytes:
    """As bytes, to be sealed."""
    tokens = web.tokens
    kinds = tuple(sorted(set(tokens.kind)))
    number = {kind: place for place, kind in enumerate(kinds)}
    made = Packed(
        members=_bytes(np.diff(web.members, prepend=0), "<i8"),
        group=_bytes(web.group, "<i2"),
        member_at=_bytes(web.member_at, "<f4"),
        kinds=kinds,
        kind=_bytes(np.array([number[kind] for kind in tokens.kind], np.int64), "<i2"),
        mark=_bytes(tokens.mark, "<u8"),
        inside=_bytes(tokens.inside, "<i8"),
        outside=_bytes(tokens.outside, "<i8"),
        first_us=_bytes(tokens.first_us, "<i8"),
        last_us=_bytes(tokens.last_us, "<i8"),
        token_at=_bytes(web.token_at, "<f4"),
        edge_member=_bytes(web.edge_member, "<i4"),
        edge_token=_bytes(np.diff(web.edge_token, prepend=0), "<i4"),
        group_at=_bytes(web.group_at, "<f8"),
        group_radius=_bytes(web.group_radius, "<f8"),
        names=_bytes(web.names, "<i8"),
        others=web.others,
        left_out=web.left_out,
    )
    return zstandard.compress(msgspec.msgpack.encode(made), 3)


def unpacked(data: bytes) -> Web:
    """What `packed` made."""
    plain = zstandard.decompress(data, max_output_size=MOST_BYTES)
    made = msgspec.msgpack.decode(plain, type=Packed)
    kind = np.frombuffer(made.kind, "<i2").tolist()
    return Web(
        members=np.cumsum(_whole(made.members, "<i8")),
        group=_whole(made.group, "<i2"),
        member_at=_points(made.member_at, "<f4"),
        tokens=Tokens(
            kind=tuple(made.kinds[place] for place in kind),
            mark=np.frombuffer(made.mark, "<u8").astype(np.uint64),
            inside=_whole(made.inside, "<i8"),
            outside=_whole(made.outside, "<i8"),
            first_us=_whole(made.first_us, "<i8"),
            last_us=_whole(made.last_us, "<i8"),
        ),
        token_at=_points(made.token_at, "<f4"),
        edge_member=_whole(made.edge_member, "<i4"),
        edge_token=np.cumsum(_whole(made.edge_token, "<i4")),
        group_at=_points(made.group_at, "<f8"),
        group_radius=np.frombuffer(made.group_radius, "<f8").astype(float),
        names=_whole(made.names, "<i8"),
        others=made.others,
        left_out=made.left_out,
    )


def web_without(data: bytes, numbers: Collection[int]) -> bytes:
    """A web, packed, without members; what only they shared goes, counts of the rest stay."""
    web = unpacked(data)
    stays = ~np.isin(web.members, np.array(list(numbers), np.int64))
    if stays.all():
        return data
    place = np.cumsum(stays) - 1
    kept = stays[web.edge_member]
    # A group that was named by one of them: its number is nobody's once it is unlinked.
    return packed(
        replace(
            web,
            members=web.members[stays],
            group=web.group[stays],
            member_at=web.member_at[stays],
            edge_member=place[web.edge_member[kept]],
            edge_token=web.edge_token[kept],
        )
    )


def _bytes(values: NDArray[np.generic], kind: str) -> bytes:
    return np.asarray(values).astype(kind).tobytes()


def _whole(data: bytes, kind: str) -> NDArray[np.int64]:
    return np.frombuffer(data, kind).astype(np.int64)


def _points(data: bytes, kind: str) -> NDArray[np.float64]:
    return np.frombuffer(data, kind).astype(np.float64).reshape(-1, 2)
