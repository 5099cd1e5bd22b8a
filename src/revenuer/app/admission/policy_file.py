"""The policy of admission from its file, with every problem at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

from revenuer.access.policy import AccessPolicy
from revenuer.errors import ConfigError
from revenuer.schema import gather


def load_access_policy(path: Path | None) -> AccessPolicy:
    """The policy in a TOML file; the program's own without one.

    Raises:
        ConfigError: With every problem in one message.
    """
    if path is None:
        return AccessPolicy()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as failure:
        raise ConfigError(f"{path} cannot be read: {failure.strerror}.") from failure
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise ConfigError(f"{path} is not TOML: {failure}.") from failure
    problems: list[str] = []
    policy: AccessPolicy | None = gather(tree, AccessPolicy, problems)
    if policy is not None:
        problems += policy.problems()
    if problems or policy is None:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigError(
            f"The policy in {path} cannot be used:{listed}", "docs/access.md has every key."
        )
    return policy
