"""An abuse report for one network or reseller: what it needs to find its customer, no more.

Times, addresses and counts of that network alone, in the shape of X-ARF, and the same in plain
words: machines at an abuse desk read the one, people the other.

Source:
    The shape of Version 2 of X-ARF: `ReporterInfo`, `Disclosure` and a `Report` for each source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from revenuer.reports.wording import counted, visible

CLASS, TYPE = "Activity", "unauthorised extraction of a language model"
ASKED = (
    "Keep the logs that say which customer used these addresses at these times.",
    "Look into that customer under your own terms of service, and decide yourselves.",
    "Tell us whether the addresses are shared by many customers, such as a relay or a translated "
    "network: then they say less, and we will correct this report.",
)
NOT_SAID = (
    "This names no person and no company. The addresses were used by accounts that act as run by "
    "one operator; who that is, we do not know."
)


@dataclass(frozen=True, slots=True)
class Source:
    """One address of the network.

    Attributes:
        address: As it was logged.
        first: When the campaign was first seen there, UTC.
        last: When it was last seen there.
        requests: How many requests of the campaign came from it.
        others: Accounts outside the campaign that used it too.
    """

    address: str
    first: datetime
    last: datetime
    requests: int
    others: int


@dataclass(frozen=True, slots=True)
class EndUser:
    """A customer of the reseller, by the name that the reseller gave it.

    Attributes:
        name: As it came with the requests.
        first: When the campaign was first seen under it, UTC.
        last: When it was last seen.
        requests: How many requests of the campaign named it.
        others: Accounts outside the campaign that named it too.
    """

    name: str
    first: datetime
    last: datetime
    requests: int
    others: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one network, or one reseller, is told.

    Attributes:
        provider: What it is called.
        networks: The numbers of its autonomous systems.
        reporter: Who tells.
        contact: Whom it may answer; empty for none.
        reference: The pseudonym of the campaign.
        behaviour: What the accounts do, a sentence.
        likelihood: How likely the finding is, in words.
        confidence: How far the analysis is to be trusted.
        sources: Its own addresses, or those whose requests all came through it.
        elsewhere: Addresses of the campaign in other networks, which are not told.
        withheld: Own ones that are held back, since more strangers than members used them.
        reseller: The reseller's id, where it is one; empty for a network.
        end_users: Its own customers.
    """

    provider: str
    networks: tuple[str, ...]
    reporter: str
    contact: str
    reference: str
    behaviour: str
    likelihood: str
    confidence: str
    sources: tuple[Source, ...]
    elsewhere: int
    withheld: int
    reseller: str = ""
    end_users: tuple[EndUser, ...] = ()

    @property
    def addressee(self) -> str:
        """Who it is, as the log has it."""
        if self.reseller:
            return f"reseller {self.reseller}"
        return ", ".join(f"AS{number}" for number in self.networks)


def complaint_json(complaint: Complaint) -> dict[str, Any]:
    """The report for a machine."""
    return {
        "Version": "2",
        "ReporterInfo": {
            "ReporterOrg": complaint.reporter,
            "ReporterOrgEmail": complaint.contact or None,
        },
        "Disclosure": False,
        "Provider": _provider(complaint),
        "Judgement": {
            "Reference": complaint.reference,
            "Behaviour": complaint.behaviour,
            "Likelihood": complaint.likelihood,
            "Confidence": complaint.confidence,
            "NotSaid": NOT_SAID,
        },
        "Asked": list(ASKED),
        "Withheld": {
            "AddressesSharedWithStrangers": complaint.withheld,
            "AddressesOfOtherNetworks": complaint.elsewhere,
        },
        "Reports": [_report(complaint.reference, source) for source in complaint.sources],
        **_customers(complaint),
    }


def _provider(complaint: Complaint) -> dict[str, Any]:
    if complaint.reseller:
        return {"Name": complaint.provider, "Reseller": complaint.reseller}
    return {"Name": complaint.provider, "AutonomousSystems": list(complaint.networks)}


def _customers(complaint: Complaint) -> dict[str, Any]:
    if not complaint.reseller:
        return {}
    customers = [
        {
            "ReportClass": CLASS,
            "ReportType": TYPE,
            "ReportID": f"{complaint.reference}/{one.name}",
            "Date": _utc(one.last),
            "FirstDate": _utc(one.first),
            "EndUser": one.name,
            "Requests": one.requests,
            "OtherAccountsOfThisEndUser": one.others,
        }
        for one in complaint.end_users
    ]
    return {"EndUsers": customers}


def _report(reference: str, source: Source) -> Mapping[str, Any]:
    return {
        "ReportClass": CLASS,
        "ReportType": TYPE,
        "ReportID": f"{reference}/{source.address}",
        "Date": _utc(source.last),
        "FirstDate": _utc(source.first),
        "SourceIp": source.address,
        "Requests": source.requests,
        "OtherAccountsOnThisAddress": source.others,
    }


def complaint_text(complaint: Complaint) -> str:
    """The report for a person."""
    lines = [
        f"To the abuse desk of {complaint.provider} ({complaint.addressee})",
        f"From {complaint.reporter}{_answer(complaint.contact)}",
        f"Reference {complaint.reference}",
        "",
        "WHAT WAS SEEN",
        _seen(complaint),
        "",
        "WHAT WE INFER FROM IT",
        f"{complaint.behaviour} That this is one campaign that harvests our model's answers to "
        f"train another model is {complaint.likelihood}; our confidence in the analysis is "
        f"{complaint.confidence}.",
        NOT_SAID,
        "",
        "WHAT WE ASK",
        *(f"{place}. {asked}" for place, asked in enumerate(ASKED, start=1)),
        "",
    ]
    if complaint.end_users:
        lines += ["END USERS", *_table("end user", [(o.name, o) for o in complaint.end_users]), ""]
    if complaint.sources:
        lines += ["ADDRESSES", *_table("address", [(o.address, o) for o in complaint.sources]), ""]
    return "\n".join([*lines, "WHAT IS LEFT OUT", *_left_out(complaint)]) + "\n"


def _seen(complaint: Complaint) -> str:
    if not complaint.reseller:
        requests = counted(sum(source.requests for source in complaint.sources), "request")
        return (
            f"{requests} to our language model API came from "
            f"{_addresses(len(complaint.sources))} of yours, listed below with the times in UTC."
        )
    return (
        "Requests to our language model API came through you, of "
        f"{counted(len(complaint.end_users), 'customer')} that you named and from "
        f"{_addresses(len(complaint.sources))}, listed below with the times in UTC."
    )


def _left_out(complaint: Complaint) -> Iterable[str]:
    if complaint.reseller:
        yield (
            f"{_addresses(complaint.elsewhere)} of the campaign whose requests came another way "
            "as well, or only another way."
        )
        what = f"{counted(complaint.withheld, 'address or customer', 'addresses and customers')}"
    else:
        yield (
            f"{_addresses(complaint.elsewhere)} of the campaign in other networks: those are for "
            "these networks to know."
        )
        what = f"{_addresses(complaint.withheld)}"
    yield f"{what} of yours that more strangers than accounts of the campaign used."
    yield "No prompt, no answer and no account is named."


def _addresses(count: int) -> str:
    return counted(count, "address", "addresses")


def _answer(contact: str) -> str:
    return f", {contact}" if contact else ""


def _table(head: str, rows: Sequence[tuple[str, Source | EndUser]]) -> Iterable[str]:
    yield f"{head:<40} {'first':<20} {'last':<20} {'requests':>9} {'other accounts':>15}"
    for name, one in rows:
        yield (
            f"{visible(name):<40} {_utc(one.first):<20} {_utc(one.last):<20} "
            f"{one.requests:>9,} {one.others:>15,}"
        )


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
