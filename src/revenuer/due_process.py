"""Settings of admission, permits and appeals; `settings` has them with all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from revenuer.bounds import AtLeast


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """What applications for accounts are judged by, for `revenuer access` and over HTTP.

    Attributes:
        policy: TOML of the operator's rules, thresholds and terms; empty for the program's own.
        asn_table: CSV of first address, last address and AS number, or a folder of them; empty
            for none.
        owners: Table of owner, owned, share and jurisdiction, for the policy's rule `owners`;
            empty for none.
        vendor_secrets: File of the secrets shared with the verification vendor, a `whsec_` a line,
            that only its owner may read; with none, no message of a vendor is believed.
    """

    policy: str = ""
    asn_table: str = ""
    owners: str = ""
    vendor_secrets: str = ""


@dataclass(frozen=True, slots=True)
class PermitSettings:
    """What permits for declared use need.

    Attributes:
        four_eyes: Whether who asks for a permit, or for other terms, may not be who grants it.
    """

    four_eyes: bool = True


@dataclass(frozen=True, slots=True)
class AppealSettings:
    """The clock of appeals, and what an overturned decision means.

    Attributes:
        answer_hours: Hours until a person has answered. placeholder
        decision_hours: Hours until a person has decided. placeholder
        least_look_s: Seconds between opening the evidence and letting a decision stand; one that
            is overturned may be so at once. placeholder
        innocent_days: Days for which an account that was found innocent is convicted by no scan
            and reached by no decision. placeholder
        further: What those whose appeal failed read about where else they can turn.
    """

    answer_hours: Annotated[float, AtLeast(0.01)] = 48.0
    decision_hours: Annotated[float, AtLeast(0.01)] = 240.0
    least_look_s: Annotated[float, AtLeast(0)] = 60.0
    innocent_days: Annotated[float, AtLeast(0.01)] = 180.0
    further: str = ""
