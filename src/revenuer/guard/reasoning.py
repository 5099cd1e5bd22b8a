"""Reasoning blocks bound to whom they were issued to, by which model, and until when.

A provider signs its reasoning blocks and takes them back from anybody. A gateway can bind each
one to the caller it was issued to, with a short text beside the provider's own signature, and
look at that text when the block comes back. A block that turns up at another organization says
that two of them share what one was given. That is evidence; the policy says what follows.

A binding holds no id: the organization and the account are keyed hashes of fingerprints, the
block is hashed, and whoever has no key can neither make one nor read one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from revenuer.guard.events import Caller, ReasoningSign

VERSION = 1
TAG_BYTES = 8
MAC_BYTES = 16
"""Half of HMAC-SHA256: NIST SP 800-107 (2012), section 5.3.3, asks for 32 bits at least."""
LEAST_KEY_BYTES = 16
CLAIMS = struct.Struct(f"<BI I {TAG_BYTES}s {TAG_BYTES}s {TAG_BYTES}s")
BINDING_BYTES = CLAIMS.size + MAC_BYTES
MARK = "~rvn~"
"""Between a provider's signature, which is base64, and our binding."""
LATEST = 2**32 - 1


@dataclass(frozen=True, slots=True)
class ReasoningEvidence:
    """What a replayed block shows.

    Attributes:
        kind: Always `reasoning-binding`.
        sign: What is wrong with it.
        statement: The same in a sentence, without ids.
    """

    kind: str
    sign: ReasoningSign
    statement: str


STATEMENTS: Mapping[ReasoningSign, str] = {
    ReasoningSign.UNBOUND: "A replayed reasoning block carries no binding.",
    ReasoningSign.EXPIRED: "A reasoning block was replayed after its time.",
    ReasoningSign.OTHER_MODEL: "A reasoning block of one model was replayed to another.",
    ReasoningSign.OTHER_ACCOUNT: (
        "A reasoning block was replayed by another account of the organization it was issued to."
    ),
    ReasoningSign.REPEATED: "One reasoning block was replayed more often than a conversation does.",
    ReasoningSign.FORGED: "A reasoning block carries a binding that was not made for it here.",
    ReasoningSign.FOREIGN: (
        "A reasoning block was replayed by an organization that it was not issued to."
    ),
}


class ReasoningBinder:
    """Binds reasoning blocks and checks bindings.

    Args:
        keys: Secret keys by their number, all of which are checked with; 16 bytes or more.
        current: Number of the one that binds. To rotate, add a key, make it current, and take
            the old one out once `Replayed.hours` are over.
    """

    __slots__ = ("_current", "_keys")

    def __init__(self, keys: Mapping[int, bytes], current: int) -> None:
        if current not in keys:
            raise ValueError(f"there is no key {current}")
        if short := [number for number, key in keys.items() if len(key) < LEAST_KEY_BYTES]:
            raise ValueError(f"key {short[0]} has fewer than {LEAST_KEY_BYTES} bytes")
        if wrong := [number for number in keys if not 0 <= number <= LATEST]:
            raise ValueError(f"a key's number is from 0 to {LATEST}, not {wrong[0]}")
        self._keys = dict(keys)
        self._current = current

    def bind(self, block: bytes, caller: Caller, model: str, expires_at: float) -> str:
        """The binding of a block that was just issued, as text of base64's letters.

        Args:
            block: The provider's signature on it, or the encrypted block, or its text.
            caller: Whom it was issued to.
            model: Which model issued it, as requests name it.
            expires_at: Until when it may be replayed, seconds since the epoch.
        """
        key = self._keys[self._current]
        until = int(min(max(expires_at, 0.0), LATEST))
        claims = CLAIMS.pack(VERSION, self._current, until, *_tags(key, caller, model))
        return base64.urlsafe_b64encode(claims + _mac(key, claims, block)).decode("ascii")

    def check(
        self, block: bytes, binding: str | None, caller: Caller, model: str, now: float
    ) -> ReasoningSign | None:
        """What is wrong with a block that comes back; None if nothing.

        Args:
            block: The same bytes that were bound.
            binding: What came with it; None if nothing did.
            caller: Who sends it.
            model: Which model it is sent to.
            now: When.
        """
        if binding is None:
            return ReasoningSign.UNBOUND
        data = _decoded(binding)
        if data is None:
            return ReasoningSign.FORGED
        claims, mac = data[: CLAIMS.size], data[CLAIMS.size :]
        version, number, until, organization, account, issuer = CLAIMS.unpack(claims)
        key = self._keys.get(number)
        if version != VERSION or key is None:
            return ReasoningSign.FORGED
        # Nothing that it claims is looked at before it is known to be ours.
        if not hmac.compare_digest(mac, _mac(key, claims, block)):
            return ReasoningSign.FORGED
        ours, mine, this = _tags(key, caller, model)
        if not hmac.compare_digest(organization, ours):
            return ReasoningSign.FOREIGN
        if not hmac.compare_digest(account, mine):
            return ReasoningSign.OTHER_ACCOUNT
        if not hmac.compare_digest(issuer, this):
            return ReasoningSign.OTHER_MODEL
        return ReasoningSign.EXPIRED if until <= now else None


class Presentations:
    """How often each block was sent, for a bounded number of blocks.

    Args:
        most_times: How often one may be sent.
        most_blocks: Blocks that are remembered; the longest unseen are forgotten.
    """

    __slots__ = ("_counts", "_most_blocks", "_most_times")

    def __init__(self, most_times: int, most_blocks: int) -> None:
        self._counts: dict[bytes, int] = {}
        self._most_times = most_times
        self._most_blocks = most_blocks

    def see(self, block: bytes) -> ReasoningSign | None:
        """Count a block that was sent; the sign if that is too often."""
        name = sha256(block).digest()[:MAC_BYTES]
        count = self._counts.pop(name, 0) + 1
        if len(self._counts) >= self._most_blocks:
            del self._counts[next(iter(self._counts))]
        self._counts[name] = count
        return ReasoningSign.REPEATED if count > self._most_times else None


def evidence_of(sign: ReasoningSign) -> ReasoningEvidence:
    """What a sign says, for a log or a finding."""
    return ReasoningEvidence("reasoning-binding", sign, STATEMENTS[sign])


def attach(signature: str, binding: str) -> str:
    """A provider's signature with our binding behind it, as it is sent to the caller.

    Examples:
        >>> detach(attach("EqoB", "AQID"))
        ('EqoB', 'AQID')
        >>> detach("EqoB")
        ('EqoB', None)
    """
    return f"{signature}{MARK}{binding}"


def detach(signature: str) -> tuple[str, str | None]:
    """The provider's own signature, as it is sent on, and our binding if there is one."""
    own, mark, binding = signature.partition(MARK)
    return own, binding if mark else None


def _tags(key: bytes, caller: Caller, model: str) -> tuple[bytes, bytes, bytes]:
    # An account without an organization is its own.
    whose = caller.organization if caller.organization is not None else caller.account
    return (
        _tag(key, b"organization\0" + whose),
        _tag(key, b"account\0" + caller.account),
        _tag(key, b"model\0" + model.encode("utf-8", "surrogatepass")),
    )


def _tag(key: bytes, what: bytes) -> bytes:
    return hmac.digest(key, b"revenuer reasoning tag\0" + what, "sha256")[:TAG_BYTES]


def _mac(key: bytes, claims: bytes, block: bytes) -> bytes:
    # The claims have one length, so that nothing can slide from them into the block.
    return hmac.digest(key, b"revenuer reasoning mac\0" + claims + block, "sha256")[:MAC_BYTES]


def _decoded(binding: str) -> bytes | None:
    try:
        data = base64.b64decode(binding.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return data if len(data) == BINDING_BYTES else None
