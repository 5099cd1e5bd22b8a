from __future__ import annotations

from dataclasses import replace
from io import StringIO

from findings_fixture import convicted
from rich.console import Console

from revenuer.records import Findings
from revenuer.reports.terminal import print_campaigns


def printed(findings: Findings, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    print_campaigns(findings, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().replace("\N{NO-BREAK SPACE}", " ")


def test_every_campaign_has_its_figures_and_its_reason(example: Findings) -> None:
    lines = printed(example).splitlines()
    first = next(line for line in lines if line.startswith("convicted"))
    assert first.split("  ")[0] == "convicted"
    for said in ("5f0c1f9e", "40 accounts", "182,431 exchanges", "97 % probable", "3 Feb 2026"):
        assert said in first
    text = " ".join(" ".join(lines).split())
    assert "38 of 40 accounts pay with one of 3 cards" in text
    assert "cot-exfiltration, synthetic-data" in text
    assert "coord 19.4 extract 11.2 conceal 6.1*" in text
    assert "reseller: One company resells access" in text
    assert "6 innocents nearby" in text
    assert "11.2 k left in the first 2.2 days" in text


def test_the_head_says_what_was_read_and_how_it_was_judged(example: Findings) -> None:
    head = printed(example).splitlines()[:2]
    assert "1,204,518 exchanges" in head[0]
    assert head[1] == (
        "1 convicted   0 suspected   1 undecided   1 cleared   at a false-discovery rate of 5 %"
    )


def test_columns_line_up_and_no_line_is_wider_than_the_terminal(example: Findings) -> None:
    lines = printed(example).splitlines()
    assert max(map(len, lines)) <= 100
    firsts = [line for line in lines if line.startswith(("convicted", "undecided", "cleared"))]
    assert len({line.index("probable") for line in firsts}) <= 2
    assert len({line.index(" account") - len(line[21:].split()[0]) for line in firsts}) == 1


def test_large_numbers_still_fit(example: Findings) -> None:
    ids = tuple(map(str, range(24_975)))
    one = replace(convicted(), exchanges=151_000_000, account_ids=ids, probability=0.99999)
    text = printed(Findings(example.scanned, (one,)))
    assert "24,975 accounts" in text
    assert "151,000,000 exchanges" in text
    assert "> 99.9 % probable" in text
    assert "since 3 Feb 2026" in text


def test_markup_in_findings_is_not_obeyed(example: Findings) -> None:
    evidence = replace(convicted().evidence[0], statement="[red]x[/red] \x1b[31m y")
    one = replace(convicted(), evidence=(evidence,))
    text = printed(Findings(example.scanned, (one,)))
    assert "[red]x[/red] ␛[31m y" in text


def test_no_campaign_says_what_to_do(example: Findings) -> None:
    text = printed(Findings(example.scanned, ()))
    assert "No campaign was found" in text
    assert "revenuer doctor" in text


def test_blind_detectors_are_named(example: Findings) -> None:
    assert "blind: phone: accounts.phone_fingerprint" in printed(example)
