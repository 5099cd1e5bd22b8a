"""What an operator sets of the gateway itself. Frozen; every default lives here.

What is done about whom is not here but in the guard's policy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from revenuer.bounds import AtLeast


@dataclass(frozen=True, slots=True)
class Listen:
    """Where clients come in.

    Attributes:
        host: Address to listen on.
        port: Port; 0 takes a free one.
        workers: Processes that share the port.
        certificate: PEM file of a certificate chain, to speak TLS; empty for plain HTTP.
        certificate_key: PEM file of its key.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, AtLeast(0)] = 8080
    workers: Annotated[int, AtLeast(1)] = 1
    certificate: str = ""
    certificate_key: str = ""


@dataclass(frozen=True, slots=True)
class UpstreamServer:
    """Where requests go.

    Attributes:
        url: Such as `http://127.0.0.1:8000` or `https://host/prefix`.
        ca_file: PEM file of the authorities to trust; empty for the system's.
        most_idle: Idle connections that a worker keeps. placeholder
        idle_s: How long one is kept; less than the upstream's own keep-alive, so that it
            does not close a connection just as a request is sent.
    """

    url: str = ""
    ca_file: str = ""
    most_idle: Annotated[int, AtLeast(0)] = 1024
    idle_s: Annotated[float, AtLeast(0)] = 4.0


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the guard is told.

    Attributes:
        policy: TOML file of the policy; empty for the default one, which only watches.
        snapshot: File that `revenuer verdicts publish` writes; empty for none.
        public_key: File of the public key that signs it; empty for the one beside it.
        fingerprint_key: File of the secret that ids are fingerprinted with, shared with the
            publisher and made if it is not there; empty for the one beside the snapshot.
        seen: File that keeps the highest number of a snapshot, so that a restart is given no older
            one; empty for the one beside the snapshot.
    """

    policy: str = ""
    snapshot: str = ""
    public_key: str = ""
    fingerprint_key: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. Without any of these headers, the API key stands for the account.

    Only name a header here that a trusted hop in front sets and clients cannot.

    Attributes:
        account_header: Header with the account's id.
        organization_header: Header with its organization's id.
        cohort_header: Header with a cohort that limits may be set for, such as the plan.
        client_ip_header: Header with the client's address; its last entry counts.
        asn_header: Header with the number of its autonomous system.
        country_header: Header with its country.
        tls_fingerprint_header: Header with its JA4.
        remembered: Credentials whose fingerprints are kept. placeholder
    """

    account_header: str = ""
    organization_header: str = ""
    cohort_header: str = ""
    client_ip_header: str = ""
    asn_header: str = ""
    country_header: str = ""
    tls_fingerprint_header: str = ""
    remembered: Annotated[int, AtLeast(1)] = 50_000


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Reasoning blocks bound to whom they were issued to; `replayed` of the policy says the rest.

    Attributes:
        bind: Whether they are. Needs fingerprints that outlive a run.
        ending: Whether bindings only come off and none are made any more: for as long as clients
            may still send bound blocks, before it is switched off.
        keys: File of the keys, made if it is not there; empty for `reasoning.keys` beside the
            fingerprint key.
        held_bytes: Longest answer in JSON that is held to be bound; a longer one passes
            unbound. placeholder
        remembered: Blocks of which a worker counts how often they come back. placeholder
    """

    bind: bool = False
    ending: bool = False
    keys: str = ""
    held_bytes: Annotated[int, AtLeast(1024)] = 16_777_216
    remembered: Annotated[int, AtLeast(1)] = 100_000


@dataclass(frozen=True, slots=True)
class CanaryFiles:
    """What countermeasures need that is no matter of policy.

    Attributes:
        canaries: File of `revenuer provenance canaries`, for `canary-served`; empty for none.
        canary_accounts: Ids of its accounts, in the order of the commitment.
    """

    canaries: str = ""
    canary_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request or connection may take.

    Attributes:
        head_bytes: Bytes of a request's head. placeholder
        headers: Headers of a request. placeholder
        body_bytes: Bytes of a body; larger ones are refused. placeholder
        connections: Clients that a worker holds. placeholder
        buffered_bytes: Bytes of an answer that wait for a slow client before the upstream
            is held back. placeholder
    """

    head_bytes: Annotated[int, AtLeast(1024)] = 32_768
    headers: Annotated[int, AtLeast(16)] = 100
    body_bytes: Annotated[int, AtLeast(1024)] = 67_108_864
    connections: Annotated[int, AtLeast(1)] = 16_384
    buffered_bytes: Annotated[int, AtLeast(1024)] = 262_144


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long things may take, in seconds, kept to within half a second.

    Attributes:
        head_s: Until the head of a request is there. placeholder
        body_s: Between two pieces of its body. placeholder
        connect_s: Until the upstream takes a connection. placeholder
        first_byte_s: Until it begins to answer. placeholder
        idle_s: Between two pieces of its answer. placeholder
        stall_s: How long a client may take nothing of an answer. placeholder
        total_s: For one exchange. placeholder
        keep_alive_s: How long a client's connection may be idle. placeholder
        drain_s: How long exchanges may go on after the gateway was told to end. placeholder
    """

    head_s: Annotated[float, AtLeast(0.1)] = 10.0
    body_s: Annotated[float, AtLeast(0.1)] = 30.0
    connect_s: Annotated[float, AtLeast(0.1)] = 5.0
    first_byte_s: Annotated[float, AtLeast(0.1)] = 600.0
    idle_s: Annotated[float, AtLeast(0.1)] = 300.0
    stall_s: Annotated[float, AtLeast(0.1)] = 60.0
    total_s: Annotated[float, AtLeast(0.1)] = 3600.0
    keep_alive_s: Annotated[float, AtLeast(0.1)] = 75.0
    drain_s: Annotated[float, AtLeast(0)] = 30.0


@dataclass(frozen=True, slots=True)
class LogFiles:
    """Where exchanges are logged; what of them is for the policy to say.

    Attributes:
        folder: Folder for the files; empty for no log.
        findings: Folder for OCSF Detection Findings, one for each request of which something was
            found; empty for none. Another folder than that of the log.
        sketch_key: Key file of `revenuer sketch --new-key`; empty for no sketches.
        queued_bytes: Bytes of rows that wait for the recorder; older ones are dropped then.
        body_bytes: Longest body that is handed to the recorder for its text or sketch.
        file_bytes: Size from which a new file is begun.
        sync_s: How often what was written is put on the disk, which acknowledges it.
    """

    folder: str = ""
    findings: str = ""
    sketch_key: str = ""
    queued_bytes: Annotated[int, AtLeast(65_536)] = 8_388_608
    body_bytes: Annotated[int, AtLeast(0)] = 262_144
    file_bytes: Annotated[int, AtLeast(65_536)] = 134_217_728
    sync_s: Annotated[float, AtLeast(0)] = 0.2


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where the metrics are shown.

    Attributes:
        host: Address to listen on.
        port: Port for `/metrics` and `/healthz`; 0 for none.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, AtLeast(0)] = 0


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """All of it.

    Attributes:
        listen: Where clients come in.
        upstream: Where requests go.
        guard: What the guard is told.
        identity: Who asks.
        reasoning: Reasoning blocks bound to whom they were issued to.
        countermeasures: What countermeasures need that is no matter of policy.
        limits: How much one request or connection may take.
        timeouts: How long things may take.
        log: Where exchanges are logged.
        metrics: Where the metrics are shown.
    """

    listen: Listen = field(default_factory=Listen)
    upstream: UpstreamServer = field(default_factory=UpstreamServer)
    guard: Verdicts = field(default_factory=Verdicts)
    identity: Identity = field(default_factory=Identity)
    reasoning: Reasoning = field(default_factory=Reasoning)
    countermeasures: CanaryFiles = field(default_factory=CanaryFiles)
    limits: Limits = field(default_factory=Limits)
    timeouts: Timeouts = field(default_factory=Timeouts)
    log: LogFiles = field(default_factory=LogFiles)
    metrics: Numbers = field(default_factory=Numbers)
