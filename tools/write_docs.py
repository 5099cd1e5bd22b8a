"""Write the pages of docs/ that are made from the program itself.

Run by `make docs-write`; a test fails when a page differs from what this would write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from access_pages import access_policy_page, signals_page
from api_pages import api_page
from canonical_page import canonical_page
from countermeasure_pages import countermeasures_page
from gateway_pages import gateway_page
from guard_pages import ladder_page, policy_page
from lab_pages import lab_page
from placeholders import placeholders_page
from revenuer.cli.group import COMMANDS, revenuer
from revenuer.cli.show.detector_page import cases_of, page
from revenuer.cli.show.settings import setting_text
from revenuer.detectors import DETECTORS
from revenuer.schema import described, value_at
from revenuer.settings import Settings
from revenuer.sharing.profile import EXTENSION_ID, json_schema

ROOT = Path(__file__).parents[1]
MADE = "<!-- Written by `make docs-write`; change the program, not this page. -->\n\n"


def pages() -> dict[Path, str]:
    """Return every generated page, by its path below the repository."""
    found = {
        Path("docs/cli.md"): MADE + cli_page(),
        Path("docs/settings.md"): MADE + settings_page(),
        Path("docs/placeholders.md"): MADE + placeholders_page(ROOT / "src"),
        Path("docs/access-signals.md"): MADE + signals_page(),
        Path("docs/access-policy.md"): MADE + access_policy_page(),
        Path("docs/guard-ladder.md"): MADE + ladder_page(),
        Path("docs/guard-policy.md"): MADE + policy_page(),
        Path("docs/countermeasures.md"): MADE + countermeasures_page(),
        Path("docs/gateway-settings.md"): MADE + gateway_page(),
        Path("docs/detectors/README.md"): MADE + detector_index(),
        Path("docs/lab-settings.md"): MADE + lab_page(),
        Path("docs/api.md"): MADE + api_page(),
        Path("docs/canonical.md"): MADE + canonical_page(),
    }
    schema = Path(f"src/revenuer/sharing/schemas/{EXTENSION_ID}.json")
    found[schema] = json.dumps(json_schema(), indent=1) + "\n"
    for detector in DETECTORS:
        card = detector.card
        found[Path(f"docs/detectors/{card.id}.md")] = page(card, cases_of(card.id))
    return found


def cli_page() -> str:
    """Return the help of every command."""
    parts = [
        "# The command line",
        "Results go to stdout, talk and progress to stderr. `-` is stdin. Every command that reads "
        "takes `--json`. How a command ends is in [exit-codes.md](exit-codes.md).",
        _block("revenuer", revenuer),
    ]
    context = click.Context(revenuer, info_name="revenuer")
    for name in COMMANDS:
        command = revenuer.get_command(context, name)
        assert command is not None
        parts.extend(_blocks(f"revenuer {name}", command))
    return "\n\n".join(parts) + "\n"


def _blocks(name: str, command: click.Command) -> Iterator[str]:
    yield f"## {name}"
    yield _block(name, command)
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for member in command.list_commands(context):
            inner = command.get_command(context, member)
            assert inner is not None
            yield from _members(f"{name} {member}", inner)


def _members(name: str, command: click.Command) -> Iterator[str]:
    yield _block(name, command)
    if isinstance(command, click.Group):
        for member, inner in command.commands.items():
            yield from _members(f"{name} {member}", inner)


def _block(name: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=name, terminal_width=96, help_option_names=["-h", "--help"]
    )
    return f"```text\n{command.get_help(context)}\n```"


def settings_page() -> str:
    """Return every setting with its default and its meaning."""
    lines = [
        "# Settings",
        "",
        "One TOML file: `--config FILE`, or `revenuer.toml` in the folder where the command runs. "
        "A variable wins over the file: `judge.fdr` is `REVENUER_JUDGE__FDR`. An option of the "
        "command line wins over both. `revenuer config show` prints what is in force and who said "
        "so.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    default = Settings()
    for path, meaning in described(Settings).items():
        shown = setting_text(value_at(default, path))
        meaning = meaning.replace(" placeholder", " A [placeholder](placeholders.md).")
        lines.append(f"| `{'.'.join(path)}` | `{shown}` | {meaning} |")
    return "\n".join(lines) + "\n"


def detector_index() -> str:
    """Return the list of detectors, by axis."""
    lines = ["# Detectors", "", "| detector | axis | maturity | looks for |", "|---|---|---|---|"]
    for card in sorted((each.card for each in DETECTORS), key=lambda card: (card.axis, card.id)):
        link = f"[{card.id}]({card.id}.md)"
        lines.append(f"| {link} | {card.axis.value} | {card.maturity.value} | {card.title} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write what differs, and remove pages of detectors that are gone."""
    wanted = pages()
    for path, text in wanted.items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file() or target.read_text("utf-8") != text:
            target.write_text(text, "utf-8")
            print(path)
    for stale in sorted((ROOT / "docs/detectors").glob("*.md")):
        if stale.relative_to(ROOT) not in wanted:
            stale.unlink()
            print(f"removed {stale.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
