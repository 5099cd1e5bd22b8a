"""`provenance ask`: a suspect behind an OpenAI-compatible endpoint, within a budget of requests.

Each answer is on the disk before the next is asked for, so that a run that was stopped goes on
where it was. What is written has no prompt and no code; only the prompt is sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import numpy as np

from revenuer.app.provenance.answers import Answers, read_answers
from revenuer.disk import PRIVATE, locked
from revenuer.errors import ColumnError, ConfigError, ConflictError, PeerError
from revenuer.provenance.similarity import informative_prompts

MOST_BYTES = 1 << 22
"""A longer answer is none that a test would read. placeholder"""
TIMEOUT_S = 120.0
"""placeholder: a slow model writes a thousand tokens in that time."""
KEPT = ("account", "canary")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a suspect answers.

    Attributes:
        url: The base, such as `https://host/v1`.
        model: What it is called there.
        key: Sent as a bearer token; empty for none.
        max_tokens: Of an answer.
        temperature: Of its sampling.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    max_tokens: int = 256
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """How far it got.

    Attributes:
        answers: Rows in the file.
        new: Those of this run.
        left: Prompts that nothing answers yet.
        budget: Most rows.
    """

    answers: int
    new: int
    left: int
    budget: int


def ask(
    prompts: Path,
    out: Path,
    endpoint: Endpoint,
    *,
    budget: int,
    least_sure: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Asked:
    """Ask a suspect, each prompt once, until all are answered or the budget is spent.

    Args:
        prompts: A table with `prompt`, and `id` or the account and canary of each.
        out: JSON Lines of answers; what is in it already is not asked again, and counts.
        endpoint: The suspect.
        budget: Most answers in the file.
        least_sure: Ask first where your own model is least sure, by the column `probabilities`.
        now: The clock.

    Raises:
        PeerError: The endpoint refused or sent what cannot be used; what was answered is kept.
        ConflictError: Another run writes the same file.
    """
    if budget < 1 or urlsplit(endpoint.url).scheme not in ("http", "https"):
        raise ConfigError(
            f"A budget of {budget} and the address {endpoint.url!r} cannot be used.",
            "Give a budget of 1 or more, and an address such as https://host/v1.",
        )
    rows = _prompts(read_answers(prompts), budget if least_sure else None)
    with locked(out.with_name(f".{out.name}.lock"), wait=False) as mine:
        if not mine:
            raise ConflictError(f"Another run writes {out}.", "Wait for it, or stop it.")
        done = _answered(out)
        left = [row for row in rows if row["id"] not in done]
        new = 0
        with _client(endpoint) as client, _appending(out) as append:
            for row in left[: max(budget - len(done), 0)]:
                text = _answer(client, endpoint, row["prompt"])
                more = {name: row[name] for name in KEPT if name in row}
                append({"id": row["id"], "at": now().isoformat(), "text": text, **more})
                new += 1
    return Asked(len(done) + new, new, len(left) - new, budget)


def _prompts(table: Answers, least_sure: int | None) -> list[dict[str, Any]]:
    """The rows to ask, each with an id of its own."""
    texts = table.column("prompt")
    rows = table.rows.to_dicts()
    if not all(isinstance(text, str) and text for text in texts):
        raise ColumnError(f"{table.path}: a prompt is no text, or empty.")
    for number, row in enumerate(rows):
        if "id" not in row:
            named = "account" in row and "canary" in row
            row["id"] = f"{row['account']}/{row['canary']}" if named else str(number)
        row["id"] = str(row["id"])
    if len({row["id"] for row in rows}) != len(rows):
        raise ColumnError(f"{table.path}: two prompts have one id.", "Give each its own.")
    if least_sure is None:
        return rows
    known = table.lists("probabilities", whole=False)
    wide = np.zeros((len(known), max(map(len, known))))
    for place, values in enumerate(known):
        wide[place, : len(values)] = values
    return [rows[place] for place in informative_prompts(wide, least_sure)]


def _answered(out: Path) -> set[str]:
    """The ids that are answered; half a line that a crash left is cut off."""
    if not out.exists():
        return set()
    data = out.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) != len(data):
        os.truncate(out, len(whole))
    try:
        return {str(msgspec.json.decode(line)["id"]) for line in whole.splitlines()}
    except (msgspec.DecodeError, KeyError, TypeError) as problem:
        raise ConfigError(
            f"{out} is there already and was not written by `provenance ask`.", "Name another file."
        ) from problem


@contextmanager
def _appending(out: Path) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """What writes a row; it is on the disk when the call returns."""
    place = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE)

    def append(row: Mapping[str, Any]) -> None:
        os.write(place, msgspec.json.encode(row) + b"\n")
        os.fsync(place)

    try:
        yield append
    finally:
        os.close(place)


def _client(endpoint: Endpoint) -> Any:
    try:
        import httpx
    except ImportError as problem:
        raise ConfigError(
            "A suspect is asked with httpx, which is not installed.",
            "Install the extra: `pip install 'revenuer[provenance]'`.",
        ) from problem
    headers = {"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    # No proxy of the environment's and no redirect: the key goes to this address alone.
    return httpx.Client(
        base_url=endpoint.url.rstrip("/") + "/",
        headers=headers,
        timeout=TIMEOUT_S,
        trust_env=False,
        follow_redirects=False,
    )


def _answer(client: Any, endpoint: Endpoint, prompt: str) -> str:
    """One answer, by one request; nothing is tried again unasked, for it would cost again."""
    import httpx

    asked = {
        "model": endpoint.model,
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": endpoint.max_tokens,
        "temperature": endpoint.temperature,
    }
    hint = "What was answered is kept; the same command goes on from there."
    try:
        with client.stream("POST", "chat/completions", json=asked) as response:
            if response.status_code != 200:
                raise PeerError(f"The suspect answered with status {response.status_code}.", hint)
            data = b""
            for piece in response.iter_bytes():
                data += piece
                if len(data) > MOST_BYTES:
                    raise PeerError("The suspect's answer does not end.", hint)
        text = msgspec.json.decode(data)["choices"][0]["message"]["content"]
    except httpx.HTTPError as problem:
        # The text of the problem may have the address with a password in it.
        raise PeerError(
            f"The suspect was not reached: {type(problem).__name__}.", hint
        ) from problem
    except (msgspec.DecodeError, KeyError, IndexError, TypeError) as problem:
        raise PeerError("What the suspect sent is no chat completion.", hint) from problem
    # A refusal may come without text: it is an answer, of no word.
    return text if isinstance(text, str) else ""
