"""What countermeasures need from files: the codes of canaries, and a key for seeds."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec

from revenuer.errors import ConfigError
from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.countering import Means
from revenuer.guard import Fingerprinter, Kind


class _Row(msgspec.Struct):
    """A row of `revenuer provenance canaries`."""

    account: int
    prompt: str
    code: str


def load_means(
    config: GatewayConfig, fingerprints: Fingerprinter, secret: bytes, lane: int
) -> Means:
    """What countermeasures need beside the policy.

    Args:
        config: Of which `countermeasures` counts, and how many workers there are.
        fingerprints: Of accounts.
        secret: Of the fingerprints, which every host shares: so must the key of the seeds be.
        lane: Number of this worker.

    Raises:
        ConfigError: The file of canaries cannot be used.
    """
    key = blake2b(key=secret[:64], person=b"seed coupling", digest_size=32).digest()
    said = config.countermeasures
    codes: Mapping[tuple[bytes, str], str] = {}
    if said.canaries:
        codes = load_codes(Path(said.canaries), said.canary_accounts, fingerprints)
    return Means(key, codes, lane, config.listen.workers)


def load_codes(
    file: Path, accounts: tuple[str, ...], fingerprints: Fingerprinter
) -> Mapping[tuple[bytes, str], str]:
    """The codes of canaries, by fingerprint of an account and reserved prompt.

    Raises:
        ConfigError: It cannot be read, or has an account that nobody names.
    """
    try:
        lines = file.read_bytes().splitlines()
        rows = [msgspec.json.decode(line, type=_Row) for line in lines if line]
    except OSError as failure:
        raise ConfigError(f"{file} cannot be read: {failure.strerror}.") from failure
    except (msgspec.MsgspecError, UnicodeDecodeError) as failure:
        raise ConfigError(
            f"{file} holds no canaries: {failure}.", "`revenuer provenance canaries` writes them."
        ) from failure
    unnamed = {row.account for row in rows} - set(range(1, len(accounts) + 1))
    if unnamed:
        raise ConfigError(
            f"{file} has canaries of {max(unnamed)} accounts or more, and "
            f"countermeasures.canary_accounts names {len(accounts)}.",
            "Name the accounts of the commitment, in its order.",
        )
    members = [fingerprints.of(Kind.ACCOUNT, name) for name in accounts]
    return {(members[row.account - 1], " ".join(row.prompt.split())): row.code for row in rows}
