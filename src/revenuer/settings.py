"""Every setting and its default, frozen. Defaults live here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from revenuer.bounds import AtLeast, Between, Within
from revenuer.due_process import AccessSettings, AppealSettings, PermitSettings
from revenuer.servers import ApiSettings, ConsoleSettings, ServerSettings


@dataclass(frozen=True, slots=True)
class Release:
    """A model that became available.

    Attributes:
        model: Its name as the logs spell it.
        at: When it became available, with an offset.
    """

    model: str
    at: datetime


class DataPolicy(StrEnum):
    """What of an exchange may be looked at, from the mildest to the strictest."""

    FULL = "full"
    SKETCH = "sketch"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """How much text is read.

    Attributes:
        prompts_per_account: Prompts of each account that are read, the lowest by MD5.
        prompt_chars: Characters of each prompt that are read; the middle of longer
            prompts is skipped.
    """

    prompts_per_account: Annotated[int, AtLeast(1)] = 24
    prompt_chars: Annotated[int, AtLeast(100)] = 1600


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """What a conviction needs.

    Attributes:
        fdr: Highest tolerated share of innocent campaigns among the convicted, (0, 1).
        effective_accounts: Members of a group that count as independent at most
            (Kish's design effect for an intra-group correlation of its inverse).
            placeholder
        smallest_group: Accounts a group must have.
        smallest_baseline: Accounts outside all groups without which nothing convicts.
        smallest_cohort: Ordinary accounts from which a cohort is compared with itself.
        contamination: Highest share of the accounts that is guilty; the promise of `fdr`
            holds under it.
        new_contamination: The same among new sign-ups.
    """

    fdr: Annotated[float, Between(0, 1)] = 0.05
    effective_accounts: Annotated[float, AtLeast(1)] = 10.0
    smallest_group: Annotated[int, AtLeast(2)] = 3
    smallest_baseline: Annotated[int, AtLeast(1)] = 200
    smallest_cohort: Annotated[int, AtLeast(1)] = 100
    contamination: Annotated[float, Between(0, 1)] = 0.15
    new_contamination: Annotated[float, Between(0, 1)] = 0.5


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How a live stream is watched.

    Attributes:
        window_s: Seconds for which exchanges are gathered before they are kept, where fewer
            than `batch_mb` come.
        batch_mb: Megabytes that are taken from a source at once.
        late_minutes: How late an exchange may come and still be in the look at its time.
        look_hours: Hours from one look to the next, counted from midnight UTC.
        lookback_days: Days that a look looks back; older exchanges are deleted from the state.
        horizon_days: Length of the weeks over which evidence is averaged, and in each of which
            the promise of `judge.fdr` holds for all looks together.
    """

    window_s: Annotated[float, Within(1, 300)] = 60.0
    batch_mb: Annotated[float, AtLeast(1)] = 64.0
    late_minutes: Annotated[float, AtLeast(0)] = 10.0
    look_hours: Annotated[int, Within(1, 24)] = 24
    lookback_days: Annotated[int, AtLeast(1)] = 28
    horizon_days: Annotated[int, AtLeast(1)] = 7


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """Another operator's TAXII server, and how we show who we are there.

    Attributes:
        name: What we call it.
        url: Of the server: its discovery endpoint or an API root.
        collection: Where we add: an id, an alias or a title.
        token_file: File of our token there, that only its owner may read; empty for none.
        user: Our name, where the server knows Basic alone.
        ca_file: PEM file of the authorities to trust; empty for the usual ones.
        certificate: PEM file of our certificate and its key; empty for none.
        up_to: The strictest TLP label that may go there.
    """

    name: str
    url: str
    collection: str
    token_file: str = ""
    user: str = ""
    ca_file: str = ""
    certificate: str = ""
    up_to: str = "amber"


@dataclass(frozen=True, slots=True)
class ShareSettings:
    """What is shared with other operators, and where it is kept.

    Attributes:
        folder: Folder of collections, tokens and the audit log; empty for the user's own.
        database: URL of a database elsewhere, such as `postgresql+pg8000://share@db/share`; empty
            for SQLite in the folder.
        title: What the TAXII server calls itself.
        contact: Whom partners turn to; empty for none.
        name: What the operator calls itself in what it shares.
        four_eyes: Whether who asks in the console for an export, or for a push to a peer, may not
            be who approves it.
        peers: Other operators' servers that the console may push to: name, url, collection,
            token_file, user, ca_file, certificate, up_to of each.
        page_objects: Objects of one answer at most. placeholder
    """

    folder: str = ""
    database: str = ""
    title: str = "Revenuer"
    contact: str = ""
    name: str = "A model provider"
    four_eyes: bool = True
    peers: tuple[PeerSettings, ...] = ()
    page_objects: Annotated[int, Within(1, 10_000)] = 1000


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """What one peer may ask of our private matching, for each kind of value.

    Attributes:
        elements_per_day: Elements of its questions, decoys among them. placeholder
        intersections_per_day: Counts and intersections. placeholder
        share_of_space: Of all values of a kind that has few enough to go through, such as the
            blocks of IPv4: what a peer may ever ask for. placeholder
        controls: Ordinary accounts whose values we ask a peer for among those of campaigns, so
            that a match can be weighed; with 0 no private match is evidence. placeholder
    """

    elements_per_day: Annotated[int, AtLeast(64)] = 10_240
    intersections_per_day: Annotated[int, AtLeast(1)] = 8
    share_of_space: Annotated[float, Between(0, 1)] = 0.05
    controls: Annotated[int, AtLeast(0)] = 500


@dataclass(frozen=True, slots=True)
class CasebookSettings:
    """Where cases, permits, appeals and people are kept.

    Attributes:
        url: URL of the database, such as `postgresql+pg8000://casebook@db/casebook`; empty for
            SQLite in the user's own folder. REVENUER_CASEBOOK_URL goes before it.
        snapshots: Snapshots of guards whose decisions belong to its cases.
        reviews_per_day: Cases that people can look at in a day. placeholder
        texts_per_case: Exchanges of a case whose texts are kept at most, the lowest by MD5.
    """

    url: str = ""
    snapshots: tuple[str, ...] = ()
    reviews_per_day: Annotated[int, AtLeast(1)] = 20
    texts_per_case: Annotated[int, AtLeast(1)] = 40


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long the casebook keeps what, in days; 0 for ever. The audit log is kept.

    Attributes:
        texts_days: Prompts and answers that evidence cites, from when they were kept. placeholder
        notes_days: People's words on a case, from when it was closed or dismissed. placeholder
        cases_days: Who was in a case, from when it was closed or dismissed. placeholder
        assessments_days: What applications said and what was found, from when they were
            assessed. placeholder
        applications_days: What somebody was let into, from when it ended. placeholder
        appeals_days: What was said in an appeal, from when it was answered. placeholder
        permits_days: Permits, from when they ended. placeholder
        erasure_persons: Persons who must agree to an erasure, 1 or 2.
        smallest_count: Counts of people below it are told as such in a transparency report.
            placeholder
    """

    texts_days: Annotated[int, AtLeast(0)] = 90
    notes_days: Annotated[int, AtLeast(0)] = 365
    cases_days: Annotated[int, AtLeast(0)] = 730
    assessments_days: Annotated[int, AtLeast(0)] = 180
    applications_days: Annotated[int, AtLeast(0)] = 180
    appeals_days: Annotated[int, AtLeast(0)] = 730
    permits_days: Annotated[int, AtLeast(0)] = 730
    erasure_persons: Annotated[int, Within(1, 2)] = 1
    smallest_count: Annotated[int, AtLeast(1)] = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings.

    Attributes:
        sample: How much text is read.
        judge: What a conviction needs.
        watch: How a live stream is watched.
        share: What is shared with other operators.
        server: How the server for them listens.
        api: How the HTTP API of the casebook listens.
        console: How the console listens, and how people sign in to it.
        matching: What they may ask of our private matching.
        casebook: Where cases, permits, appeals and people are kept.
        access: What applications for accounts are judged by.
        retention: How long the casebook keeps what.
        permits: What permits for declared use need.
        appeals: The clock of appeals, and what an overturned decision means.
        releases: Models that became available, for moves to a new one. Where none is
            named, the first day a model is seen stands for its release.
        plan_tokens_per_day: Allowance of each plan, for use above it.
        data_policy: What may be looked at of each organization's exchanges, `full`, `sketch`
            or `metadata`; `"*"` is every organization. The stricter of this and of what a row
            says itself holds.
        seed: What every random draw of a scan starts from.
        engine: Where the queries run: `duckdb`, `clickhouse`, `spark`, or the URL of a server.
    """

    sample: SampleSettings = field(default_factory=SampleSettings)
    judge: JudgeSettings = field(default_factory=JudgeSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    share: ShareSettings = field(default_factory=ShareSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    matching: MatchingSettings = field(default_factory=MatchingSettings)
    casebook: CasebookSettings = field(default_factory=CasebookSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    permits: PermitSettings = field(default_factory=PermitSettings)
    appeals: AppealSettings = field(default_factory=AppealSettings)
    releases: tuple[Release, ...] = ()
    plan_tokens_per_day: dict[str, int] = field(default_factory=dict)
    data_policy: dict[str, DataPolicy] = field(default_factory=dict)
    seed: Annotated[int, AtLeast(0)] = 20260223
    engine: str = "duckdb"
