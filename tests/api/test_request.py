"""What a batch may hold."""

import pytest

from custom_components.smsmode.api import BatchRequest, BatchRow, InputProblem, SmsmodeInputError, StopClause
from custom_components.smsmode.api.request import batch_file
from tests.support.api_expected import ALICE


def test_the_stop_mention_needs_room_in_every_line_of_a_batch() -> None:
    rows = (BatchRow(number=ALICE, text="x" * 760),)
    assert batch_file(BatchRequest(rows=rows))
    with pytest.raises(SmsmodeInputError) as raised:
        batch_file(BatchRequest(rows=rows, stop=StopClause.ALWAYS))
    assert raised.value.problem is InputProblem.TEXT_TOO_LONG
