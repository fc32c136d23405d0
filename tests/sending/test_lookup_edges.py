"""Rows of the gateway's list that are only just ours, or only just not."""

import pytest

from custom_components.smsmode.api import BatchRequest, BatchRow, StopClause
from custom_components.smsmode.sending.reconciliation import looked_for_since, match_sent_rows
from tests.support.sent_rows import ALICE, NOW, attempted, is_found, known, row, sent, sms


@pytest.mark.parametrize(("length", "found"), [(40, True), (41, False)])
def test_an_unsubscribe_mention_has_forty_characters_at_most(length: int, found: bool) -> None:
    mention = " STOP ".ljust(length, "x")
    assert is_found(sms(stop=StopClause.ALWAYS), row(f"Water!{mention}")) is found


def test_a_batch_sent_at_the_first_moment_that_counts_is_one_of_those_that_are_shown() -> None:
    request = BatchRequest(rows=(BatchRow(number=ALICE, text="Water!"),))
    item = attempted(request)
    earlier = sent("C1", request, looked_for_since(item))
    assert match_sent_rows(item, [row(message_id="S1", at=NOW)], known(earlier)) is None


@pytest.mark.parametrize(("count", "found"), [(1, True), (None, True), (2, False)])
def test_a_row_that_went_to_several_is_no_message_to_one(count: int | None, found: bool) -> None:
    assert is_found(sms(), row(count=count)) is found
