"""The state of an account is the same after a restart."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.smsmode.api import BatchRequest, BatchRow, MessageRequest, SendRequest
from custom_components.smsmode.state.account_state import AccountState, initial_state
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.deadlines import Deadlines, outbox_deadlines
from custom_components.smsmode.state.outbox import Outbox, OutboxItem
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


def test_an_initial_state_survives_a_restart() -> None:
    state = initial_state(NOW)
    assert_same(restored(state), state)
    assert_same(load([]), initial_state(NOW))


def test_a_state_with_every_kind_of_entry_survives_a_restart() -> None:
    state = full_state()
    read = restored(state)
    assert_same(read, state)
    assert (len(read.outbox), read.message_log.pending, read.message_log.segments_sent) == (2, 3, 5)


def test_the_order_of_the_latest_statuses_survives_a_restart() -> None:
    state = initial_state(NOW)
    for serial, number in enumerate((ALICE, BOB, ALICE)):
        state.message_log.record_sent(message(f"M{serial}", number), 1)
    assert list(restored(state).message_log.last_status_of) == [BOB, ALICE]


def test_limits_are_options_and_not_kept() -> None:
    state = initial_state(NOW)
    budget = state.budget
    budget.daily_limit, budget.urgent_daily_limit, budget.recipient_limit = 1, 2, 3
    budget.reserve([("K1", Expense(at=NOW, costs=((ALICE, 1),)))], NOW)
    read = restored(state).budget
    assert (read.daily_limit, read.urgent_daily_limit, read.recipient_limit) == (0, 0, 0)
    assert (read.day, read.spent_today) == (date(2026, 6, 10), {BudgetPool.ORDINARY: 1})


@pytest.mark.parametrize("fold", [0, 1], ids=["summer time", "winter time"])
def test_a_local_time_is_the_same_moment_and_day_after_a_restart(fold: int) -> None:
    at = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS)
    state = initial_state(NOW)
    item = sms(expense=Expense(at=at, costs=((ALICE, 1),)))
    item.request = MessageRequest(text="Water!", numbers=(ALICE,), send_at=at)
    state.outbox.add([item])
    read = restored(state).outbox.items["K1"]
    for moment in (read.expense.at, read.request.send_at):
        assert moment is not None
        assert moment.astimezone(UTC) == at.astimezone(UTC)
        assert moment.date() == at.date()


def test_what_was_spent_shortly_after_midnight_can_be_given_back_after_a_restart() -> None:
    # In UTC it is still yesterday.
    at = datetime(2026, 6, 11, 0, 30, tzinfo=PARIS)
    state = initial_state(NOW)
    state.budget.reserve([("K1", expense := Expense(at=at, costs=((ALICE, 3),)))], at)
    state.outbox.add([sms(expense=expense)])
    read = restored(state)
    read.budget.refund("K1", read.outbox.items["K1"].expense)
    assert read.budget.spent_today.total() == 0
    assert not read.budget.recent


def test_callback_addresses_are_secret_and_never_written() -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    requests: list[SendRequest] = [
        MessageRequest(text="Water!", numbers=(ALICE,), report_url=URL, reply_url=URL),
        BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"),), report_url=URL),
    ]
    for key, request in enumerate(requests):
        item = sms(str(key))
        item.request = request
        state.outbox.add([item])
    disk.take(state)
    assert not any(b"webhook" in value for value in disk.values.values())
    assert [item.request for item in load(disk.read()).outbox.items.values()] == [
        MessageRequest(text="Water!", numbers=(ALICE,)),
        BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"),)),
    ]


def test_reports_that_came_early_are_not_kept_for_the_poll_brings_them() -> None:
    state = initial_state(NOW)
    state.message_log.record_report(report(13), NOW)
    assert state.message_log.early_reports
    assert restored(state).message_log.early_reports == {}


def test_what_was_known_before_a_restart_is_not_new_after_it() -> None:
    state = initial_state(NOW)
    state.message_log.record_sent(message("M1"), 1)
    reports = [report(code) for code in (0, 1, 13)]
    assert all(state.message_log.record_report(each, NOW) for each in reports[:2])
    assert state.message_log.record_reply(reply(), NOW)
    read = restored(state).message_log
    assert not any(read.record_report(each, NOW) for each in reports[:2])
    assert read.record_reply(reply(), NOW) is None
    assert read.record_report(reports[2], NOW)
    assert read.pending == 1


def test_a_group_whose_numbers_were_all_named_awaits_nothing_more_after_a_restart() -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    state.message_log.record_sent(message("M1", group="Famille"), 1)
    state.message_log.record_report(report(11), NOW)
    disk.take(state)
    assert load(disk.read()).message_log.pending == 1
    state.message_log.mark_complete("M1")
    disk.take(state)
    read = load(disk.read()).message_log
    assert read.pending == 0


LATER = NOW + timedelta(minutes=1)


def set_clock(outbox: Outbox, item: OutboxItem) -> None:
    deadlines = Deadlines(outbox_deadlines(outbox))
    outbox.make_due(item, LATER)
    deadlines.shift(timedelta(hours=1))
    assert item.due == LATER + timedelta(hours=1)


@pytest.mark.parametrize(
    "happen",
    [
        pytest.param(lambda outbox, item: outbox.begin_attempt(item, LATER), id="an attempt begins"),
        pytest.param(lambda outbox, item: outbox.schedule_retry(item, LATER, 1.0), id="it did not leave"),
        pytest.param(lambda outbox, item: outbox.mark_uncertain(item, LATER), id="no answer came"),
        pytest.param(lambda outbox, item: outbox.postpone_lookup(item, LATER), id="nobody could look"),
        pytest.param(lambda outbox, item: outbox.record_absence(item, LATER), id="it is not there"),
        pytest.param(lambda outbox, item: outbox.make_due(item, LATER), id="it is hurried"),
        pytest.param(set_clock, id="the clock is set"),
        pytest.param(lambda outbox, item: outbox.cancel(item), id="it is called off"),
        pytest.param(lambda outbox, item: outbox.remove(item), id="it is settled"),
        pytest.param(lambda outbox, _: outbox.recover(LATER), id="the house fell"),
    ],
)
def test_every_change_of_a_queued_message_survives_a_restart(happen: Callable[[Outbox, OutboxItem], object]) -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    state.outbox.add([item := sms("K1", ALICE, BOB)])
    state.outbox.begin_attempt(item, NOW)
    disk.take(state)
    happen(state.outbox, item)
    disk.take(state)
    assert_same(load(disk.read()), state)


@pytest.mark.parametrize(
    "happen",
    [
        pytest.param(lambda state: state.message_log.record_report(report(13), LATER), id="on its way"),
        pytest.param(lambda state: state.message_log.record_report(report(11, BOB), LATER), id="received"),
        pytest.param(lambda state: state.message_log.mark_complete("M1"), id="all numbers are known"),
        pytest.param(lambda state: state.message_log.remove("M1"), id="forgotten"),
    ],
)
def test_every_change_of_a_sent_message_survives_a_restart(happen: Callable[[AccountState], object]) -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    state.message_log.record_sent(message("M1", group="Famille"), 1)
    disk.take(state)
    happen(state)
    disk.take(state)
    assert_same(load(disk.read()), state)


def test_a_message_with_a_target_removed_survives_a_restart() -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    state.outbox.add([item := sms("K1", ALICE, BOB)])
    disk.take(state)
    assert state.outbox.remove_target(item, BOB)
    disk.take(state)
    assert_same(load(disk.read()), state)
