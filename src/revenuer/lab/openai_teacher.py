"""A teacher behind an API that speaks OpenAI's chat completions: vLLM, LiteLLM, OpenAI, ..."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from revenuer.errors import ConfigError, PeerError
from revenuer.lab.answers import Answer
from revenuer.lab.config import TeacherSettings
from revenuer.lab.prompts import Prompt

TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""What passes by itself: timeouts, conflicts, rates and overload; the list of OpenAI's own client
with 425 (RFC 8470) and 529, which Anthropic's servers send."""
LONGEST_WAIT_S = 60.0
"""However long a server asks us to wait; placeholder."""


class OpenAiTeacher:
    """Asks an API, several prompts at once, each again where the failure may pass.

    Args:
        settings: Where it is, and how often a request is tried.
        key: For the API; never logged.
        reasoning_end: What is put between reasoning and answer where the API tells them apart.
        pause: Waits, in seconds.
    """

    def __init__(
        self,
        settings: TeacherSettings,
        key: str,
        reasoning_end: str,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.reasoning_end = reasoning_end
        self.pause = pause
        self.client = httpx.Client(
            base_url=settings.base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}"},
            timeout=settings.timeout_s,
        )

    @classmethod
    def of(
        cls, settings: TeacherSettings, reasoning_end: str, environment: Mapping[str, str]
    ) -> OpenAiTeacher:
        """Take the key from the environment.

        Raises:
            ConfigError: It is not there.
        """
        key = environment.get(settings.key_variable)
        if not key:
            raise ConfigError(
                f"The variable {settings.key_variable} holds no key for {settings.base_url}.",
                "Set it; where the server wants none, set it to any word.",
            )
        return cls(settings, key, reasoning_end)

    def answers(self, prompts: Sequence[Prompt]) -> Iterator[list[Answer]]:
        """Answer prompts as the API does, at most `teacher.batch` at once.

        Raises:
            PeerError: It refused, or went on failing.
        """
        for start in range(0, len(prompts), self.settings.batch):
            asked = prompts[start : start + self.settings.batch]
            with ThreadPoolExecutor(len(asked)) as pool:
                futures = [pool.submit(self.answer, prompt) for prompt in asked]
            # What was answered is paid for, and kept even where another of the batch failed.
            yield [future.result() for future in futures if future.exception() is None]
            for failed in futures:
                failed.result()

    def answer(self, prompt: Prompt) -> Answer:
        """Answer one prompt."""
        messages = [{"role": "system", "content": prompt.system}] if prompt.system else []
        said = self._ask(
            {
                "model": self.settings.model,
                "messages": [*messages, {"role": "user", "content": prompt.text}],
                "temperature": self.settings.temperature,
                "max_tokens": self.settings.most_tokens,
            }
        )
        try:
            choice, usage = said["choices"][0], said["usage"]
            message = choice["message"]
            return Answer(
                prompt.id,
                self._text(message),
                int(usage["prompt_tokens"]),
                int(usage["completion_tokens"]),
                choice.get("finish_reason") == "stop",
            )
        except (KeyError, IndexError, TypeError, ValueError) as failure:
            raise PeerError(
                f"{self.settings.base_url} sent no chat completion: {type(failure).__name__} "
                f"({failure}).",
                "It must send choices and usage as OpenAI's API does; costs cannot be kept "
                "without usage.",
            ) from None

    def _text(self, message: Mapping[str, Any]) -> str:
        content = message.get("content") or ""
        # vLLM, DeepSeek and LiteLLM say `reasoning_content`; newer vLLM and OpenRouter `reasoning`.
        reasoning = message.get("reasoning_content") or message.get("reasoning") or ""
        if not reasoning:
            return str(content)
        begin = "<think>\n" if self.reasoning_end == "</think>" else ""
        return f"{begin}{reasoning}\n{self.reasoning_end}\n{content}"

    def _ask(self, body: dict[str, Any]) -> dict[str, Any]:
        why = ""
        for attempt in range(self.settings.attempts):
            asked = 0.0
            try:
                response = self.client.post("/chat/completions", json=body)
            except httpx.TransportError as failure:
                why = type(failure).__name__
            else:
                if response.is_success:
                    return self._json(response)
                why = f"status {response.status_code}"
                if response.status_code not in TRANSIENT:
                    raise PeerError(
                        f"{self.settings.base_url} refused: {why}.",
                        "Check teacher.base_url, teacher.model and the key.",
                    )
                asked = _seconds(response.headers.get("retry-after", ""))
            if attempt + 1 < self.settings.attempts:
                self.pause(min(max(asked, 2.0**attempt), LONGEST_WAIT_S))
        raise PeerError(
            f"{self.settings.base_url} failed {self.settings.attempts} times, last with {why}.",
            "Run the same command again later: what was answered is kept.",
        )

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        try:
            said = response.json()
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise PeerError(
                f"{self.settings.base_url} sent no JSON object.", "Check teacher.base_url."
            )
        return said


def _seconds(text: str) -> float:
    """A `Retry-After` in seconds; its other form, a date, is left to our own pace."""
    try:
        return max(float(text), 0.0)
    except ValueError:
        return 0.0
