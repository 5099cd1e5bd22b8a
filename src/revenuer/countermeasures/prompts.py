"""The parts of a request's prompt: the last thing that was asked, and what the operator adds."""

from __future__ import annotations

from typing import Any

from revenuer.countermeasures.wire import Wire

SYSTEM_ROLES = ("system", "developer")


def last_prompt(body: dict[str, Any], wire: Wire) -> str:
    """The last thing that a user says in a request; empty where there is none.

    Examples:
        >>> messages = [{"role": "user", "content": [{"type": "text", "text": "2 + 2?"}]}]
        >>> last_prompt({"messages": messages}, Wire.MESSAGES)
        '2 + 2?'
    """
    said = body.get("prompt" if wire is Wire.COMPLETIONS else "input")
    if wire in (Wire.CHAT, Wire.MESSAGES):
        said = body.get("messages")
    if isinstance(said, str):
        return said
    turns: list[Any] = said if isinstance(said, list) else []
    for turn in reversed(turns):
        if isinstance(turn, str):
            return turn
        if isinstance(turn, dict) and turn.get("role") == "user":
            return _text(turn.get("content"))
    return ""


def told_beside(body: dict[str, Any], wire: Wire, text: str) -> dict[str, Any]:
    r"""A request whose model is told something beside its prompt, after all that it is told.

    Args:
        body: The request, decoded.
        wire: How it is written; Completions has no place for it, and stays as it is.
        text: What it is told.

    Examples:
        >>> told_beside({"system": "Be brief."}, Wire.MESSAGES, "Be kind.")
        {'system': 'Be brief.\n\nBe kind.'}
    """
    if wire is Wire.RESPONSES:
        return {**body, "instructions": _joined(body.get("instructions"), text)}
    if wire is Wire.MESSAGES:
        return {**body, "system": _joined(body.get("system"), text)}
    turns = body.get("messages")
    if wire is not Wire.CHAT or not isinstance(turns, list):
        return body
    first = turns[0] if turns else None
    if isinstance(first, dict) and first.get("role") in SYSTEM_ROLES:
        turns = [{**first, "content": _joined(first.get("content"), text)}, *turns[1:]]
    else:
        turns = [{"role": "system", "content": text}, *turns]
    return {**body, "messages": turns}


def _joined(said: Any, text: str) -> Any:
    if isinstance(said, list):
        return [*said, {"type": "text", "text": text}]
    return f"{said}\n\n{text}" if isinstance(said, str) and said else text


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))
