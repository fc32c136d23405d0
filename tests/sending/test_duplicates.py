from datetime import UTC, datetime, timedelta
from weakref import ref

import pytest

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    MessageRequest,
    SendRequest,
    SingleTextRequest,
    VoiceRequest,
)
from custom_components.smsmode.helpers.targets import group_target
from custom_components.smsmode.sending.duplicates import MAX_SEEN, DuplicateFilter
from custom_components.smsmode.state.budget import Expense
from custom_components.smsmode.state.outbox import OutboxItem

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ALICE, BOB = "+33612345678", "+33698765432"


def sms(text: str = "Water!", *numbers: str, send_at: datetime | None = None) -> MessageRequest:
    return MessageRequest(text=text, numbers=numbers or (ALICE,), send_at=send_at)


def item(request: SendRequest, *targets: str) -> OutboxItem:
    expense = Expense(at=NOW, costs=tuple((target, 1) for target in targets or (ALICE,)))
    return OutboxItem(key="1", request=request, expense=expense, expires_at=NOW, due=NOW)


def guard_that_saw(*items: OutboxItem, at: datetime = NOW) -> DuplicateFilter:
    guard = DuplicateFilter()
    for each in items:
        guard.note(each, at)
    return guard


def test_the_same_text_to_the_same_recipient_repeats_the_first() -> None:
    first = item(sms("Water!", ALICE, BOB), ALICE, BOB)
    guard = guard_that_saw(first)
    for target in (ALICE, BOB):
        assert guard.original(sms("Water!", target), target, NOW) is first


def test_nothing_repeats_what_was_never_seen() -> None:
    assert DuplicateFilter().original(sms(), ALICE, NOW) is None


@pytest.mark.parametrize(
    ("request_", "target"),
    [
        pytest.param(sms("Fire!"), ALICE, id="another text"),
        pytest.param(sms("water!"), ALICE, id="other letters"),
        pytest.param(sms(), BOB, id="another recipient"),
        pytest.param(MessageRequest(text="Water!", group="Famille"), group_target("Famille"), id="a group"),
        pytest.param(VoiceRequest(text="Water!", numbers=(ALICE,)), ALICE, id="a voice message"),
        pytest.param(sms(send_at=NOW + timedelta(days=1)), ALICE, id="for another time"),
    ],
)
def test_another_message_repeats_nothing(request_: SingleTextRequest, target: str) -> None:
    assert guard_that_saw(item(sms())).original(request_, target, NOW) is None


def test_two_messages_to_one_group_are_one() -> None:
    request = MessageRequest(text="Water!", group="Famille")
    first = item(request, group_target("Famille"))
    assert guard_that_saw(first).original(request, group_target("Famille"), NOW) is first


def test_two_messages_for_the_same_time_are_one() -> None:
    at = NOW + timedelta(days=1)
    first = item(sms(send_at=at))
    assert guard_that_saw(first).original(sms(send_at=at), ALICE, NOW) is first


def test_each_line_of_a_file_is_meant() -> None:
    batch = BatchRequest(rows=(BatchRow(number=ALICE, text="Water!"), BatchRow(number=ALICE, text="Water!")))
    assert guard_that_saw(item(batch)).original(sms(), ALICE, NOW) is None


@pytest.mark.parametrize("direction", [1, -1], ids=["time goes by", "the clock is set back"])
def test_after_a_minute_it_is_another_message(direction: int) -> None:
    first = item(sms())
    guard = guard_that_saw(first)
    assert guard.original(sms(), ALICE, NOW + direction * (MINUTE - SECOND)) is first
    assert guard.original(sms(), ALICE, NOW + direction * MINUTE) is None


def test_the_minute_is_that_of_the_last_one_taken_on() -> None:
    first, second, other = item(sms()), item(sms()), item(sms("Fire!"))
    guard = guard_that_saw(first, other)
    guard.note(second, NOW + 40 * SECOND)
    assert guard.original(sms(), ALICE, NOW + 90 * SECOND) is second
    assert guard.original(sms("Fire!"), ALICE, NOW + 90 * SECOND) is None


def test_when_the_minute_of_one_is_over_the_next_is_still_remembered() -> None:
    old, recent = item(sms("Fire!")), item(sms())
    guard = guard_that_saw(old)
    guard.note(recent, NOW + 40 * SECOND)
    guard.note(item(sms("Smoke!")), NOW + MINUTE)
    assert guard.original(sms(), ALICE, NOW + MINUTE) is recent


def test_a_message_of_years_ahead_does_not_hide_that_the_minute_of_others_is_over() -> None:
    guard = guard_that_saw(item(sms()))
    guard.note(item(sms("Fire!")), NOW + timedelta(days=9999))
    assert guard.original(sms(), ALICE, NOW + 2 * MINUTE) is None
    assert guard.original(sms("Fire!"), ALICE, NOW + 2 * MINUTE) is None


def test_a_clock_that_is_set_back_by_seconds_makes_no_minute_longer() -> None:
    guard = guard_that_saw(item(sms("Fire!")))
    guard.note(item(sms()), NOW - 40 * SECOND)
    assert guard.original(sms(), ALICE, NOW + 30 * SECOND) is None


def test_however_many_messages_come_in_a_minute_memory_is_bounded() -> None:
    guard = DuplicateFilter()
    items = [item(sms(str(index))) for index in range(MAX_SEEN + 1)]
    for each in items:
        guard.note(each, NOW)
    assert guard.original(sms("0"), ALICE, NOW) is None
    assert guard.original(sms("1"), ALICE, NOW) is items[1]
    assert guard.original(sms(str(MAX_SEEN)), ALICE, NOW) is items[-1]


def test_texts_whose_minute_is_over_are_not_kept() -> None:
    class Text(str):
        __slots__ = ("__weakref__",)

    guard = DuplicateFilter()
    guard.note(item(sms(text := Text("Water!"))), NOW)
    watched = ref(text)
    del text
    guard.note(item(sms("Fire!")), NOW + MINUTE - SECOND)
    assert watched() is not None
    guard.note(item(sms("Smoke!")), NOW + MINUTE)
    assert watched() is None
