"""The page of the gateway's settings, for `write_docs`."""

from __future__ import annotations

from revenuer.cli.show.settings import setting_text
from revenuer.gateway.config import GatewayConfig
from revenuer.schema import described, value_at


def gateway_page() -> str:
    """Return every key of the gateway's file with its default and its meaning."""
    lines = [
        "# The gateway's file",
        "",
        "One TOML file: `revenuer gateway --config FILE`, or `REVENUER_GATEWAY_CONFIG=FILE` for "
        "the middleware, of which `guard`, `identity`, `reasoning`, `log` and `metrics` count, and "
        "LiteLLM's callback, of which `guard`, `log` and `metrics` do. What is done about whom is "
        "in [the policy](guard-policy.md). See [gateway.md](gateway.md).",
        "",
        "| key | default | meaning |",
        "|---|---|---|",
    ]
    default = GatewayConfig()
    for path, meaning in described(GatewayConfig).items():
        shown = setting_text(value_at(default, path))
        meaning = meaning.replace(" placeholder", " A [placeholder](placeholders.md).")
        lines.append(f"| `{'.'.join(path)}` | `{shown}` | {meaning} |")
    return "\n".join(lines) + "\n"
