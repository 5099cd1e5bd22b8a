"""The files of the keys that verdicts are signed with and accounts are known by.

| file | who has it | for |
|---|---|---|
| signing key | whoever publishes | makes signatures; with it one could block anybody |
| public key | every guard | checks them; nobody can sign with it |
| fingerprint key | both | turns ids into fingerprints; with it one could guess who is listed |
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from revenuer.disk import create, refuse_if_shared
from revenuer.errors import ConfigError
from revenuer.guard.fingerprint import KEY_BYTES

SIGNING_HEAD = "revenuer-verdict-signing-key-1"
PUBLIC_HEAD = "revenuer-verdict-public-key-1"
FINGERPRINT_HEAD = "revenuer-fingerprint-key-1"
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Signs snapshots."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """What checks its signatures."""
        return PublicKey(self.private.public_key())

    def sign(self, data: bytes) -> bytes:
        """The signature of some bytes, 64 bytes."""
        return self.private.sign(data)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Checks the signatures of snapshots."""

    public: Ed25519PublicKey

    @property
    def id(self) -> bytes:
        """Its name, 8 bytes."""
        return blake2b(
            self.public.public_bytes_raw(), digest_size=8, person=b"verdict key id"
        ).digest()

    def verifies(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature was made over those bytes with the key that belongs to this."""
        try:
            self.public.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def public_key_of(file: Path) -> Path:
    """Where the public key lies that belongs to a snapshot."""
    return file.with_name(f"{file.name}.pub")


def fingerprint_key_of(file: Path) -> Path:
    """Where the guard's fingerprint key lies that belongs to a snapshot."""
    return file.with_name(f"{file.name}.fingerprint-key")


def signing_key_at(path: Path) -> tuple[SigningKey, bool]:
    """The signing key in a file, and whether it was made just now since there was none.

    Raises:
        ConfigError: The file is no signing key, is open to others, or cannot be written.
    """
    secret, made = secret_at(path, SIGNING_HEAD, "signing key")
    return SigningKey(Ed25519PrivateKey.from_private_bytes(secret)), made


def fingerprint_key_at(path: Path) -> tuple[bytes, bool]:
    """The fingerprint key in a file, and whether it was made just now since there was none.

    Raises:
        ConfigError: The file is no fingerprint key, is open to others, or cannot be written.
    """
    return secret_at(path, FINGERPRINT_HEAD, "fingerprint key")


def read_fingerprint_key(path: Path) -> bytes:
    """The fingerprint key in a file that must be there.

    Raises:
        ConfigError: It is not there, is none, or is open to others.
    """
    return _read_secret(path, FINGERPRINT_HEAD, "fingerprint key")


def read_public_key(path: Path) -> PublicKey:
    """The public key in a file.

    Raises:
        ConfigError: It cannot be read, or is none.
    """
    return PublicKey(
        Ed25519PublicKey.from_public_bytes(_read(path, PUBLIC_HEAD, "public key of verdicts"))
    )


def write_public_key(path: Path, key: PublicKey) -> None:
    """Write a public key where guards read it; one that is the same stays untouched.

    Raises:
        ConfigError: There is another key, which guards may already trust.
    """
    text = f"{PUBLIC_HEAD} {key.public.public_bytes_raw().hex()}\n"
    _write_beside(path, text, 0o644, "public key")


def write_fingerprint_key(path: Path, secret: bytes) -> None:
    """Write a fingerprint key where a guard reads it; one that is the same stays untouched.

    Raises:
        ConfigError: There is another key.
    """
    _write_beside(path, f"{FINGERPRINT_HEAD} {secret.hex()}\n", 0o600, "fingerprint key")


def secret_at(path: Path, head: str, what: str) -> tuple[bytes, bool]:
    """A secret in a file, and whether it was made just now since there was none.

    Args:
        path: The file; its folder is made if missing.
        head: What its text begins with, which says what it is.
        what: The same in words.

    Raises:
        ConfigError: The file is none, is open to others, or cannot be written.
    """
    if path.exists():
        return _read_secret(path, head, what), False
    secret = secrets.token_bytes(SECRET_BYTES)
    try:
        try:
            create(path, f"{head} {secret.hex()}\n".encode("ascii"))
        except FileExistsError:
            # Another publication was quicker; both go on with its key.
            return _read_secret(path, head, what), False
    except OSError as problem:
        raise _unwritable(path, what, problem) from problem
    return secret, True


def _write_beside(path: Path, text: str, mode: int, what: str) -> None:
    try:
        create(path, text.encode("ascii"), mode)
    except FileExistsError:
        if path.read_text("ascii", "replace") != text:
            raise ConfigError(
                f"{path} is there already and is another {what}.",
                "Guards trust that one. Publish with the keys it belongs to, or remove it and "
                "give every guard the new one.",
            ) from None
    except OSError as problem:
        raise _unwritable(path, what, problem) from problem


def _unwritable(path: Path, what: str, problem: OSError) -> ConfigError:
    return ConfigError(
        f"The {what} {path} cannot be written: {problem.strerror}.",
        "Name another folder with --keys, or with REVENUER_KEYS.",
    )


def _read_secret(path: Path, head: str, what: str) -> bytes:
    secret = _read(path, head, what)
    refuse_if_shared(path, what)
    return secret


def _read(path: Path, head: str, what: str) -> bytes:
    hint = "`revenuer verdicts publish` makes the keys and says where they are."
    try:
        parts = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} cannot be read as a {what}.", hint) from problem
    if len(parts) == 2 and parts[0] == head and len(parts[1]) == 2 * SECRET_BYTES:
        try:
            return bytes.fromhex(parts[1])
        except ValueError:
            pass
    raise ConfigError(f"{path} is no {what}.", hint)


assert SECRET_BYTES == KEY_BYTES
