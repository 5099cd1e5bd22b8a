"""Who asks: credentials and trusted headers become fingerprints, made once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b, sha256
from typing import NamedTuple

from revenuer.gateway.config import Identity
from revenuer.guard import Caller, Fingerprinter, Kind
from revenuer.guard.fingerprint import shown

KEY_CHARS = 32
"""Characters of a key's hash in the log, as the log adapters write it."""
CREDENTIALS = (b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key")


class Known(NamedTuple):
    """A caller, as the guard looks it up and as the log names it.

    Attributes:
        caller: For the guard.
        account_id: For the log: the id itself if the policy allows it, else its fingerprint.
        organization_id: The same of the organization; None if unknown.
        api_key_id: A hash of the key; None without one.
    """

    caller: Caller
    account_id: str
    organization_id: str | None
    api_key_id: str | None


class Identities:
    """Finds out who asks.

    Args:
        names: Which headers say it.
        fingerprints: Makes fingerprints.
        secret: The key under which end users are hashed.
        raw_ids: Whether ids are logged as they came.

    Attributes:
        fingerprint: Makes the fingerprint of an id.
        single: Headers that a request may have once: of two, a server could take the other.
    """

    def __init__(
        self, names: Identity, fingerprints: Fingerprinter, secret: bytes, *, raw_ids: bool
    ) -> None:
        self._account = names.account_header.lower().encode()
        self._organization = names.organization_header.lower().encode()
        self._cohort = names.cohort_header.lower().encode()
        told = (self._account, self._organization, self._cohort)
        self.single = frozenset(name for name in (*CREDENTIALS, *told) if name)
        self._other_credentials = frozenset(CREDENTIALS) - {b"authorization"}
        self._told = bool(self._account or self._organization or self._cohort)
        self.fingerprint = fingerprints.of
        self._secret = secret
        self._raw_ids = raw_ids
        self._most = names.remembered
        self._known: dict[object, Known] = {}

    def repeated(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether a header that says who asks is there twice.

        Args:
            headers: Names in lower case.
        """
        said = [name for name, _ in headers if name in self.single]
        return len(said) != len(set(said))

    def of(self, fields: Mapping[bytes, bytes], address: bytes) -> list[Known]:
        """Who asks: one caller, or one for each credential where a request shows several.

        Which of them the server behind takes is its own affair, so each is decided on.

        Args:
            fields: Headers, names in lower case.
            address: Where the request came from, for who shows no credential.
        """
        if self._other_credentials.isdisjoint(fields):
            return [self._of(fields, fields.get(b"authorization"), address)]
        shown = [value for name in CREDENTIALS if (value := fields.get(name)) is not None]
        return [self._of(fields, credential, address) for credential in shown]

    def _of(self, fields: Mapping[bytes, bytes], credential: bytes | None, address: bytes) -> Known:
        key: object = credential or (b"", address)
        if self._told:
            key = (
                key,
                fields.get(self._account),
                fields.get(self._organization),
                fields.get(self._cohort),
            )
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= self._most:
                # In the order in which they were first seen; a busy one is soon back.
                del self._known[next(iter(self._known))]
            known = self._known[key] = self._find_out(fields, credential, address)
        return known

    def _find_out(
        self, fields: Mapping[bytes, bytes], credential: bytes | None, address: bytes
    ) -> Known:
        key_id = _key_id(credential) if credential is not None else None
        account = _text(fields.get(self._account)) if self._account else None
        organization = _text(fields.get(self._organization)) if self._organization else None
        cohort = _text(fields.get(self._cohort)) if self._cohort else None
        of = self.fingerprint
        if account is None:
            name = key_id or "address-" + self._hashed(address)
            shown, found = name, of(Kind.ACCOUNT, name)
        else:
            found = of(Kind.ACCOUNT, account)
            shown = self._shown(account, found)
        group = of(Kind.ORGANIZATION, organization) if organization else None
        return Known(
            Caller(found, group, of(Kind.API_KEY, key_id) if key_id else None, cohort or ""),
            shown,
            self._shown(organization, group) if organization and group else None,
            key_id,
        )

    def _shown(self, name: str, fingerprint: bytes) -> str:
        return name if self._raw_ids else shown(fingerprint)

    def _hashed(self, text: bytes) -> str:
        return blake2b(text, key=self._secret, digest_size=16, person=b"address").hexdigest()

    def end_user(self, name: str) -> str:
        """A keyed hash of an end user that a request names."""
        text = name.encode("utf-8", "surrogatepass")
        return blake2b(text, key=self._secret, digest_size=16, person=b"end user").hexdigest()


def _text(value: bytes | None) -> str | None:
    return value.decode("utf-8", "replace") if value else None


def _key_id(credential: bytes) -> str:
    """An API key's hash, the same that the log adapters make of it.

    A server may take any blank after the scheme, so every blank is one here.
    """
    parts = credential.split(None, 1)
    bare = parts[1] if len(parts) == 2 and parts[0].lower() == b"bearer" else credential
    return "key-" + sha256(bare.strip()).hexdigest()[:KEY_CHARS]
