"""What one look of a watch takes, stage by stage.

    python tools/measure_look.py WORLD NUMBER [--state DIR]

Watches a simulated world until look NUMBER is made and prints a Markdown table of that look: the
processor seconds of the process in each stage, and those on the clock. What runs beside a stage is
counted in it. With `--state` the watch goes on from what lies there, so that one late look can
be measured again from a copy of a state.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from revenuer.app.opening import Beside
from revenuer.app.watch.asked import Asked
from revenuer.app.watch.watching import Told, watch
from revenuer.config_file import load_settings
from scan_in_stages import Recorder

BETWEEN = "between stages"


def measure(world: Path, number: int, state: Path, out: Path) -> list[tuple[str, float, float]]:
    """The stages of a look with their processor seconds and seconds; the dearest first."""
    recorder, found = Recorder(), list[tuple[str, float, float]]()
    settings = load_settings(
        world / "releases.toml", environment={}, folder=world, overrides={}
    ).settings
    beside = Beside(
        accounts=str(world / "accounts.parquet"), permits=str(world / "permits.parquet")
    )
    asked = Asked([str(world / "exchanges")], state, out, beside, settings, until_end=True)

    def tell(told: Told) -> None:
        if told.due.number == number:
            found.extend(_rows(recorder, told.seconds))
        recorder.stages.clear()

    watch(
        asked,
        environment={},
        progress=recorder,
        tell=tell,
        stopped=lambda: bool(found),
    )
    return found


def _rows(recorder: Recorder, seconds: float) -> list[tuple[str, float, float]]:
    rows = [(str(s["name"]), float(s["cpu_s"]), float(s["seconds"])) for s in recorder.stages]
    rows.sort(key=lambda row: -row[1])
    return [*rows, (BETWEEN, 0.0, max(seconds - sum(row[2] for row in rows), 0.0))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("number", type=int)
    parser.add_argument("--state", type=Path)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="measure-look-") as work:
        state = asked.state or Path(work) / "state"
        rows = measure(asked.world, asked.number, state, Path(work) / "out")
    if not rows:
        print(f"the stream ended before look {asked.number}")
        return 1
    print(f"| stage of look {asked.number} | processor seconds | seconds |\n|---|---|---|")
    for name, cpu_s, seconds in rows:
        print(f"| {name} | {cpu_s:.2f} | {seconds:.2f} |")
    whole = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    print(f"| all | {whole[0]:.1f} | {whole[1]:.1f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
