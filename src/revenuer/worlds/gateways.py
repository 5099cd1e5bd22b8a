"""Gateways: one customer of the provider, with many customers of its own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from revenuer.worlds.cohort import Columns, Finish
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.draws import generator, hex_strings, label_number, mix, pick
from revenuer.worlds.language.system_prompts import write_system_prompts
from revenuer.worlds.people import everyday_texts
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextMaker, Texts


def gateway_setup(rng: np.random.Generator, stage: Stage, count: int) -> Setup:
    """A server-side client that names itself."""
    software = stage.software
    setup = software.setup(rng, software.builds(rng, count, ~software.is_app))
    setup.put("user_agent", f"openpass-gateway/{rng.integers(1, 9)}.{rng.integers(0, 20)}")
    setup.put("tls_fingerprint", setup.columns["tls_fingerprint"][0])
    setup.put("temperature", None)
    setup.put("max_output_tokens", None)
    return setup


def many_customers(stage: Stage, label: str, customers: int = 60) -> TextMaker:
    """Requests of a gateway's customers, each with an application of its own."""
    everyday = everyday_texts(stage, label, None)
    rng = generator(stage.spec.seed, "customers of", label)
    prompts = pa.array([*write_system_prompts(rng, customers).tolist(), *[None] * (customers // 3)])

    def say(draw: Draw) -> Texts:
        texts = everyday(draw)
        system = prompts.take(pa.array(pick(draw.session, label, len(prompts))))
        return Texts(texts.prompt, texts.size, system=system, history=True)

    return say


def declared_users(label: str, users: int) -> Finish:
    """Name the end user of each exchange, as honest gateways do."""
    salt = label_number(label)

    def finish(draw: Draw, columns: Columns, rng: np.random.Generator) -> None:
        user = mix(draw.session, salt) % np.uint64(users)
        columns["end_user_id"] = hex_strings(mix(user, salt), "eu_")
        columns["end_user_source"] = pa.array(["user"] * len(draw))
        columns["routed_by"] = pa.array(["gateway"] * len(draw))

    return finish
