"""A message that was not sent is retried with backoff; one that may have been sent is looked up first."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.state.outbox import Phase
from tests.support.outboxes import HOUR, NOW, SECOND, new_item, outbox_with


def test_pauses_grow_from_five_seconds_to_five_minutes() -> None:
    item = new_item()
    outbox = outbox_with(item)
    pauses = []
    for _ in range(12):
        outbox.begin_attempt(item, NOW)
        outbox.schedule_retry(item, NOW, 1.0)
        assert item.phase is Phase.WAITING
        pauses.append(item.due - NOW)
    assert pauses[0] == timedelta(seconds=5)
    assert all(before < after or before == after == timedelta(minutes=5) for before, after in pairwise(pauses))
    assert pauses[-1] == timedelta(minutes=5)


@given(st.integers(1, 10**6), st.floats(0.8, 1.2))
def test_a_pause_is_never_shorter_than_four_seconds_nor_longer_than_six_minutes(attempts: int, jitter: float) -> None:
    item = new_item()
    outbox = outbox_with(item)
    item.attempts = attempts - 1
    outbox.begin_attempt(item, NOW)
    outbox.schedule_retry(item, NOW, jitter)
    assert 4 * SECOND <= item.due - NOW <= timedelta(minutes=6)
    assert outbox.due_items(item.due) == [item]
    assert outbox.due_items(item.due - SECOND) == []


def test_two_messages_that_failed_together_are_not_tried_together() -> None:
    items = [new_item("1"), new_item("2")]
    outbox = outbox_with(*items)
    for item, jitter in zip(items, (0.8, 1.2), strict=True):
        outbox.begin_attempt(item, NOW)
        outbox.schedule_retry(item, NOW, jitter)
    assert items[0].due < items[1].due


def test_what_is_uncertain_is_looked_for_at_once_and_again_half_a_minute_later() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW)
    outbox.mark_uncertain(item, NOW + SECOND)
    assert item.phase is Phase.UNCERTAIN
    assert outbox.due_items(NOW + SECOND) == [item]
    assert outbox.record_absence(item, NOW + SECOND) is False
    assert outbox.due_items(NOW + 30 * SECOND) == []
    assert outbox.due_items(NOW + 31 * SECOND) == [item]
    assert outbox.record_absence(item, NOW + 31 * SECOND) is True
    assert outbox.due_items(NOW + 31 * SECOND) == [item]
    assert outbox.expired_items(item.expires_at) == [item]


def test_a_look_that_failed_counts_for_nothing() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW)
    outbox.mark_uncertain(item, NOW)
    for seconds in (30, 60, 120, 240, 300, 300):
        outbox.postpone_lookup(item, NOW)
        assert outbox.due_items(NOW + (seconds - 1) * SECOND) == []
        assert outbox.due_items(NOW + seconds * SECOND) == [item]
    assert outbox.record_absence(item, NOW) is False
    assert outbox.record_absence(item, NOW) is True


def test_each_uncertain_attempt_is_looked_for_twice_anew() -> None:
    item = new_item()
    outbox = outbox_with(item)
    for _ in range(3):
        outbox.begin_attempt(item, NOW)
        outbox.mark_uncertain(item, NOW)
        assert [outbox.record_absence(item, NOW), outbox.record_absence(item, NOW)] == [False, True]


def test_each_uncertain_attempt_begins_to_look_at_short_intervals() -> None:
    item = new_item()
    outbox = outbox_with(item)
    for _ in range(2):
        outbox.begin_attempt(item, NOW)
        outbox.mark_uncertain(item, NOW)
        for seconds in (30, 60):
            outbox.postpone_lookup(item, NOW)
            assert item.due == NOW + seconds * SECOND


def test_an_uncertain_message_never_expires() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW)
    outbox.mark_uncertain(item, NOW)
    years_later = NOW + timedelta(days=1000)
    assert outbox.expired_items(years_later) == []
    assert outbox.due_items(years_later) == [item]
    outbox.record_absence(item, years_later)
    assert outbox.next_due() == years_later + 30 * SECOND
    outbox.record_absence(item, years_later)
    assert outbox.expired_items(years_later) == [item]


def test_after_a_crash_what_was_being_sent_is_uncertain_and_the_rest_as_it_was() -> None:
    waiting, leaving, doubtful = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with(waiting, leaving, doubtful)
    outbox.begin_attempt(leaving, NOW)
    outbox.begin_attempt(doubtful, NOW)
    outbox.mark_uncertain(doubtful, NOW)
    outbox.record_absence(doubtful, NOW)
    outbox.recover(NOW + HOUR)
    assert (leaving.phase, leaving.due, leaving.attempted_at) == (Phase.UNCERTAIN, NOW + HOUR, NOW)
    assert (waiting.phase, waiting.due) == (Phase.WAITING, NOW)
    assert (doubtful.phase, doubtful.lookup_count, doubtful.due) == (Phase.UNCERTAIN, 1, NOW + 30 * SECOND)
