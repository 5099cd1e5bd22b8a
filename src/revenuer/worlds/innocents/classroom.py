"""A class of students behind one address, with one assignment."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.accounts import sign_up
from revenuer.worlds.cohort import Cohort, Stream
from revenuer.worlds.dispatch import Draw, with_overload, work_alone
from revenuer.worlds.draws import pick
from revenuer.worlds.harvest import harvest
from revenuer.worlds.households import group_sizes
from revenuer.worlds.language.grammar import by_kind
from revenuer.worlds.language.system_prompts import brand_names
from revenuer.worlds.network import HOME, STATIC, address_strings
from revenuer.worlds.people import everyday_texts, gradual_adoption, local_hours, own_software
from revenuer.worlds.rhythm import DAY_US, IS_OFFICE
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextMaker, Texts

ASSIGNMENTS = (
    "Assignment {n}: explain the method first, then apply it to the exercise. {body}",
    "This is exercise {n} of our course sheet. Show each step so that I can check mine. {body}",
    "Sheet {n}. Solve it and say why every step is allowed. {body}",
    "Our teacher wants the working, not just the result. Problem {n}: {body}",
)


def classroom(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Classes of 30 to 60 students who sign up in one week, on campus, for one course."""
    rng = stage.random("classroom")
    group = group_sizes(rng, count, 30, 60)
    classes = int(group.max()) + 1
    term = rng.integers(0, max(stage.spec.days // 2, 1), classes)[group]
    created = stage.spec.start_us + ((term + rng.uniform(-3, 2, count)) * DAY_US).astype(np.int64)
    accounts = sign_up(rng, stage.internet, count, created=created, plan="free")
    schools = np.array([f"{n.lower()}.edu" for n in brand_names(rng, classes)], dtype=object)
    campus = stage.internet.places(rng, classes, HOME, STATIC)
    places = campus.at(group)
    for name, value in (
        ("programme", "education"),
        ("email_domain", schools[group]),
        ("payment_fingerprint", None),
        ("payment_kind", None),
        ("signup_ip", address_strings(places.address).to_numpy(zero_copy_only=False)),
        ("signup_asn", stage.internet.asns[places.network].astype(object)),
    ):
        accounts.put(name, value)
    setup = own_software(stage, rng, count, apps=0.9, prompts=0.1)
    days = stage.spec.days
    weights = rng.gamma(0.5, 2.0, (count, days)) * (np.arange(days) >= term[:, None])
    expected = weights / weights.sum() * exchanges
    profile, offset = np.full(count, IS_OFFICE), local_hours(stage, places)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        draw = work_alone(random, stage.day_start(day), expected[:, day], profile, offset)
        return with_overload(random, draw, 0.006)

    stream = Stream(
        "course", dispatch, homework(stage, group), setup, places, gradual_adoption(rng, count)
    )
    return Cohort("classroom", accounts, (stream,))


def homework(stage: Stage, group: np.ndarray[tuple[int], np.dtype[np.int64]]) -> TextMaker:
    """Two thirds the class's own assignment, the rest whatever students ask."""
    sheets = [template.replace("{n}", str(n + 3)) for n, template in enumerate(ASSIGNMENTS)]
    tasks = [
        harvest([stage.pools.reasoning.slice(40 * n, 6)], (sheet,), "reasoning", salt=f"class{n}")
        for n, sheet in enumerate(sheets)
    ]
    everyday = everyday_texts(stage, "classroom")

    def say(draw: Draw) -> Texts:
        own = pick(draw.item, "homework", 3) > 0
        which = np.where(own, group[draw.who] % len(tasks), len(tasks))
        writers = [*tasks, everyday]
        prompt = by_kind(which, lambda kind, rows: writers[kind](draw.take(rows)).prompt)
        return Texts(prompt, "reasoning", history=True)

    return say
