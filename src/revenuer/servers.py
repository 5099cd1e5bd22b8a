"""Settings of what listens: the servers for partners and programs, and the console for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from revenuer.bounds import AtLeast, Within


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How `revenuer share serve` listens, and how much one token may.

    Attributes:
        host: Address to listen on; any but this machine's own needs a certificate.
        port: Port; 0 takes a free one.
        public_url: How partners reach it, such as `https://share.example.org`; empty for as they
            called it.
        certificate: PEM file of a certificate chain, to speak TLS; empty for plain HTTP.
        certificate_key: PEM file of its key; empty if the certificate's file has it.
        client_ca: PEM file of authorities; with it, every client must show a certificate of
            theirs.
        body_bytes: Bytes of a request's body, packed and unpacked. placeholder
        connections: Connections that are held at once. placeholder
        requests_per_minute: Requests of a token. placeholder
        mb_per_day: Megabytes that a token sends and takes. placeholder
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Within(0, 65_535)] = 8443
    public_url: str = ""
    certificate: str = ""
    certificate_key: str = ""
    client_ca: str = ""
    body_bytes: Annotated[int, AtLeast(1024)] = 10_485_760
    connections: Annotated[int, AtLeast(1)] = 256
    requests_per_minute: Annotated[int, AtLeast(1)] = 1200
    mb_per_day: Annotated[float, AtLeast(1)] = 2000.0


@dataclass(frozen=True, slots=True)
class ApiSettings(ServerSettings):
    """How `revenuer serve` listens, and how much one token may.

    Attributes:
        host: Address to listen on; any but this machine's own needs a certificate.
        port: Port; 0 takes a free one.
        public_url: How people and services reach it; empty for as they called it.
        certificate: PEM file of a certificate chain, to speak TLS; empty for plain HTTP.
        certificate_key: PEM file of its key; empty if the certificate's file has it.
        client_ca: PEM file of authorities; with it, every client must show a certificate of
            theirs.
        body_bytes: Bytes of a request's body, packed and unpacked. placeholder
        connections: Connections that are held at once. placeholder
        requests_per_minute: Requests of a token, or of an address without one. placeholder
        wrong_tokens_per_minute: Wrong tokens from one address before it must wait. placeholder
        mb_per_day: Megabytes that a token sends and takes. placeholder
        scan_folders: Folders below which scans lie that may be added, or acted on, over HTTP.
    """

    port: Annotated[int, Within(0, 65_535)] = 8440
    body_bytes: Annotated[int, AtLeast(1024)] = 4_194_304
    connections: Annotated[int, AtLeast(1)] = 256
    requests_per_minute: Annotated[int, AtLeast(1)] = 1200
    wrong_tokens_per_minute: Annotated[int, AtLeast(1)] = 20
    mb_per_day: Annotated[float, AtLeast(1)] = 2000.0
    scan_folders: tuple[str, ...] = ()


class Means(StrEnum):
    """How somebody shows who they are.

    Attributes:
        PASSKEY: A key on their device, by WebAuthn.
        PASSWORD: A password together with a code of their authenticator, or a recovery code.
        OIDC: The organization's own sign-in, by OpenID Connect.
    """

    PASSKEY = "passkey"
    PASSWORD = "password"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The organization's own sign-in, by OpenID Connect; without an issuer there is none.

    Attributes:
        issuer: URL of the provider, as its metadata has it; empty for none. Plain HTTP is taken
            from this machine alone.
        client_id: What the provider knows the console by.
        client_secret_file: File of the client's secret, that only its owner may read; empty for a
            public client, which PKCE alone protects.
        name: What the button calls the provider.
        scopes: Scopes that are asked for beside `openid`.
        person_claim: Claim that names the person as the casebook does. An `email` counts only
            where the provider says that it is verified.
        groups_claim: Claim that lists the person's groups.
        roles: From a group to a role. Who is in one and is not registered is registered at their
            first sign-in; with none, only those who are registered already are let in.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret_file: str = ""
    name: str = "your organization"
    scopes: tuple[str, ...] = ("email", "profile")
    person_claim: str = "email"
    groups_claim: str = "groups"
    roles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConsoleSettings(ServerSettings):
    """How `revenuer console` listens, and how people sign in to it.

    Attributes:
        host: Address to listen on; any but this machine's own needs a certificate.
        port: Port; 0 takes a free one.
        public_url: How people reach it, such as `https://console.example.org`. Passkeys and OIDC
            are bound to it. Empty for `http://localhost` and the port.
        certificate: PEM file of a certificate chain, to speak TLS; empty for plain HTTP.
        certificate_key: PEM file of its key; empty if the certificate's file has it.
        client_ca: PEM file of authorities; with it, every client must show a certificate of
            theirs.
        body_bytes: Bytes of a request's body. placeholder
        connections: Connections that are held at once. placeholder
        requests_per_minute: Requests of a session, or of an address without one. placeholder
        mb_per_day: Megabytes that a session sends and takes. placeholder
        means: How people may sign in, in the order in which it is offered: `passkey`, `password`
            (always with a second factor), `oidc`.
        idle_minutes: Minutes after which a session ends that nobody used. placeholder
        longest_hours: Hours after which a session ends in any case. placeholder
        renew_minutes: Minutes after which a session's cookie is replaced by a new one. placeholder
        recent_minutes: Minutes after signing in within which one may change one's own means of
            signing in; after that one signs in again first. placeholder
        invitation_hours: Hours for which an invitation can be taken up. placeholder
        free_failures: Failures to sign in, of a name or from an address, before there is a wait.
            placeholder
        longest_wait_minutes: The longest that the waits grow to; each is twice the one before.
            placeholder
        oidc: The organization's own sign-in.
    """

    port: Annotated[int, Within(0, 65_535)] = 8450
    body_bytes: Annotated[int, AtLeast(1024)] = 4_194_304
    connections: Annotated[int, AtLeast(1)] = 256
    requests_per_minute: Annotated[int, AtLeast(1)] = 1200
    mb_per_day: Annotated[float, AtLeast(1)] = 4000.0
    means: tuple[Means, ...] = (Means.PASSKEY, Means.PASSWORD, Means.OIDC)
    idle_minutes: Annotated[float, Within(1, 1440)] = 30.0
    longest_hours: Annotated[float, Within(0.1, 168)] = 12.0
    renew_minutes: Annotated[float, Within(1, 1440)] = 15.0
    recent_minutes: Annotated[float, Within(1, 1440)] = 10.0
    invitation_hours: Annotated[float, Within(0.1, 720)] = 72.0
    free_failures: Annotated[int, Within(1, 20)] = 5
    longest_wait_minutes: Annotated[float, Within(1, 1440)] = 15.0
    oidc: OidcSettings = field(default_factory=OidcSettings)
