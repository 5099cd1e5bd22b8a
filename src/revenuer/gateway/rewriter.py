"""The second model, which words reasoning anew: asked over HTTP, waited for, and done without.

Whatever goes wrong with it is no error to a customer: what is shown then is in the policy.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from revenuer.countermeasures.trace_rewritten import asked_of, is_copied, shown_of
from revenuer.errors import ConfigError
from revenuer.guard import Policy
from revenuer.guard.countering import Fallback, RewriterSettings

logger = logging.getLogger(__name__)

MOST_REPLY_BYTES = 1_048_576
"""A longer reply is none. placeholder"""


class Outcome(StrEnum):
    """What came of asking the second model.

    Attributes:
        REWRITTEN: It worded the reasoning anew.
        SLOW: It took longer than `timeout_s`.
        BUSY: It had too much else to do for us to be asked within `timeout_s`.
        UNREACHABLE: There was no connection, or it broke.
        REFUSED: It answered with another status than 200.
        UNREADABLE: Its reply was too long, not of its protocol, or empty.
        TOO_LONG: There was more reasoning than it is asked about.
        COPIED: It said most of the reasoning again, word by word.
    """

    REWRITTEN = "rewritten"
    SLOW = "slow"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    COPIED = "copied"


class Rewriter:
    """Asks the second model; one belongs to one event loop.

    Args:
        said: Where it is, and how it is asked.
        counts: Counts what came of it.

    Raises:
        ConfigError: There is no key where one is named, or no client for HTTP is installed.
    """

    def __init__(self, said: RewriterSettings, counts: Counter[Outcome]) -> None:
        self.fallback = said.on_failure
        self._said, self._counts = said, counts
        self._httpx = _httpx()
        key = key_of(said)
        # What is compressed may be longer than it looks.
        self._headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if key:
            self._headers["authorization"] = f"Bearer {key}"
        # Made once: reading the authorities takes long enough to be felt by others.
        self._tls: ssl.SSLContext | bool = False
        if said.url.lower().startswith("https:"):
            self._tls = ssl.create_default_context(cafile=said.ca_file or None)
        self._room = asyncio.Semaphore(said.at_once)

    async def shown(self, reasoning: str) -> tuple[str, Outcome]:
        """What is shown of some reasoning, and what came of asking. Never raises.

        Args:
            reasoning: As the first model wrote it.
        """
        text: str | None = None
        if len(reasoning) > self._said.most_characters:
            outcome = Outcome.TOO_LONG
        else:
            text, outcome = await self._asked(reasoning)
        self._counts[outcome] += 1
        if text is None:
            text = reasoning if self.fallback is Fallback.WHOLE else ""
        return text, outcome

    async def _asked(self, reasoning: str) -> tuple[str | None, Outcome]:
        late = Outcome.BUSY
        try:
            async with asyncio.timeout(self._said.timeout_s), self._room:
                late = Outcome.SLOW
                return await self._reply(reasoning)
        except TimeoutError:
            return None, late
        except Exception as wrong:
            # The kind alone: a text might quote what was sent.
            logger.warning("The rewriter could not be asked: %s.", type(wrong).__name__)
            return None, Outcome.UNREACHABLE

    async def _reply(self, reasoning: str) -> tuple[str | None, Outcome]:
        said = self._said
        asked = asked_of(
            reasoning, model=said.model, prompt=said.prompt, most_tokens=said.most_tokens
        )
        # No proxy of the environment's and no redirect: nobody is sent this but whom the policy
        # names. No connection is kept either; beside a model's time one more is nothing.
        client = self._httpx.AsyncClient(
            verify=self._tls, trust_env=False, follow_redirects=False, timeout=None
        )
        url = said.url.rstrip("/") + "/chat/completions"
        async with (
            client,
            client.stream("POST", url, headers=self._headers, content=_written(asked)) as answer,
        ):
            if answer.status_code != 200:
                return None, Outcome.REFUSED
            reply = bytearray()
            async for piece in answer.aiter_raw():
                reply += piece
                if len(reply) > MOST_REPLY_BYTES:
                    return None, Outcome.UNREADABLE
        text = shown_of(bytes(reply))
        if text is None:
            return None, Outcome.UNREADABLE
        if is_copied(reasoning, text):
            return None, Outcome.COPIED
        return text, Outcome.REWRITTEN


def key_of(said: RewriterSettings) -> str:
    """The key for the second model's server; empty where none is named.

    Raises:
        ConfigError: One is named and is not there, or cannot stand in a header.
    """
    key, named = "", said.key_file or said.key_variable
    if said.key_file:
        try:
            key = Path(said.key_file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as failure:
            kind = getattr(failure, "strerror", None) or "it is not plain text"
            raise ConfigError(
                f"countermeasures.rewriter.key_file cannot be read: {kind}."
            ) from None
    elif said.key_variable:
        key = os.environ.get(said.key_variable, "").strip()
    if named and not (key and key.isascii() and key.isprintable()):
        raise ConfigError(
            f"countermeasures.rewriter: {named} holds no key.",
            "Put the key of the second model's server there on one line, or name neither "
            "key_file nor key_variable.",
        )
    return key


def check_rewriter(policy: Policy) -> None:
    """Find out whether the second model that a policy names can be asked.

    Raises:
        ConfigError: Its key is not there, or no client for HTTP is installed.
    """
    if policy.countermeasures.rewriter.url:
        Rewriter(policy.countermeasures.rewriter, Counter())


def _httpx() -> Any:
    try:
        import httpx
    except ModuleNotFoundError as missing:
        raise ConfigError(
            "Rewriting reasoning asks a model over HTTP, and httpx is not installed.",
            "pip install 'revenuer[webhooks]'",
        ) from missing
    return httpx


def _written(tree: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(tree)
    except UnicodeEncodeError:
        # Half a surrogate pair, where a model was cut inside a character.
        cut = tree["messages"][-1]
        cut["content"] = cut["content"].encode("utf-8", "replace").decode()
        return msgspec.json.encode(tree)
