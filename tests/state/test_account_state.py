"""What an account remembers is the same after a restart."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from custom_components.smsmode.api import BatchRequest, BatchRow, MessageRequest, SendRequest
from custom_components.smsmode.state.account_state import initial_state
from custom_components.smsmode.state.budget import BudgetPool, Expense
from tests.support.account_states import (
    ALICE,
    BOB,
    NOW,
    FakeDatabase,
    assert_same,
    full_state,
    load,
    message,
    reply,
    report,
    restored,
    sms,
)

PARIS = ZoneInfo("Europe/Paris")
URL = "https://house.example/api/webhook/a-secret-webhook-id"


def test_what_is_new_survives_the_disk() -> None:
    memory = initial_state(NOW)
    assert_same(restored(memory), memory)
    assert_same(load([]), initial_state(NOW))


def test_a_memory_that_has_something_of_everything_survives_the_disk() -> None:
    memory = full_state()
    read = restored(memory)
    assert_same(read, memory)
    assert (len(read.outbox), read.message_log.pending, read.message_log.segments_sent) == (2, 3, 5)


def test_whoever_was_written_to_last_is_the_last_to_be_forgotten_after_a_restart_too() -> None:
    memory = initial_state(NOW)
    for number in (ALICE, BOB, ALICE):
        memory.message_log.record_sent(message(number, number), 1)
    assert list(restored(memory).message_log.last_status_of) == [BOB, ALICE]


def test_limits_are_options_and_not_kept() -> None:
    memory = initial_state(NOW)
    budget = memory.budget
    budget.daily_limit, budget.urgent_daily_limit, budget.recipient_limit = 1, 2, 3
    budget.reserve([("K1", Expense(at=NOW, costs=((ALICE, 1),)))], NOW)
    read = restored(memory).budget
    assert (read.daily_limit, read.urgent_daily_limit, read.recipient_limit) == (0, 0, 0)
    assert (read.day, read.spent_today) == (date(2026, 6, 10), {BudgetPool.ORDINARY: 1})


@pytest.mark.parametrize("fold", [0, 1], ids=["summer time", "winter time"])
def test_a_time_of_the_house_is_the_same_moment_and_day_after_a_restart(fold: int) -> None:
    at = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS)
    memory = initial_state(NOW)
    item = sms(expense=Expense(at=at, costs=((ALICE, 1),)))
    item.request = MessageRequest(text="Water!", numbers=(ALICE,), send_at=at)
    memory.outbox.add([item])
    read = restored(memory).outbox.items["K1"]
    for moment in (read.expense.at, read.request.send_at):
        assert moment is not None
        assert moment.astimezone(UTC) == at.astimezone(UTC)
        assert moment.date() == at.date()


def test_what_was_spent_shortly_after_midnight_can_be_given_back_after_a_restart() -> None:
    # In UTC it is still yesterday.
    at = datetime(2026, 6, 11, 0, 30, tzinfo=PARIS)
    memory = initial_state(NOW)
    memory.budget.reserve([("K1", expense := Expense(at=at, costs=((ALICE, 3),)))], at)
    memory.outbox.add([sms(expense=expense)])
    read = restored(memory)
    read.budget.refund("K1", read.outbox.items["K1"].expense)
    assert read.budget.spent_today.total() == 0
    assert not read.budget.recent


def test_callback_addresses_are_secret_and_never_written() -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    requests: list[SendRequest] = [
        MessageRequest(text="Water!", numbers=(ALICE,), report_url=URL, reply_url=URL),
        BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"),), report_url=URL),
    ]
    for key, request in enumerate(requests):
        item = sms(str(key))
        item.request = request
        memory.outbox.add([item])
    disk.take(memory)
    assert not any(b"webhook" in value for value in disk.values.values())
    assert [item.request for item in load(disk.read()).outbox.items.values()] == [
        MessageRequest(text="Water!", numbers=(ALICE,)),
        BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"),)),
    ]


def test_reports_that_came_early_are_not_kept_for_the_poll_brings_them() -> None:
    memory = initial_state(NOW)
    memory.message_log.record_report(report(13), NOW)
    assert memory.message_log.early_reports
    assert restored(memory).message_log.early_reports == {}


def test_news_before_a_restart_is_not_news_after_it() -> None:
    memory = initial_state(NOW)
    memory.message_log.record_sent(message("M1"), 1)
    reports = [report(code) for code in (0, 1, 13)]
    assert all(memory.message_log.record_report(each, NOW) for each in reports[:2])
    assert memory.message_log.record_reply(reply(), NOW)
    read = restored(memory).message_log
    assert not any(read.record_report(each, NOW) for each in reports[:2])
    assert read.record_reply(reply(), NOW) is None
    assert read.record_report(reports[2], NOW)
    assert read.pending == 1


def test_a_group_whose_numbers_were_all_named_awaits_nothing_more_after_a_restart() -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    memory.message_log.record_sent(message("M1", group="Famille"), 1)
    memory.message_log.record_report(report(11), NOW)
    disk.take(memory)
    assert load(disk.read()).message_log.pending == 1
    memory.message_log.mark_complete("M1")
    disk.take(memory)
    read = load(disk.read()).message_log
    assert read.pending == 0
