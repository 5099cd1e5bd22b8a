"""What an attacker that adapts pays for, as one record: `scenarios/adaptive.py` plays it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

Network = Literal["hosting", "sticky", "rotating", "household"]
Client = Literal["script", "bare", "imitated"]
Rhythm = Literal["queue", "people"]
Tasks = Literal["drawn", "dealt"]

EVERY_REQUEST = 10**9
"""As many wordings as requests."""


@dataclass(frozen=True)
class Attacker:
    """What an operator pays for; the defaults are one that pays for nothing.

    Attributes:
        accounts: Size of the pool.
        requests_per_day: Of each account on average, cover included.
        cover: Share of each account's requests that are ordinary use, [0, 1).
        wordings: Of the one demand around the tasks; 0 asks bare questions,
            `EVERY_REQUEST` never repeats one.
        own_wordings: Every account keeps to wordings that no other account has.
        filler: Unrelated everyday text stands before and after each demand.
        tasks: `drawn` lets several accounts get one task, `dealt` never.
        per_card: Accounts on one card, device and phone; 1 is one of its own.
        own_mail: Mail at everybody's hosts instead of a few domains of one pattern.
        network: `hosting`, a few machines of one block; `sticky` and `rotating`, proxies
            through other people's homes; `household`, one home line an account.
        client: `script` claims to be a browser with a handshake of its own, one for all;
            `bare` leaves out what a client may leave out; `imitated` looks like a client
            of ordinary people, another one for each account.
        rhythm: `queue`, one queue over all accounts; `people`, each account keeps hours,
            weekends and a volume of its own.
        jitter_h: Hours by which the queue's requests are moved, standard deviation.
        signup_days: Days over which the accounts signed up, most before the window.
        probes: Requests that each try another technique; they replace the harvest.
    """

    accounts: int = 40
    requests_per_day: float = 24.0
    cover: float = 0.0
    wordings: int = 3
    own_wordings: bool = False
    filler: bool = False
    tasks: Tasks = "drawn"
    per_card: int = 6
    own_mail: bool = False
    network: Network = "hosting"
    client: Client = "script"
    rhythm: Rhythm = "queue"
    jitter_h: float = 0.0
    signup_days: float = 3.0
    probes: int = 0


CARELESS = Attacker()
"""Pays for nothing but the accounts."""

CAREFUL = Attacker(
    cover=0.5,
    wordings=EVERY_REQUEST,
    own_wordings=True,
    filler=True,
    tasks="dealt",
    per_card=1,
    own_mail=True,
    network="household",
    client="imitated",
    rhythm="people",
    signup_days=300.0,
)
"""Pays for everything at once."""


def with_habits(attacker: Attacker, other: Attacker, names: tuple[str, ...]) -> Attacker:
    """The attacker with some of another one's habits."""
    known = {one.name for one in fields(Attacker)}
    return replace(attacker, **{name: getattr(other, name) for name in names if name in known})
