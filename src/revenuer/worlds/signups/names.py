"""Addresses that people and farms sign up with. Every name is invented, syllable by syllable."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import MAIL_HOSTS, MAIL_WEIGHTS
from revenuer.worlds.language.system_prompts import brand_names

RELAYS = ("duck.com", "mozmail.com", "privaterelay.appleid.com", "simplelogin.com", "passmail.net")
"""Services that forward mail so that a sender never sees the address: privacy, not fraud."""
PRIVATE_HOSTS = ("proton.me", "tutanota.com", "fastmail.com", "posteo.de", "riseup.net")
ACADEMIC = ("mit.edu", "stanford.edu", "berkeley.edu", "washington.edu", "umich.edu", "ox.ac.uk",
            "cam.ac.uk", "ethz.ch", "lmu.de", "uni-heidelberg.de", "universite-paris-saclay.fr",
            "uva.nl", "u-tokyo.ac.jp", "tsinghua.edu.cn", "snu.ac.kr", "utoronto.ca",
            "unimelb.edu.au", "su.se", "kuleuven.be", "iitb.ac.in", "kyushu-u.ac.jp", "tum.de",
            "epfl.ch", "usp.br", "unam.mx", "uct.ac.za", "nus.edu.sg", "ntu.edu.tw", "aalto.fi",
            "ku.dk", "uio.no", "polimi.it", "upm.es", "uw.edu.pl", "metu.edu.tr", "iitd.ac.in",
            "anu.edu.au", "tcd.ie", "wits.ac.za", "unicamp.br")  # fmt: skip
"""Universities of every size; three of them are in no common table, which happens too."""
CONSONANTS = np.array([*"bdfghjklmnprstvz", "ch", "sh", "th", "br", "kr"], dtype=object)
VOWELS = np.array([*"aeiou", "ai", "ia", "ee", "ou"], dtype=object)
ENDINGS = np.array([".com", ".io", ".net", ".dev", ".co", ".app"], dtype=object)
CHEAP_ENDINGS = (".xyz", ".top", ".site", ".online", ".shop", ".click")

DATED = 0.06
"""Share of people whose address ends in a full date. placeholder"""
TAGGED = 0.03
"""Share of people who tag an address of a host that allows it. placeholder"""
NUMBERED = {"qq.com": 0.75, "163.com": 0.3}
"""Share of a mail house's customers whose address is a number. placeholder"""

Locals = Callable[[np.random.Generator, int], NDArray[np.object_]]


def given_names(rng: np.random.Generator, count: int, syllables: int = 2) -> NDArray[np.object_]:
    """Invented names of people, in small letters."""
    parts = [rng.choice(CONSONANTS, count) + rng.choice(VOWELS, count) for _ in range(syllables)]
    name = parts[0]
    for part in parts[1:]:
        name = name + part
    whole: NDArray[np.object_] = np.where(
        rng.random(count) < 0.5, name + rng.choice(CONSONANTS, count), name
    )
    return whole


def people_locals(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """What stands before the `@` of unrelated people: each has a habit of their own."""
    first, last = given_names(rng, count), given_names(rng, count, 3)
    year = rng.integers(1955, 2010, count)
    short = rng.integers(1, 1000, count)
    styles = [
        lambda f, s, y, n: f"{f}.{s}",
        lambda f, s, y, n: f"{f}{s}",
        lambda f, s, y, n: f"{f[0]}{s}{n % 100}",
        lambda f, s, y, n: f"{f}{y}",
        lambda f, s, y, n: f"{f}.{s}{y % 100:02d}",
        lambda f, s, y, n: f"{s}_{f}",
        lambda f, s, y, n: f"{f}{n}",
        lambda f, s, y, n: f"the{s}",
        lambda f, s, y, n: f"{f}-{s}",
    ]
    habit = rng.choice(len(styles), count, p=[0.2, 0.16, 0.14, 0.1, 0.12, 0.06, 0.12, 0.05, 0.05])
    rows = zip(habit, first, last, year, short, strict=True)
    return np.array([styles[h](f, s, y, n) for h, f, s, y, n in rows], dtype=object)


def people_mail(
    rng: np.random.Generator, count: int
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Addresses of unrelated people at everybody's hosts: names, dates, numbers, some tags.

    Returns:
        What stands before the `@`, and the host. Each of shape (count,).
    """
    locals_, hosts = people_locals(rng, count), mail_hosts(rng, count)
    born = (
        rng.integers(1955, 2010, count) * 10_000
        + rng.integers(1, 13, count) * 100
        + rng.integers(1, 29, count)
    )
    first = given_names(rng, count)
    dated = np.array([f"{f}{d}" for f, d in zip(first, born, strict=True)], dtype=object)
    number = np.array([str(n) for n in rng.integers(10**7, 10**10, count)], dtype=object)
    tags = rng.choice(np.array(["+ai", "+api", "+dev", "+new"], dtype=object), count)
    locals_ = np.where(rng.random(count) < DATED, dated, locals_)
    # Some houses give out numbers, and most of their customers keep them.
    numbered = np.array([NUMBERED.get(host, 0.0) for host in hosts])
    locals_ = np.where(rng.random(count) < numbered, number, locals_)
    tagged = (rng.random(count) < TAGGED) & (hosts == "gmail.com")
    return np.where(tagged, locals_ + tags, locals_), hosts


def numbered_locals(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """One stem and numbers that count up."""
    stem, first = given_names(rng, 1, 3)[0], int(rng.integers(1, 4000))
    steps = first + np.cumsum(rng.integers(1, 4, count))
    return np.array([f"{stem}{step:04d}" for step in steps], dtype=object)


def shaped_locals(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """A generator's one shape: name, name, and a fixed number of digits."""
    digits = int(rng.integers(3, 7))
    first, last = given_names(rng, count), given_names(rng, count, 3)
    number = rng.integers(10 ** (digits - 1), 10**digits, count)
    joint = str(rng.choice(["", ".", "_"]))
    rows = zip(first, last, number, strict=True)
    return np.array([f"{f}{joint}{s}{n}" for f, s, n in rows], dtype=object)


def random_locals(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """Letters and digits without sense, all of one length."""
    width = int(rng.integers(9, 14))
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz0123456789"))
    drawn = letters[rng.integers(0, letters.size, (count, width))]
    drawn[:, 0] = letters[rng.integers(0, 26, count)]
    return np.array(["".join(row) for row in drawn], dtype=object)


def tagged_locals(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """A few real mailboxes, written in many ways: tags after `+`, dots that mean nothing."""
    boxes = people_locals(rng, max(1, count // 25))
    # Dots of the box itself would be lost among those that are added.
    plain = np.array([box.replace(".", "") for box in boxes], dtype=object)
    chosen = plain[rng.integers(0, plain.size, count)]
    tag, cut, dotted = rng.integers(1, 10_000, count), rng.random(count), rng.random(count) < 0.4
    out = []
    for box, number, where, dots in zip(chosen, tag, cut, dotted, strict=True):
        place = 1 + int(where * (len(box) - 1))
        out.append(f"{box[:place]}.{box[place:]}" if dots else f"{box}+{number}")
    return np.array(out, dtype=object)


def mail_hosts(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """Hosts that everybody uses, by how many use them."""
    return rng.choice(np.array(MAIL_HOSTS, dtype=object), count, p=MAIL_WEIGHTS)


def firm_domains(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """Domains of small firms and of people who keep one of their own."""
    endings = rng.choice(ENDINGS, count)
    numbers = rng.integers(0, 90, count)
    names = brand_names(rng, count)
    rows = zip(names, numbers, endings, strict=True)
    return np.array([f"{n.lower()}{k or ''}{e}" for n, k, e in rows], dtype=object)


def farmed_domains(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """New domains of one pattern, bought together where they are cheap."""
    stem = brand_names(rng, 1)[0].lower()
    ending = str(rng.choice(CHEAP_ENDINGS))
    word = str(rng.choice(["mail", "box", "post", "inbox", ""]))
    return np.array([f"{stem}{word}{n:02d}{ending}" for n in range(1, count + 1)], dtype=object)


def look_alikes(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """Domains that pass for a university's at a glance."""
    real = rng.choice(np.array(ACADEMIC[:10], dtype=object), count)
    made = []
    for domain, how in zip(real, rng.integers(0, 4, count), strict=True):
        name = domain.split(".")[0]
        swapped = name.replace("o", "0", 1) if "o" in name else name.replace("i", "1", 1)
        made.append(
            (f"{name}-edu.com", f"alumni-{name}.org", f"{swapped}.edu.co", f"{domain}.student.net")[
                how
            ]
        )
    return np.array(made, dtype=object)


def address(locals_: NDArray[np.object_], domains: NDArray[np.object_]) -> NDArray[np.object_]:
    """The two halves put together. Shape (n,)."""
    whole: NDArray[np.object_] = locals_ + "@" + domains
    return whole
