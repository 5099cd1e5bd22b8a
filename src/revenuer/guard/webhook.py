"""Where an operator's own systems are told what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What a webhook may be told.

    Attributes:
        APPLIED: A decision acts on accounts: when it is made, and for those that join.
        UNDONE: A person took a decision back.
        EXPIRED: A decision's time is over.
        NOTICE: A customer is to be told something.
        CONVICTED: A scan convicted a campaign.
        APPEAL_OPENED: Somebody appeals against a decision.
        APPEAL_LATE: An appeal is later than the settings want; once for each thing that is due.
        APPEAL_DECIDED: A person decided an appeal.
    """

    APPLIED = "enforcement.applied"
    UNDONE = "enforcement.undone"
    EXPIRED = "enforcement.expired"
    NOTICE = "customer.notice"
    CONVICTED = "campaign.convicted"
    APPEAL_OPENED = "appeal.opened"
    APPEAL_LATE = "appeal.late"
    APPEAL_DECIDED = "appeal.decided"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where `revenuer enforce` sends what happened.

    Attributes:
        name: What lists and the audit log call it.
        url: An https address; http on loopback only.
        secrets: File of its secrets, one `whsec_` a line; each signs, so that one can be
            replaced by another without a gap.
        events: Types of events that it gets; empty is all.
        private_networks: Networks such as `10.1.0.0/16` that its address may lie in although
            they are not public.
        ca_file: Certificates to trust instead of the system's.
    """

    name: str
    url: str
    secrets: str
    events: tuple[str, ...] = ()
    private_networks: tuple[str, ...] = ()
    ca_file: str = ""
