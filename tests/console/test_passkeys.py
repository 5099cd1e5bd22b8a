"""Passkeys in a real Chromium, whose authenticator is a virtual one: made, used, added, removed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from front_door import LINK, Door, door, found

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
BROWSER = shutil.which("chromium")
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(BROWSER is None, reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One for all but the last test; those that register nobody come first."""
    with door(tmp_path_factory.mktemp("console")) as one:
        yield one


def person(browser: Any, here: Door) -> tuple[Any, Any]:
    """Somebody at a device of their own, and what their authenticator can be told."""
    context = browser.new_context(base_url=here.url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    tells = context.new_cdp_session(page)
    tells.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = tells.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def tell(command: str, **more: Any) -> Any:
        given = {"authenticatorId": made["authenticatorId"], **more}
        return tells.send(f"WebAuthn.{command}", given)

    return page, tell


def problems(page: Any) -> list[str]:
    """What the browser itself complains about from now on."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console", lambda one: said.append(one.text) if "Content Security" in one.text else None
    )
    return said


def test_a_name_that_is_none_is_told_in_words(browser: Any, here: Door) -> None:
    page, _ = person(browser, here)
    page.goto(here.first)
    page.get_by_label("Your name").first.fill("a b")
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_selector("[data-problem]:not([hidden])")
    assert "is no name of a person" in page.locator("[data-problem]").first.inner_text()


def test_a_page_that_was_called_by_an_address_says_where_to_go(browser: Any, here: Door) -> None:
    page, _ = person(browser, here)
    page.goto(here.url.replace("localhost", "127.0.0.1") + "/sign-in")
    page.get_by_role("link", name=f"Call it {here.url}/sign-in").click()
    assert page.get_by_role("button", name="Sign in with a passkey").is_enabled()


def test_from_the_first_link_to_a_second_person(browser: Any, here: Door) -> None:
    page, tell = person(browser, here)
    said = problems(page)
    page.goto(here.first)
    page.get_by_label("Your name").first.fill("Ada")
    page.get_by_label("What you call the passkey optional").fill("laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url("**/me")
    assert page.get_by_role("heading", name="ada").is_visible()
    assert page.get_by_text("laptop", exact=True).is_visible()
    assert len(tell("getCredentials")["credentials"]) == 1

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto("/people")
    page.wait_for_url("**/sign-in?next=%2Fpeople")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/people")

    page.get_by_label("Name Small").or_(page.locator("input[name=name]")).first.fill("bea")
    page.locator("select[name=role]").select_option("approver")
    page.get_by_role("button", name="Register").click()
    link = found(LINK, page.content())
    other, _ = person(browser, here)
    other.goto(link)
    other.get_by_role("button", name="Make a passkey").click()
    other.wait_for_url("**/me")
    assert other.get_by_text("You are approver").is_visible()
    # One passkey on one device: the page says what its loss would mean.
    assert other.get_by_text("its loss needs an admin").is_visible()

    # Disabled at once, wherever they are.
    page.goto("/people/bea")
    page.get_by_role("button", name="Let bea in no more").click()
    other.goto("/")
    assert "/sign-in" in other.url
    other.get_by_role("button", name="Sign in with a passkey").click()
    assert other.get_by_role("alert").first.inner_text()
    assert "/sign-in" in other.url
    assert said == []


def test_a_refusal_of_the_authenticator_is_told_in_words(browser: Any, tmp_path: Path) -> None:
    with door(tmp_path / "console") as here:
        page, tell = person(browser, here)
        tell("setUserVerified", isUserVerified=False)
        page.goto(here.first)
        page.get_by_label("Your name").first.fill("ada")
        page.get_by_role("button", name="Make a passkey").click()
        page.wait_for_selector("[data-problem]:not([hidden])")
        assert "refused" in page.locator("[data-problem]").first.inner_text()
        tell("setUserVerified", isUserVerified=True)
        page.get_by_role("button", name="Make a passkey").click()
        page.wait_for_url("**/me")
        page.get_by_role("button", name="Add a passkey").click()
        page.wait_for_selector("[data-problem]:not([hidden])")
        assert "already" in page.locator("[data-problem]").first.inner_text()
