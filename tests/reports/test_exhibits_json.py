from __future__ import annotations

import pytest

from revenuer.errors import SourceError
from revenuer.records import Findings
from revenuer.reports.exhibits_json import exhibits_from_json, exhibits_to_json


def test_exhibits_are_read_back_as_they_were(example: Findings) -> None:
    assert exhibits_from_json(exhibits_to_json(example.exhibits)) == example.exhibits


@pytest.mark.parametrize("text", ["", "{}", '[{"campaign_id": 1}]', b"\xff"])
def test_bad_exhibits_say_what_to_do(text: str | bytes) -> None:
    with pytest.raises(SourceError) as caught:
        exhibits_from_json(text)
    assert caught.value.hint
