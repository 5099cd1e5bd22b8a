"""All honest cohorts, with their sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from revenuer.worlds.signups.applicants import Applicants
from revenuer.worlds.signups.honest import groups, people, twice
from revenuer.worlds.signups.season import Season


@dataclass(frozen=True)
class Cohort:
    """One honest cohort to cast.

    Attributes:
        build: Makes it, for a month and a number of applications.
        share: Of a thousand honest applications.
        fewest: Applications it is made in at least, so that its groups are whole.
    """

    build: Callable[[Season, int], Applicants]
    share: float
    fewest: int = 4


HONEST: Mapping[str, Cohort] = {
    "student-class": Cohort(groups.student_class, 35, 40),
    "student": Cohort(people.student, 22),
    "office": Cohort(groups.office, 45, 10),
    "enterprise": Cohort(groups.enterprise, 35, 60),
    "startup": Cohort(groups.startup, 14, 24),
    "researcher": Cohort(people.researcher, 6),
    "maintainer": Cohort(people.maintainer, 10),
    "traveller": Cohort(people.traveller, 14, 6),
    "private": Cohort(people.private, 24),
    "onion": Cohort(people.onion, 3),
    "family": Cohort(groups.family, 30, 6),
    "second-account": Cohort(twice.second_account, 20),
    "carrier": Cohort(groups.carrier, 30, 80),
    "used-device": Cohort(people.used_device, 4),
    "recycled-number": Cohort(people.recycled_number, 5),
    "hackathon": Cohort(groups.hackathon, 14, 60),
    "public-computer": Cohort(people.public_computer, 8, 10),
    "school-laptops": Cohort(groups.school_laptops, 8, 20),
    "agency": Cohort(people.agency, 4, 6),
    "colleagues": Cohort(groups.colleagues, 30, 20),
    "regional-mail": Cohort(groups.regional_mail, 12, 20),
    "proxied-home": Cohort(people.proxied_home, 5),
    "returner": Cohort(twice.returner, 5),
}
"""Shares are guesses: what matters is that each is there. placeholder"""
