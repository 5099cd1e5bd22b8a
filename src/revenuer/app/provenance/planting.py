"""What is served in advance: keys for those who mark, canaries for those who plant them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from revenuer.app.provenance.registering import Registry, find
from revenuer.disk import create
from revenuer.errors import ConfigError, NotFoundError
from revenuer.provenance.canaries import code_of, make_canaries


def write_key(registry: Registry, id_: str, out: Path, *, account: str = "") -> None:
    """Write the key that an account's answers are marked with, for the server that marks them.

    Args:
        registry: Where.
        id_: Of the commitment, or its name.
        out: A new file, which its owner alone can read.
        account: Raw id; empty where all answers share one key.

    Raises:
        NotFoundError: The account is not among those that were committed.
        ConfigError: The commitment is of canaries, or the file is there already.
    """
    one, kept = find(registry, id_)
    if not one.plan.is_mark:
        raise ConfigError(f"{one.id} is of canaries.", "`revenuer provenance canaries` has them.")
    pseudonym = kept.pseudonym(account)
    if pseudonym not in kept.accounts:
        raise NotFoundError(
            "The account is not among those that were committed."
            if account
            else "The commitment has a key for each account.",
            "Name one of its accounts with --account; commit again for others.",
        )
    _create(out, kept.key_of(one.plan, pseudonym).hex().encode() + b"\n")


def write_master(registry: Registry, id_: str, out: Path) -> None:
    """Write the secret that every account's key follows from, 32 bytes as they are.

    A server that marks for all accounts takes `provenance.keys.mark_key` of it.

    Args:
        registry: Where.
        id_: Of the commitment, or its name.
        out: A new file, which its owner alone can read.

    Raises:
        ConfigError: The file is there already.
    """
    _create(out, bytes.fromhex(find(registry, id_)[1].master))


def write_canaries(registry: Registry, id_: str, out: Path, *, decoys: bool = False) -> int:
    """Write every canary, its prompt and its code as JSON Lines; how many.

    `prompt` and `code` are served; `prompt` is asked later, with `account` and `canary` kept.

    Args:
        registry: Where.
        id_: Of the commitment, or its name.
        out: A new file, which its owner alone can read.
        decoys: Whether each row also has the codes that the true one is ranked among.

    Raises:
        ConfigError: The commitment is of a mark, or the file is there already.
    """
    one, kept = find(registry, id_)
    plan = one.plan
    if plan.is_mark:
        raise ConfigError(f"{one.id} is of a mark.", "`revenuer provenance key` has its keys.")
    lines = []
    for number, account in enumerate(kept.accounts, start=1):
        secret = kept.key_of(plan, account)
        for canary in make_canaries(secret, plan.canaries, length=plan.code_words):
            row: dict[str, object] = {
                "account": number,
                "canary": canary.index,
                "prompt": canary.prompt,
                "code": canary.code,
            }
            if decoys:
                row["decoys"] = [
                    code_of(secret, canary.index, decoy, length=plan.code_words)
                    for decoy in range(1, plan.decoys + 1)
                ]
            lines.append(msgspec.json.encode(row) + b"\n")
    _create(out, b"".join(lines))
    return len(lines)


def _create(out: Path, data: bytes) -> None:
    try:
        create(out, data)
    except FileExistsError:
        raise ConfigError(f"{out} is there already.", "Name a file that is not.") from None
