from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from matching_builders import BITS, cluster, element, member
from scipy.stats import chisquare

from revenuer.matching.answering import oprf_key
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import Element
from revenuer.matching.table import (
    ENTRY_BYTES,
    LEAST_SIZE,
    MOST_CLUSTERS,
    Label,
    Table,
    fill_table,
    labels_in,
)

KEY = oprf_key(b"s" * 32, MatchKind.PAYMENT)
EDITION = b"e" * 16


def table_of(names: list[str], edition: bytes = EDITION) -> Table:
    entries = [(element(name), Label(cluster("c"), True)) for name in names]
    return fill_table(entries, KEY, edition=edition, bits=BITS, filler=b"f" * 32)


def labels(table: Table, value: str, edition: bytes = EDITION) -> list[Label]:
    one = element(value)
    return labels_in(table.shown(one.bucket), KEY.output(one.digest), edition)


def test_what_is_held_is_found_and_nothing_else() -> None:
    names = [f"pay_{number}" for number in range(300)]
    table = table_of(names)
    assert all(labels(table, name) == [Label(cluster("c"), True)] for name in names)
    assert not any(labels(table, f"other_{number}") for number in range(300))


def test_a_value_of_several_clusters_tells_the_convicted_ones_first() -> None:
    told = [Label(cluster(f"s{number}"), False) for number in range(3)]
    told += [Label(cluster(f"c{number}"), True) for number in range(3)]
    entries = [(element("pay"), label) for label in told]
    table = fill_table(entries, KEY, edition=EDITION, bits=BITS, filler=b"f" * 32)
    found = labels(table, "pay")
    assert [label.convicted for label in found] == [True, True, True, False]
    assert len(found) == MOST_CLUSTERS


def test_every_bucket_has_the_same_size_whatever_it_holds() -> None:
    crowded = [Element(bytes([number]) * 32, 7) for number in range(LEAST_SIZE + 1)]
    entries = [(each, Label(cluster("c"), True)) for each in crowded]
    table = fill_table(entries, KEY, edition=EDITION, bits=BITS, filler=b"f" * 32)
    assert table.size == 2 * LEAST_SIZE
    assert {len(table.shown(bucket)) for bucket in (6, 7, 8)} == {2 * LEAST_SIZE * ENTRY_BYTES}
    assert table_of([]).size == LEAST_SIZE


def test_a_bucket_is_answered_alike_each_time() -> None:
    table = table_of(["pay_1", "pay_2"])
    assert table.shown(5) == table.shown(5)
    assert table.shown(5) != table.shown(6)


def test_two_editions_have_no_entry_in_common() -> None:
    # Otherwise who reads both sees which entries were added.
    one = element("pay_1")
    first, second = table_of(["pay_1"]), table_of(["pay_1"], b"g" * 16)
    pieces = [
        {shown[at : at + ENTRY_BYTES // 4] for at in range(0, len(shown), ENTRY_BYTES // 4)}
        for shown in (first.shown(one.bucket), second.shown(one.bucket))
    ]
    assert not pieces[0] & pieces[1]


def test_a_seal_of_another_edition_does_not_open() -> None:
    assert not labels(table_of(["pay_1"]), "pay_1", b"g" * 16)


def test_fillers_look_like_entries() -> None:
    """Bytes of full and of empty buckets alike are uniform, and places tell nothing."""
    names = [f"pay_{number}" for number in range(2000)]
    full = table_of(names)
    held = {
        full.buckets[bucket][at : at + ENTRY_BYTES]
        for bucket in full.buckets
        for at in range(0, len(full.buckets[bucket]), ENTRY_BYTES)
    }
    entries = np.frombuffer(b"".join(sorted(held)), np.uint8)
    fillers = np.frombuffer(b"".join(table_of([]).shown(bucket) for bucket in range(125)), np.uint8)
    for data in (entries, fillers):
        assert chisquare(np.bincount(data, minlength=256)).pvalue > 1e-4
    places: Counter[int] = Counter()
    for bucket in full.buckets:
        shown = full.shown(bucket)
        for place in range(full.size):
            places[place] += shown[place * ENTRY_BYTES : (place + 1) * ENTRY_BYTES] in held
    assert chisquare([places[place] for place in range(full.size)]).pvalue > 1e-4


def test_a_damaged_entry_is_no_match() -> None:
    table, one = table_of(["pay_1"]), element("pay_1")
    output = KEY.output(one.digest)
    whole = bytearray(table.shown(one.bucket))
    at = bytes(whole).index(table.buckets[one.bucket]) + ENTRY_BYTES - 1
    whole[at] ^= 1
    assert not labels_in(bytes(whole), output, EDITION)


def test_a_table_that_is_too_full_is_refused() -> None:
    crowded = [Element(number.to_bytes(32, "big"), 7) for number in range(1025)]
    entries = [(each, Label(cluster("c"), True)) for each in crowded]
    with pytest.raises(ValueError, match="1025 entries"):
        fill_table(entries, KEY, edition=EDITION, bits=BITS, filler=b"f" * 32)


def test_a_member_offers_what_it_holds() -> None:
    assert set(member({"pay_1": "c"}).card.offers) == {MatchKind.PAYMENT}
