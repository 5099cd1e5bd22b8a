"""How a world is written: which columns an operator keeps, and in which file format."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from foreign.log import Log

Row = Mapping[str, object]
TEXT = ("system_prompt", "prompt", "response")
NETWORK = ("client_ip", "asn", "country", "tls_fingerprint", "signup_ip", "signup_asn")
CLIENT = (
    "user_agent",
    "tls_fingerprint",
    "harness",
    "temperature",
    "max_output_tokens",
    "streamed",
)
SESSION = (
    "session_id",
    "task_id",
    "parent_exchange_id",
    "turn_kind",
    "message_count",
    "tool_count",
)
IDENTITY = (
    "payment_fingerprint", "phone_fingerprint", "device_fingerprint", "payment_kind", "email_domain",
    "verification", "programme",
)  # fmt: skip
THIN = (
    "exchange_id",
    "occurred_at",
    "account_id",
    "model",
    "input_tokens",
    "output_tokens",
    "prompt",
)
ACCESS = ("exchange_id", "occurred_at", "account_id", "client_ip", "user_agent", "status", "model")


@dataclass(frozen=True)
class Shape:
    """What a log keeps.

    Attributes:
        file: `parquet`, `jsonl`, `csv` or `litellm`.
        without: Columns that neither table has.
        only: The only columns of the exchanges, where given.
        accounts: Whether there is an accounts table.
        gaps: Share of the values that are missing at random.
        flags: Options that the scan is given beside.
    """

    file: str = "parquet"
    without: Sequence[str] = ()
    only: Sequence[str] | None = None
    accounts: bool = True
    gaps: float = 0.0
    flags: Sequence[str] = ()


SHAPES: dict[str, Shape] = {
    "full": Shape(),
    "no-organizations": Shape(without=("organization_id",)),
    "no-text": Shape(without=TEXT),
    "thin": Shape("jsonl", only=THIN, accounts=False),
    "prompts-only": Shape("csv", without=("system_prompt", "response", *SESSION)),
    "no-network": Shape(without=NETWORK),
    "litellm": Shape("litellm", accounts=False),
    "gaps": Shape("jsonl", gaps=0.3),
    "no-identity": Shape(without=(*IDENTITY, "organization_id")),
    "no-client": Shape(without=(*CLIENT, *SESSION)),
    "content-free": Shape(flags=("--content-free",)),
    "access-log": Shape(only=ACCESS, without=("organization_id",)),
}
REQUIRED = {"exchange_id", "occurred_at", "account_id"}


def write(log: Log, shape: Shape, folder: Path, seed: int) -> list[str]:
    """Write a world, and give the arguments that `revenuer scan` needs to read it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = sorted(log.exchanges, key=lambda row: (row["occurred_at"], row["exchange_id"]))
    if shape.file == "litellm":
        return [_litellm(rows, folder / "proxy.jsonl.gz")]
    chance = random.Random(seed)
    args = [_table(_kept(rows, shape, chance), folder / "exchanges", shape.file)]
    if shape.accounts:
        people = [account.rows for account in log.accounts]
        table = _table(
            _kept(people, Shape(without=shape.without, gaps=shape.gaps), chance),
            folder / "accounts",
            shape.file,
        )
        args += ["--accounts", table]
    if log.permits and "organization_id" not in shape.without:
        args += ["--permits", _table(log.permits, folder / "permits", "parquet")]
    return [*args, *shape.flags]


def _kept(rows: Iterable[Row], shape: Shape, chance: random.Random) -> list[Row]:
    """The rows with the columns and the values that the operator keeps."""

    def stays(name: str) -> bool:
        if name in REQUIRED:
            return True
        if name in shape.without or (shape.only is not None and name not in shape.only):
            return False
        return not shape.gaps or chance.random() >= shape.gaps

    return [{k: v for k, v in row.items() if v is not None and stays(k)} for row in rows]


def _table(rows: Sequence[Row], stem: Path, kind: str) -> str:
    """Write rows as one file, and give its name."""
    if kind == "jsonl":
        file = stem.with_suffix(".jsonl.gz")
        with gzip.GzipFile(file, "wb", mtime=0) as out:
            for row in rows:
                out.write(json.dumps(row, default=_iso).encode() + b"\n")
        return str(file)
    names = {name: None for row in rows for name in row}
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    file = stem.with_suffix(f".{kind}")
    if kind == "csv":
        moments = [i for i, f in enumerate(table.schema) if pa.types.is_timestamp(f.type)]
        for i in moments:
            texts = [None if v is None else _iso(v) for v in table.column(i).to_pylist()]
            table = table.set_column(i, table.column_names[i], pa.array(texts, pa.string()))
        pa_csv.write_csv(table, file)
    else:
        pq.write_table(table, file)
    return str(file)


def _iso(value: object) -> str:
    """A moment as text."""
    assert isinstance(value, datetime)
    return value.isoformat()


def _litellm(rows: Iterable[Row], file: Path) -> str:
    """Write what LiteLLM's proxy logs (`StandardLoggingPayload`), one a line."""
    with gzip.GzipFile(file, "wb", mtime=0) as out:
        for row in rows:
            out.write(json.dumps(_payload(row)).encode() + b"\n")
    return str(file)


def _payload(row: Row) -> dict[str, object]:
    """One exchange as LiteLLM tells it."""
    at = row["occurred_at"]
    assert isinstance(at, datetime)
    started = at.timestamp()
    messages = [{"role": "user", "content": row["prompt"]}]
    if row.get("system_prompt"):
        messages.insert(0, {"role": "system", "content": row["system_prompt"]})
    settings = {k: row.get(k) for k in ("temperature", "n") if row.get(k) is not None}
    if row.get("max_output_tokens"):
        settings["max_tokens"] = row["max_output_tokens"]
    good = row["status"] == 200
    said = {"role": "assistant", "content": row.get("response") or ""}
    choice = {"message": said, "finish_reason": row.get("stop_reason")}
    return {
        "id": row["exchange_id"],
        "trace_id": row["session_id"] if "session_id" in row else row["exchange_id"],
        "call_type": "acompletion",
        "stream": bool(row.get("streamed")),
        "startTime": started,
        "endTime": started + int(str(row["latency_ms"])) / 1000,
        "model": row["model"],
        "model_group": row["model"],
        "status": "success" if good else "failure",
        "prompt_tokens": row["input_tokens"],
        "completion_tokens": row["output_tokens"],
        "total_tokens": int(str(row["input_tokens"])) + int(str(row["output_tokens"])),
        "end_user": row.get("end_user_id"),
        "requester_ip_address": row["client_ip"],
        "cache_hit": False,
        "messages": messages,
        "response": {"choices": [choice]} if good else {},
        "model_parameters": settings,
        "metadata": {
            "user_api_key_user_id": row["account_id"],
            "user_api_key_org_id": row.get("organization_id"),
            "user_api_key_hash": row.get("api_key_id"),
            "requester_ip_address": row["client_ip"],
            "user_agent": row["user_agent"],
        },
        "hidden_params": {"model_id": row["model"], "additional_headers": {}},
    }
