"""`revenuer provenance ask`: a suspect behind an OpenAI-compatible endpoint."""

from __future__ import annotations

import os
from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session
from revenuer.errors import ConfigError


@click.command("ask")
@click.argument(
    "prompts", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PROMPTS"
)
@click.option("--url", required=True, metavar="URL", help="The base, such as https://host/v1.")
@click.option("--model", required=True, metavar="NAME", help="What the suspect is called there.")
@click.option(
    "--key-env", metavar="VARIABLE", help="Environment variable that holds the key to it."
)
@click.option(
    "--budget", type=int, required=True, help="Most answers in the file, all runs counted."
)
@click.option("--max-tokens", type=int, default=256, show_default=True, help="Of an answer.")
@click.option("--temperature", type=float, default=1.0, show_default=True)
@click.option(
    "--least-sure",
    is_flag=True,
    help="Ask first where your own model is least sure, by the column probabilities of PROMPTS.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="JSON Lines of answers; a run that was stopped goes on in it.",
)
@json_option
@pass_session
def command(
    session: Session,
    prompts: Path,
    url: str,
    model: str,
    key_env: str | None,
    budget: int,
    max_tokens: int,
    temperature: float,
    least_sure: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Ask a suspect the PROMPTS, one request each, and stop at the budget.

    PROMPTS is JSON Lines or Parquet with a column prompt, such as `provenance canaries` writes.
    Only the prompt is sent, and only the answer is written.
    """
    from revenuer.app.provenance.asking import Endpoint, ask
    from revenuer.cli.show.json_text import print_json

    if key_env is not None and not os.environ.get(key_env):
        raise ConfigError(
            f"The variable {key_env} is not set.", "Put the key to the suspect there."
        )
    key = os.environ[key_env] if key_env is not None else ""
    found = ask(
        prompts,
        out,
        Endpoint(url, model, key, max_tokens, temperature),
        budget=budget,
        least_sure=least_sure,
    )
    if as_json:
        print_json(found)
    else:
        click.echo(
            f"{out}: {found.answers:,} of at most {found.budget:,} answers, {found.new:,} new, "
            f"{found.left:,} prompts left"
        )
