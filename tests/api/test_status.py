"""The statuses of the annex."""

import pytest

from custom_components.smsmode.api import DeliveryOutcome, MessageStatus

OUTCOMES = {
    DeliveryOutcome.DELIVERED: {11, 14, 15, 16, 100, 101},
    DeliveryOutcome.PENDING: {0, 1, 10, 12, 13, 40, 999, 3501, 3502, 3503, 3504, 4711},
    DeliveryOutcome.EXPIRED: {37},
    DeliveryOutcome.FAILED: {2, 21, 22, 33, 34, 35, 36, 38, 39, 50, *range(3521, 3528), 3560, 3599, 3998, 3999},
}


@pytest.mark.parametrize("outcome", DeliveryOutcome)
def test_every_status_has_its_outcome(outcome: DeliveryOutcome) -> None:
    for code in OUTCOMES[outcome]:
        assert MessageStatus.from_code(code).outcome is outcome, code


@pytest.mark.parametrize("outcome", DeliveryOutcome)
def test_every_status_but_pending_is_final(outcome: DeliveryOutcome) -> None:
    for code in OUTCOMES[outcome]:
        assert MessageStatus.from_code(code).is_final is (outcome is not DeliveryOutcome.PENDING), code


def test_ranks_rise_from_accepted_to_read() -> None:
    way = [
        MessageStatus.ACCEPTED,
        MessageStatus.SENT,
        MessageStatus.DELIVERED_TO_OPERATOR,
        MessageStatus.EXPIRED,
        MessageStatus.DELIVERED,
        MessageStatus.RECEIVED,
        MessageStatus.UNREAD,
        MessageStatus.READ,
    ]
    assert sorted(way, key=lambda status: status.rank) == way
    assert len({status.rank for status in way}) == len(way)


def test_only_a_failure_of_the_recipient_says_that_no_message_reaches_it() -> None:
    unreachable = {code for code in range(5000) if MessageStatus.from_code(code).is_recipient_unreachable}
    assert unreachable == {21, 3521, 3522, 3523, 3526, 3527, 3560, 3998, 3999}
