"""All signals, in the order in which answers and the docs list them."""

from __future__ import annotations

from collections.abc import Mapping

from revenuer.access import signal_links as links
from revenuer.access import signal_traits as traits
from revenuer.access.signals import Signal, Sort

SIGNALS: tuple[Signal, ...] = (
    traits.DISPOSABLE,
    traits.LISTED_ONCE,
    traits.HOUSE_LOOK_ALIKE,
    traits.UNREADABLE,
    links.MAILBOX_SHARED,
    links.NUMBERED,
    links.MAIL_INHERITED,
    traits.UNTRACEABLE,
    links.PAYMENT_SHARED,
    links.PAYMENT_INHERITED,
    traits.VOIP,
    links.PHONE_SHARED,
    links.PHONE_INHERITED,
    links.DEVICE_SHARED,
    links.DEVICE_INHERITED,
    links.DOCUMENT_SHARED,
    links.DOCUMENT_INHERITED,
    traits.HOSTING,
    traits.VPN,
    traits.PROXY,
    traits.TOR,
    links.ADDRESS_SHARED,
    links.NETWORK_INHERITED,
    links.BLOCK_BURST,
    links.SYSTEM_BURST,
    links.CLIENT_BURST,
    links.REFERRAL_BURST,
    links.DOMAIN_BURST,
    links.SHAPE_BURST,
    traits.SCHOOL_LOOK_ALIKE,
    traits.CLAIM_NOT_ACADEMIC,
    traits.CLAIM_NOT_OWN,
    traits.MAIL_NOT_CLAIM,
    traits.FORMER,
    traits.THROWAWAY_CLAIM,
    links.CHECK_FAILED,
)
BY_CODE: Mapping[str, Signal] = {signal.code: signal for signal in SIGNALS}
TRAITS: tuple[Signal, ...] = tuple(each for each in SIGNALS if each.sort is Sort.TRAIT)
