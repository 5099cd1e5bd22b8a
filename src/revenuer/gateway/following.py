"""Files that are taken up when they change: verdicts, the policy, keys of reasoning blocks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from revenuer.errors import ConfigError

logger = logging.getLogger(__name__)

LOOK_S = 1.0
"""With what taking up costs, verdicts are in force within two seconds of their publication."""

T = TypeVar("T")


class Source(Protocol):
    """Something to be looked for."""

    def changed(self) -> bool:
        """Whether there is something new; costs one look at a file's entry."""

    def read(self) -> Any:
        """Read and check it; may take long, and may run in a thread."""

    def use(self, found: Any) -> None:
        """Put it in force, between two requests."""

    def settle(self) -> None:
        """Write down what has to be; may take long, and may run in a thread."""


class Feed:
    """Looks for several of them, each as often as `LOOK_S` says, and may show numbers meanwhile.

    Args:
        sources: What it looks for.
        show: Begins to show the numbers of an adapter that has no parent to do it.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        show: Callable[[], Coroutine[Any, Any, asyncio.Server]] | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._show = show
        self._shown: asyncio.Server | None = None

    def look(self) -> None:
        """Take up what is new, now."""
        for source in self._sources:
            if source.changed():
                source.use(source.read())
                source.settle()

    async def show(self) -> None:
        """Show the numbers from now on; where another process has the port, they stay unseen."""
        show, self._show = self._show, None
        if show is None:
            return
        try:
            self._shown = await show()
        except OSError as problem:
            logger.warning("The guard's numbers cannot be shown: %s.", problem)

    async def run(self) -> None:
        """Look again and again; reading and checking happen beside the event loop."""
        await self.show()
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                for source in self._sources:
                    await self._follow(source)
        finally:
            if self._shown is not None:
                self._shown.close()

    @staticmethod
    async def _follow(source: Source) -> None:
        try:
            if source.changed():
                source.use(await asyncio.to_thread(source.read))
                await asyncio.to_thread(source.settle)
        except Exception:
            # One file's trouble must not keep the others from being looked at.
            logger.exception("A file could not be taken up.")


class SettingsSource(Generic[T]):
    """A file of settings: what is in it is in force, or nothing of it.

    It is read once it stayed the same from one look to the next: the beginning of a file that is
    being written may be a whole policy too, and a milder one.

    Args:
        path: The file. It is read once more at the first look: it may have changed since it was
            loaded.
        load: Reads and checks it whole; raises `ConfigError`.
        take: Puts it in force; raises `ConfigError` where that needs a restart.
        refused: Told of a file that cannot be used; the one before stays.
    """

    def __init__(
        self,
        path: Path,
        load: Callable[[], T],
        take: Callable[[T], None],
        refused: Callable[[], None],
    ) -> None:
        self.path = path
        self._load, self._take, self._refused = load, take, refused
        self._seen: tuple[int, ...] | None = None
        self._found: tuple[int, ...] | None = None
        self._first = True

    def changed(self) -> bool:
        """Whether there is a file that was not read, and is not being written."""
        before, self._found = self._found, self._mark()
        return self._found != self._seen and (self._first or self._found == before)

    def read(self) -> T | ConfigError:
        """What is in it, or what is wrong with it."""
        self._seen = self._mark()
        try:
            found = self._load()
        except ConfigError as wrong:
            return wrong
        # What was written while it was read is read again, the next time.
        return found if self._mark() == self._seen else ConfigError("It changed while it was read.")

    def use(self, found: T | ConfigError) -> None:
        """Put it in force, or say why not."""
        try:
            if isinstance(found, ConfigError):
                raise found
            self._take(found)
        except ConfigError as wrong:
            self._refused()
            logger.error(
                "%s is not taken up, what was in force stays: %s", self.path, wrong.message
            )
        else:
            if not self._first:
                logger.warning("%s was taken up.", self.path)
        self._first = False

    def settle(self) -> None:
        """Nothing is written down."""

    def _mark(self) -> tuple[int, ...]:
        try:
            found = self.path.stat()
        except OSError as problem:
            return (problem.errno or -1,)
        return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
