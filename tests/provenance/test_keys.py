"""Keys and commitments."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.provenance.keys import commitment, mark_key, opens

names = st.text(max_size=6)


def test_a_commitment_is_what_its_docstring_says():
    said = b"revenuer commitment 1\0\0\0\0\3key" + b"\0\0\0\x20" + bytes(32) + b"\0\0\0\2ab"
    assert commitment("key", bytes(32), b"ab") == sha256(said).hexdigest()


@given(names, names, names, names)
def test_no_two_accounts_or_schemes_share_a_key(scheme, account, other_scheme, other_account):
    same = (scheme, account) == (other_scheme, other_account)
    first = mark_key(bytes(32), scheme, account)
    assert (first == mark_key(bytes(32), other_scheme, other_account)) == same
    assert mark_key(b"\1" * 32, scheme, account) != first


@given(st.binary(max_size=9), st.binary(max_size=9), st.binary(min_size=16, max_size=20))
def test_a_commitment_opens_to_its_own_secret_only(secret, other, salt):
    committed = commitment("key", salt, secret)
    assert opens(committed, "key", salt, secret)
    assert opens(committed, "key", salt, other) == (secret == other)
    assert not opens(committed, "canary", salt, secret)
    assert not opens(committed, "key", salt + b"\0", secret)


def test_a_salt_that_can_be_guessed_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        commitment("key", bytes(15), b"secret")
