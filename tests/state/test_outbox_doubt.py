"""A doubt has an end, an urgent message may be repeated, and an answer of the gateway hurries what waits."""

from datetime import timedelta

import pytest

from custom_components.smsmode.api import MessageRequest
from custom_components.smsmode.state.outbox import MAX_ITEMS, MAX_URGENT, STALE_AFTER, Outbox, OutboxItem, Phase
from tests.support.outboxes import ALICE, HOUR, NOW, SECOND, new_item, outbox_with


def in_doubt(*, urgent: bool = False, lifetime: timedelta = HOUR) -> tuple[Outbox, OutboxItem]:
    """Return an outbox with a message whose attempt got no answer."""
    item = new_item(urgent=urgent, lifetime=lifetime)
    outbox = outbox_with(item)
    outbox.begin_attempt(item, NOW)
    outbox.mark_uncertain(item, NOW)
    return outbox, item


def test_a_doubt_ends_when_the_message_would_expire() -> None:
    outbox, item = in_doubt()
    assert outbox.unknown_items(item.expires_at - SECOND) == []
    assert outbox.unknown_items(item.expires_at) == [item]
    assert outbox.expired_items(item.expires_at) == []
    outbox.postpone_lookup(item, item.expires_at - 100 * SECOND)
    assert item.due == item.expires_at - 70 * SECOND
    outbox.postpone_lookup(item, item.expires_at - 20 * SECOND)
    assert outbox.next_due() == item.due == item.expires_at
    outbox.postpone_lookup(item, item.expires_at)
    assert outbox.next_due() == item.expires_at < item.due


def test_a_doubt_does_not_end_before_there_was_time_to_settle_it() -> None:
    outbox, item = in_doubt(lifetime=10 * SECOND)
    assert outbox.unknown_items(NOW + 179 * SECOND) == []
    assert outbox.unknown_items(NOW + 180 * SECOND) == [item]
    for _ in range(4):
        outbox.record_absence(item, NOW + 179 * SECOND)
    assert outbox.unknown_items(NOW + HOUR) == []
    assert outbox.expired_items(NOW + 179 * SECOND) == [item]


def test_a_doubt_of_an_older_version_is_as_old_as_its_message() -> None:
    _, item = in_doubt()
    item.doubted_at = None
    assert (item.in_doubt_since, item.settled_by) == (NOW, NOW + 180 * SECOND)


def test_an_urgent_message_is_repeated_once_when_its_doubt_is_not_settled_in_time() -> None:
    outbox, item = in_doubt(urgent=True)
    assert outbox.repeat(item, NOW + 179 * SECOND) is False
    assert outbox.repeat(item, NOW + 180 * SECOND) is True
    assert (item.phase, outbox.due_items(NOW + 180 * SECOND)) == (Phase.WAITING, [item])
    outbox.begin_attempt(item, NOW + 180 * SECOND)
    outbox.mark_uncertain(item, NOW + 180 * SECOND)
    assert outbox.repeat(item, NOW + 600 * SECOND) is False


def test_what_is_not_urgent_or_not_to_be_retried_or_has_expired_is_not_repeated() -> None:
    outbox, ordinary = in_doubt()
    assert outbox.repeat(ordinary, NOW + 600 * SECOND) is False
    outbox, cancelled = in_doubt(urgent=True)
    outbox.cancel(cancelled)
    assert outbox.repeat(cancelled, NOW + 600 * SECOND) is False
    outbox, old = in_doubt(urgent=True, lifetime=300 * SECOND)
    assert outbox.repeat(old, NOW + 300 * SECOND) is False
    assert outbox.repeat(old, NOW + 299 * SECOND) is True


def test_it_is_known_since_when_a_message_of_a_reference_is_in_doubt() -> None:
    request = MessageRequest(text="Water!", numbers=(ALICE,), reference="alarm")
    first, second, waiting = (new_item(key, request=request) for key in "123")
    outbox = outbox_with(first, second, waiting, new_item("4"))
    assert outbox.in_doubt_since("alarm") is None
    for item in (second, first):
        outbox.begin_attempt(item, NOW)
        outbox.mark_uncertain(item, NOW + int(item.key) * SECOND)
    assert outbox.in_doubt_since("alarm") == NOW + SECOND


def test_an_answer_hurries_what_waits_for_a_connection_and_nothing_else() -> None:
    unreachable, busy, unread = items = [new_item(key) for key in "123"]
    outbox = outbox_with(*items)
    for item in items:
        outbox.begin_attempt(item, NOW)
    unreachable.reason, busy.reason = "cannot_connect", "gateway_busy"
    outbox.schedule_retry(unreachable, NOW, 1.0)
    outbox.schedule_retry(busy, NOW, 1.0)
    outbox.mark_uncertain(unread, NOW)
    outbox.postpone_lookup(unread, NOW, "cannot_connect")
    assert outbox.hurry(NOW + SECOND, "cannot_connect") is True
    assert outbox.due_items(NOW + SECOND) == [unreachable, unread]
    assert outbox.hurry(NOW + SECOND, "cannot_connect") is False


def test_an_accepted_message_hurries_all_that_wait_but_no_lookup() -> None:
    busy, unread, gone = items = [new_item(key) for key in "123"]
    outbox = outbox_with(*items)
    for item in items:
        outbox.begin_attempt(item, NOW)
    outbox.schedule_retry(busy, NOW, 1.0)
    outbox.schedule_retry(gone, NOW, 1.0)
    outbox.mark_uncertain(unread, NOW)
    outbox.postpone_lookup(unread, NOW, "gateway_busy")
    outbox.remove(gone)
    assert outbox.hurry(NOW + SECOND) is True
    assert outbox.due_items(NOW + SECOND) == [busy]


def test_what_is_due_anyhow_does_not_lose_its_turn() -> None:
    first, second = new_item("1"), new_item("2")
    outbox = outbox_with(first, second)
    for item in (second, first):
        outbox.begin_attempt(item, NOW)
        outbox.schedule_retry(item, NOW, int(item.key) * 1.0)
    assert outbox.hurry(NOW + 7 * SECOND) is True
    assert outbox.due_items(NOW + 7 * SECOND) == [first, second]
    assert (first.due, second.due) == (NOW + 5 * SECOND, NOW + 7 * SECOND)


def test_what_waits_at_a_start_is_hurried_as_well() -> None:
    waiting = new_item()
    outbox = outbox_with()
    outbox.items.load(waiting.key, waiting)
    waiting.due = NOW + HOUR
    outbox.recover(NOW)
    assert outbox.hurry(NOW) is True
    assert outbox.due_items(NOW) == [waiting]


def test_after_a_restart_what_was_attempted_long_ago_is_looked_for_before_it_is_sent_again() -> None:
    never, lately, long_ago, sending = (new_item(key, NOW - 2 * HOUR, 9 * HOUR) for key in "1234")
    lately.attempted_at, long_ago.attempted_at = NOW - STALE_AFTER, NOW - STALE_AFTER - SECOND
    sending.phase = Phase.SENDING
    outbox = outbox_with(never, lately, long_ago, sending)
    outbox.doubt_stale_items(NOW)
    phases = [item.phase for item in (never, lately, long_ago, sending)]
    assert phases == [Phase.UNCERTAIN, Phase.WAITING, Phase.UNCERTAIN, Phase.SENDING]


def test_what_is_written_as_waiting_or_is_being_written_so_may_wait_on_the_disk() -> None:
    first, second = new_item("1"), new_item("2")
    outbox = outbox_with(first, second)
    assert not outbox.may_wait_on_disk(first)
    outbox.begin_write(["1"])
    assert (outbox.may_wait_on_disk(first), outbox.may_wait_on_disk(second)) == (True, False)
    outbox.end_write(["1"], is_written=True)
    assert (outbox.may_wait_on_disk(first), outbox.may_wait_on_disk(second)) == (True, False)


@pytest.mark.parametrize(("urgent", "room"), [(False, MAX_ITEMS), (True, MAX_ITEMS + MAX_URGENT)])
def test_an_outbox_is_full_when_there_is_no_room_for_one_more(*, urgent: bool, room: int) -> None:
    outbox = outbox_with(*(new_item(str(number), urgent=urgent) for number in range(room - 1)))
    assert not outbox.is_full(urgent=urgent)
    outbox.items["last"] = new_item("last")
    assert outbox.is_full(urgent=urgent)
