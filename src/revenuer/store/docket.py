"""The docket of a snapshot: the folder beside it where decisions are kept.

| in `FILE.docket` | holds | raw ids |
|---|---|---|
| `audit.jsonl`, `audit.jsonl.checkpoint` | every step, chained and signed | no |
| `scan.rvn` | what the newest scan's policy asks for, before decisions | no |
| `standing.json` | who may get no more than a tag, and who nothing, since the newest scan | no |
| `policy.toml` | the policy that was named last | only those that it names |
| `plans/` | what was proposed, and from which files | no |
| `rolls/` | whom decisions cover, for notices | yes |
| `notices/` | what customers are to be told | yes |
| `reactions.json` | what campaigns did after decisions, as the newest look saw it | no |
| `outbox.sqlite` | webhooks that wait, and the dead | until delivered |

Raw ids lie in files of their own, so that they can be erased while the log still verifies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import msgspec

from revenuer.disk import PRIVATE_FOLDER, locked, put
from revenuer.errors import NotFoundError, SourceError


@dataclass(frozen=True, slots=True)
class Covered:
    """An account that a decision covers.

    Attributes:
        account_id: As the operator calls it.
        organization_id: Whose it is; empty if unknown.
        member: Its fingerprint, as the log writes it.
        action: The guard's word for what is done to it.
    """

    account_id: str
    organization_id: str
    member: str
    action: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the newest publication knew beside verdicts, and when it was.

    It changes with every publication, which under a watch is every minute; the log would grow
    without end.

    Attributes:
        spared: Members that get no more than a tag, and why.
        cleared: Members of cleared campaigns, of whom nothing is ever published.
        policy: The policy's file, as it was named last; empty for none.
        published_at: When the snapshot was made, seconds since the epoch; 0 if it never was.
        review_at: When something in it ends that hides something longer, likewise; None for
            never.
        permitted: Members whose permits the casebook told of, by when these end, seconds since
            the epoch. They get no more than a tag, also where a publication names no permits.
    """

    spared: dict[str, str] = field(default_factory=dict)
    cleared: tuple[str, ...] = ()
    policy: str = ""
    published_at: float = 0.0
    review_at: float | None = None
    permitted: dict[str, float] = field(default_factory=dict)

    def spares(self, member: str, now: float) -> bool:
        """Whether a member gets no more than a tag.

        Args:
            member: Its fingerprint.
            now: Seconds since the epoch.
        """
        return member in self.spared or self.permitted.get(member, 0.0) > now

    def is_stale(self, now: float, trusted_s: float) -> bool:
        """Whether the snapshot should be made again although nothing was decided.

        Args:
            now: Seconds since the epoch.
            trusted_s: How old a guard lets it become before it trusts it less.
        """
        if self.review_at is not None and self.review_at <= now:
            return True
        # A block that a guard holds down to a throttle since nobody published is no block.
        return now - self.published_at >= trusted_s / 2


@dataclass(frozen=True, slots=True)
class Reaction:
    """Something that a campaign did after a decision, as evidence for a person.

    Attributes:
        decision: Id of the decision.
        kind: What it did, in the words of early signs.
        first_seen: The look that first told it, ISO 8601.
        at: The look that last saw it.
        statement: One sentence with its numbers.
        numbers: The same numbers by name.
        members: Fingerprints of the accounts that show it, as the log writes them.
    """

    decision: str
    kind: str
    first_seen: str
    at: str
    statement: str
    numbers: dict[str, int | float] = field(default_factory=dict)
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptGrounds:
    """What a plan was made from.

    Attributes:
        scan: The scan's folder.
        policy: The policy's file; empty for none.
        permits: The table of permits, if there was one.
        accounts: The table of accounts, likewise.
    """

    scan: str
    policy: str = ""
    permits: str | None = None
    accounts: str | None = None


@dataclass(frozen=True, slots=True)
class KeptWish:
    """What somebody wanted done; see `app.enforce_limits.Wish`."""

    campaign: str
    action: Literal["allow", "tag", "throttle", "reduce", "challenge", "block"]
    until: datetime | None
    hours: float | None
    whole_campaign: bool
    why: str
    countermeasures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as it is read again.

    Attributes:
        wish: What is to be done.
        grounds: What it was made from.
    """

    wish: KeptWish
    grounds: KeptGrounds


@dataclass(frozen=True, slots=True)
class Docket:
    """The folder of decisions of one snapshot.

    Attributes:
        folder: Where; made with the first decision.
    """

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether anything was ever decided here."""
        return self.folder.is_dir()

    @property
    def audit_path(self) -> Path:
        """The audit log."""
        return self.folder / "audit.jsonl"

    @property
    def scan_path(self) -> Path:
        """The snapshot of what the scan's policy asks for."""
        return self.folder / "scan.rvn"

    @property
    def outbox_path(self) -> Path:
        """The webhooks that wait."""
        return self.folder / "outbox.sqlite"

    def locked(self, *, wait: bool = True, name: str = "lock") -> AbstractContextManager[bool]:
        """Be the only one who changes something; False where another is and `wait` is not set."""
        return locked(self.folder / name, wait=wait)

    def standing(self) -> Standing:
        """What the newest publication knew; nothing before the first."""
        path = self.folder / "standing.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Standing)
        except FileNotFoundError:
            return Standing()
        except msgspec.DecodeError as problem:
            raise SourceError(
                f"{path} cannot be read: {problem}.", "Publish the newest scan again."
            ) from problem

    def keep_standing(self, standing: Standing) -> None:
        """Keep what a publication knows."""
        self._put(self.folder / "standing.json", msgspec.json.encode(standing))

    def reactions(self) -> tuple[Reaction, ...]:
        """What campaigns did after decisions; nothing before the first look of a watch."""
        path = self.folder / "reactions.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=tuple[Reaction, ...])
        except FileNotFoundError:
            return ()
        except msgspec.DecodeError as problem:
            raise SourceError(
                f"{path} cannot be read: {problem}.", "The next look of a watch writes it anew."
            ) from problem

    def keep_reactions(self, reactions: Sequence[Reaction]) -> None:
        """Keep what a look saw of campaigns after decisions."""
        self._put(self.folder / "reactions.json", msgspec.json.encode(reactions))

    @property
    def policy_copy(self) -> Path:
        """The policy as it was when it was named last, for when its own file is gone."""
        return self.folder / "policy.toml"

    def keep_policy(self, file: Path) -> None:
        """Remember a policy's file, and what it says now."""
        self._put(self.policy_copy, file.read_bytes())
        self.keep_standing(replace(self.standing(), policy=str(file.resolve())))

    def keep_plan(self, digest: str, plan: Mapping[str, Any]) -> Path:
        """Keep a plan for those who approve it."""
        path = self.folder / "plans" / f"{digest}.json"
        self._put(path, msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n")
        return path

    def plan(self, digest: str) -> KeptPlan:
        """A plan that was kept.

        Raises:
            NotFoundError: There is none, or it was erased.
            SourceError: It cannot be read.
        """
        path = self.folder / "plans" / f"{digest}.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=KeptPlan)
        except FileNotFoundError:
            raise NotFoundError(
                f"No plan {digest[:12]} is kept.", "Plan it again with `revenuer enforce CAMPAIGN`."
            ) from None
        except msgspec.DecodeError as problem:
            raise SourceError(
                f"{path} cannot be read: {problem}.",
                "Plan it again with `revenuer enforce CAMPAIGN`.",
            ) from problem

    def keep_roll(self, decision: str, about: str, roll: Sequence[Covered]) -> None:
        """Keep whom a decision covers, or whom it covers from now on too."""
        self._put(self.folder / "rolls" / f"{decision}.{about}.json", msgspec.json.encode(roll))

    def rolls(self, decision: str) -> dict[str, tuple[Covered, ...]]:
        """Whom a decision covers, by what made it so; those that were erased are not there."""
        found = {}
        for path in sorted((self.folder / "rolls").glob(f"{decision}.*.json")):
            about = path.name.removeprefix(f"{decision}.").removesuffix(".json")
            try:
                found[about] = msgspec.json.decode(path.read_bytes(), type=tuple[Covered, ...])
            except msgspec.DecodeError as problem:
                raise SourceError(
                    f"{path} cannot be read: {problem}.",
                    "Put it back from a backup: it says whom the decision covers.",
                ) from problem
        return found

    def keep_notices(
        self, decision: str, about: str, notices: Sequence[Mapping[str, Any]]
    ) -> tuple[Path, str]:
        """Keep what customers are to be told, a line each; the file and its SHA-256."""
        path = self.folder / "notices" / f"{decision}.{about}.jsonl"
        data = b"".join(msgspec.json.encode(notice) + b"\n" for notice in notices)
        self._put(path, data)
        return path, sha256(data).hexdigest()

    def _put(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        put(path, data)


def docket_of(snapshot: Path) -> Docket:
    """The docket that belongs to a snapshot."""
    return Docket(snapshot.with_name(f"{snapshot.name}.docket"))
