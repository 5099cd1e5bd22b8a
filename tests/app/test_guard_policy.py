"""The guard's policy file: read whole, or everything that is wrong with it at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from revenuer.app.guard_policy import check_policy, load_policy
from revenuer.errors import ConfigError
from revenuer.guard import Action, Mode, Policy
from revenuer.guard.policy import Exemption, Limit, Rate, Sentence, Step, Throttle


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "guard.toml"
    path.write_text(text, "utf-8")
    return path


def problems_of(tmp_path: Path, text: str) -> list[str]:
    return check_policy(written(tmp_path, text))[1]


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert load_policy(written(tmp_path, "")) == Policy()


def test_the_defaults_contradict_nothing_and_act_on_nobody_unasked(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, ""))
    assert policy.mode is Mode.SHADOW
    assert {step.verdict for step in policy.ladder} == {Sentence.CONVICTED}
    assert max(step.action for step in policy.ladder) < Action.BLOCK


def test_every_part_of_a_file_is_read(tmp_path: Path) -> None:
    policy = load_policy(
        written(
            tmp_path,
            """
            mode = "enforce"
            at_most = "challenge"
            verdict_hours = 5
            [[ladder]]
            action = "tag"
            verdict = "suspected"
            nats_at_least = { coordination = 2 }
            methods = ["cot-exfiltration"]
            [throttle]
            requests_per_minute = 2
            [[limits]]
            name = "free"
            cohorts = ["free"]
            rate = { requests_per_minute = 60 }
            [[exemptions]]
            why = "permit"
            accounts = ["a"]
            until = 2027-01-01T00:00:00Z
            [reduce.also.openai-chat]
            include_reasoning = false
            [replayed]
            foreign = "block"
            [appeal]
            url = "https://example.com/appeals"
            """,
        )
    )
    assert policy.mode is Mode.ENFORCE
    assert (policy.at_most, policy.verdict_hours) == (Action.CHALLENGE, 5.0)
    assert policy.ladder == (
        Step(
            Action.TAG,
            Sentence.SUSPECTED,
            nats_at_least={"coordination": 2.0},
            methods=("cot-exfiltration",),
        ),
    )
    # What a section does not name keeps its own default.
    assert policy.throttle == Throttle(requests_per_minute=2.0)
    assert policy.throttle.tokens_per_minute == Throttle().tokens_per_minute > 0
    assert policy.limits == (Limit("free", Rate(60.0), cohorts=("free",)),)
    assert policy.exemptions == (
        Exemption("permit", accounts=("a",), until=datetime(2027, 1, 1, tzinfo=UTC)),
    )
    assert policy.reduce.also == {"openai-chat": {"include_reasoning": False}}
    assert policy.replayed.foreign is Action.BLOCK


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('mode = "enforse"', "mode must be one of shadow, enforce, not 'enforse'"),
        ("stale = 9", "unknown key stale; did you mean stale_s?"),
        ("[throtle]\n", "unknown key throtle; did you mean throttle?"),
        (
            "[throttle]\nrequest_per_minute = 1",
            "unknown key throttle.request_per_minute; did you mean requests_per_minute?",
        ),
        ("[[ladder]]\nverdict = 'convicted'", "ladder[0] lacks action"),
        (
            "[[ladder]]\naction = 'ban'",
            "ladder[0].action must be one of allow, tag, throttle, reduce, challenge, block, "
            "not 'ban'",
        ),
        (
            "[[ladder]]\naction = 'tag'\nverdict = 'cleared'",
            "ladder[0].verdict must be one of convicted, suspected, undecided, not 'cleared'",
        ),
        (
            "[[ladder]]\naction = 'tag'\nprobability_at_least = 1.5",
            "ladder[0].probability_at_least must be from 0 to 1, not 1.5",
        ),
        (
            "[[ladder]]\naction = 'tag'\nprobability_at_least = nan",
            "ladder[0].probability_at_least must be from 0 to 1, not nan",
        ),
        (
            "[[ladder]]\naction = 'tag'\nnats_at_least = {extracton = 1}",
            "unknown axis ladder[0].nats_at_least.extracton; did you mean extraction?",
        ),
        (
            "[[ladder]]\naction = 'tag'\nnats_at_least = {extraction = inf}",
            "ladder[0].nats_at_least.extraction must be a finite number, not inf",
        ),
        (
            "[[ladder]]\naction = 'tag'\nmethods = ['cot-exfil']",
            "unknown method 'cot-exfil' in ladder[0].methods; did you mean cot-exfiltration?",
        ),
        (
            "at_most = 'tag'\n[[ladder]]\naction = 'block'",
            "ladder[0] asks for block, and at_most allows tag only",
        ),
        ("ladder = 3", "ladder must be a list, not the int 3"),
        ("throttle = 3", "throttle must be a table, not the int 3"),
        ("callers = 0", "callers must be 1 or more, not 0"),
        ("callers = 1.5", "callers must be a whole number, not the float 1.5"),
        (
            "[throttle]\nrequests_per_minute = 0\ntokens_per_minute = 0",
            "throttle sets neither requests_per_minute nor tokens_per_minute",
        ),
        (
            "[[limits]]\nname = 'x'\nrate = {requests_per_minute = 1}",
            "limits[0] (x) is nobody's: name accounts, organizations or cohorts, or "
            'cohorts = ["*"] for everybody',
        ),
        (
            "[[limits]]\nname = 'x'\nrate = {}\ncohorts = ['*']",
            "limits[0] (x) sets neither rate.requests_per_minute nor rate.tokens_per_minute",
        ),
        (
            "\n".join(
                ["[[limits]]\nname = 'x'\nrate = {requests_per_minute = 1}\ncohorts = ['*']"] * 2
            ),
            "2 limits have the name 'x'",
        ),
        (
            "[[exemptions]]\nwhy = 'x'",
            "exemptions[0] is nobody's: name accounts or organizations",
        ),
        (
            "[[exemptions]]\nwhy = 'x'\naccounts = ['a']\nuntil = 2027-01-01T00:00:00",
            "exemptions[0].until needs an offset, such as the Z of 2026-02-05T18:00:00Z",
        ),
        (
            "[reduce.also.openai-chatt]\nx = 1",
            "unknown protocol reduce.also.openai-chatt; did you mean openai-chat?",
        ),
        (
            "[appeal]\nurl = 'example.com'",
            "appeal.url must be an https, http or mailto address, not 'example.com'",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert problems_of(tmp_path, text) == [said]


def test_a_policy_that_enforces_says_where_to_object(tmp_path: Path) -> None:
    assert problems_of(tmp_path, 'mode = "enforce"') == [
        "mode is enforce, and appeal.url names no place where a caller can object",
        "the ladder challenges, and appeal.verify_url names no place where a caller can verify "
        "who they are",
    ]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    text = "mod = 1\nstale_s = 'x'\n[[ladder]]\naction = 'ban'\n[[limits]]\n[reduce]\nn = 0\n"
    with pytest.raises(ConfigError, match="for 6 reasons") as refused:
        load_policy(written(tmp_path, text))
    for part in ("mod;", "stale_s", "ladder[0]", "limits[0] lacks name", "lacks rate", "reduce.n"):
        assert part in refused.value.message


def test_a_file_that_is_no_toml_or_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "mode =")
    assert "is not TOML" in problem
    (problem,) = check_policy(tmp_path / "none.toml")[1]
    assert "cannot be read" in problem
