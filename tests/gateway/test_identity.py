"""Who asks: the same caller however a credential is written, and never another."""

from __future__ import annotations

import pytest

from revenuer.gateway.config import Identity
from revenuer.gateway.identity import Identities
from revenuer.guard import Fingerprinter, Kind
from revenuer.sources.adapters.adapter import Pseudonyms

SECRET = bytes(range(32))
NAMES = Fingerprinter(SECRET)
ADDRESS = b"192.0.2.1"


def identities(raw_ids: bool = False, **names: object) -> Identities:
    return Identities(Identity(**names), NAMES, SECRET, raw_ids=raw_ids)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [b"Bearer sk-1", b"bearer sk-1", b"BEARER  sk-1 ", b"Bearer\tsk-1", b"sk-1", b" sk-1"],
)
def test_a_key_is_one_account_however_it_is_written(written: bytes) -> None:
    (known,) = identities().of({b"authorization": written}, ADDRESS)
    # As the readers of logs name it, so that verdicts on their logs hold here.
    assert known.account_id == Pseudonyms.secret("sk-1")
    assert known.caller.account == NAMES.of(Kind.ACCOUNT, known.account_id)


def test_each_of_several_credentials_is_somebody() -> None:
    fields = {b"authorization": b"Bearer sk-1", b"x-api-key": b"sk-2"}
    found = {known.account_id for known in identities().of(fields, ADDRESS)}
    assert found == {Pseudonyms.secret("sk-1"), Pseudonyms.secret("sk-2")}


def test_who_shows_nothing_is_the_address() -> None:
    (known,) = identities().of({}, ADDRESS)
    (again,) = identities().of({}, ADDRESS)
    (other,) = identities().of({}, b"192.0.2.2")
    assert known == again
    assert known.account_id != other.account_id
    assert "192" not in known.account_id


def test_a_trusted_header_names_the_account() -> None:
    who = identities(account_header="X-Account", organization_header="X-Org")
    fields = {b"authorization": b"Bearer sk-1", b"x-account": b"acme-7", b"x-org": b"acme"}
    (known,) = who.of(fields, ADDRESS)
    assert known.caller.account == NAMES.of(Kind.ACCOUNT, "acme-7")
    assert known.caller.organization == NAMES.of(Kind.ORGANIZATION, "acme")
    # The log has a fingerprint, and a verdict on that is a verdict on the account.
    assert "acme" not in known.account_id
    assert NAMES.of(Kind.ACCOUNT, known.account_id) == known.caller.account
    (raw,) = identities(raw_ids=True, account_header="X-Account").of(fields, ADDRESS)
    assert raw.account_id == "acme-7"


def test_what_is_remembered_is_bounded() -> None:
    who = identities(remembered=10)
    for number in range(100):
        who.of({b"authorization": b"Bearer sk-%d" % number}, ADDRESS)
    assert len(who._known) == 10


def test_a_header_that_says_who_asks_is_there_once() -> None:
    who = identities(account_header="X-Account")
    assert who.repeated([(b"authorization", b"a"), (b"authorization", b"a")])
    assert who.repeated([(b"x-account", b"a"), (b"x-account", b"b")])
    assert not who.repeated([(b"authorization", b"a"), (b"x-api-key", b"b"), (b"x", b"1")] * 1)
    assert not who.repeated([(b"x", b"1"), (b"x", b"2")])
