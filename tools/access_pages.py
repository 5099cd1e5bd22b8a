"""The pages of admission that are made from the program: its signals, its policy."""

from __future__ import annotations

from guard_pages import key_rows
from revenuer.access.catalogue import SIGNALS
from revenuer.access.policy import AccessPolicy
from revenuer.access.signals import Signal, Sort

SORTS = {
    Sort.TRAIT: "shown by itself",
    Sort.LINK: "shared with others",
    Sort.INHERITED: "inherited from a convicted campaign",
    Sort.OUTCOME: "outcome of a check",
}


def signals_page() -> str:
    """Return a card of every signal."""
    lines = [
        "# The signals of a sign-up",
        "",
        "How they are weighed and answered is in [access.md](access.md). Of each family only the "
        "strongest counts, since its signals have one cause. The share beside a check is how much "
        "of the evidence passing it takes away; shares and rates are "
        "[placeholders](placeholders.md).",
        "",
        "| signal | family | kind | what it is |",
        "|---|---|---|---|",
        *(
            f"| [{each.code}](#{each.code}) | {each.family.value} | {SORTS[each.sort]} | "
            f"{each.title} |"
            for each in SIGNALS
        ),
        "",
    ]
    for each in SIGNALS:
        lines += _card(each)
    return "\n".join(lines)


def access_policy_page() -> str:
    """Return every key of the policy of admission with its default and its meaning."""
    lines = [
        "# The policy of admission",
        "",
        "One TOML file, for `revenuer access assess --policy FILE` or the setting `access.policy`. "
        "Without one, no rule of supply holds and the defaults stand. How applications are judged "
        "is in [access.md](access.md).",
        "",
        "| key | default | meaning |",
        "|---|---|---|",
        *key_rows(AccessPolicy),
        "",
    ]
    return "\n".join(lines)


def _card(signal: Signal) -> list[str]:
    powers = ", ".join(f"{check.value} {power:.0%}" for check, power in signal.powers.items())
    rate = f" Until the history says, {signal.rate:.2%} of honest applicants are taken to show it."
    return [
        f"## {signal.code}",
        "",
        f"{signal.title}. {signal.why}{rate if signal.sort is Sort.TRAIT else ''}",
        "",
        f"- Blind to: {'; '.join(signal.blind_spots)}.",
        f"- Honest causes: {'; '.join(signal.innocent_causes)}.",
        f'- The applicant may be told: "{signal.applicant}"',
        f"- Checks that tell: {powers}.",
        "",
    ]
