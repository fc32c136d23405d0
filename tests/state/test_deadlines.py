"""Deadlines of an earlier life, whose clock or whose restart had the wrong time."""

from datetime import timedelta

from custom_components.smsmode.state.account_state import initial_state
from custom_components.smsmode.state.deadlines import Deadlines, bound_deadlines, outbox_deadlines
from custom_components.smsmode.state.links import SHOWN_FOR, Picture
from custom_components.smsmode.state.outbox import Outbox, OutboxItem
from tests.support.outboxes import NOW, new_item

AHEAD, LIFETIME = timedelta(hours=3), timedelta(minutes=20)


def _outbox() -> tuple[Outbox, OutboxItem]:
    """Return an outbox with an item that was enqueued by a clock three hours ahead."""
    outbox, item = Outbox(), new_item("1", NOW + AHEAD, LIFETIME)
    outbox.add([item])
    return outbox, item


def test_what_an_earlier_life_enqueued_later_than_now_lives_as_long_as_it_had_then() -> None:
    outbox, item = _outbox()
    deadlines = Deadlines(outbox_deadlines(outbox))
    deadlines.correct_outbox(outbox, NOW)
    assert (item.expense.at, item.expires_at) == (NOW, NOW + LIFETIME)
    deadlines.correct_outbox(outbox, NOW + timedelta(minutes=1))
    assert item.expires_at == NOW + LIFETIME


def test_where_this_clock_was_behind_what_was_read_comes_back_when_it_is_set() -> None:
    outbox, item = _outbox()
    deadlines = Deadlines(outbox_deadlines(outbox))
    deadlines.correct_outbox(outbox, NOW)
    deadlines.shift(AHEAD)
    deadlines.correct_outbox(outbox, NOW + AHEAD)
    assert (item.expense.at, item.expires_at) == (NOW + AHEAD, NOW + AHEAD + LIFETIME)
    deadlines.shift(AHEAD)
    assert item.expires_at == NOW + AHEAD + LIFETIME


def test_what_has_left_the_outbox_meanwhile_is_not_missed() -> None:
    outbox, item = _outbox()
    deadlines = Deadlines(outbox_deadlines(outbox))
    deadlines.correct_outbox(outbox, NOW)
    outbox.remove(item)
    deadlines.correct_outbox(outbox, NOW + AHEAD)
    assert not outbox.items


def test_an_attempt_is_never_later_than_now_and_a_deadline_of_this_life_stays() -> None:
    outbox, item = _outbox()
    deadlines = Deadlines(outbox_deadlines(outbox))
    outbox.begin_attempt(item, NOW + AHEAD)
    outbox.mark_uncertain(item, NOW + AHEAD)
    item.expires_at += timedelta(seconds=1)
    deadlines.correct_outbox(outbox, NOW)
    assert (item.attempted_at, item.doubted_at) == (NOW, NOW)
    assert item.expires_at == NOW + AHEAD + LIFETIME + timedelta(seconds=1)


def test_no_picture_is_shown_for_longer_than_it_can_have_been_told_to() -> None:
    state = initial_state(NOW)
    state.pictures["ahead"] = Picture(taken_at=NOW, media_type="image/png", expires_at=NOW + SHOWN_FOR + AHEAD)
    state.pictures["of an alert"] = Picture(taken_at=NOW, media_type="image/png")
    bound_deadlines(state, NOW)
    assert [picture.expires_at for picture in state.pictures.values()] == [NOW + SHOWN_FOR, None]
