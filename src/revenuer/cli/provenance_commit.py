"""`revenuer provenance commit`: fix a test before anything is served."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.provenance_casebook import anchor_here, anchored_by, book_here
from revenuer.cli.provenance_options import (
    file_option,
    ids_of,
    opened,
    registry_options,
    tokenizer_option,
)
from revenuer.cli.session import Session, pass_session


@click.command("commit")
@click.argument("name", metavar="NAME")
@click.option(
    "--statistic",
    type=click.Choice(["green", "gumbel", "tournament", "recall", "rank"]),
    required=True,
    help="A watermark's score, canaries recalled word for word, or their ranks among decoys.",
)
@file_option("--accounts", "Account ids, one a line, that have a key each; else all share one.")
@click.option("--alpha", type=float, default=0.01, show_default=True, help="Over all looks.")
@click.option(
    "--budget", type=int, default=1000, show_default=True, help="Most answers a test rests on."
)
@click.option("--width", type=int, default=2, show_default=True, help="Context tokens of a mark.")
@click.option("--gamma", type=float, default=0.5, show_default=True, help="Share of green tokens.")
@click.option("--layers", type=int, default=30, show_default=True, help="Rounds of a tournament.")
@click.option(
    "--paired/--unpaired",
    default=True,
    help="Take your own unmarked model's probabilities off; far stronger, and the default.",
)
@click.option(
    "--repeats",
    type=click.Choice(["all", "once"]),
    default="all",
    show_default=True,
    help="Whether a repeated context and token counts each time.",
)
@click.option("--drawn", type=int, default=9999, show_default=True, help="Keys to compare with.")
@click.option("--canaries", type=int, default=20, show_default=True, help="For each account.")
@click.option("--code-words", type=int, default=4, show_default=True, help="Words of a code.")
@click.option(
    "--answer-words",
    type=int,
    default=50,
    show_default=True,
    help="Words of an answer in which a code is looked for.",
)
@click.option("--decoys", type=int, default=199, show_default=True, help="For each code's rank.")
@tokenizer_option
@json_option
@registry_options
@anchored_by
@pass_session
def command(
    session: Session,
    /,
    name: str,
    accounts: Path | None,
    tokenizer: Path | None,
    as_json: bool,
    folder: Path | None,
    keys: Path | None,
    casebook: str | None,
    config: Path | None,
    by: str | None,
    **plan: object,
) -> None:
    """Commit to a test called NAME: its secret, its statistic, its threshold, its budget.

    What binds them goes into the audit log, and the log's head into the casebook's if there is one;
    the secret into a file that you alone can read. Tell somebody else the witness that is printed:
    it shows later that the log is the same.
    """
    import msgspec

    from revenuer.app.provenance.registering import commit
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.provenance import print_commitments
    from revenuer.provenance.plan import Plan

    digest = "" if tokenizer is None else sha256(tokenizer.read_bytes()).hexdigest()
    planned = msgspec.convert({**plan, "tokenizer_sha256": digest}, Plan)
    # A casebook that cannot be opened is told before anything is committed.
    book, registry = book_here(casebook, by, config, keys), opened(folder, keys)
    made = commit(
        registry,
        name,
        planned,
        accounts=ids_of(accounts),
        now=datetime.now(UTC),
    )
    if as_json:
        print_json(made)
    else:
        print_commitments([made], session.stdout())
    anchor_here(session, registry, book)
    session.say(f"Tell somebody else this witness: {made.entry}:{made.entry_hash}")
