"""Signals that an application shows by itself; honest people choose each of them too."""

from __future__ import annotations

from revenuer.access.applications import Check
from revenuer.access.signals import Family, Signal, Sort

_MEANS = {Check.PHONE: 0.8, Check.CARD: 0.8, Check.ORGANIZATION: 0.9, Check.DOCUMENT: 0.95}
"""Checks of a person's own means: a throwaway identity has to buy one each time. placeholder"""
_CLAIM = {Check.INSTITUTION: 0.95, Check.ORGANIZATION: 0.9, Check.DOCUMENT: 0.7}
"""Checks of what is claimed for a programme. placeholder"""


DISPOSABLE = Signal(
    "disposable-mail", Family.MAIL, Sort.TRAIT,
    "A disposable mail domain",
    "Who discards an address cannot be reached and can come back under another.",
    ("domains that no list has yet", "accounts at ordinary mail houses"),
    ("people who guard their privacy", "somebody who only tries the product"),
    "The e-mail address is of a service for temporary addresses. Another way to reach you helps.",
    _MEANS, 0.003,
)  # fmt: skip
LISTED_ONCE = Signal(
    "seldom-listed-mail", Family.MAIL, Sort.TRAIT,
    "A mail domain that one of several lists calls disposable",
    "Lists differ; one alone is wrong more often.",
    ("domains that no list has yet",),
    ("small mail houses", "old mail houses that changed hands"),
    DISPOSABLE.applicant,
    {Check.EMAIL: 0.5, **_MEANS}, 0.01,
)  # fmt: skip
HOUSE_LOOK_ALIKE = Signal(
    "look-alike-mail", Family.MAIL, Sort.TRAIT,
    "A mail domain that is easily taken for a mail house's",
    "Such names are registered to pass a hurried eye and simple rules.",
    ("names that look like nobody's",),
    ("a slip of the key",),
    "Please check how the e-mail address is spelled, and confirm it.",
    {Check.EMAIL: 0.9, **_MEANS}, 0.004,
)  # fmt: skip
SCHOOL_LOOK_ALIKE = Signal(
    "look-alike-institution", Family.PROGRAMME, Sort.TRAIT,
    "A domain that is easily taken for an institution's",
    "Programmes for institutions are entered under borrowed names.",
    ("names that look like nobody's",),
    ("a slip of the key", "an institution's own second domain"),
    "We could not match the domain to the institution. Confirming it with them will help.",
    _CLAIM, 0.001,
)  # fmt: skip
UNREADABLE = Signal(
    "unreadable-mail", Family.MAIL, Sort.TRAIT,
    "An e-mail address to which no mail can be sent",
    "Somebody who cannot be reached.",
    ("addresses that exist and are read by nobody",),
    ("a slip of the key", "a form that mangles letters"),
    "The e-mail address cannot be used as it is. Please give one that receives mail.",
    {Check.EMAIL: 0.95, **_MEANS}, 0.005,
)  # fmt: skip
UNTRACEABLE = Signal(
    "untraceable-payment", Family.PAYMENT, Sort.TRAIT,
    "A virtual, prepaid or gift card",
    "It can be had in any number and names nobody.",
    ("stolen and bought cards", "issuers whose virtual cards say `credit`"),
    ("people without a bank's card", "people who guard their card's number", "expense cards"),
    "The kind of card does not tell us who pays. Another way to confirm this account helps.",
    {Check.PHONE: 0.7, Check.CARD: 0.6, Check.ORGANIZATION: 0.9, Check.DOCUMENT: 0.95}, 0.06,
)  # fmt: skip
VOIP = Signal(
    "voip-phone", Family.PHONE, Sort.TRAIT,
    "A phone number of an internet line",
    "It can be had in any number.",
    ("rented mobile numbers",),
    ("people without a mobile line", "people who guard their number", "companies' numbers"),
    "The phone number does not tell us enough. Another way to confirm this account helps.",
    {Check.PHONE: 0.6, Check.CARD: 0.8, Check.ORGANIZATION: 0.9, Check.DOCUMENT: 0.95}, 0.05,
)  # fmt: skip
HOSTING = Signal(
    "hosting-network", Family.NETWORK, Sort.TRAIT,
    "An application from a hosting provider's network",
    "Programs live there; most people do not.",
    ("residential proxies", "a phone's connection"),
    ("developers on a remote machine", "companies whose traffic leaves through a cloud"),
    "We could not tell from the connection alone who applies. Confirming the account helps.",
    _MEANS, 0.04,
)  # fmt: skip
VPN = Signal(
    "vpn-network", Family.NETWORK, Sort.TRAIT,
    "An application through a VPN",
    "It hides where an applicant is; that alone is anybody's right.",
    ("VPNs that no list has",),
    ("travellers", "people who guard their privacy", "companies' networks"),
    HOSTING.applicant, _MEANS, 0.1,
)  # fmt: skip
PROXY = Signal(
    "proxy-network", Family.NETWORK, Sort.TRAIT,
    "An application through a proxy for hire",
    "Pools of other people's lines are rented to look like many homes.",
    ("proxies that no feed has; the packaged tables have none",),
    ("a household whose line was rented out without its knowing", "work behind a filter"),
    HOSTING.applicant, _MEANS, 0.02,
)  # fmt: skip
TOR = Signal(
    "tor-network", Family.NETWORK, Sort.TRAIT,
    "An application through Tor",
    "It hides where an applicant is; for some people that is safety.",
    ("bridges", "exits that are new"),
    ("journalists", "people under surveillance", "people who guard their privacy"),
    HOSTING.applicant, _MEANS, 0.004,
)  # fmt: skip
CLAIM_NOT_ACADEMIC = Signal(
    "claim-no-institution", Family.PROGRAMME, Sort.TRAIT,
    "An education programme claimed for a domain that no list of institutions has",
    "The education programme is among the paths that are abused most.",
    ("stolen and bought accounts of institutions",),
    ("young and small institutions", "schools below the university"),
    "We could not match the domain to an institution. Confirming it with them will help.",
    _CLAIM, 0.06,
)  # fmt: skip
CLAIM_NOT_OWN = Signal(
    "claim-anybodys-domain", Family.PROGRAMME, Sort.TRAIT,
    "A programme claimed for a domain at which anybody has an address",
    "Who has a company or an institution can name a domain of it.",
    ("a domain bought for the purpose",),
    ("a company that is a week old", "independent researchers"),
    "The domain does not tell us which organization applies. Confirming it will help.",
    _CLAIM, 0.08,
)  # fmt: skip
MAIL_NOT_CLAIM = Signal(
    "claim-unlike-mail", Family.PROGRAMME, Sort.TRAIT,
    "A programme claimed for another domain than the e-mail address is of",
    "Only members have an address there.",
    ("stolen and bought accounts of institutions",),
    ("students with a private address", "groups with several domains"),
    "Please confirm that you belong to the institution or company that you named.",
    {Check.EMAIL: 0.0, **_CLAIM}, 0.35,
)  # fmt: skip
FORMER = Signal(
    "claim-former-member", Family.PROGRAMME, Sort.TRAIT,
    "A programme claimed with an address that former members keep",
    "Addresses for life are sold on.",
    ("addresses of present members",),
    ("alumni who study again", "institutions that keep one domain for all"),
    "Please confirm that you belong to the institution at present.",
    _CLAIM, 0.03,
)  # fmt: skip
THROWAWAY_CLAIM = Signal(
    "claim-with-disposable-mail", Family.MAIL, Sort.TRAIT,
    "A programme applied for with a disposable address",
    "A programme is for somebody who can be reached and confirmed.",
    ("domains that no list has yet",),
    ("hardly any",),
    "For this programme we need an address at which your institution or company knows you.",
    _CLAIM, 0.001,
)  # fmt: skip
