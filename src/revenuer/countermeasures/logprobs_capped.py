"""Log-probabilities: few alternatives a token, or none."""

from __future__ import annotations

from typing import Any

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.wire import Wire

CARD = Card(
    id="logprobs-capped",
    title="few log-probabilities a token, or none",
    acts_on=ActsOn.PARAMETERS,
    changes_for_customers=(
        "They get no more alternatives a token than `countermeasures.top_logprobs` of the policy "
        "says, none at all by default, and `logit_bias` and `prompt_logprobs` are not heeded: "
        "classifiers that read probabilities, calibration and constrained choices by bias stop "
        "working. The text that is sampled is as without it, but for what a bias would have done."
    ),
    cost="None.",
    known_breaks=(
        "A student that learns from text alone never asked for them.",
        "Sampling one prompt often estimates the probabilities of its likely tokens.",
    ),
    source=(
        "Carlini et al. (2024), Stealing part of a production language model, section 4; "
        "Hinton et al. (2015), Distilling the knowledge in a neural network"
    ),
    lossless=True,
)
INCLUDED = "message.output_text.logprobs"
ALWAYS = ("logit_bias", "prompt_logprobs")
"""With a bias, one chosen token after another gives its log-probability away."""


def amend(body: dict[str, Any], wire: Wire, *, most: int = 0) -> dict[str, Any]:
    """A request that asks for no more log-probabilities than it may.

    Args:
        body: The request, decoded.
        wire: How it is written.
        most: Alternatives a token; 0 is no log-probabilities at all.

    Examples:
        >>> amend({"logprobs": True, "top_logprobs": 20, "n": 2}, Wire.CHAT, most=3)
        {'logprobs': True, 'top_logprobs': 3, 'n': 2}
        >>> amend({"logprobs": 5, "logit_bias": {"1": 9}}, Wire.COMPLETIONS)
        {}
    """
    if wire is Wire.MESSAGES:
        return body
    changed = {key: value for key, value in body.items() if key not in ALWAYS}
    for name in ("top_logprobs", *(("logprobs",) if wire is Wire.COMPLETIONS else ())):
        if name in changed:
            changed[name] = _at_most(changed[name], most)
    if most == 0:
        for name in ("logprobs", "top_logprobs"):
            changed.pop(name, None)
        if isinstance(asked := changed.get("include"), list) and INCLUDED in asked:
            changed["include"] = [name for name in asked if name != INCLUDED]
    return body if changed == body else changed


def _at_most(asked: Any, most: int) -> Any:
    """A number of alternatives; what a server may take for one is taken for too many."""
    if asked is None or isinstance(asked, bool):
        return asked
    return min(asked, most) if isinstance(asked, int) and asked >= 0 else most
