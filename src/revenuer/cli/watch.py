"""`revenuer watch`: a live stream in, verdicts at any time out."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Unpack

import click

from revenuer.cli.casebook_options import book_option, opened
from revenuer.cli.enforce_options import by_option
from revenuer.cli.inputs import (
    LogInputs,
    config_option,
    innocents_place,
    intel_option,
    json_option,
    keys_folder,
    keys_option,
    log_options,
    out_option,
    policy_option,
    settings_from,
)
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.app.watch.watching import Told


@click.command("watch")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@log_options
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="What the watch knows, prompts too; killed and started again, it goes on where it was.",
)
@out_option
@click.option("--until-end", is_flag=True, help="End with what is there now, instead of waiting.")
@click.option(
    "--content-free", is_flag=True, help="Look at sketches and metadata, at no text even if there."
)
@click.option(
    "--fdr",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Sets judge.fdr for this watch.",
)
@click.option(
    "--look-hours",
    type=click.IntRange(1, 24),
    metavar="N",
    help="Sets watch.look_hours for this watch.",
)
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What `baseline fit` wrote; without it, ordinary use is what each look shows.",
)
@click.option(
    "--known-innocent",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=innocents_place,
    metavar="FILE",
    help="Account ids, one a line, none of which may be convicted, or `casebook` for those that it "
    "knows.",
)
@click.option(
    "--snapshot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Publish what is found there for the guards, at once, and keep it fresh.",
)
@policy_option("With --snapshot: what is done about which verdict.")
@keys_option
@book_option
@by_option
@intel_option
@click.option("--unmask", is_flag=True, help="Show example prompts unmasked in the report.")
@config_option
@json_option
@pass_session
def command(
    session: Session,
    sources: tuple[str, ...],
    state: Path,
    out: Path,
    until_end: bool,
    content_free: bool,
    fdr: float | None,
    look_hours: int | None,
    baseline: Path | None,
    known_innocent: Path | None,
    snapshot: Path | None,
    policy_file: Path | None,
    keys: Path | None,
    casebook: str | None,
    by: str | None,
    intel: Path | None,
    unmask: bool,
    config: Path | None,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Watch SOURCES and keep the findings in DIR current.

    A SOURCE is a folder or file that grows, - for stdin, nats://HOST:PORT/STREAM or
    kafka://HOST:PORT/TOPIC. Each look judges what came until then; the promise of --fdr holds
    over all looks together. DIR has the files of a scan.
    """
    from revenuer.app.opening import Beside
    from revenuer.app.progress import Silent
    from revenuer.app.watch.asked import Asked
    from revenuer.app.watch.bookkeeping import Bookkeeper
    from revenuer.app.watch.publishing import Publisher
    from revenuer.app.watch.watching import watch
    from revenuer.cli.show.watch import print_look, print_taken

    session.out = out
    publisher = None
    if snapshot is not None:
        publisher = Publisher(
            findings=out,
            snapshot=snapshot,
            keys=keys_folder(keys),
            policy_file=policy_file,
            accounts=logs["accounts"],
            permits=logs["permits"],
        )
    book = None if casebook is None else opened(casebook, by, config, keys)
    if book is not None:
        from revenuer.app.casebook.places import note_place

        note_place(book.casebook, "watch", state, actor=book.actor, now=book.now)
    overrides = {"judge.fdr": fdr, "watch.look_hours": look_hours}
    asked = Asked(
        places=sources,
        state=state,
        out=out,
        beside=Beside(**logs),
        settings=settings_from(config, overrides).settings,
        until_end=until_end,
        content_free=content_free,
        baseline=baseline,
        known_innocent=known_innocent,
        intel=intel,
        unmask=unmask,
        publisher=publisher,
        bookkeeper=None
        if book is None
        else Bookkeeper(out, book.casebook, book.actor, tuple(book.settings.casebook.snapshots)),
    )

    def tell(told: Told) -> None:
        print_look(told, as_json=as_json)

    counted = watch(
        asked,
        environment=os.environ,
        # A line a stage, look after look, is for nobody.
        progress=session.progress() if sys.stderr.isatty() else Silent(),
        tell=tell,
        stopped=_Ending(),
    )
    print_taken(counted, session)


class _Ending:
    """Says whether somebody has asked the process to end, kindly."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            # The second time is meant: what is in the books is safe.
            raise KeyboardInterrupt
        self._asked = True

    def __call__(self) -> bool:
        return self._asked
