"""Messages are due in their order, bounded in number, expire, and keep their distance when the clock is set."""

from datetime import timedelta

import pytest

from custom_components.smsmode.state.budget import LimitExceededError, LimitType
from custom_components.smsmode.state.deadlines import Deadlines, outbox_deadlines
from custom_components.smsmode.state.outbox import MAX_ITEMS, MAX_URGENT, Outbox, OutboxFullError, Phase
from tests.support.outboxes import ALICE, BOB, CAROL, HOUR, NOW, SECOND, new_item, outbox_with


def test_enqueued_messages_are_due_at_once_in_their_order() -> None:
    items = [new_item(str(index)) for index in range(3)]
    outbox = outbox_with(*items)
    assert outbox.due_items(NOW) == items
    assert outbox.due_items(NOW - SECOND) == []
    assert outbox.next_due() == NOW
    assert len(outbox) == 3


def test_what_is_urgent_goes_before_the_rest_and_each_in_the_order_in_which_it_came() -> None:
    outbox = outbox_with(new_item("1"), new_item("2"))
    outbox.add([new_item("3", urgent=True)])
    outbox.add([new_item("4"), new_item("5", urgent=True)])
    assert [item.key for item in outbox.due_items(NOW)] == ["3", "5", "1", "2", "4"]
    outbox.begin_attempt(outbox.items["3"], NOW)
    outbox.mark_uncertain(outbox.items["3"], NOW + SECOND)
    assert [item.key for item in outbox.due_items(NOW)] == ["5", "1", "2", "4"]
    assert [item.key for item in outbox.due_items(NOW + SECOND)] == ["3", "5", "1", "2", "4"]


def test_an_item_names_each_of_its_targets_once() -> None:
    assert new_item(numbers=(ALICE, BOB, ALICE)).targets == (ALICE, BOB)


def test_a_message_being_sent_is_neither_due_nor_expired() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW + SECOND)
    assert (item.phase, item.attempts, item.attempted_at) == (Phase.SENDING, 1, NOW + SECOND)
    much_later = NOW + timedelta(days=9)
    assert (outbox.due_items(much_later), outbox.expired_items(much_later), outbox.next_due()) == ([], [], None)


def test_a_removed_message_is_gone_and_removing_it_again_does_nothing() -> None:
    item = new_item()
    outbox = outbox_with(item, new_item("2"))
    outbox.begin_attempt(item, NOW)
    outbox.remove(item)
    outbox.remove(item)
    assert list(outbox.items) == ["2"]


def test_a_waiting_message_expires_and_its_expiry_is_the_next_thing_due() -> None:
    item = new_item(lifetime=10 * SECOND)
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW)
    item.attempts = 20
    outbox.schedule_retry(item, NOW, 1.0)
    assert outbox.next_due() == item.expires_at < item.due
    assert outbox.expired_items(item.expires_at - SECOND) == []
    assert outbox.expired_items(item.expires_at) == [item]


def test_the_next_thing_to_do_is_the_first_of_all() -> None:
    waiting, doubtful, leaving = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with(waiting, doubtful, leaving)
    for item in (waiting, doubtful, leaving):
        outbox.begin_attempt(item, NOW)
    outbox.schedule_retry(waiting, NOW, 1.0)
    outbox.mark_uncertain(doubtful, NOW)
    outbox.record_absence(doubtful, NOW)
    assert outbox.next_due() == waiting.due == NOW + 5 * SECOND
    outbox.remove(waiting)
    assert outbox.next_due() == doubtful.due == NOW + 30 * SECOND


def test_an_empty_outbox_wants_nothing() -> None:
    outbox = Outbox()
    assert (len(outbox), outbox.next_due(), outbox.due_items(NOW), outbox.expired_items(NOW)) == (0, None, [], [])


def test_a_thousand_messages_fit_and_not_one_more() -> None:
    outbox = outbox_with(*(new_item(str(index)) for index in range(999)))
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("one"), new_item("too many")])
    assert len(outbox) == 999
    outbox.add([new_item("last")])
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("more")])
    assert len(outbox) == MAX_ITEMS == 1_000
    outbox.remove(outbox.items["last"])
    outbox.add([new_item("more")])


def test_for_urgent_messages_there_is_room_when_an_automation_has_filled_the_rest() -> None:
    outbox = outbox_with(*(new_item(str(index)) for index in range(MAX_ITEMS)))
    outbox.add([new_item(f"urgent {index}", urgent=True) for index in range(MAX_URGENT - 1)])
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("one", urgent=True), new_item("too many", urgent=True)])
    # What is not urgent does not get in by coming along.
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("more", urgent=True), new_item("and more")])
    outbox.add([new_item("last", urgent=True)])
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("more", urgent=True)])
    assert len(outbox) == MAX_ITEMS + MAX_URGENT


def test_taking_on_nothing_is_possible_even_if_it_is_full() -> None:
    outbox = outbox_with(*(new_item(str(index), urgent=True) for index in range(MAX_ITEMS + MAX_URGENT)))
    outbox.add([])


def test_what_is_not_on_its_way_out_can_be_hurried() -> None:
    leaving, waiting, doubtful = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with(leaving, waiting, doubtful)
    for item in (leaving, waiting, doubtful):
        outbox.begin_attempt(item, NOW)
    outbox.schedule_retry(waiting, NOW, 1.0)
    outbox.mark_uncertain(doubtful, NOW)
    outbox.record_absence(doubtful, NOW)
    assert outbox.idle_items() == [waiting, doubtful]
    assert outbox.due_items(NOW + SECOND) == []
    for item in outbox.idle_items():
        outbox.make_due(item, NOW + SECOND)
    assert outbox.due_items(NOW + SECOND) == [waiting, doubtful]
    # Having been hurried is no reason to look less often, or to be certain earlier.
    assert [outbox.record_absence(doubtful, NOW + SECOND) for _ in range(3)] == [False] * 3
    assert [outbox.record_absence(doubtful, NOW + 120 * SECOND) for _ in range(2)] == [False, True]


@pytest.mark.parametrize("by", [timedelta(days=7000), -timedelta(hours=3)], ids=["ahead", "back"])
def test_with_a_clock_that_is_set_everything_stays_as_far_away_as_it_was(by: timedelta) -> None:
    waiting, leaving, doubtful = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with()
    deadlines = Deadlines(outbox_deadlines(outbox))
    outbox.add([waiting, leaving, doubtful])
    for item in (leaving, doubtful):
        outbox.begin_attempt(item, NOW)
    outbox.mark_uncertain(doubtful, NOW)
    outbox.record_absence(doubtful, NOW)
    deadlines.shift(by)
    assert (waiting.due, waiting.expires_at, waiting.attempted_at) == (NOW + by, NOW + HOUR + by, None)
    assert (doubtful.due, doubtful.attempted_at) == (NOW + 30 * SECOND + by, NOW + by)
    assert doubtful.in_doubt_since == NOW + by
    assert (leaving.attempted_at, leaving.expires_at) == (NOW + by, NOW + HOUR + by)
    assert outbox.expired_items(NOW + by) == []
    assert outbox.due_items(NOW + by) == [waiting]


def test_the_latest_message_to_a_target_is_found_whoever_else_it_goes_to() -> None:
    outbox = outbox_with(
        new_item("1", numbers=(ALICE,)), new_item("2", numbers=(BOB, ALICE)), new_item("3", numbers=(BOB,))
    )
    assert outbox.latest_to(ALICE) is outbox.items["2"]
    assert outbox.latest_to(BOB) is outbox.items["3"]
    assert outbox.latest_to(CAROL) is None


def test_each_pause_is_twice_as_long_as_the_one_before() -> None:
    item = new_item()
    outbox = outbox_with(item)
    pauses = []
    for _ in range(7):
        outbox.begin_attempt(item, NOW)
        outbox.schedule_retry(item, NOW, 1.0)
        pauses.append(item.due - NOW)
    assert pauses == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 80, 160, 300)]


def test_an_untranslated_limit_error_names_the_limit_and_its_value() -> None:
    assert str(LimitExceededError(LimitType.DAILY, 50)) == "('daily_limit_reached', 50)"
