"""How sure a shared finding is, derived from the verdict in this one place.

Likelihood says how probable the finding is; confidence says how far the analysis behind it is
to be trusted. They are two things, and a receiver gets both.

| verdict | confidence | number |
|---|---|---|
| convicted, every axis shown by two or more kinds of evidence | high | 85 |
| convicted | moderate | 50 |
| suspected | low | 15 |

Source:
    Intelligence Community Directive 203 (2015), D.6.e.(2): likelihood words with their ranges,
    and confidence apart from them; OASIS (2021), STIX 2.1, appendix A, the scale "None / Low /
    Med / High" for the numbers.
"""

from __future__ import annotations

from revenuer.records import Axis, Campaign, Verdict
from revenuer.reports.wording import LIKELIHOODS, likelihood
from revenuer.sharing.profile import (
    Attribution,
    Confidence,
    Details,
    Ladder,
    Level,
    Likelihood,
    Manner,
)

SHOWS_NATS = 1.0
"""From here on a kind of evidence shows something by itself: odds of nearly three to one.
placeholder"""
FAMILIES_FOR_A_NAME = 2
NUMBERS = {Level.LOW: 15, Level.MODERATE: 50, Level.HIGH: 85}
KINDS_FOR_HIGH = 2
UNKNOWN = "unknown"
METHODS = {
    Manner.COT_EXFILTRATION: "asking for reasoning to be written out",
    Manner.COT_CRITIQUING: "having reasoning cleaned or criticised",
    Manner.COT_AUTOGRADING: "having answers graded",
    Manner.RL_PROMPT_GENERATION: "having tasks written to train on",
    Manner.SYNTHETIC_DATA: "having training examples written",
}


def confidence_of(campaign: Campaign) -> Confidence:
    """How far the analysis of a campaign is to be trusted."""
    level = Level.LOW
    if campaign.verdict is Verdict.CONVICTED:
        several = all(len(shown_by(campaign, axis)) >= KINDS_FOR_HIGH for axis in Axis)
        level = Level.HIGH if several else Level.MODERATE
    return Confidence(level=level, value=NUMBERS[level])


def shown_by(campaign: Campaign, axis: Axis) -> tuple[str, ...]:
    """The kinds of evidence that show an axis by themselves, the strongest first."""
    strongest = sorted(campaign.evidence, key=lambda one: -one.log_e_value)
    found = (one.kind for one in strongest if one.axis is axis and one.log_e_value >= SHOWS_NATS)
    return tuple(dict.fromkeys(found))


def may_name(campaign: Campaign) -> bool:
    """Whether a name may stand beside a campaign at all.

    Two independent families of ties must show that one operator runs the accounts: the network
    is one of them, so that overlap of networks alone never names anybody.
    """
    families = shown_by(campaign, Axis.COORDINATION)
    return campaign.verdict is Verdict.CONVICTED and len(families) >= FAMILIES_FOR_A_NAME


def likelihood_of(campaign: Campaign) -> Likelihood:
    """How likely a campaign is one, in the words of ICD 203."""
    term = likelihood(campaign.probability)
    place = [word for _, word in LIKELIHOODS].index(term)
    low = LIKELIHOODS[place - 1][0] if place else 0.0
    return Likelihood(
        term=term,
        # The directive's ranges claim no certainty at either end.
        low_percent=max(1, round(100 * low)),
        high_percent=min(99, round(100 * LIKELIHOODS[place][0])),
    )


def attribution_of(campaign: Campaign) -> Attribution:
    """Who may be behind it: nobody, unless a person entered a name that the evidence bears.

    One operator is what coordination shows; that is the ladder's second step, and traffic
    alone leads no further.
    """
    said = campaign.attribution
    if said.actor != UNKNOWN and may_name(campaign):
        return Attribution(actor=said.actor, level=Ladder.ORGANIZATION, rivals=said.rivals)
    convicted = campaign.verdict is Verdict.CONVICTED
    level = Ladder.OPERATOR if convicted else Ladder.BEHAVIOUR
    return Attribution(actor=UNKNOWN, level=level, rivals=said.rivals)


def behaviour_of(campaign: Campaign) -> str:
    """What the accounts do, in a sentence without numbers that could point at one of them."""
    said = []
    for axis, words in (
        (Axis.COORDINATION, "Accounts act as run by one operator"),
        (Axis.EXTRACTION, "their traffic is shaped like training data for another model"),
        (Axis.CONCEALMENT, "and it is hidden who or how many they are"),
    ):
        kinds = shown_by(campaign, axis)[:3]
        said.append(f"{words} ({', '.join(kinds)})" if kinds else words)
    return ", ".join(said) + "."


def plain_copy(details: Details) -> str:
    """The extension in sentences, for people and for programs that skip extensions."""
    methods = [METHODS[method] for method in details.methods if method in METHODS]
    how = f" by {_listed(methods)}" if methods else ""
    odds = details.likelihood
    verdict = "Convicted on" if details.verdict.value == "convicted" else "Suspected only, on"
    parts = [
        f"A campaign that harvests a language model's answers to train another model{how}.",
        details.behaviour,
        f"Seen from {details.window.first:%Y-%m-%d} to {details.window.last:%Y-%m-%d}"
        f"{_scale(details)}.",
        f"{verdict} one operator's own evidence: {odds.term} ({odds.low_percent} to "
        f"{odds.high_percent} %); confidence in the analysis {details.confidence.level.value}.",
        _behind(details),
        f"Response: {details.response.value}. Not to be acted on after {details.expires:%Y-%m-%d}.",
        f"TLP:{details.tlp.value.upper()}: for {details.tlp.meaning}. Legal basis: "
        f"{details.legal_basis}. Permitted use: {_listed(list(details.permitted_use))}.",
        f"Pseudonym of the campaign: {details.cluster}.",
    ]
    return " ".join(part for part in parts if part)


def _behind(details: Details) -> str:
    behind = details.attribution
    if behind is None:
        return ""
    rivals = f" Rival explanations: {_listed(list(behind.rivals))}." if behind.rivals else ""
    return f"Attribution: {behind.actor} ({behind.level.value}).{rivals}"


def _scale(details: Details) -> str:
    told = []
    if details.accounts:
        told.append(f"{details.accounts} accounts")
    if details.exchanges:
        told.append(f"{details.exchanges} requests")
    return f", {_listed(told)}" if told else ""


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
