"""How a Kafka client is set up: what we need of it, over what the operator's file says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from revenuer.errors import ConfigError
from revenuer.sources.live.places import StreamPlace

CONFIG = "REVENUER_KAFKA_CONFIG"
GROUP = "revenuer"
"""Named because a client must name one; nothing is committed to it unless `group=` is given."""
QUEUE_KIB = 16 * 1024
"""What a client holds of messages that were not asked for yet: placeholder."""


def configuration(
    place: StreamPlace, environment: Mapping[str, str]
) -> dict[str, str | int | float | bool]:
    """The client's properties.

    Args:
        place: The brokers and the topic.
        environment: Variables; `REVENUER_KAFKA_CONFIG` names a file of librdkafka's
            properties, `name=value` a line, where security belongs.

    Raises:
        ConfigError: That file cannot be read or has a line of another form.
    """
    found: dict[str, str | int | float | bool] = {
        "queued.max.messages.kbytes": QUEUE_KIB,
        "queued.min.messages": 10_000,
        "fetch.message.max.bytes": 1 << 20,
        "reconnect.backoff.max.ms": 5_000,
    }
    if path := environment.get(CONFIG):
        found |= _properties(Path(path))
    # These make it exactly once, so the operator's file cannot say otherwise.
    found |= {
        "bootstrap.servers": ",".join(place.servers),
        "group.id": place.options.get("group", GROUP),
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
        "allow.auto.create.topics": False,
    }
    return found


def _properties(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}, named by {CONFIG}, cannot be read", "Check it.") from problem
    found, wrong = {}, []
    for number, line in enumerate(map(str.strip, lines), 1):
        name, equals, value = line.partition("=")
        if line and not line.startswith(("#", "!")):
            if equals:
                found[name.strip()] = value.strip()
            else:
                wrong.append(str(number))
    if wrong:
        # The lines themselves may hold a password.
        hint = "Write name=value, one a line."
        raise ConfigError(f"{path}: no property in line {', '.join(wrong)}", hint)
    return found
