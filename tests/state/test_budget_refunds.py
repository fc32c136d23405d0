"""What the gateway did not accept may be spent again, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.smsmode.state.budget import BudgetPool, LimitType
from tests.support.budgets import ALICE, BOB, COUNTED, NOON, PARIS, URGENT, BudgetDriver, later


@pytest.mark.parametrize("pool", COUNTED)
def test_what_the_gateway_did_not_take_may_be_spent_again(pool: BudgetPool) -> None:
    driver = BudgetDriver(daily=6, hourly=4, urgent_daily=6)
    costs = [(ALICE, 2), (ALICE, 2), (BOB, 2)]
    spent = driver.spend(costs, NOON, pool)
    driver.refused([(BOB, 1)], NOON, pool)
    driver.budget.refund(*spent)
    driver.spend(costs, later(NOON, minutes=1), pool)


def test_a_refund_goes_to_the_pool_it_came_from() -> None:
    driver = BudgetDriver(daily=2, urgent_daily=2)
    driver.spend([(ALICE, 2)], NOON)
    urgent = driver.spend([(ALICE, 2)], NOON, URGENT)
    driver.budget.refund(*urgent)
    driver.refused([(ALICE, 1)], NOON)
    driver.spend([(ALICE, 2)], NOON, URGENT)


def test_only_the_message_given_back_is_given_back() -> None:
    driver = BudgetDriver(hourly=4)
    driver.spend([(ALICE, 2)], NOON)
    second = driver.spend([(ALICE, 2)], later(NOON, minutes=30))
    driver.budget.refund(*second)
    driver.spend([(ALICE, 2)], later(NOON, minutes=59))
    # What is left of the first message ends with its own hour, not with that of the second.
    driver.refused([(ALICE, 1)], later(NOON, minutes=59))
    driver.spend([(ALICE, 2)], later(NOON, minutes=60))


def test_of_two_messages_enqueued_at_the_same_moment_each_is_refunded_by_itself() -> None:
    driver = BudgetDriver(daily=5, hourly=5)
    small, large = driver.spend([(ALICE, 2)], NOON), driver.spend([(ALICE, 3)], NOON)
    driver.budget.refund(*large)
    driver.refused([(ALICE, 4)], NOON)
    driver.spend([(ALICE, 3)], NOON)
    driver.budget.refund(*small)
    driver.spend([(ALICE, 2)], NOON)


def test_what_is_given_back_twice_does_not_make_room_twice() -> None:
    driver = BudgetDriver(hourly=4)
    first = driver.spend([(ALICE, 2)], NOON)
    driver.spend([(ALICE, 2)], later(NOON, minutes=1))
    driver.budget.refund(*first)
    driver.budget.refund(*first)
    driver.spend([(ALICE, 2)], later(NOON, minutes=2))
    driver.refused([(ALICE, 1)], later(NOON, minutes=2))


def test_what_was_spent_yesterday_is_not_given_back_today() -> None:
    driver = BudgetDriver(daily=3)
    evening = datetime(2026, 6, 10, 23, 50, tzinfo=PARIS)
    yesterday = driver.spend([(ALICE, 3)], evening)
    driver.spend([(ALICE, 3)], later(evening, minutes=20))
    driver.budget.refund(*yesterday)
    assert driver.refused([(ALICE, 1)], later(evening, minutes=21)).limit_type is LimitType.DAILY


def test_giving_back_late_gives_back_the_day_but_no_hour_that_is_over() -> None:
    driver = BudgetDriver(daily=3, hourly=3)
    early = driver.spend([(ALICE, 2)], NOON)
    driver.spend([(ALICE, 1)], later(NOON, hours=2))
    driver.budget.refund(*early)
    assert driver.spent_today == {BudgetPool.ORDINARY: 1}
    driver.spend([(ALICE, 2)], later(NOON, hours=2))
    driver.refused([(ALICE, 1)], later(NOON, hours=3) - timedelta(seconds=1))


def test_a_day_never_has_more_room_than_its_limit() -> None:
    driver = BudgetDriver(daily=3)
    spent = driver.spend([(ALICE, 3)], NOON)
    # A clock that was set forward and back again has begun the day anew meanwhile.
    driver.spend([], later(NOON, hours=24))
    driver.spend([], NOON)
    driver.budget.refund(*spent)
    assert driver.spent_today == {}
    driver.spend([(ALICE, 3)], NOON)
    driver.refused([(ALICE, 1)], NOON)


def test_who_is_left_out_of_a_message_has_room_again_and_the_others_have_not() -> None:
    driver = BudgetDriver(daily=10, hourly=5)
    key, expense = driver.spend([(ALICE, 5), (BOB, 5)], NOON)
    driver.budget.refund_target(key, expense, BOB)
    assert driver.refused([(ALICE, 1)], NOON).limit_type is LimitType.RECIPIENT
    driver.spend([(BOB, 5)], NOON)
    assert driver.refused([("+33700000001", 1)], NOON).limit_type is LimitType.DAILY


def test_what_was_left_of_a_message_is_given_back_once() -> None:
    driver = BudgetDriver(daily=10, hourly=5)
    key, expense = driver.spend([(ALICE, 5), (BOB, 5)], NOON)
    driver.budget.refund_target(key, expense, BOB)
    driver.budget.refund(key, replace(expense, costs=((ALICE, 5),)))
    assert driver.spent_today == {}
    assert not driver.budget.recent
    driver.spend([(ALICE, 5), (BOB, 5)], NOON)


def test_who_is_left_out_the_day_after_has_cost_nothing_on_that_day_either() -> None:
    driver = BudgetDriver(daily=10)
    key, expense = driver.spend([(ALICE, 2), (BOB, 2)], NOON)
    tomorrow = later(NOON, days=1)
    driver.spend([(ALICE, 7)], tomorrow)
    driver.budget.refund_target(key, expense, BOB)
    assert driver.spent_today == {BudgetPool.ORDINARY: 7}
    assert driver.budget.history.spent_on(NOON.date()) == 2
