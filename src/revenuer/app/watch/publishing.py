"""What a look found, published for the guards at once and kept fresh."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

from revenuer.app.delivery import deliver
from revenuer.app.desk import Desk, open_desk
from revenuer.app.guard_policy import load_policy
from revenuer.app.verdicts import publish
from revenuer.app.watch.aftermath import Enforced, enforced_at, keep_reactions
from revenuer.errors import RevenuerError
from revenuer.guard.policy import Policy
from revenuer.records import Sign

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Publisher:
    """Publishes the findings of a watch.

    A publication that fails stops no watch: it is said, and tried again at the next turn.

    Attributes:
        findings: Folder of the watch's results.
        snapshot: The file that guards look up.
        keys: Folder of the signing key and the fingerprint key.
        policy_file: What is done about which verdict; None for the defaults.
        accounts: The accounts table.
        permits: The permits table.
    """

    findings: Path
    snapshot: Path
    keys: Path
    policy_file: Path | None = None
    accounts: str | None = None
    permits: str | None = None
    _published: datetime | None = field(default=None, init=False)
    _sending: Thread | None = field(default=None, init=False)

    def renew(self, now: datetime) -> bool:
        """Publish if guards would trust the snapshot less before the next turn.

        Returns:
            Whether it was published.
        """
        if not (self.findings / "campaigns.json").exists():
            return False
        try:
            policy = Policy() if self.policy_file is None else load_policy(self.policy_file)
            half = timedelta(seconds=policy.stale_s / 2)
            self._send(policy)
            if self._published is not None and now - self._published < half:
                return False
            self._publish(policy, now)
        except (RevenuerError, OSError) as problem:
            logger.warning("The verdicts could not be published: %s", problem)
            return False
        return True

    def after_look(self, now: datetime) -> bool:
        """Publish what a look has just found."""
        self._published = None
        return self.renew(now)

    def enforced(self) -> Enforced | None:
        """What was decided about campaigns; None if that cannot be read, which is said."""
        try:
            return enforced_at(open_desk(self.snapshot, self.keys))
        except (RevenuerError, OSError) as problem:
            logger.warning("The decisions could not be read: %s", problem)
            return None

    def keep_reactions(self, signs: Sequence[Sign]) -> None:
        """Leave what campaigns did after decisions beside these, for `enforce show`."""
        try:
            keep_reactions(open_desk(self.snapshot, self.keys), signs)
        except (RevenuerError, OSError) as problem:
            logger.warning("What campaigns did could not be kept: %s", problem)

    def _publish(self, policy: Policy, now: datetime) -> None:
        publish(
            self.findings,
            out=self.snapshot,
            keys=self.keys,
            now=now,
            policy=policy,
            permits=self.permits,
            accounts=self.accounts,
            policy_file=self.policy_file,
        )
        self._published = now
        self._send(policy)

    def _send(self, policy: Policy) -> None:
        """Send the webhooks that are due, beside the watch: a slow receiver stops none."""
        if not policy.webhooks or (self._sending is not None and self._sending.is_alive()):
            return
        desk = open_desk(self.snapshot, self.keys)
        self._sending = Thread(target=_delivered, args=(desk, policy), daemon=True)
        self._sending.start()


def _delivered(desk: Desk, policy: Policy) -> None:
    """Send what is due; what fails stays in the outbox, and is said."""
    try:
        for problem in deliver(desk, policy).problems:
            logger.warning("Webhook %s", problem)
    except (RevenuerError, OSError) as problem:
        logger.warning("The webhooks could not be sent: %s", problem)
