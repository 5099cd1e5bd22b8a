"""Media types that a client asks for and sends (TAXII 2.1, section 1.6.8)."""

from __future__ import annotations

from email.message import Message

from revenuer.api.problems import ProblemError

TAXII = "application/taxii+json"
VERSION = "2.1"
TAXII_MEDIA = f"{TAXII};version={VERSION}"
STIX_MEDIA = "application/stix+json;version=2.1"
_RANGES = {TAXII, "application/*", "*/*"}


def refuse_unless_accepted(accept: str | None) -> None:
    """Go on only where the client takes TAXII 2.1.

    A client that names no version gets the one there is, and so does one that takes anything.

    Raises:
        ProblemError: 406; it takes something else alone.

    Examples:
        >>> refuse_unless_accepted("text/html, application/taxii+json;q=0.5")
        >>> refuse_unless_accepted("application/taxii+json;version=2.0")
        Traceback (most recent call last):
          ...
        revenuer...ProblemError: Nothing is sent as application/taxii+json;version=2.0.
    """
    if accept is None or not accept.strip():
        return
    for one in accept.split(","):
        kind, parameters = _read(one)
        # RFC 9110, section 12.4.2: of weight 0 is what is not taken.
        refused = parameters.get("q", "1").rstrip("0").rstrip(".") in {"", "0"}
        if kind in _RANGES and parameters.get("version", VERSION) == VERSION and not refused:
            return
    raise ProblemError(406, f"Nothing is sent as {accept[:100]}.", f"Accept {TAXII_MEDIA} or */*.")


def refuse_unless_sent(content_type: str | None) -> None:
    """Go on only where the client sends TAXII 2.1.

    Raises:
        ProblemError: 415; it sends something else, or does not say what.
    """
    kind, parameters = _read(content_type or "")
    if kind == TAXII and parameters.get("version", VERSION) == VERSION:
        return
    raise ProblemError(
        415,
        f"Objects are not read as {(content_type or 'nothing that is named')[:100]}.",
        f"Send them with Content-Type: {TAXII_MEDIA}.",
    )


def _read(text: str) -> tuple[str, dict[str, str]]:
    message = Message()
    message["content-type"] = text.strip().replace("\r", "").replace("\n", "")
    kind, *parameters = message.get_params(failobj=[("", "")])
    return kind[0].lower(), {name.lower(): value.strip() for name, value in parameters}
