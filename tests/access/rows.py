"""Applications for tests, each with a card, phone, device and address of its own."""

from __future__ import annotations

from itertools import count
from typing import Any

from revenuer.access.applications import Application, read
from revenuer.access.assessing import Judge
from revenuer.access.history import DAY_US, Standing

NOW_US = 1_770_314_400_000_000
_NUMBERS = count(1)


def application(**said: Any) -> Application:
    """An application of somebody who shares nothing, but for what is said."""
    number = next(_NUMBERS)
    row: dict[str, Any] = {
        "application_id": f"app-{number}",
        "email": f"{_word(number)}.{_word(number * 7_919)}@gmail.com",
        "payment_fingerprint": f"pay-{number}",
        "payment_kind": "credit",
        "phone_fingerprint": f"tel-{number}",
        "phone_kind": "mobile",
        "device_fingerprint": f"dev-{number}",
        "signup_ip": f"{20 + number % 60}.{number // 60 % 250}.{number // 15_000 % 250}.7",
        "signup_asn": 64_500 + number % 40,
        "tls_fingerprint": f"ja4-{number % 5}",
    }
    found = read(row | said)
    assert found is not None
    return found


def standing(judge: Judge, many: int, **said: Any) -> None:
    """Give a judge honest accounts of long standing."""
    old = NOW_US - 90 * DAY_US
    judge.history.advance(NOW_US)
    for _ in range(many):
        each = application(**said)
        judge.history.add(each.application_id, judge.seen(each), at_us=old, standing=Standing.GOOD)


def convicted(judge: Judge, campaign: str, many: int, **said: Any) -> None:
    """Give a judge accounts of a convicted campaign."""
    old = NOW_US - 9 * DAY_US
    for _ in range(many):
        each = application(**said)
        judge.history.add(
            each.application_id,
            judge.seen(each),
            at_us=old,
            standing=Standing.CONVICTED,
            campaign=campaign,
        )


def _word(number: int) -> str:
    letters = ""
    while number:
        number, letter = divmod(number, 26)
        letters += chr(97 + letter)
    return letters + "a"
