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

    Every distinct text is read once, because system prompts repeat.

    Examples:
        >>> has_closing_tag(pa.array(["put it in <work></work>", "a < b", None]))
        array([ True, False, False])
    """
    coded = texts.dictionary_encode()
    found = pc.match_substring_regex(coded.dictionary, CLOSING).to_numpy(zero_copy_only=False)
    tagged = np.zeros(len(texts), np.bool_)
    valid = coded.indices.is_valid().to_numpy(zero_copy_only=False)
    tagged[valid] = found[coded.indices.drop_null().to_numpy()]
    return tagged
