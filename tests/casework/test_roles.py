"""Who may do what."""

from __future__ import annotations

import pytest

from revenuer.casework.roles import RIGHTS, Actor, Right, Role
from revenuer.errors import NotAllowedError


def test_every_right_has_a_least_role() -> None:
    assert set(RIGHTS) == set(Right)


@pytest.mark.parametrize("right", Right)
def test_a_higher_role_may_all_that_a_lower_one_may(right: Right) -> None:
    allowed = [Actor("ana", role).may(right) for role in Role]
    assert allowed == sorted(allowed)
    assert allowed[-1]


def test_a_viewer_may_only_read() -> None:
    assert [right for right in Right if Actor("vi", Role.VIEWER).may(right)] == [Right.READ]


def test_a_token_narrows_and_never_widens() -> None:
    narrowed = Actor("ad", Role.ADMIN, scopes=frozenset({Right.READ}))
    widened = Actor("vi", Role.VIEWER, scopes=frozenset(Right))
    assert [right for right in Right if narrowed.may(right)] == [Right.READ]
    assert [right for right in Right if widened.may(right)] == [Right.READ]


def test_who_lacks_a_right_is_told_which_role_has_it() -> None:
    with pytest.raises(NotAllowedError) as caught:
        Actor("ana", Role.ANALYST).needs(Right.GRANT)
    assert "approver" in caught.value.hint
    with pytest.raises(NotAllowedError) as caught:
        Actor("ad", Role.ADMIN, scopes=frozenset()).needs(Right.READ)
    assert "token" in caught.value.hint
