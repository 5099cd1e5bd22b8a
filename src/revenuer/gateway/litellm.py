"""The guard as a callback of the LiteLLM proxy.

```yaml
litellm_settings:
  callbacks: ["revenuer.gateway.litellm.guard"]
```

With `REVENUER_GATEWAY_CONFIG` naming the gateway's file, of which `guard`, `log` and `metrics`
count. It is a `CustomLogger`, and never defines `apply_guardrail`: LiteLLM sends what does through
a path that collects a whole stream before its first byte. Nothing here touches a stream: requests
are decided on before the call, and logged when LiteLLM says that it is over.
"""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger

from revenuer.errors import ConfigError
from revenuer.gateway.facts import Asked, read_facts
from revenuer.gateway.identity import Known
from revenuer.gateway.routes import Route
from revenuer.gateway.ruling import Ruling
from revenuer.gateway.start import config_at, put_together
from revenuer.gateway.tap import Tap
from revenuer.guard import Caller, Kind, Protocol, apply
from revenuer.guard.fingerprint import shown

logger = logging.getLogger(__name__)

ROUTES = {
    "completion": Route(Protocol.OPENAI_CHAT, "chat"),
    "acompletion": Route(Protocol.OPENAI_CHAT, "chat"),
    "text_completion": Route(Protocol.OPENAI_COMPLETIONS, "completion"),
    "atext_completion": Route(Protocol.OPENAI_COMPLETIONS, "completion"),
    "responses": Route(Protocol.OPENAI_RESPONSES, "chat"),
    "aresponses": Route(Protocol.OPENAI_RESPONSES, "chat"),
    "anthropic_messages": Route(Protocol.ANTHROPIC_MESSAGES, "chat"),
    "embeddings": Route(Protocol.OTHER, "embeddings"),
    "aembedding": Route(Protocol.OTHER, "embeddings"),
}
OTHER = Route(Protocol.OTHER, "")
ADMIN = "default_user_id"
"""Who calls with the master key; the key itself says more."""
LONG = ("messages", "input", "tools", "functions", "instructions", "system", "prompt")
"""Fields of which only the number of entries counts."""
UNDER_WAY = 10_000
"""Calls that are remembered until they are over. placeholder"""
LOOK_S = 1.0


class Call(NamedTuple):
    """A call that LiteLLM has under way."""

    ruling: Ruling
    arrived_s: float
    fields: Mapping[bytes, bytes]
    peer: bytes
    body: bytes | None


class RevenuerGuard(CustomLogger):
    """Decides on calls and logs them.

    Args:
        config: TOML file of the gateway; without one the variable names it.

    Raises:
        ConfigError: It cannot be used, or binds reasoning blocks, which takes every answer.
    """

    def __init__(self, config: str | Path | None = None) -> None:
        super().__init__()
        settings = config_at(config)
        if settings.reasoning.bind:
            raise ConfigError(
                "Reasoning blocks cannot be bound in LiteLLM.",
                "Put `revenuer gateway` before it with reasoning.bind; docs/gateway.md says why.",
            )
        self.gate, self.journal, self._feed = put_together(settings)
        self._raw_ids = self.gate.guard.policy.log.raw_ids
        self._known: OrderedDict[tuple[str | None, ...], Known] = OrderedDict()
        self._calls: OrderedDict[str, Call] = OrderedDict()
        self._looked_s = time.monotonic()

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
    ) -> dict[str, Any] | None:
        """Decide on a call.

        Returns:
            The call with what a reduction changes; None where it goes on as it came.

        Raises:
            HTTPException: It is refused.
        """
        self._look()
        if self._feed is not None:
            await self._feed.show()
        route = ROUTES.get(str(call_type), OTHER)
        request = data.get("proxy_server_request") or {}
        headers = {str(k).lower(): str(v) for k, v in (request.get("headers") or {}).items()}
        fields = {name.encode(): value.encode() for name, value in headers.items()}
        facts, asked = None, Asked()
        if route.operation:
            facts, asked = read_facts(route.protocol, _shape(data))
        ruling = self.gate.rule_for(self._who(user_api_key_dict), route, facts, asked)
        metadata = data.get("metadata") or data.get("litellm_metadata") or {}
        peer = str(metadata.get("requester_ip_address") or "unknown").encode()
        body = self._body(request.get("body"))
        call = Call(ruling, time.time(), fields, peer, body)
        if ruling.answer is not None:
            self._over(call, Tap(), ruling.status, "guard_" + ruling.word)
            raise _refusal(ruling)
        self._remember(str(data.get("litellm_call_id")), call)
        changes, treatment = ruling.decision.changes, ruling.treatment
        changed = apply(data, changes) if changes else data
        if treatment is not None:
            changed = self.gate.countering.amended(treatment, changed, ruling.known.caller)
            self.gate.countering.leave_answer(treatment)
        return None if changed is data else changed

    async def async_log_success_event(
        self, kwargs: Mapping[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """Log a call that is over; of a stream, at its end."""
        call = self._calls.pop(str(kwargs.get("litellm_call_id")), None)
        if call is None:
            return
        tap = Tap()
        tap.take(_ending(kwargs.get("standard_logging_object") or {}))
        took = _seconds(start_time, end_time)
        self._over(call, tap, 200, "complete", took)

    async def async_post_call_failure_hook(
        self,
        request_data: Mapping[str, Any],
        original_exception: Exception,
        user_api_key_dict: Any,
        traceback_str: str | None = None,
    ) -> None:
        """Log a call that failed for good."""
        call = self._calls.pop(str(request_data.get("litellm_call_id")), None)
        if call is None:
            return
        said = getattr(original_exception, "status_code", None)
        status = said if isinstance(said, int) else 500
        self._over(call, Tap(), status, "client_cancelled" if status == 499 else "upstream_error")

    # --- inside -------------------------------------------------------------------

    def _look(self) -> None:
        """Take up new verdicts; LiteLLM starts no task of ours, so calls keep the time."""
        now = time.monotonic()
        if self._feed is not None and now - self._looked_s >= LOOK_S:
            self._looked_s = now
            self._feed.look()

    def _who(self, key: Any) -> Known:
        user, team = getattr(key, "user_id", None), getattr(key, "team_id", None)
        organization, token = getattr(key, "org_id", None) or team, getattr(key, "api_key", None)
        account = (None if user == ADMIN else user) or team or token or "unknown"
        names = (account, organization, token)
        known = self._known.get(names)
        if known is None:
            if len(self._known) >= UNDER_WAY:
                self._known.popitem(last=False)
            known = self._known[names] = self._found(account, organization, token)
        return known

    def _found(self, account: str, organization: str | None, token: str | None) -> Known:
        of = self.gate.identities.fingerprint
        mine = of(Kind.ACCOUNT, account)
        group = of(Kind.ORGANIZATION, organization) if organization else None
        key = of(Kind.API_KEY, token) if token else None
        # LiteLLM's `api_key` is a hash already; users and teams are names.
        raw = self._raw_ids or account == token
        grouped = organization if self._raw_ids or group is None else shown(group)
        return Known(
            Caller(mine, group, key), account if raw else shown(mine), grouped or None, token
        )

    def _body(self, body: object) -> bytes | None:
        if self.journal.kept(b"") is None or not isinstance(body, dict):
            return None
        try:
            return self.journal.kept(json.dumps(body, default=str).encode())
        except (TypeError, ValueError):
            return None

    def _remember(self, call_id: str, call: Call) -> None:
        if len(self._calls) >= UNDER_WAY:
            _, oldest = self._calls.popitem(last=False)
            self._over(oldest, Tap(), 0, "client_cancelled")
        self._calls[call_id] = call

    def _over(
        self, call: Call, tap: Tap, status: int, outcome: str, took_s: float | None = None
    ) -> None:
        self.journal.record(
            self.journal.head_of(call.ruling, call.fields, call.peer),
            call.ruling,
            tap,
            arrived_s=call.arrived_s,
            took_s=time.time() - call.arrived_s if took_s is None else took_s,
            status=status,
            outcome=outcome,
            body=call.body,
        )


def _shape(data: Mapping[str, Any]) -> bytes:
    """The call as JSON, its long parts replaced by as many empty entries."""
    small = {}
    for name, value in data.items():
        if name in LONG:
            small[name] = [None] * len(value) if isinstance(value, list) else ""
        elif name not in ("proxy_server_request", "metadata", "litellm_metadata"):
            small[name] = value
    request = data.get("proxy_server_request") or {}
    body = request.get("body")
    if isinstance(body, dict) and isinstance(body.get("metadata"), dict):
        small["metadata"] = body["metadata"]
    return msgspec.json.encode(small, enc_hook=lambda other: None)


def _ending(payload: Mapping[str, Any]) -> bytes:
    """What LiteLLM says of an answer, as an answer would say it."""
    usage = (payload.get("metadata") or {}).get("usage_object") or {
        "prompt_tokens": payload.get("prompt_tokens"),
        "completion_tokens": payload.get("completion_tokens"),
    }
    said = {"id": payload.get("id"), "model": payload.get("model"), "usage": usage}
    response = payload.get("response")
    choices = response.get("choices") if isinstance(response, dict) else None
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        said["finish_reason"] = choices[0].get("finish_reason")
    return msgspec.json.encode(said, enc_hook=lambda other: None)


def _seconds(start: Any, end: Any) -> float | None:
    if isinstance(start, datetime) and isinstance(end, datetime):
        return (end - start).total_seconds()
    return None


def _refusal(ruling: Ruling) -> HTTPException:
    error = msgspec.json.decode(ruling.answer or b"{}")["error"]
    headers = {}
    for line in ruling.headers.decode().splitlines():
        name, found, value = line.partition(": ")
        if found:
            headers[name] = value
    said = {key: error[key] for key in ("message", "code", "reason", "evidence_id", "appeal")}
    said["expires_at"] = error["expires_at"]
    return HTTPException(ruling.status, detail=said, headers=headers)


_guard: list[RevenuerGuard] = []


def __getattr__(name: str) -> RevenuerGuard:
    """The one guard of this process, made when LiteLLM asks for it."""
    if name != "guard":
        raise AttributeError(name)
    if not _guard:
        _guard.append(RevenuerGuard())
    return _guard[0]
