"""The watchdog as a pure state machine: what it does at each step, and when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads_object

from custom_components.smsmode.api import SentMessage
from custom_components.smsmode.state.serialization import decode, encode_copy
from custom_components.smsmode.state.watchdog import (
    MARGIN,
    MAX_TO_DELETE,
    RETRY_DELAY,
    Action,
    HeldMessage,
    WatchdogState,
    renewal_interval,
    scheduled_send_time,
)
from tests.support.watchdog_states import CHECK, NOW, PERIOD, held

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here."""


def row(message_id: str, sent_at: datetime | None) -> SentMessage:
    return SentMessage(message_id=message_id, sent_at=sent_at, text="", recipient="", cost=None, recipient_count=None)


def armed(message_id: str = "A", now: datetime = NOW) -> WatchdogState:
    """Give a watch whose first message the gateway has."""
    watch = WatchdogState()
    watch.arm()
    watch.begin_renewal(now + PERIOD)
    watch.record_accepted(held(message_id, now + PERIOD), now, CHECK)
    return watch


@pytest.mark.parametrize(
    ("minutes", "check"), [(20, 5), (60, 15), (240, 60), (10_080, 60)], ids=["shortest", "hour", "long", "longest"]
)
def test_it_is_renewed_four_times_in_a_period_and_at_least_hourly(minutes: int, check: int) -> None:
    assert renewal_interval(timedelta(minutes=minutes)) == timedelta(minutes=check)


def test_it_leaves_after_the_period_in_whole_minutes_and_never_sooner() -> None:
    assert scheduled_send_time(NOW, PERIOD) == datetime(2026, 7, 14, 11, 1, tzinfo=UTC)
    assert scheduled_send_time(NOW.replace(second=0), PERIOD) == datetime(2026, 7, 14, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("minutes", range(0, 200, 7))
def test_it_never_leaves_in_the_hour_that_autumn_repeats(minutes: int) -> None:
    now = datetime(2026, 10, 24, 22, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    moment = scheduled_send_time(now, PERIOD)
    local = moment.astimezone(PARIS)
    assert local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    assert moment >= now + PERIOD
    assert moment - (now + PERIOD) <= timedelta(hours=2)


def test_spring_changes_nothing() -> None:
    now = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert scheduled_send_time(now, PERIOD) == now + PERIOD


def test_no_other_leaves_while_one_is_on_its_way() -> None:
    watch = armed()
    watch.begin_renewal(NOW + PERIOD)
    assert watch.next_action(NOW + PERIOD / 2, CHECK) is Action.WAIT


def test_no_other_leaves_while_one_is_to_be_deleted() -> None:
    watch = armed()
    watch.begin_renewal(NOW + PERIOD)
    watch.record_accepted(held("B", NOW + PERIOD), NOW, CHECK)
    watch.record_failed_deletion(NOW)
    watch.arm()
    assert watch.next_action(NOW, CHECK) is Action.WAIT
    assert watch.next_action(NOW + RETRY_DELAY, CHECK) is Action.DELETE


def test_what_silence_has_sent_is_replaced_before_it_is_asked_about() -> None:
    watch = armed()
    later = NOW + 2 * PERIOD
    assert watch.next_action(later, CHECK) is Action.RENEW
    watch.begin_renewal(later + PERIOD)
    watch.record_accepted(held("B", later + PERIOD), later, CHECK)
    assert watch.next_action(later, CHECK) is Action.DELETE
    assert watch.to_delete[0].may_have_been_sent(later)


def test_one_that_is_far_from_its_time_is_deleted_without_asking() -> None:
    assert not held("A", NOW + MARGIN + timedelta(seconds=1)).may_have_been_sent(NOW)
    assert held("A", NOW + MARGIN).may_have_been_sent(NOW)
    assert HeldMessage(message_id="A", send_at=NOW + PERIOD).may_have_been_sent(NOW)


def test_a_message_accepted_after_disarming_is_deleted() -> None:
    watch = armed()
    watch.begin_renewal(NOW + PERIOD)
    watch.disarm()
    watch.record_accepted(held("B", NOW + PERIOD), NOW, CHECK)
    assert [each.message_id for each in watch.to_delete] == ["A", "B"]
    assert watch.armed_message is None
    for each in list(watch.to_delete):
        assert not watch.is_off
        watch.record_deletion(each)
    assert watch.is_off


def test_a_message_that_was_not_pending_is_deleted() -> None:
    watch = armed()
    watch.record_accepted(held("B", NOW + PERIOD), NOW, CHECK)
    assert watch.armed_message == held("A", NOW + PERIOD)
    assert [each.message_id for each in watch.to_delete] == ["B"]


def test_a_renewal_that_fails_after_disarming_is_not_retried() -> None:
    watch = WatchdogState()
    watch.arm()
    watch.begin_renewal(NOW + PERIOD)
    watch.disarm()
    watch.record_failed_renewal(NOW)
    assert watch.is_off
    assert watch.next_action(NOW + PERIOD, CHECK) is Action.WAIT


def weighed(*deletions: tuple[float, float, int]) -> WatchdogState:
    """Give an armed watch after deletions: the balance before, after, and the segments that were sent besides."""
    watch = armed()
    for before, after, segments in deletions:
        watch.record_balance(before, after, segments)
    return watch


@pytest.mark.parametrize(
    "deletions",
    [
        pytest.param([(99, 100, 0)] * 9, id="back at once"),
        pytest.param([(100, 100, 0)] * 9, id="taken only when it leaves"),
        pytest.param([(99, 99, 0)] * 9, id="back a little later"),
        pytest.param([(100 - number, 100 - number, number) for number in range(9)], id="something else was sent"),
        pytest.param([(100 - number, 101 - number, 0) for number in range(9)], id="others send from the account"),
        pytest.param([(100, 100, 0), (99, 99, 0), (98, 98, 0), (97, 97, 0), (96, 97, 0)] * 3, id="once in between"),
    ],
)
def test_credits_that_are_not_lost_stop_nothing(deletions: list[tuple[float, float, int]]) -> None:
    assert weighed(*deletions).armed


def test_four_deletions_in_a_row_that_give_nothing_back_call_it_off_until_it_is_armed_again() -> None:
    lost = [(float(balance), float(balance), 0) for balance in (100, 99, 98, 97, 96)]
    assert weighed(*lost[:4]).armed
    watch = weighed(*lost)
    assert not watch.armed
    watch.arm()
    watch.record_balance(95, 95, 0)
    assert watch.armed


def test_three_false_alarms_in_a_row_call_it_off_and_a_deletion_in_between_does_not() -> None:
    watch = armed()
    for message_id in ("A", "B"):
        watch.record_sent(held(message_id, NOW))
    watch.record_deletion(held("C", NOW))
    for message_id in ("D", "E"):
        watch.record_sent(held(message_id, NOW))
    assert watch.armed
    watch.record_sent(held("F", NOW))
    assert not watch.armed
    assert [each.message_id for each in watch.to_delete] == ["A"]


def test_what_was_left_behind_is_deleted_and_what_is_known_or_over_is_not() -> None:
    watch = armed()
    future = NOW + timedelta(minutes=30)
    watch.record_found([row("A", future), row("X", future), row("Y", NOW - PERIOD), row("Z", None)], NOW)
    assert [each.message_id for each in watch.to_delete] == ["X"]


def test_where_nothing_is_remembered_and_one_is_found_the_watchdog_was_armed() -> None:
    watch = WatchdogState()
    watch.record_found([row("X", NOW + timedelta(minutes=5)), row("Y", NOW + timedelta(minutes=30))], NOW)
    assert watch.armed
    assert watch.armed_message is not None
    assert watch.armed_message.message_id == "Y"
    assert [each.message_id for each in watch.to_delete] == ["X"]


def test_there_is_an_end_to_what_is_left_behind() -> None:
    watch = armed()
    watch.record_found([row(f"X{number}", NOW + PERIOD) for number in range(2 * MAX_TO_DELETE)], NOW)
    assert len(watch.to_delete) == MAX_TO_DELETE
    watch.record_found([row("Y", NOW + PERIOD)], NOW)
    assert len(watch.to_delete) == MAX_TO_DELETE


def test_it_has_a_problem_when_a_renewal_failed_or_is_overdue() -> None:
    watch = armed()
    assert not watch.has_problem(NOW + CHECK, CHECK)
    assert watch.has_problem(NOW + CHECK + 2 * MARGIN, CHECK)
    watch.begin_renewal(NOW + PERIOD)
    watch.record_failed_renewal(NOW)
    assert watch.has_problem(NOW, CHECK)
    assert not watch.is_about_to_send(NOW, PERIOD)
    assert watch.is_about_to_send(NOW + PERIOD / 2, PERIOD)


def test_one_that_is_off_is_troubled_only_by_what_it_cannot_delete() -> None:
    watch = armed()
    watch.disarm()
    assert not watch.has_problem(NOW + PERIOD, CHECK)
    watch.record_failed_deletion(NOW)
    assert watch.has_problem(NOW, CHECK)


def test_after_a_change_of_the_clock_everything_is_done_at_once() -> None:
    watch = armed()
    before = NOW - timedelta(minutes=1)
    assert watch.next_action(before, CHECK) is Action.WAIT
    watch.act_now(before)
    assert watch.renewed_at == before
    assert watch.next_action(before, CHECK) is Action.RENEW


def test_what_a_clock_that_was_ahead_has_set_is_due() -> None:
    watch = armed()
    assert watch.next_action(NOW - timedelta(minutes=1), CHECK) is Action.WAIT
    assert watch.next_action(NOW - timedelta(hours=5), CHECK) is Action.RENEW


def test_a_watchdog_survives_a_restart() -> None:
    watch = armed()
    watch.begin_renewal(NOW + PERIOD)
    watch.to_delete.append(held("Z", NOW))
    assert decode(WatchdogState, json_loads_object(json_bytes(encode_copy(watch)))) == watch
