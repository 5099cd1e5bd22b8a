"""OpenTelemetry GenAI spans as OTLP JSON, with attribute names up to 1.36 and from 1.37."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.sources.adapters.adapter import (
    Found,
    NotAnExchangeError,
    Pseudonyms,
    Record,
    Row,
    epoch,
    first,
    text,
    total,
    whole,
)
from revenuer.sources.adapters.harness import harness_of
from revenuer.sources.adapters.otel_messages import asked_in, said_in
from revenuer.sources.adapters.otlp import Span, spans_of, unpacked

OPERATIONS = {
    "chat": "chat",
    "text_completion": "completion",
    "generate_content": "chat",
    "embeddings": "embeddings",
}
CLOUDS = {
    "aws.bedrock": "cloud:bedrock",
    "azure.ai.openai": "cloud:azure",
    "az.ai.openai": "cloud:azure",
    "azure.ai.inference": "cloud:azure",
    "az.ai.inference": "cloud:azure",
    "gcp.vertex_ai": "cloud:vertex",
    "vertex_ai": "cloud:vertex",
}
ACCOUNTS = ("account.id", "user.account_id", "user.account_uuid", "tenant.id", "user.id")
NANOSECONDS = 1e9
FAILED = frozenset({"2", "STATUS_CODE_ERROR", "ERROR"})


class OpenTelemetrySpans:
    """OTLP JSON export requests, one a line; spans that call no model are passed over."""

    name = "otel"
    title = "OpenTelemetry GenAI spans, OTLP JSON"

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        if "resourceSpans" in record or "scopeSpans" in record:
            return True
        named = record.keys() & {"traceId", "trace_id", "context"}
        return bool(named) and any(
            key.startswith("gen_ai.") for span in spans_of(record) for key in span.attributes
        )

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The model calls among a record's spans."""
        for span in spans_of(record):
            if _is_model_call(span):
                row = _columns(span)
                if (name := text(span.attributes.get("enduser.id"))) is not None:
                    row["end_user_id"] = pseudonyms.person(name)
                    row["end_user_source"] = "enduser.id"
                yield Found(row, {**span.raw, **span.attributes})


def _is_model_call(span: Span) -> bool:
    operation = span.attributes.get("gen_ai.operation.name")
    if operation is not None:
        return str(operation) in OPERATIONS
    return "gen_ai.request.model" in span.attributes


def _columns(span: Span) -> Row:
    said = span.attributes
    trace, own = _ids(span)
    agent = said.get("user_agent.original")
    provider = str(first(said, "gen_ai.provider.name", "gen_ai.system"))
    return {
        "exchange_id": f"{trace}:{own}",
        "account_id": first(said, *ACCOUNTS),
        "organization_id": first(said, "organization.id", "organization_id"),
        "request_id": text(said.get("gen_ai.response.id")),
        "task_id": trace,
        "session_id": first(said, "gen_ai.conversation.id", "session.id"),
        "channel": CLOUDS.get(provider),
        "operation": OPERATIONS.get(str(said.get("gen_ai.operation.name", "chat"))),
        "client_ip": said.get("client.address"),
        "user_agent": agent,
        "harness": harness_of(agent),
        **_times(span),
        **_request(span),
        **_tokens(said),
        **_ending(span),
        "response": said_in(span),
    }


def _ids(span: Span) -> tuple[str, str]:
    context = span.raw.get("context")
    where = context if isinstance(context, dict) else span.raw
    trace, own = first(where, "traceId", "trace_id"), first(where, "spanId", "span_id")
    if trace is None or own is None:
        raise NotAnExchangeError("has no trace or span id")
    return str(trace), str(own)


def _times(span: Span) -> Row:
    began, ended = span.raw.get("startTimeUnixNano"), span.raw.get("endTimeUnixNano")
    start, end = whole(began), whole(ended)
    if start is None:
        return {"occurred_at": first(span.raw, "start_time", "startTime"), "latency_ms": None}
    latency = (end - start) // 1_000_000 if end else None
    return {"occurred_at": epoch(start / NANOSECONDS), "latency_ms": latency}


def _request(span: Span) -> Row:
    said = span.attributes
    tools = unpacked(said.get("gen_ai.tool.definitions"))
    output = first(said, "gen_ai.output.type", "gen_ai.openai.request.response_format")
    return {
        **asked_in(span).columns(),
        "requested_model": text(said.get("gen_ai.request.model")),
        "model": first(said, "gen_ai.response.model", "gen_ai.request.model"),
        "temperature": said.get("gen_ai.request.temperature"),
        "max_output_tokens": said.get("gen_ai.request.max_tokens"),
        "n": said.get("gen_ai.request.choice.count"),
        "reasoning_effort": first(said, "gen_ai.request.reasoning.level", "reasoning_effort"),
        "streamed": said.get("gen_ai.request.stream"),
        "response_format": text(output),
        "tool_count": len(tools) if isinstance(tools, list) else None,
    }


def _tokens(said: dict[str, object]) -> Row:
    """Token counts; conventions have the input include cached tokens, not all exporters do."""
    given = whole(first(said, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"))
    read = whole(said.get("gen_ai.usage.cache_read.input_tokens"))
    written = whole(said.get("gen_ai.usage.cache_creation.input_tokens"))
    beside = total(read, written)
    if given is not None and beside is not None and beside > given:
        given += beside
    return {
        "input_tokens": given,
        "cached_input_tokens": read,
        "output_tokens": whole(
            first(said, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
        ),
        "reasoning_tokens": whole(said.get("gen_ai.usage.reasoning.output_tokens")),
    }


def _ending(span: Span) -> Row:
    said = span.attributes
    reasons = unpacked(said.get("gen_ai.response.finish_reasons"))
    reason = reasons[0] if isinstance(reasons, list) and reasons else reasons
    status = span.raw.get("status")
    code = first(status, "code", "status_code") if isinstance(status, dict) else None
    wrong = text(said.get("error.type"))
    failed = wrong is not None or str(code) in FAILED
    gone = failed and "cancel" in (wrong or "").lower()
    ended = "upstream_error" if failed else "complete"
    return {
        "stop_reason": reason if isinstance(reason, str) else None,
        "status": whole(first(said, "http.response.status_code", "error.type")),
        "outcome": "client_cancelled" if gone else ended,
    }
