"""Names of models as people write them, against names as logs have them."""

from __future__ import annotations

from collections.abc import Sequence


def is_named(model: str, named: Sequence[str] | None) -> bool:
    """Whether some names include a model; a dated version is the model that it is of.

    No names are all models, and an exchange whose model nobody logged is held against nobody.

    Examples:
        >>> is_named("glacier-3-2026-02-11", ["glacier-3"]), is_named("glacier-30", ["glacier-3"])
        (True, False)
        >>> is_named("glacier-3", None), is_named("", ["glacier-3"])
        (True, True)
    """
    if not named or not model:
        return True
    return any(model == one or model.startswith(f"{one}-20") for one in named)
