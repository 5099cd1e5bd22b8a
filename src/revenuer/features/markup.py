"""Marks that words do not carry: delimiters that a prompt asks for or brings along."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# </think>, [/work], [[/work]], {/notes}: whatever the name, something ends here.
CLOSING = r"<\s?/\s?\w[\w-]*\s?>|\[\s?/\s?\w[\w-]*\s?\]|\{\s?/\s?\w[\w-]*\s?\}"


def has_closing_tag(texts: pa.StringArray) -> NDArray[np.bool_]:
    """Whether each text names a closing tag of any kind; false for null. Shape (n,).

    Examples:
        >>> has_closing_tag(pa.array(["put it in <work></work>", "a < b", None]))
        array([ True, False, False])
    """
    found = pc.match_substring_regex(texts, CLOSING)
    tagged: NDArray[np.bool_] = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    return tagged
