"""Every way a command can end has its text and its exit code."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time

import click
import duckdb
import pytest

from revenuer.cli import group
from revenuer.cli.exits import Exit
from revenuer.cli.group import COMMANDS
from revenuer.cli.session import Session, pass_session
from revenuer.errors import NothingToReadError, RevenuerError


def test_help_names_every_command(revenuer) -> None:
    ran = revenuer("--help")
    assert ran.code == Exit.DONE
    listed = [line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line]
    assert tuple(listed) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(revenuer, name: str) -> None:
    ran = revenuer(name, "--help")
    assert ran.code == Exit.DONE
    assert f"Usage: revenuer {name}" in ran.out


def test_a_misspelt_command_names_the_nearest(revenuer) -> None:
    ran = revenuer("scna")
    assert ran.code == Exit.USAGE
    assert "did you mean scan?" in ran.err


@pytest.mark.parametrize("arguments", [("scan",), ("scan", "x", "--fdr", "y", "--out", "d"), ()])
def test_a_wrong_command_line_ends_with_code_2(revenuer, arguments: tuple[str, ...]) -> None:
    ran = revenuer(*arguments)
    assert (ran.code, ran.out) == (Exit.USAGE, "")


def failing(failure: BaseException) -> click.Command:
    @click.command("scan")
    @pass_session
    def command(session: Session) -> None:
        raise failure

    return command


def replace_scan(monkeypatch: pytest.MonkeyPatch, command: click.Command) -> None:
    monkeypatch.setattr(group.CommandFiles, "get_command", lambda *_: command)


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (RevenuerError("It broke.", "Mend it."), Exit.ERROR, "Error: It broke.\n  Mend it.\n"),
        (NothingToReadError("None there."), Exit.NOTHING_TO_READ, "Error: None there.\n"),
        (PermissionError(13, "Permission denied", "d"), Exit.ERROR, "Error: d: Permission denied."),
        (OSError(28, "No space left on device"), Exit.ERROR, "Error: no room is left on a disk"),
        (sqlite3.OperationalError("database or disk is full"), Exit.ERROR, "Make room and run"),
        (duckdb.IOException("Could not write: No space left on device"), Exit.ERROR, "no room"),
        (KeyboardInterrupt(), Exit.INTERRUPTED, "Interrupted. Nothing was written."),
    ],
)
def test_each_failure_has_its_text_and_code(
    revenuer, monkeypatch: pytest.MonkeyPatch, failure: BaseException, code: Exit, said: str
) -> None:
    replace_scan(monkeypatch, failing(failure))
    ran = revenuer("scan")
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_an_unexpected_failure_never_quotes_its_text(
    revenuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_scan(monkeypatch, failing(ValueError("row: my private prompt")))
    ran = revenuer("scan")
    assert ran.code == Exit.ERROR
    assert "private" not in ran.err
    assert "ValueError" in ran.err
    assert "--debug" in ran.err


def test_debug_shows_the_traceback(revenuer, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_scan(monkeypatch, failing(ValueError("here")))
    assert "Traceback" in revenuer("--debug", "scan").err


def test_an_interrupted_command_says_what_it_kept(
    revenuer, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    @click.command("scan")
    @pass_session
    def command(session: Session) -> None:
        session.out = tmp_path
        (tmp_path / "campaigns.json").write_text("{}")
        raise KeyboardInterrupt

    replace_scan(monkeypatch, command)
    assert f"{tmp_path} keeps campaigns.json." in revenuer("scan").err


def test_files_of_an_earlier_run_are_not_called_kept(tmp_path) -> None:
    import os

    (tmp_path / "old.json").write_text("{}")
    os.utime(tmp_path / "old.json", (1, 1))
    assert Session(out=tmp_path).kept() == f"{tmp_path} is as it was before."


def test_a_reader_that_goes_away_is_no_noise() -> None:
    loop = "import sys; from revenuer.cli import main; main(['config', 'show', '--json'])"
    with subprocess.Popen(
        [sys.executable, "-c", f"import time; time.sleep(0.5); {loop}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == Exit.PIPE_CLOSED


def test_ctrl_c_ends_a_running_command_with_130() -> None:
    waiting = (
        "import click, time, sys\n"
        "from revenuer.cli import group, main\n"
        "@click.command('scan')\n"
        "def wait():\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "group.CommandFiles.get_command = lambda *_: wait\n"
        "main(['scan'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", waiting], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == Exit.INTERRUPTED
    assert "Interrupted" in said
    assert "Traceback" not in said


def test_json_holds_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    from revenuer.cli.show.json_text import print_json

    print_json({"a": float("nan"), "b": [1.5, float("inf")], "c": ("x",)})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [1.5, None], "c": ["x"]}


@pytest.mark.parametrize("share", ["0", "1", "2", "-0.1", "much"])
def test_an_impossible_fdr_is_a_usage_error(revenuer, tmp_path, share: str) -> None:
    ran = revenuer("scan", "logs", "--out", tmp_path / "out", "--fdr", share)
    assert ran.code == Exit.USAGE
    assert "--fdr" in ran.err
