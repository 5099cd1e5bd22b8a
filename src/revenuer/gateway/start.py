"""From a configuration to its parts: the only place of the gateway where they are put together."""

from __future__ import annotations

import logging
import os
import secrets
import time
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from revenuer.errors import ConfigError
from revenuer.gateway.bindings import Bindings
from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.countering import Countering
from revenuer.gateway.countering_means import load_means
from revenuer.gateway.following import Feed, SettingsSource, Source
from revenuer.gateway.gate import Gate
from revenuer.gateway.identity import Identities
from revenuer.gateway.journal import Journal
from revenuer.gateway.numbers import NumbersPage, gate_samples
from revenuer.gateway.recorder.link import RecorderLink
from revenuer.gateway.rewriter import check_rewriter
from revenuer.guard import Fingerprinter, Guard, Policy
from revenuer.schema import gather

if TYPE_CHECKING:
    from revenuer.enforcement.seen_sequence import SeenSequence
    from revenuer.enforcement.verdict_keys import PublicKey
    from revenuer.guard.reasoning import ReasoningBinder

logger = logging.getLogger(__name__)

CONFIG_VARIABLE = "REVENUER_GATEWAY_CONFIG"
"""Names the file for adapters that a host program loads, such as vLLM."""


def load_config(path: Path | None, said: Mapping[str, object] | None = None) -> GatewayConfig:
    """The configuration in a TOML file.

    Args:
        path: The file; None for the defaults.
        said: Values on top of it, by key with dots.

    Raises:
        ConfigError: With every problem in one message.
    """
    tree = {} if path is None else _tree_in(path)
    for key, value in (said or {}).items():
        section, _, name = key.partition(".")
        tree.setdefault(section, {})[name] = value
    problems: list[str] = []
    config: GatewayConfig | None = gather(tree, GatewayConfig, problems)
    if problems or config is None:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigError(
            f"The configuration in {path} cannot be used:{listed}", "docs/gateway.md has every key."
        )
    return config


def _tree_in(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as failure:
        raise ConfigError(f"{path} cannot be read: {failure.strerror}.") from failure
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise ConfigError(f"{path} is not TOML: {failure}.") from failure


def load_policy(config: GatewayConfig) -> Policy:
    """The policy that a configuration names; the default one only watches.

    Raises:
        ConfigError: It cannot be used, or the second model that it names cannot be asked.
    """
    if not config.guard.policy:
        return Policy()
    from revenuer.app.guard_policy import load_policy as read

    policy = read(Path(config.guard.policy))
    check_rewriter(policy)
    return policy


def load_secret(config: GatewayConfig) -> bytes:
    """The secret of the fingerprints.

    Of the file that is named, which is made if it is not there; else of the one beside the
    snapshot; else one for this run alone.

    Raises:
        ConfigError: The file is none, or is open to others.
    """
    from revenuer.enforcement.verdict_keys import (
        fingerprint_key_at,
        fingerprint_key_of,
        read_fingerprint_key,
    )

    if config.guard.fingerprint_key:
        return fingerprint_key_at(Path(config.guard.fingerprint_key))[0]
    if config.guard.snapshot:
        return read_fingerprint_key(fingerprint_key_of(Path(config.guard.snapshot)))
    return secrets.token_bytes(32)


def load_public_key(config: GatewayConfig) -> PublicKey:
    """The key that must have signed the snapshot: the one that is named, else the one beside it.

    Raises:
        ConfigError: There is none.
    """
    from revenuer.enforcement.verdict_keys import public_key_of, read_public_key

    named = config.guard.public_key
    return read_public_key(Path(named) if named else public_key_of(Path(config.guard.snapshot)))


def make_gate(config: GatewayConfig, policy: Policy, secret: bytes, lane: int = 0) -> Gate:
    """What decides.

    Args:
        config: The configuration.
        policy: What is done about whom.
        secret: Of the fingerprints.
        lane: Number of the worker that it belongs to.

    Raises:
        ConfigError: The keys of reasoning blocks, the snapshot's public key or the file of
            canaries cannot be used.
    """
    fingerprints = Fingerprinter(secret)
    guard = Guard(policy, fingerprints, least_sequence=_least_sequence(config, secret))
    identities = Identities(config.identity, fingerprints, secret, raw_ids=policy.log.raw_ids)
    binder = load_binder(config)
    bindings = Bindings(binder, policy, config.reasoning, time.time) if binder else None
    countering = Countering(policy, load_means(config, fingerprints, secret, lane))
    return Gate(guard, identities, bindings=bindings, countering=countering)


def load_binder(config: GatewayConfig) -> ReasoningBinder | None:
    """What binds reasoning blocks; None where they are left alone.

    Raises:
        ConfigError: The keys cannot be used, or fingerprints would not outlive a run.
    """
    if not config.reasoning.bind:
        return None
    from revenuer.enforcement.reasoning_keys import reasoning_binder_at

    return reasoning_binder_at(_reasoning_keys(config))


def _reasoning_keys(config: GatewayConfig) -> Path:
    kept = config.guard.fingerprint_key or config.guard.snapshot
    if not kept:
        raise ConfigError(
            "Reasoning blocks are bound to fingerprints, and these would change with each run.",
            "Name a file with guard.fingerprint_key, which is made if it is not there.",
        )
    named = config.reasoning.keys
    return Path(named) if named else Path(kept).with_name("reasoning.keys")


def _seen_sequence(config: GatewayConfig, secret: bytes) -> SeenSequence:
    # With Ed25519, which is large, and needed only where there are verdicts.
    from revenuer.enforcement.seen_sequence import SeenSequence

    path = Path(config.guard.seen or f"{config.guard.snapshot}.seen")
    return SeenSequence(path, load_public_key(config).id, secret)


def _least_sequence(config: GatewayConfig, secret: bytes) -> int:
    """The highest number of a snapshot that an earlier run has seen."""
    if not config.guard.snapshot:
        return 0
    from revenuer.enforcement.seen_sequence import SeenError

    try:
        return _seen_sequence(config, secret).read()
    except SeenError as wrong:
        # Refusing every snapshot would let all pass whom it lists; the one that is there is signed.
        logger.error("Verdicts older than those before the restart would be taken: %s.", wrong)
        return 0


def make_feed(
    config: GatewayConfig, gate: Gate, secret: bytes, numbers: NumbersPage | None = None
) -> Feed | None:
    """What takes up files that change, having looked once, and shows numbers; None for neither."""
    sources: list[Source] = []
    guard = config.guard
    if guard.snapshot:
        from revenuer.enforcement.snapshot_file import SnapshotWatch
        from revenuer.gateway.verdicts import VerdictSource

        watch = SnapshotWatch(Path(guard.snapshot), load_public_key(config))
        sources.append(VerdictSource(watch, gate, _seen_sequence(config, secret)))
    if guard.policy:
        sources.append(policy_source(config, gate.adopt, gate.refused_file))
    if gate.bindings is not None:
        from revenuer.enforcement.reasoning_keys import reasoning_binder_at

        keys = _reasoning_keys(config)
        load = partial(reasoning_binder_at, keys)
        sources.append(SettingsSource(keys, load, gate.bindings.rekey, gate.refused_file))
    host, port = config.metrics.host, config.metrics.port
    show = partial(numbers.serve, host, port) if numbers is not None and port else None
    feed = Feed(sources, show)
    feed.look()
    return feed if sources or show else None


def policy_source(
    config: GatewayConfig, take: Callable[[Policy], None], refused: Callable[[], None]
) -> SettingsSource[Policy]:
    """The policy's file, to be taken up when it changes."""
    return SettingsSource(Path(config.guard.policy), lambda: load_policy(config), take, refused)


def make_recorder(config: GatewayConfig, policy: Policy) -> RecorderLink | None:
    """What logs; None where nothing is logged."""
    if not config.log.folder or not policy.log.exchanges:
        return None
    return RecorderLink(config.log, policy)


class Parts(NamedTuple):
    """What an adapter has that serves in one process.

    Attributes:
        gate: Decides.
        journal: Charges and logs.
        feed: Takes up files that change; None where there are none.
    """

    gate: Gate
    journal: Journal
    feed: Feed | None


def put_together(config: GatewayConfig) -> Parts:
    """The parts of such an adapter.

    Raises:
        ConfigError: The policy, a key or the snapshot's public key cannot be used.
    """
    policy, secret = load_policy(config), load_secret(config)
    gate = make_gate(config, policy, secret)
    page = NumbersPage(lambda: gate_samples(gate, journal.recorder, time.time()), lambda: True)
    feed = make_feed(config, gate, secret, page)
    # The recorder last: it is a process of its own.
    journal = Journal(config, gate, make_recorder(config, policy))
    return Parts(gate, journal, feed)


def config_at(path: str | Path | None) -> GatewayConfig:
    """The configuration in a file; without one in the file that the variable names.

    Raises:
        ConfigError: There is none, or it cannot be used.
    """
    if path is not None:
        return load_config(Path(path))
    named = os.environ.get(CONFIG_VARIABLE, "")
    if not named:
        raise ConfigError(f"{CONFIG_VARIABLE} names no file.", "Set it to a gateway's TOML file.")
    return load_config(Path(named))
