"""The detectors, one folder each, registered here by name.

Third parties add theirs through the entry-point group `revenuer.detectors`.
"""

from __future__ import annotations

from importlib.metadata import entry_points

from revenuer.detector import Detector
from revenuer.detectors import (
    above_plan,
    account_links,
    address_rotation,
    client_fingerprint,
    client_mismatch,
    email_pattern,
    example_generation,
    handover,
    live_address,
    live_block,
    long_answers,
    narrow_focus,
    no_ramp,
    often_refused,
    output_mass,
    parent_account,
    peer_sighting,
    prompt_template,
    rate_ceiling,
    reasoning_elicitation,
    reasoning_signature_replay,
    release_pivot,
    request_shape,
    reseller,
    round_the_clock,
    rubric_grading,
    same_prompt,
    sensitive_rewriting,
    shared_batch,
    shared_device,
    shared_organization,
    shared_payment,
    shared_phone,
    shared_session,
    signup_address,
    signup_block,
    signup_burst,
    stripped_metadata,
    succession,
    synchronised_burst,
    system_prompt,
    task_generation,
    templated_prompts,
    throwaway_identity,
    trace_cleaning,
    working_asked,
)

ENTRY_POINT_GROUP = "revenuer.detectors"

DETECTORS: tuple[Detector, ...] = (
    round_the_clock.DETECTOR,
    no_ramp.DETECTOR,
    above_plan.DETECTOR,
    output_mass.DETECTOR,
    long_answers.DETECTOR,
    often_refused.DETECTOR,
    release_pivot.DETECTOR,
    address_rotation.DETECTOR,
    client_mismatch.DETECTOR,
    stripped_metadata.DETECTOR,
    throwaway_identity.DETECTOR,
    rate_ceiling.DETECTOR,
    shared_payment.DETECTOR,
    shared_phone.DETECTOR,
    shared_device.DETECTOR,
    account_links.DETECTOR,
    email_pattern.DETECTOR,
    parent_account.DETECTOR,
    shared_organization.DETECTOR,
    reseller.DETECTOR,
    signup_address.DETECTOR,
    signup_block.DETECTOR,
    live_address.DETECTOR,
    live_block.DETECTOR,
    client_fingerprint.DETECTOR,
    request_shape.DETECTOR,
    system_prompt.DETECTOR,
    prompt_template.DETECTOR,
    same_prompt.DETECTOR,
    reasoning_signature_replay.DETECTOR,
    shared_session.DETECTOR,
    shared_batch.DETECTOR,
    signup_burst.DETECTOR,
    synchronised_burst.DETECTOR,
    handover.DETECTOR,
    succession.DETECTOR,
    peer_sighting.DETECTOR,
    templated_prompts.DETECTOR,
    narrow_focus.DETECTOR,
    sensitive_rewriting.DETECTOR,
    example_generation.DETECTOR,
    task_generation.DETECTOR,
    trace_cleaning.DETECTOR,
    rubric_grading.DETECTOR,
    reasoning_elicitation.DETECTOR,
    working_asked.DETECTOR,
)
"""Registered explicitly, in the order in which reports name them."""


def load_detectors() -> tuple[Detector, ...]:
    """All detectors: the registered ones, then those of third parties by name."""
    found = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    return DETECTORS + tuple(point.load() for point in found)
