"""Options of the commands that take texts of exchanges into the casebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from revenuer.cli.casebook_options import CasebookInputs
from revenuer.cli.inputs import LogInputs

if TYPE_CHECKING:
    from revenuer.app.opening import Beside

logs_option = click.option(
    "--logs",
    multiple=True,
    metavar="EXCHANGES",
    help="Keep texts of exchanges that evidence cites from these logs, as `scan` reads them; may "
    "be repeated.",
)


class TextInputs(LogInputs, CasebookInputs):
    """Which logs, and which casebook."""


def beside_of(given: TextInputs) -> Beside:
    """How logs are read, as options say it."""
    from revenuer.app.opening import Beside

    return Beside(
        accounts=given["accounts"],
        permits=given["permits"],
        account_links=given["account_links"],
        column_map=given["column_map"],
        map_pairs=given["map_pairs"],
        log_format=given["log_format"],
    )
