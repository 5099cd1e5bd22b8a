from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from findings_fixture import (
    convicted,
    convicted_exhibit,
    findings,
    members,
    telling_example,
)

from revenuer.records import Campaign, Exhibit, Findings, Pivot, Tie
from revenuer.reports.blind_spots import ALWAYS_BLIND
from revenuer.reports.html import render_html

HOSTILE = "</style><script>alert(1)</script><img src=x onerror=\"alert('2')\">\u202etxt\x00&amp;"
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; complains about tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.texts))


def only(campaign: Campaign, exhibit: Exhibit | None = None) -> Findings:
    return Findings(findings().scanned, (campaign,), (exhibit,) if exhibit else ())


def hostile() -> Findings:
    """The convicted campaign with an attack in every text that logs can influence."""
    one, exhibit = convicted(), convicted_exhibit()
    attack = replace(
        one,
        id=HOSTILE,
        account_ids=(HOSTILE, *one.account_ids),
        capabilities={HOSTILE: 0.5},
        taxonomy={HOSTILE: (HOSTILE,)},
        supersedes=(HOSTILE,),
        attribution=replace(one.attribution, actor=HOSTILE, rivals=(HOSTILE,), confidence=0.4),
        pivots=(Pivot(one.first_seen, HOSTILE, HOSTILE, 0.5, None),),
        evidence=tuple(
            replace(e, kind=HOSTILE, statement=HOSTILE, account_ids=(HOSTILE,))
            for e in one.evidence
        ),
        innocent_explanations=tuple(
            replace(e, name=HOSTILE, why_rejected=HOSTILE) for e in one.innocent_explanations
        ),
    )
    example = replace(telling_example(0, HOSTILE), text=HOSTILE, why=HOSTILE, exchange_id=HOSTILE)
    drawn = replace(
        exhibit,
        campaign_id=HOSTILE,
        releases=((one.first_seen, HOSTILE),),
        ties=tuple(replace(t, kind=HOSTILE, label=HOSTILE) for t in exhibit.ties),
        telling=(example,) * 5,
        random=(example,),
        account_volumes=((HOSTILE, 3),),
    )
    scanned = replace(
        findings().scanned,
        baseline_id=HOSTILE,
        config_sha256=HOSTILE,
        detector_versions={HOSTILE: 1},
        blind=(HOSTILE,),
    )
    return Findings(scanned, (attack,), (drawn,))


def test_the_page_is_well_formed_and_needs_no_script(example: Findings) -> None:
    page = Page(render_html(example))
    assert "script" not in page.tags
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_nothing_is_loaded_from_anywhere(example: Findings) -> None:
    text = render_html(example)
    page = Page(text)
    loading = {"src", "srcset", "action", "formaction", "data", "poster", "xlink:href"}
    assert not [pair for pair in page.attributes if pair[1] in loading]
    links = [value for _, name, value in page.attributes if name == "href"]
    assert links
    assert all(link.startswith("#") for link in links)
    style = re.search("<style>(.*)</style>", text, re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import|@font-face|expression", style[1])
    assert "://" not in text


def test_the_policy_allows_this_style_and_nothing_else(example: Findings) -> None:
    text = render_html(example)
    style = re.search("<style>(.*)</style>", text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    page = Page(text)
    policy = next(value for _, name, value in page.attributes if "default-src" in value)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    # A style attribute would be refused by the policy, silently.
    assert not [pair for pair in page.attributes if pair[1] == "style"]


def test_the_same_findings_give_the_same_bytes(example: Findings) -> None:
    assert render_html(example) == render_html(findings())


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_bytes_do_not_depend_on_the_run(example: Findings, seed: str) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from findings_fixture import findings; from revenuer.reports.html import render_html;"
        "sys.stdout.buffer.write(render_html(findings()).encode())"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    ).stdout
    assert printed.decode() == render_html(example)


def test_hostile_text_stays_text() -> None:
    text = render_html(hostile(), title=HOSTILE)
    page = Page(text)
    assert not {"script", "img"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name == "onerror"]
    assert "\u202e" not in page.text
    assert "\x00" not in text
    assert page.text.count("⟨U+202E⟩txt␀") > 20


def test_right_to_left_text_keeps_its_letters_and_is_isolated(example: Findings) -> None:
    page = Page(render_html(example))
    assert "مرحبا، اشرح خطوات الحل" in page.text
    assert ("blockquote", "dir", "auto") in page.attributes


def test_every_campaign_is_there_and_linked_gravest_first(example: Findings) -> None:
    shuffled = replace(example, campaigns=tuple(reversed(example.campaigns)))
    page = Page(render_html(shuffled))
    ids = [value for tag, name, value in page.attributes if (tag, name) == ("article", "id")]
    assert ids == [campaign.id for campaign in example.campaigns]
    links = [value for _, name, value in page.attributes if name == "href"]
    assert links == [f"#{id_}" for id_ in ids]
    assert all(id_ in page.text for id_ in ids)


def test_the_page_says_what_was_read_and_what_it_promises(example: Findings) -> None:
    text = Page(render_html(example)).text.replace("\N{NO-BREAK SPACE}", " ")
    for said in (
        "1,204,518",
        "688,240",
        "10,412",
        "1 Feb 2026, 00:02",
        "21 Feb 2026, 23:57",
        "1 convicted",
        "0 suspected",
        "at most 5 % are expected to be innocent",
        "at most 15 % of the accounts read",
    ):
        assert said in text


def test_a_campaign_shows_all_that_is_known_of_it(example: Findings) -> None:
    text = Page(render_html(replace(example, campaigns=example.campaigns[:1]))).text
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    one, exhibit = example.campaigns[0], example.exhibits[0]
    said = [
        *(piece.statement for piece in one.evidence),
        *(piece.kind for piece in one.evidence),
        *(explanation.why_rejected for explanation in one.innocent_explanations),
        *(tie.label for tie in exhibit.ties),
        *(" ".join(shown.text.split()) for shown in (*exhibit.telling, *exhibit.random)),
        *one.account_ids,
        *one.capabilities,
        *(id_ for ids in one.taxonomy.values() for id_ in ids),
        "97 % probable, almost certain",
        "11,207 exchanges, 13.2 M output tokens in 2.2 days",
        "47 % moved from glacier-2 to glacier-3 on 12 Feb 2026, 06:30 UTC, 14 h after its release.",
        "cot-exfiltration, synthetic-data",
        "glacier-3 released",
        "What the pieces share, counted once",
    ]
    assert [words for words in said if words not in text] == []


def test_the_deciding_axis_is_marked_and_no_other(example: Findings) -> None:
    text = render_html(only(convicted(), convicted_exhibit()))
    heads = re.findall(r'<h4[^>]*>(\w+) <span class="tag">weakest: decides</span>', text)
    assert heads == ["concealment", "concealment"]


def test_pieces_too_small_to_see_are_folded_away_and_still_there() -> None:
    faint = tuple(
        replace(piece, log_e_value=0.01, statement=f"faint {n}")
        for n, piece in enumerate(convicted().evidence[:2])
    )
    text = render_html(only(replace(convicted(), evidence=(*convicted().evidence, *faint))))
    folded = re.search(r'<details class="folded">(.*?)</div>\s*</details>', text, re.DOTALL)
    assert folded
    assert "2 pieces that add less than 0.1" in folded[1]
    assert "faint 0" in folded[1]
    assert "faint 1" in folded[1]


def test_an_explanation_that_holds_says_so(example: Findings) -> None:
    text = Page(render_html(only(example.campaigns[1]))).text
    assert "reseller holds" in text
    assert "batch job rejected" in text


def test_blind_spots_of_this_log_and_of_every_log_are_named(example: Findings) -> None:
    text = Page(render_html(example)).text
    for said in (*example.scanned.blind, *(name for name, _ in ALWAYS_BLIND)):
        assert said in text
    seeing = replace(example.scanned, blind=())
    assert "Every detector had the columns" in render_html(Findings(seeing, ()))


def test_a_page_without_campaigns_says_what_to_do(example: Findings) -> None:
    text = Page(render_html(Findings(example.scanned, ()))).text
    assert "No campaign was found" in text
    assert "revenuer doctor" in text
    assert "revenuer simulate --into" in text


def test_a_campaign_without_exhibit_is_shown_without_pictures(example: Findings) -> None:
    page = Page(render_html(Findings(example.scanned, example.campaigns)))
    assert "Exchanges per day" not in page.text
    assert "Moves between models" in page.text
    assert example.campaigns[0].evidence[0].statement in page.text


def test_twenty_four_thousand_accounts_are_cut_and_counted() -> None:
    ids = members(24_000, "x")
    tie = Tie("payment", "card", convicted_exhibit().ties[0].channel, ids, 0)
    volumes = tuple((account, n) for n, account in enumerate(ids))
    exhibit = replace(convicted_exhibit(), ties=(tie,), account_volumes=volumes, telling=())
    text = render_html(only(replace(convicted(), account_ids=ids), exhibit))
    assert len(text) < 150_000
    assert "23,950 more in campaigns.json" in text
    assert ids[-1] in text  # the busiest come first
    assert "about 160 accounts" in text


def test_unknown_volumes_are_not_shown_as_zero() -> None:
    exhibit = replace(convicted_exhibit(), account_volumes=(("acct_7e0003", 12),))
    text = render_html(only(convicted(), exhibit))
    assert re.search(r'acct_7e0003</code> <span class="quiet">12</span>', text)
    assert re.search(r"acct_7e0004</code></li>", text)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    full = colour * 2 if len(colour) == 3 else colour
    parts = [int(full[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_colours_reach_the_contrast_of_wcag_aa(example: Findings, scheme: int) -> None:
    blocks = re.findall(r":root \{([^}]*)\}", render_html(example))
    assert len(blocks) == 3
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", blocks[scheme]))
    texts = ("ink", "quiet", "link", "convicted", "suspected", "undecided", "cleared")
    for name in texts:
        for ground in ("paper", "page"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for name in ("own", "other", "correction"):
        assert contrast(colours[name], colours["paper"]) >= 3, name


def test_every_colour_that_is_used_is_defined(example: Findings) -> None:
    text = render_html(example)
    blocks = re.findall(r":root \{([^}]*)\}", text)
    for block in blocks:
        assert set(re.findall(r"var\(--([\w-]+)\)", text)) == set(re.findall(r"--([\w-]+):", block))
