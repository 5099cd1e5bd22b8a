"""The organization's OpenID provider: what it says of itself, its keys, and its answers, verified.

Source:
    OpenID Connect Core 1.0, section 3.1.3.7 (ID tokens); OpenID Connect Discovery 1.0, section
    4.3; RFC 7636 (PKCE). Authlib makes the requests and checks the claims, joserfc the signature.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from revenuer.errors import ConfigError, NotAllowedError, SourceError
from revenuer.servers import OidcSettings

TIMEOUT_S = 10.0
"""How long the provider is waited for. placeholder"""
KEPT_S = 3600.0
"""How long what it says of itself is believed. placeholder"""
LEEWAY_S = 60
"""By how much its clock may be wrong. placeholder"""
MOST_BYTES = 1_000_000
"""Of one answer. placeholder"""
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures by a private key alone: one who knows the client's secret cannot sign tokens."""
WELL_KNOWN = "/.well-known/openid-configuration"
OIDC_RETURN = "/sign-in/oidc/return"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(slots=True)
class _Kept:
    """What a provider said, and when."""

    metadata: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    at_s: float = 0.0


_known: dict[str, _Kept] = {}
_lock = Lock()


def sign_in_url(
    settings: OidcSettings, *, site: str, state: str, nonce: str, verifier: str, again: bool
) -> str:
    """Where a browser is sent to sign in.

    Args:
        settings: Which provider.
        site: The console's origin.
        state: That comes back with the answer.
        nonce: That the token must have.
        verifier: Of PKCE.
        again: Whether the person must show anew who they are.

    Raises:
        SourceError: The provider cannot be reached.
    """
    metadata = _described(settings)
    more = {"prompt": "login", "max_age": 0} if again else {}
    with _client(settings, site) as client:
        url, _ = client.create_authorization_url(
            metadata["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            **more,
        )
    return str(url)


def claims_of(
    settings: OidcSettings, *, site: str, code: str, nonce: str, verifier: str, now: datetime
) -> Mapping[str, Any]:
    """Who came back from the provider with a code, as it signed.

    Raises:
        NotAllowedError: The code or the token does not hold.
        SourceError: The provider cannot be reached.
    """
    import httpx
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    metadata = _described(settings)
    try:
        with _client(settings, site) as client:
            token = client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                redirect_uri=f"{site}{OIDC_RETURN}",
                code_verifier=verifier,
            )
            claims = dict(_verified(settings, metadata, token, nonce, now))
            endpoint = metadata.get("userinfo_endpoint")
            if settings.person_claim not in claims and endpoint:
                claims = _with_more(claims, client.get(_safe(endpoint)).json())
    except (AuthlibBaseError, JoseError) as problem:
        raise NotAllowedError("The provider's answer does not hold.", "Begin again.") from problem
    except httpx.HTTPError as problem:
        raise _unreachable(settings) from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise NotAllowedError("The provider's answer cannot be read.", "Try again.") from problem
    return claims


def check_provider(settings: OidcSettings) -> None:
    """Say what is wrong with the settings before anybody needs them.

    Raises:
        ConfigError: Something is.
    """
    _safe(settings.issuer)
    _secret(settings)


def _verified(
    settings: OidcSettings,
    metadata: Mapping[str, Any],
    token: Mapping[str, Any],
    nonce: str,
    now: datetime,
) -> Mapping[str, Any]:
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    text = token["id_token"]
    try:
        read = jwt.decode(text, KeySet.import_key_set(_keys(settings)), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        # It may have changed its keys since they were read.
        try:
            keys = KeySet.import_key_set(_keys(settings, anew=True))
            read = jwt.decode(text, keys, algorithms=ALGORITHMS)
        except JoseError as problem:
            raise NotAllowedError("The provider's signature does not hold.", "Try again.") from (
                problem
            )
    must = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": settings.client_id},
    }
    about = {
        "nonce": nonce,
        "client_id": settings.client_id,
        "access_token": token.get("access_token"),
    }
    claims = CodeIDToken(read.claims, read.header, must, about)
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    if claims.get("nonce") != nonce or not isinstance(claims["sub"], str):
        raise NotAllowedError("The provider's answer does not hold.", "Begin again.")
    return dict(claims)


def _with_more(claims: dict[str, Any], said: Any) -> dict[str, Any]:
    """What the provider adds beside the token, if it is of the same person."""
    if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
        raise NotAllowedError("The provider's answers are of two people.", "Begin again.")
    return {**said, **claims}


def _described(settings: OidcSettings) -> Mapping[str, Any]:
    """What the provider says of itself, under the name that we know it by."""
    with _lock:
        kept = _known.get(settings.issuer)
        if kept is not None and time.monotonic() - kept.at_s < KEPT_S:
            return kept.metadata
    found = _fetched(settings, settings.issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != settings.issuer:
        raise ConfigError(
            f"The provider calls itself {found.get('issuer')!r}.",
            "Write console.oidc.issuer exactly as the provider does.",
        )
    for name in NEEDED:
        _safe(str(found.get(name, "")))
    with _lock:
        _known[settings.issuer] = _Kept(found, {}, time.monotonic())
    return found


def _keys(settings: OidcSettings, *, anew: bool = False) -> Any:
    metadata = _described(settings)
    with _lock:
        keys = _known[settings.issuer].keys
    if keys and not anew:
        return keys
    keys = _fetched(settings, str(metadata["jwks_uri"]))
    with _lock:
        _known[settings.issuer].keys = keys
    return keys


def _fetched(settings: OidcSettings, url: str) -> dict[str, Any]:
    import httpx

    try:
        answer = httpx.get(_safe(url), timeout=TIMEOUT_S, follow_redirects=False)
        answer.raise_for_status()
        found = json.loads(answer.content[:MOST_BYTES])
    except (httpx.HTTPError, ValueError) as problem:
        raise _unreachable(settings) from problem
    if not isinstance(found, dict):
        raise _unreachable(settings)
    return found


def _client(settings: OidcSettings, site: str) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client

    secret = _secret(settings)
    return OAuth2Client(
        client_id=settings.client_id,
        client_secret=secret or None,
        scope=" ".join(("openid", *settings.scopes)),
        redirect_uri=f"{site}{OIDC_RETURN}",
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        timeout=TIMEOUT_S,
        follow_redirects=False,
    )


def _secret(settings: OidcSettings) -> str:
    if not settings.client_secret_file:
        return ""
    path = Path(settings.client_secret_file)
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(
                f"{path} can be read by others.", "Let only its owner read it: chmod 600."
            )
        return path.read_text("utf-8").strip()
    except OSError as problem:
        raise ConfigError(
            f"{path} cannot be read: {problem.strerror}.", "Look at console.oidc."
        ) from problem


def _safe(url: str) -> str:
    """A URL over TLS, or of this machine.

    Raises:
        ConfigError: It is neither.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and _is_here(parts.hostname or ""):
        return url
    raise ConfigError(
        f"The OpenID provider's URL {url!r} is not https.",
        "Only one on this machine may speak plain HTTP.",
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _unreachable(settings: OidcSettings) -> SourceError:
    return SourceError(
        f"{settings.name} cannot be reached for signing in.", "Sign in another way, or later."
    )
