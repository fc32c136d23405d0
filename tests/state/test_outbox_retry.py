"""A message that was not sent is retried with backoff; one that may have been sent is looked up first."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.state.outbox import Outbox, OutboxItem, Phase
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


def in_doubt(*, urgent: bool = False, lifetime: timedelta = HOUR) -> tuple[Outbox, OutboxItem]:
    """Return an outbox with a message whose attempt got no answer."""
    item = new_item(urgent=urgent, lifetime=lifetime)
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW)
    outbox.mark_uncertain(item, NOW)
    return outbox, item


def test_what_is_uncertain_is_looked_for_at_once_after_half_a_minute_and_when_a_late_list_shows_it() -> None:
    outbox, item = in_doubt()
    for moment, following in ((NOW, NOW + 30 * SECOND), (NOW + 30 * SECOND, NOW + 120 * SECOND)):
        assert outbox.due_items(moment) == [item]
        assert outbox.record_absence(item, moment) is False
        assert outbox.due_items(following - SECOND) == []
    # One answer alone may be that of an earlier look.
    assert outbox.record_absence(item, NOW + 120 * SECOND) is False
    assert item.due == NOW + 130 * SECOND
    assert outbox.record_absence(item, NOW + 130 * SECOND) is True
    assert (item.phase, item.due) == (Phase.WAITING, NOW + 130 * SECOND)
    assert outbox.expired_items(item.expires_at) == [item]


def test_what_a_late_list_may_not_show_yet_is_not_absent_however_often_somebody_looks() -> None:
    outbox, item = in_doubt()
    for _ in range(9):
        assert outbox.record_absence(item, NOW + 119 * SECOND) is False
    assert item.due == NOW + 149 * SECOND
    assert outbox.record_absence(item, NOW + 149 * SECOND) is False
    assert outbox.record_absence(item, NOW + 159 * SECOND) is True


def test_what_is_looked_for_late_is_looked_for_four_times_all_the_same() -> None:
    outbox, item = in_doubt()
    late = NOW + HOUR
    for pause in (30, 30, 10):
        assert outbox.record_absence(item, late) is False
        late += pause * SECOND
        assert item.due == late
    assert outbox.record_absence(item, late) is True


def test_a_look_that_failed_counts_for_nothing() -> None:
    outbox, item = in_doubt()
    moment = NOW
    # Not slept through: the moment by which a doubt is settled.
    for seconds in (30, 60, 90, 240, 300, 300):
        outbox.postpone_lookup(item, moment)
        assert outbox.due_items(moment + (seconds - 1) * SECOND) == []
        moment += seconds * SECOND
        assert outbox.due_items(moment) == [item]
    assert [outbox.record_absence(item, moment) for _ in range(4)] == [False, False, False, True]


def test_each_uncertain_attempt_is_looked_for_anew() -> None:
    item = new_item()
    outbox = outbox_with(item)
    for _ in range(3):
        outbox.begin_attempt(item, NOW)
        outbox.mark_uncertain(item, NOW)
        late = NOW + 300 * SECOND
        assert [outbox.record_absence(item, late) for _ in range(4)] == [False, False, False, True]


def test_each_uncertain_attempt_begins_to_look_at_short_intervals() -> None:
    item = new_item()
    outbox = outbox_with(item)
    for _ in range(2):
        outbox.begin_attempt(item, NOW)
        outbox.mark_uncertain(item, NOW)
        for seconds in (30, 60):
            outbox.postpone_lookup(item, NOW)
            assert item.due == NOW + seconds * SECOND


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
