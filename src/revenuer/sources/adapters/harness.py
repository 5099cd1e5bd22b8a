"""The client harness, from what a client says of itself."""

from __future__ import annotations

import re

PRODUCT = re.compile(r"^\s*([A-Za-z][\w .+@-]*?)(?:/([A-Za-z]+\b)?|\s|\(|$)")
NAMES = {
    "claude-cli": "claude-code",
    "codex_cli_rs": "codex",
    "codex-cli": "codex",
    "mozilla": "browser",
    "asyncopenai": "openai",
    "asyncanthropic": "anthropic",
}


def harness_of(user_agent: object) -> str | None:
    """The harness that a user agent names, without its version; None if it names none.

    Examples:
        >>> harness_of("AsyncOpenAI/Python 2.54.0")
        'openai-python'
        >>> harness_of("claude-cli/2.0.14 (external, cli)")
        'claude-code'
        >>> harness_of("curl/8.5.0")
        'curl'
    """
    if not isinstance(user_agent, str):
        return None
    match = PRODUCT.match(user_agent)
    if match is None:
        return None
    product = match[1].strip().lower().replace(" ", "-")
    name = NAMES.get(product, product)
    return f"{name}-{match[2].lower()}" if match[2] else name
