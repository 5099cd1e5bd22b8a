"""A graph as the script draws it: columns of nodes and edges, each node with what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from revenuer.app.casebook.graph import Graph, TokenTold
from revenuer.app.casebook.tie_words import rarity
from revenuer.campaigns.layout import disc_radius
from revenuer.console.rendering import short
from revenuer.reports.wording import count, counted

KINDS: dict[str, tuple[str, int]] = {
    "payment": ("square", 1),
    "device": ("diamond", 1),
    "phone": ("triangle", 1),
    "mail domain": ("hexagon", 1),
    "address": ("square", 2),
    "address block": ("diamond", 2),
    "network": ("triangle", 2),
    "reseller": ("hexagon", 2),
    "end user": ("cross", 2),
    "TLS fingerprint": ("square", 3),
    "user agent": ("diamond", 3),
    "system prompt": ("square", 4),
    "prompt template": ("diamond", 4),
}
"""Shape and hue of each kind: a hue a family, and no two of a family with one shape."""
OTHER = ("square", 6)
SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "cross", "ring", "disc")
MEMBER, TOKEN = 0.36, 0.8
"""Radius of a member and of a token on a ring, in distances of two members. placeholder"""
BETWEEN = 2.4
"""Of a token between groups. placeholder"""
RING, DISC = SHAPES.index("ring"), SHAPES.index("disc")


def graph_data(graph: Graph) -> dict[str, Any]:
    """Nodes, edges and notes, column by column.

    Edges have the thickness of the share of a folded group that has a tie.
    """
    drawing, web = graph.drawing, graph.web
    names = web.names[drawing.groups].tolist()
    groups = {one.name: one for one in graph.groups}
    sizes = np.bincount(web.group, minlength=web.names.size)
    radii = disc_radius(sizes[drawing.groups])
    keys = [f"g{name}" for name in names]
    keys += [f"m{place}" for place in drawing.members.tolist()]
    keys += [one.id for one in graph.drawn_tokens]
    looks = [KINDS.get(one.kind, OTHER) for one in graph.drawn_tokens]
    places = np.concatenate(
        [
            web.group_at[drawing.groups],
            web.member_at[drawing.members],
            web.token_at[drawing.tokens],
        ]
    )
    several = [one.groups > 1 for one in graph.drawn_tokens]
    n_groups, n_members = len(names), len(graph.labels)
    return {
        "nodes": {
            "key": keys,
            "kind": [_group_kind(one) for one in drawing.unfolded.tolist()]
            + ["member"] * n_members
            + ["token"] * len(several),
            "x": _rounded(places[:, 0]),
            "y": _rounded(places[:, 1]),
            "size": _rounded(radii)
            + [MEMBER] * n_members
            + [BETWEEN if one else TOKEN for one in several],
            "shape": [RING if one else DISC for one in drawing.unfolded.tolist()]
            + [0] * n_members
            + [SHAPES.index(shape) for shape, _ in looks],
            "hue": [0] * (n_groups + n_members) + [hue for _, hue in looks],
            "label": [f"{groups[name].label} · {count(groups[name].members)}" for name in names]
            + [short(one) for one in graph.labels]
            + [one.label for one in graph.drawn_tokens],
            "about": [_of_group(graph, name) for name in names]
            + ["An account of the campaign."] * n_members
            + [_of_token(one, web.others) for one in graph.drawn_tokens],
            "link": [""] * n_groups
            + [f"/accounts/{one}" for one in graph.labels]
            + [""] * len(several),
        },
        "edges": _edges(graph, sizes, n_groups, n_members),
        "unfolded": web.names[drawing.groups[drawing.unfolded]].tolist(),
        "notes": graph.notes,
    }


def _group_kind(is_unfolded: bool) -> str:
    return "unfolded" if is_unfolded else "group"


def _edges(
    graph: Graph, sizes: NDArray[np.int64], n_groups: int, n_members: int
) -> dict[str, list[Any]]:
    """Which node leads to which, by their places, and how thick."""
    drawing = graph.drawing
    group = _places(drawing.groups, 0)
    member = _places(drawing.members, n_groups)
    token = _places(drawing.tokens, n_groups + n_members)
    pairs, counts = drawing.group_token.tolist(), drawing.group_shares
    share = counts / np.maximum(sizes[drawing.group_token[:, 0]], 1)
    thickness = (0.15 + 1.2 * np.sqrt(share)).round(2).tolist()
    inner = drawing.member_token.tolist()
    return {
        "from": [group[one] for one, _ in pairs] + [member[one] for one, _ in inner],
        "to": [token[one] for _, one in pairs] + [token[one] for _, one in inner],
        "size": thickness + [0.1] * len(inner),
        "count": counts.tolist() + [1] * len(inner),
    }


def _places(numbers: NDArray[np.int64], first: int) -> dict[int, int]:
    return {number: first + place for place, number in enumerate(numbers.tolist())}


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(value, 2) for value in values.tolist()]


def _of_group(graph: Graph, name: int) -> str:
    one = next(one for one in graph.groups if one.name == name)
    said = f"{counted(one.members, 'account')} of the campaign"
    if not one.bound_by:
        return f"{said}, bound to each other by nothing that is known."
    best, having = one.bound_by[0]
    return f"{said}. {count(having)} of them have {best}; {rarity(one.outside, graph.web.others)}."


def _of_token(one: TokenTold, others: int) -> str:
    groups = counted(one.groups, "group")
    said = f"{counted(one.members, 'account')} of {groups} share it"
    return f"{said}; {rarity(one.outside, others)} have it."
