"""What a query needs more than once is worked out once.

ClickHouse and Spark put a common table expression wherever it is named: a query over a few
that build on each other then grows with each of them, to where planning alone takes longer
than everything else. DuckDB works such parts out once by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.graph import Graph

COSTLY = (ops.Aggregate, ops.Distinct, ops.JoinChain, ops.Set, ops.WindowFunction)
"""What makes a part worth keeping; reading a table twice does not."""


def shared_steps(expr: ir.Table) -> list[ops.Relation]:
    """The costly parts of a query that it names more than once, each after what it needs."""
    graph, _ = Graph.from_bfs(expr.op()).toposort()
    dependents = graph.invert()
    costly: set[ops.Node] = set()
    found = []
    for node, needs in graph.items():
        if isinstance(node, COSTLY) or not costly.isdisjoint(needs):
            costly.add(node)
        # A column names its table as well: only what builds on the table as a whole counts.
        builders = sum(isinstance(each, ops.Relation) for each in dependents[node])
        if isinstance(node, ops.Relation) and node in costly and builders > 1:
            found.append(node)
    return [node for node in found if not isinstance(node, ops.Reference)]


@contextmanager
def in_steps(
    expr: ir.Table,
    keep: Callable[[str, ir.Table], ir.Table],
    forget: Callable[[str], None],
) -> Iterator[ir.Table]:
    """The query over what was worked out before it.

    Args:
        expr: The query.
        keep: Works a part out and keeps it under a name.
        forget: Drops it again, once the query's answer was read.
    """
    kept: dict[ops.Node, ops.Node] = {}
    with ExitStack() as stack:
        for number, step in enumerate(shared_steps(expr)):
            name = f"revenuer_step_{number}"
            # Put on the stack first: what breaks off half-way is dropped as well.
            stack.callback(forget, name)
            kept[step] = keep(name, step.replace(kept).to_expr()).op()
        yield expr.op().replace(kept).to_expr() if kept else expr
