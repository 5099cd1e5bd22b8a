"""Prints OTLP JSON of spans that OpenTelemetry's own libraries make; run in its own process.

The instrumentation reads its environment once and patches the client for good.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"

import openai
from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as names
from opentelemetry.trace import SpanKind, Status, StatusCode

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1771838400,
    "model": "gpt-5-2026-01-01",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "four"},
        }
    ],
    "usage": {"prompt_tokens": 50, "completion_tokens": 30, "total_tokens": 80},
}
MESSAGES = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "two and two?"}]
exporter = InMemorySpanExporter()
provider = TracerProvider(
    resource=Resource.create({"tenant.id": "tenant-4", "service.name": "shop"})
)
provider.add_span_processor(SimpleSpanProcessor(exporter))
tracer = provider.get_tracer("test")


class Upstream(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def instrumented_call() -> None:
    server = HTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    OpenAIInstrumentor().instrument(tracer_provider=provider)
    base = f"http://127.0.0.1:{server.server_port}/v1"
    client = openai.OpenAI(api_key="sk-secret", base_url=base, max_retries=0)
    client.chat.completions.create(
        model="gpt-5", messages=MESSAGES, temperature=0.25, max_tokens=64
    )


def span_of_1_27() -> None:
    """Names up to 1.27: content in span events, `gen_ai.system`, prompt tokens."""
    with tracer.start_as_current_span("chat claude", kind=SpanKind.CLIENT) as span:
        span.set_attributes(
            {
                names.GEN_AI_OPERATION_NAME: "chat",
                names.GEN_AI_SYSTEM: "aws.bedrock",
                names.GEN_AI_REQUEST_MODEL: "claude",
                names.GEN_AI_USAGE_PROMPT_TOKENS: 11,
                names.GEN_AI_USAGE_COMPLETION_TOKENS: 7,
            }
        )
        span.add_event("gen_ai.content.prompt", {names.GEN_AI_PROMPT: json.dumps(MESSAGES)})
        said = json.dumps([{"role": "assistant", "content": "four"}])
        span.add_event("gen_ai.content.completion", {names.GEN_AI_COMPLETION: said})


def span_of_1_36() -> None:
    """Names of 1.28 to 1.36: an event a message."""
    with tracer.start_as_current_span("chat gemini", kind=SpanKind.CLIENT) as span:
        span.set_attributes(
            {
                names.GEN_AI_OPERATION_NAME: "chat",
                names.GEN_AI_SYSTEM: "gcp.vertex_ai",
                names.GEN_AI_REQUEST_MODEL: "gemini",
                names.GEN_AI_RESPONSE_FINISH_REASONS: ["stop"],
                names.GEN_AI_USAGE_INPUT_TOKENS: 12,
                names.GEN_AI_USAGE_OUTPUT_TOKENS: 8,
            }
        )
        for message in MESSAGES:
            span.add_event(f"gen_ai.{message['role']}.message", {"content": message["content"]})
        choice = json.dumps({"role": "assistant", "content": "four"})
        span.add_event("gen_ai.choice", {"index": 0, "message": choice})


def span_of_now() -> None:
    """Current names, with what the instrumentation above does not set; it fails."""
    parts = [
        {"type": "text", "content": "what is it?"},
        {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "AA=="},
    ]
    asked = [
        {"role": "user", "parts": parts},
        {"role": "assistant", "parts": [{"type": "tool_call", "id": "c", "name": "look"}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", "response": "cat"}]},
    ]
    with tracer.start_as_current_span("chat gpt", kind=SpanKind.CLIENT) as span:
        span.set_attributes(
            {
                names.GEN_AI_OPERATION_NAME: "chat",
                names.GEN_AI_PROVIDER_NAME: "openai",
                names.GEN_AI_REQUEST_MODEL: "gpt-5",
                names.GEN_AI_REQUEST_STREAM: True,
                names.GEN_AI_REQUEST_CHOICE_COUNT: 2,
                names.GEN_AI_CONVERSATION_ID: "conversation-1",
                names.GEN_AI_INPUT_MESSAGES: json.dumps(asked),
                names.GEN_AI_SYSTEM_INSTRUCTIONS: json.dumps(
                    [{"type": "text", "content": "be brief"}]
                ),
                names.GEN_AI_TOOL_DEFINITIONS: json.dumps([{"name": "look"}]),
                names.GEN_AI_USAGE_INPUT_TOKENS: 90,
                names.GEN_AI_USAGE_OUTPUT_TOKENS: 40,
                names.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: 60,
                names.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: 30,
                "error.type": "429",
                "client.address": "203.0.113.9",
                "user_agent.original": "AsyncOpenAI/Python 2.54.0",
                "enduser.id": "person-9",
            }
        )
        span.set_status(Status(StatusCode.ERROR))


def span_without_a_model() -> None:
    with tracer.start_as_current_span("execute_tool look") as span:
        span.set_attribute(names.GEN_AI_OPERATION_NAME, "execute_tool")


def hexadecimal(export: dict) -> dict:
    """OTLP's JSON has ids in hex, where protobuf's own JSON has base64."""
    for resource in export["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in ("traceId", "spanId", "parentSpanId"):
                    if name in span:
                        span[name] = base64.b64decode(span[name]).hex()
    return export


if __name__ == "__main__":
    for make in (
        instrumented_call,
        span_of_1_27,
        span_of_1_36,
        span_of_now,
        span_without_a_model,
    ):
        exporter.clear()
        make()
        export = MessageToDict(
            encode_spans(exporter.get_finished_spans()), use_integers_for_enums=True
        )
        sys.stdout.write(json.dumps(hexadecimal(export)) + "\n")
