"""What each countermeasure does to requests and to reasoning."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.countermeasures import (
    CARDS,
    ActsOn,
    canary_served,
    habit,
    logprobs_capped,
    reasoning_reordered,
    reasoning_summarised,
    reasoning_withheld,
    sampling_limited,
)
from revenuer.countermeasures.prompts import last_prompt, told_beside
from revenuer.countermeasures.sampling_limited import Bounds
from revenuer.countermeasures.seed_coupling import SeedCoupling
from revenuer.countermeasures.sentences import sentences_of
from revenuer.countermeasures.wire import Wire

KEY = b"k" * 32
ACCOUNTS = (b"a" * 16, b"b" * 16)
PROMPTS = [
    f"Write {subject} as a function in Python." for subject in ("sorting", "search", "merge")
]


def chat(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **more}


def test_every_card_says_what_an_approver_must_know() -> None:
    assert len({card.id for card in CARDS}) == len(CARDS)
    for card in CARDS:
        assert card.known_breaks
        assert all((card.title, card.changes_for_customers, card.cost, card.source))


class TestSeeds:
    def seeds(self, coupling: SeedCoupling, account: bytes, prompts: list[str]) -> list[int]:
        return [coupling.amend(chat(one), Wire.CHAT, account)["seed"] for one in prompts]

    def test_accounts_that_ask_alike_get_the_same_seeds_visit_by_visit(self) -> None:
        coupling = SeedCoupling(KEY)
        asked = PROMPTS * 3
        assert self.seeds(coupling, ACCOUNTS[0], asked) == self.seeds(coupling, ACCOUNTS[1], asked)

    def test_one_account_never_gets_a_seed_twice(self) -> None:
        seeds = self.seeds(SeedCoupling(KEY), ACCOUNTS[0], PROMPTS * 200)
        assert len(set(seeds)) == len(seeds)

    def test_the_seeds_of_one_account_look_drawn(self) -> None:
        seeds = self.seeds(SeedCoupling(KEY), ACCOUNTS[0], PROMPTS * 700)
        counted = Counter(seed % 7 for seed in seeds)
        # Chi-squared with 6 degrees of freedom: above 27.9 by chance once in ten thousand.
        assert sum((n - 300) ** 2 / 300 for n in counted.values()) < 27.9

    def test_workers_never_count_the_same_visit(self) -> None:
        lanes = [SeedCoupling(KEY, lane=lane, lanes=3) for lane in range(3)]
        seeds = [seed for one in lanes for seed in self.seeds(one, ACCOUNTS[0], PROMPTS[:1] * 9)]
        assert len(set(seeds)) == 27
        assert seeds[0] == self.seeds(SeedCoupling(KEY), ACCOUNTS[1], PROMPTS[:1])[0]

    def test_another_key_gives_other_seeds(self) -> None:
        one, other = (self.seeds(SeedCoupling(key), ACCOUNTS[0], PROMPTS) for key in (KEY, b"x"))
        assert not set(one) & set(other)

    def test_near_copies_fall_together_and_strangers_apart(self) -> None:
        coupling = SeedCoupling(KEY, rows=1)
        words = [f"word{place}" for place in range(20)]
        near = [
            coupling.bucket(" ".join(words)) == coupling.bucket(" ".join([*words[1:], f"n{n}"]))
            for n in range(400)
        ]
        # 19 of 21 words in common: 0.905, give or take four standard errors.
        assert 0.84 < sum(near) / 400 <= 1
        far = [coupling.bucket(f"x{n} y{n}") for n in range(400)]
        assert len(set(far)) == 400
        assert coupling.bucket("Two  AND two?") == coupling.bucket("two and TWO")

    def test_memory_is_bounded_and_the_longest_unseen_is_forgotten(self) -> None:
        coupling = SeedCoupling(KEY, most=10)
        first = self.seeds(coupling, ACCOUNTS[0], ["once"])
        self.seeds(coupling, ACCOUNTS[0], [f"prompt {n}" for n in range(30)])
        assert len(coupling) == 10
        assert self.seeds(coupling, ACCOUNTS[0], ["once"]) == first

    def test_a_clients_own_seed_is_not_heeded(self) -> None:
        body = SeedCoupling(KEY).amend(chat("hi", seed=7), Wire.CHAT, ACCOUNTS[0])
        assert body["seed"] != 7

    @pytest.mark.parametrize("wire", [Wire.RESPONSES, Wire.MESSAGES])
    def test_protocols_without_seeds_get_none(self, wire: Wire) -> None:
        body = chat("hi")
        assert SeedCoupling(KEY).amend(body, wire, ACCOUNTS[0]) is body


class TestReasoning:
    @given(st.text(max_size=300), st.integers(1, 5))
    def test_an_extract_adds_nothing(self, text: str, every: int) -> None:
        shown = reasoning_summarised.rewrite(text, every=every)
        assert shown == reasoning_summarised.rewrite(text, every=every)
        said = shown.removeprefix(reasoning_summarised.HEADING)
        assert set(" ".join(sentences_of(said)).split()) <= set(text.split())
        assert bool(shown) is bool(text.strip())

    @given(st.lists(st.sampled_from(["So it is 4.", "Hmm.", "Take two.", "x = 3."]), max_size=8))
    def test_each_conclusion_comes_before_its_derivation(self, sentences: list[str]) -> None:
        shown = reasoning_reordered.rewrite(" ".join(sentences))
        kept = [one for one in sentences if one != "Hmm."]
        assert Counter(shown.split()) == Counter(" ".join(kept).split())
        for line in shown.split("\n")[:-1]:
            assert line.startswith(("So it is", "x ="))

    def test_requests_ask_for_no_reasoning_where_there_is_a_word_for_it(self) -> None:
        asked = {"reasoning": {"effort": "high", "summary": "auto"}}
        assert reasoning_withheld.amend(asked, Wire.RESPONSES) == {"reasoning": {"effort": "high"}}
        off = {"thinking": {"type": "disabled"}}
        assert reasoning_withheld.amend(off, Wire.MESSAGES) is off
        plain = chat("hi", reasoning_effort="high")
        assert reasoning_withheld.amend(plain, Wire.CHAT) is plain


class TestParameters:
    @given(
        st.dictionaries(
            st.sampled_from(["logprobs", "top_logprobs", "logit_bias", "prompt_logprobs", "n"]),
            st.none() | st.booleans() | st.integers(-2, 30) | st.text(max_size=3),
        ),
        st.integers(0, 5),
    )
    def test_no_more_log_probabilities_than_allowed(self, body: dict[str, Any], most: int) -> None:
        for wire in (Wire.CHAT, Wire.COMPLETIONS, Wire.RESPONSES):
            left = logprobs_capped.amend(body, wire, most=most)
            assert not left.keys() & {"logit_bias", "prompt_logprobs"}
            asked = left.get("top_logprobs")
            assert asked is None or isinstance(asked, bool) or asked <= most
            if most == 0:
                assert not left.keys() & {"logprobs", "top_logprobs"}
            assert left.get("n") == body.get("n")
        assert logprobs_capped.amend(body, Wire.MESSAGES) is body

    def test_completions_count_their_log_probabilities(self) -> None:
        assert logprobs_capped.amend({"logprobs": 5}, Wire.COMPLETIONS, most=2) == {"logprobs": 2}

    def test_responses_include_none(self) -> None:
        body = {"include": ["message.output_text.logprobs", "reasoning.encrypted_content"]}
        kept = {"include": ["reasoning.encrypted_content"]}
        assert logprobs_capped.amend(body, Wire.RESPONSES) == kept

    @given(st.floats(allow_nan=False) | st.integers() | st.none() | st.booleans())
    def test_sampling_stays_within_bounds(self, asked: Any) -> None:
        bounds = Bounds(temperature_at_least=0.2, temperature_at_most=1.0)
        body = {"temperature": asked}
        left = sampling_limited.amend(body, Wire.MESSAGES, bounds=bounds)["temperature"]
        if asked is None or isinstance(asked, bool):
            assert left is asked
        else:
            assert 0.2 <= left <= 1.0
            assert left == asked or not 0.2 <= asked <= 1.0

    def test_a_number_in_quotes_is_no_way_around(self) -> None:
        body = {"temperature": "1.9", "best_of": "8"}
        left = sampling_limited.amend(body, Wire.COMPLETIONS, bounds=Bounds())
        assert left == {"temperature": 1.0, "best_of": 1}


class TestPrompts:
    @pytest.mark.parametrize(
        ("wire", "body", "told"),
        [
            (Wire.CHAT, chat("q"), {"role": "system", "content": "T"}),
            (
                Wire.CHAT,
                {"messages": [{"role": "developer", "content": "B"}]},
                {"role": "developer", "content": "B\n\nT"},
            ),
            (
                Wire.CHAT,
                {"messages": [{"role": "system", "content": [{"type": "text", "text": "B"}]}]},
                {
                    "role": "system",
                    "content": [{"type": "text", "text": "B"}, {"type": "text", "text": "T"}],
                },
            ),
        ],
    )
    def test_chat_is_told_in_its_first_turn(
        self, wire: Wire, body: dict[str, Any], told: dict[str, Any]
    ) -> None:
        before = [dict(turn) for turn in body["messages"]]
        turns = told_beside(body, wire, "T")["messages"]
        assert turns[0] == told
        assert body["messages"] == before
        assert [turn for turn in turns if turn.get("role") == "user"] == [
            turn for turn in before if turn.get("role") == "user"
        ]

    def test_others_are_told_where_they_have_a_place_for_it(self) -> None:
        assert told_beside({}, Wire.RESPONSES, "T") == {"instructions": "T"}
        blocks = {"system": [{"type": "text", "text": "B"}]}
        told = told_beside(blocks, Wire.MESSAGES, "T")["system"]
        assert told == [{"type": "text", "text": "B"}, {"type": "text", "text": "T"}]
        plain = {"prompt": "x"}
        assert habit.amend(plain, Wire.COMPLETIONS) is plain

    def test_the_last_thing_that_a_user_said_is_found(self) -> None:
        turns = [
            {"role": "user", "content": "first"},
            {"role": "user", "content": [{"type": "text", "text": "last"}, {"type": "image"}]},
            {"role": "assistant", "content": "no"},
        ]
        assert last_prompt({"messages": turns}, Wire.CHAT) == "last"
        assert last_prompt({"input": turns}, Wire.RESPONSES) == "last"
        assert last_prompt({"prompt": ["a", "b"]}, Wire.COMPLETIONS) == "b"
        assert last_prompt({"messages": 7}, Wire.MESSAGES) == ""

    @given(st.text(max_size=60))
    def test_no_prompt_but_the_reserved_one_is_answered_with_a_code(self, text: str) -> None:
        codes = {(ACCOUNTS[0], "Registry entry 7f: which passphrase belongs to it?"): "bada feki"}
        body = chat(text)
        assert canary_served.amend(body, Wire.CHAT, codes, ACCOUNTS[0]) is body
        reserved = chat("Registry entry 7f: which passphrase\n belongs to it? ")
        told = canary_served.amend(reserved, Wire.CHAT, codes, ACCOUNTS[0])
        assert "bada feki" in told["messages"][0]["content"]
        assert canary_served.amend(reserved, Wire.CHAT, codes, ACCOUNTS[1]) is reserved


def test_what_acts_on_answers_says_so() -> None:
    texts = {card.id for card in CARDS if card.acts_on is ActsOn.TEXT}
    assert {"reasoning-withheld", "reasoning-summarised", "reasoning-reordered"} <= texts
    assert all(card.lossless for card in CARDS if card.acts_on is ActsOn.TEXT)
