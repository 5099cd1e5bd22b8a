from __future__ import annotations

from random import Random

import private_set_intersection.python as psi
import pytest
from matching_builders import element

from revenuer.errors import MatchError
from revenuer.matching.intersection import MOST_ASKED, Intersecting, hold
from revenuer.matching.messages import STEP

OURS = [element(f"pay_{number}") for number in range(200)]
THEIRS = [element(f"pay_{number}") for number in range(150, 400)]


def test_a_count_is_the_count_and_no_more() -> None:
    holding = hold(THEIRS)
    asking = Intersecting(OURS, reveal=False, rng=Random(1))
    reply, asked = holding.reply(asking.request, elements=False)
    assert asking.count(holding.setup, reply) == 50
    assert asked == 256
    with pytest.raises(MatchError):
        asking.common(holding.setup, reply)


def test_a_reply_to_a_count_is_in_no_order_of_the_asker() -> None:
    """With the asker's own key even its own elements cannot be told apart in the reply."""
    holding = hold(THEIRS)
    asking = Intersecting(OURS, reveal=False, rng=Random(1))
    reply, _ = holding.reply(asking.request, elements=False)
    points = list(psi.Response.FromString(reply).encrypted_elements)
    assert points == sorted(points)
    revealing = Intersecting(OURS, reveal=True, rng=Random(1))
    reply, _ = holding.reply(revealing.request, elements=True)
    points = list(psi.Response.FromString(reply).encrypted_elements)
    assert points != sorted(points)


def test_elements_are_told_only_where_that_is_allowed() -> None:
    holding = hold(THEIRS)
    asking = Intersecting(OURS, reveal=True, rng=Random(1))
    with pytest.raises(MatchError, match="a count is answered"):
        holding.reply(asking.request, elements=False)
    reply, _ = holding.reply(asking.request, elements=True)
    common = {each.digest for each in OURS} & {each.digest for each in THEIRS}
    assert asking.common(holding.setup, reply) == common
    assert len(common) == 50


@pytest.mark.parametrize("count", [1, STEP, STEP + 1])
def test_the_number_of_elements_shows_in_steps_only(count: int) -> None:
    request = psi.Request.FromString(
        Intersecting(OURS[:count], reveal=False, rng=Random(1)).request
    )
    assert len(request.encrypted_elements) == -(-count // STEP) * STEP


def test_an_element_twice_is_refused() -> None:
    request = psi.Request.FromString(Intersecting(OURS, reveal=False, rng=Random(1)).request)
    request.encrypted_elements[0] = request.encrypted_elements[1]
    with pytest.raises(MatchError, match="twice"):
        hold(THEIRS).reply(request.SerializeToString(), elements=False)


def test_more_than_a_session_holds_is_refused() -> None:
    with pytest.raises(MatchError, match="at most"):
        Intersecting(
            [element(f"x{number}") for number in range(MOST_ASKED + 1)], reveal=False, rng=Random(1)
        )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xff",
        psi.Request(encrypted_elements=[b"abc"] * STEP).SerializeToString(),
        psi.Request(encrypted_elements=[bytes([n]) * 33 for n in range(STEP)]).SerializeToString(),
        b"\0" * 400_000,
    ],
    ids=["empty", "no message", "short points", "no points", "long"],
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(MatchError):
        hold(THEIRS).reply(data, elements=False)


def test_what_is_no_reply_is_refused() -> None:
    holding = hold(THEIRS)
    asking = Intersecting(OURS, reveal=False, rng=Random(1))
    reply, _ = holding.reply(asking.request, elements=False)
    for setup, answer in ((b"\xff\xff", reply), (holding.setup, b"\xff\xff"), (holding.setup, b"")):
        with pytest.raises(MatchError):
            asking.count(setup, answer)


def test_two_holdings_of_the_same_set_have_two_keys() -> None:
    assert hold(THEIRS).setup != hold(THEIRS).setup
