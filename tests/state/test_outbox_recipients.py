"""A waiting message can lose a target or be cancelled; one that may have been sent cannot."""

import pytest

from custom_components.smsmode.api import BatchRequest, BatchRow, MessageRequest, SendRequest, VoiceRequest
from custom_components.smsmode.state.budget import Expense
from custom_components.smsmode.state.outbox import Outbox, OutboxItem, Phase
from tests.support.outboxes import ALICE, BOB, CAROL, NOW, new_item, outbox_with

BATCH = BatchRequest(
    rows=tuple(BatchRow(number=number, text=text) for number, text in ((ALICE, "A"), (BOB, "B"), (ALICE, "C")))
)


@pytest.mark.parametrize(
    ("request_", "numbers", "left"),
    [
        pytest.param(
            MessageRequest(text="Water!", numbers=(ALICE, BOB, CAROL), reference="door 4"),
            (ALICE, BOB, CAROL),
            MessageRequest(text="Water!", numbers=(BOB, CAROL), reference="door 4"),
            id="SMS",
        ),
        pytest.param(
            VoiceRequest(text="Water!", numbers=(ALICE, BOB)),
            (ALICE, BOB),
            VoiceRequest(text="Water!", numbers=(BOB,)),
            id="voice message",
        ),
        pytest.param(
            BATCH, (ALICE, BOB, ALICE), BatchRequest(rows=(BatchRow(number=BOB, text="B"),)), id="all lines of a batch"
        ),
    ],
)
def test_what_waits_can_go_to_one_recipient_less(
    request_: SendRequest, numbers: tuple[str, ...], left: SendRequest
) -> None:
    item = new_item(request=request_, numbers=numbers)
    outbox = outbox_with(item)
    assert outbox.remove_target(item, ALICE) is True
    assert item.request == left
    assert ALICE not in item.targets
    assert item.expense == Expense(at=NOW, costs=tuple((number, 1) for number in numbers if number != ALICE))
    assert outbox.latest_to(ALICE) is None


def test_the_only_target_of_a_message_cannot_be_removed() -> None:
    item = new_item()
    outbox = outbox_with(item)
    assert outbox.remove_target(item, ALICE) is False
    assert item.targets == (ALICE,)


def begun(item: OutboxItem) -> Outbox:
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW)
    return outbox


def test_no_target_is_removed_from_a_message_that_may_have_been_sent() -> None:
    outbox = begun(item := new_item(numbers=(ALICE, BOB)))
    assert outbox.remove_target(item, ALICE) is False
    outbox.mark_uncertain(item, NOW)
    assert outbox.remove_target(item, ALICE) is False
    assert item.request == MessageRequest(text="Water!", numbers=(ALICE, BOB))


def test_a_waiting_message_is_cancelled_and_removed() -> None:
    item = new_item()
    outbox = outbox_with(item, new_item("2"))
    assert outbox.cancel(item) is True
    assert list(outbox.items) == ["2"]


def test_a_cancelled_message_that_may_have_been_sent_is_reconciled_and_not_retried() -> None:
    outbox = begun(item := new_item())
    assert outbox.cancel(item) is False
    assert (list(outbox.items), item.may_retry, item.phase) == (["1"], False, Phase.SENDING)
    item.may_retry = True
    outbox.mark_uncertain(item, NOW)
    assert outbox.cancel(item) is False
    assert (outbox.due_items(NOW), item.may_retry) == ([item], False)
