"""The log of a foreign world as it grows: accounts, exchanges, permits, and who is what."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from foreign.clocks import DAY, Times
from foreign.places import VPNS, Client, Place, Seen, exits
from foreign.words import Words

START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
PAUSE_S = 900.0
"""A longer silence starts another conversation."""


@dataclass
class Account:
    """One account and what its requests share.

    Attributes:
        id: Its id in the log.
        since: When it was made, seconds since the log's start (mostly negative).
        moves: When it takes up a new model, seconds; the model's name before and after.
        rows: Its row of the accounts table.
    """

    id: str
    since: float
    moves: float
    models: tuple[str, str]
    rows: dict[str, object]


@dataclass(frozen=True)
class Use:
    """How an account uses the service in one respect.

    Attributes:
        client, place: With what and from where.
        write: Gives the text of one prompt.
        system: The system prompt.
        conversation: Whether turns follow each other in sessions.
        agent: Turns by tools after each turn of the user; 0 for none.
        input_tokens: Tokens of context beside the prompt.
        cached: Share of the context that is cached.
        output_tokens: The median answer.
        reasons: Whether the model reasons before it answers.
        operation: `chat`, `batch`, ...
        end_users: Ids of end users that the caller declares.
        keys: API keys in use.
    """

    client: Client
    place: Place
    write: Callable[[], str]
    system: str | None = None
    conversation: bool = False
    agent: float = 0.0
    input_tokens: int = 0
    cached: float = 0.0
    output_tokens: float = 250.0
    reasons: bool = False
    operation: str = "chat"
    end_users: Sequence[str] = ()
    keys: Sequence[str] = ()


@dataclass
class Log:
    """Everything that happened, and the truth about it."""

    random: random.Random
    np: np.random.Generator
    words: Words
    days: float
    surge: float = 1.0
    answers: bool = False
    id_style: str = "hex"
    accounts: list[Account] = field(default_factory=list)
    exchanges: list[dict[str, object]] = field(default_factory=list)
    permits: list[dict[str, object]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Say when the new model comes out, and which VPNs there are."""
        self.release = self.days * DAY * self.random.uniform(0.35, 0.65)
        self._vpns = [exits(self.random, VPNS, 24) for _ in range(3)]
        self._serial = 0

    def vpn(self, count: int) -> list[Seen]:
        """Some exits of a popular VPN: whoever uses it comes out there."""
        return self.random.sample(self.random.choice(self._vpns), count)

    def token(self, prefix: str, width: int = 12) -> str:
        """A fresh opaque id."""
        return f"{prefix}{self.random.getrandbits(width * 4):0{width}x}"

    def at(self, seconds: float) -> datetime:
        """A moment of the log."""
        return START + timedelta(microseconds=round(seconds * 1e6))

    def _account_id(self) -> str:
        self._serial += 1
        if self.id_style == "number":
            return str(100_000 + self._serial * 7 + self.random.randrange(7))
        return self.token("acct_" if self.id_style == "prefix" else "", 14)

    def account(self, kind: str, *, age_days: float | None = None, **attributes: object) -> Account:
        """A new account: `age_days` old at the log's start (negative: made later)."""
        r = self.random
        age = r.expovariate(1 / 320) if age_days is None else age_days
        models = r.choice(
            (
                ("cirrus-4", "cirrus-5"),
                ("cirrus-4", "cirrus-5"),
                ("cirrus-4-mini", "cirrus-5-mini"),
                ("cirrus-4-mini",) * 2,
                ("cirrus-3-turbo", "cirrus-5-mini"),
                ("stratus-1",) * 2,
            )
        )
        moves = self.release + r.expovariate(1 / (self.days * DAY * 0.12))
        row = {key: value for key, value in attributes.items() if value is not None}
        made = Account(self._account_id(), -age * DAY, moves, models, row)
        row |= {"account_id": made.id, "created_at": self.at(made.since)}
        row.setdefault("status", "active")
        row.setdefault("verification", r.choice(("email", "email", "phone", "card")))
        self.accounts.append(made)
        self.kinds[made.id] = kind
        return made

    def use(self, account: Account, times: Times, use: Use) -> None:
        """Write an account's exchanges of one kind of use."""
        times = times[times >= account.since]
        if self.surge > 1:
            kept = (times >= account.moves) | (self.np.random(times.size) < 1 / self.surge)
            times = times[kept]
        last, session, turn, task, context = -np.inf, "", 0, "", 0
        key = self.random.choice(list(use.keys)) if use.keys else None
        for t in times.tolist():
            follows = use.conversation and t - last < PAUSE_S
            if not follows:
                session, turn, context = self.token("s-", 10), 0, use.input_tokens
            say_more = follows and self.random.random() < 0.75
            prompt = self.words.follow_up() if say_more else use.write()
            task = self.token("t-", 10)
            row = self._row(account, use, t, prompt, context)
            row |= {"session_id": session, "task_id": task, "message_count": 2 * turn + 1}
            row["api_key_id"] = key
            context += int(row["input_tokens"]) - context + int(row["output_tokens"])  # type: ignore[call-overload]
            turn, last = turn + 1, t
            if use.agent:
                self._loop(account, use, row, context)

    def _loop(self, account: Account, use: Use, first: dict[str, object], context: int) -> None:
        """The turns that an agent's tools take after a user's turn."""
        r = self.random
        at = (first["occurred_at"] - START).total_seconds()  # type: ignore[operator]
        parent = first
        for turn in range(min(40, int(r.expovariate(1 / use.agent)))):
            at += 4 + r.expovariate(1 / 12)
            if at >= self.days * DAY:
                return
            row = self._row(account, use, at, str(first["prompt"]), context)
            row |= {k: first[k] for k in ("session_id", "task_id", "api_key_id")}
            row |= {"turn_kind": "tool", "parent_exchange_id": parent["exchange_id"]}
            row["message_count"] = int(first["message_count"]) + 2 * (turn + 1)  # type: ignore[call-overload]
            row["reasoning_signature"] = parent.get("issued_reasoning_signature")
            context += r.randint(150, 2_500)
            parent = row

    def _row(
        self, account: Account, use: Use, t: float, prompt: str, context: int
    ) -> dict[str, object]:
        """One exchange, and before it the failed attempts that it took."""
        r, client = self.random, use.client
        ip, asn, country = use.place(t)
        read = max(8, context + (len(prompt) + len(use.system or "")) // 4)
        said = max(1, int(use.output_tokens * r.lognormvariate(0, 0.7)))
        if client.max_output_tokens:
            said = min(said, client.max_output_tokens)
        thought = int(said * r.uniform(0.5, 3)) if use.reasons else 0
        row: dict[str, object] = {
            "exchange_id": self.token("x", 16),
            "occurred_at": self.at(t),
            "account_id": account.id,
            "organization_id": account.rows.get("organization_id"),
            "channel": client.channel,
            "operation": use.operation,
            "model": account.models[t >= account.moves],
            "request_id": self.token("req-", 10),
            "turn_kind": "user",
            "harness": client.harness,
            "client_ip": ip,
            "asn": asn,
            "country": country,
            "tls_fingerprint": client.tls,
            "user_agent": client.user_agent,
            "input_tokens": read,
            "output_tokens": said + thought,
            "reasoning_tokens": thought,
            "cached_input_tokens": int(min(read, context) * use.cached),
            "temperature": client.temperature,
            "max_output_tokens": client.max_output_tokens,
            "n": client.n,
            "response_format": client.response_format,
            "streamed": client.streamed,
            "tool_count": client.tools,
            "status": 200,
            "outcome": "complete",
            "stop_reason": "length" if said == client.max_output_tokens else "stop",
            "latency_ms": int(300 + said * r.uniform(8, 25) + thought * 9),
            "attempt": 1,
            "system_prompt": use.system,
            "prompt": prompt,
        }
        if use.end_users:
            row["end_user_id"], row["end_user_source"] = r.choice(use.end_users), "user"
        if use.operation == "batch":
            row["batch_id"] = f"batch-{account.id}-{int(t // DAY)}"
            row["submitted_at"] = self.at((t // DAY) * DAY)
        if use.reasons and use.agent:
            row["issued_reasoning_signature"] = self.token("sig", 24)
        if self.answers:
            row["response"] = self.words.answer(prompt)
        if r.random() < 0.012:
            self._failure(row)
        self.exchanges.append(row)
        return row

    def _failure(self, row: dict[str, object]) -> None:
        """An attempt that failed a moment before, by a client that tries again."""
        status = self.random.choice((429, 429, 500, 529))
        failed = dict(row, exchange_id=self.token("x", 16), status=status, output_tokens=0)
        failed |= {"outcome": "upstream_error", "stop_reason": None, "reasoning_tokens": 0}
        failed["response"] = None
        row["attempt"], row["routed_by"] = 2, "client"
        row["occurred_at"] += timedelta(seconds=self.random.uniform(0.5, 20))  # type: ignore[operator]
        self.exchanges.append(failed)
