"""Parts of a table that are worked on side by side, and come back in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

Given = TypeVar("Given")
Answer = TypeVar("Answer")

WORKERS = 2
"""Parts at once: numpy leaves the interpreter's lock in its loops."""


def side_by_side(
    work: Callable[[Given], Answer], parts: Iterable[Given], workers: int = WORKERS
) -> Iterator[Answer]:
    """Answers in the order of their parts, no more of which are held than are worked on.

    Args:
        work: From a part to its answer.
        parts: In the order of the answers.
        workers: Parts at once; with one, no thread is started.
    """
    if workers < 2:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(workers) as pool:
        running: deque[Future[Answer]] = deque()
        for part in parts:
            running.append(pool.submit(work, part))
            if len(running) > workers:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


@contextmanager
def begun(work: Callable[[], Answer], *, aside: bool) -> Iterator[Callable[[], Answer]]:
    """Give what answers, and works once.

    Args:
        work: What is to be done.
        aside: Begin now, in a thread of its own; else work when it is first asked.
    """
    if not aside:
        yield cache(work)
        return
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work).result
