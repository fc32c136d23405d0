"""What the gateway did not take may be spent again, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.smsmode.state.budget import BudgetPool, LimitType
from tests.support.budgets import ALICE, BOB, COUNTED, NOON, PARIS, URGENT, BudgetDriver, later


@pytest.mark.parametrize("purse", COUNTED)
def test_what_the_gateway_did_not_take_may_be_spent_again(purse: BudgetPool) -> None:
    wallet = BudgetDriver(daily=6, hourly=4, urgent_daily=6)
    costs = [(ALICE, 2), (ALICE, 2), (BOB, 2)]
    spent = wallet.spend(costs, NOON, purse)
    wallet.refused([(BOB, 1)], NOON, purse)
    wallet.budget.refund(*spent)
    wallet.spend(costs, later(NOON, minutes=1), purse)


def test_what_is_given_back_goes_to_the_purse_it_came_from() -> None:
    wallet = BudgetDriver(daily=2, urgent_daily=2)
    wallet.spend([(ALICE, 2)], NOON)
    urgent = wallet.spend([(ALICE, 2)], NOON, URGENT)
    wallet.budget.refund(*urgent)
    wallet.refused([(ALICE, 1)], NOON)
    wallet.spend([(ALICE, 2)], NOON, URGENT)


def test_only_the_message_given_back_is_given_back() -> None:
    wallet = BudgetDriver(hourly=4)
    wallet.spend([(ALICE, 2)], NOON)
    second = wallet.spend([(ALICE, 2)], later(NOON, minutes=30))
    wallet.budget.refund(*second)
    wallet.spend([(ALICE, 2)], later(NOON, minutes=59))
    # What is left of the first message ends with its own hour, not with that of the second.
    wallet.refused([(ALICE, 1)], later(NOON, minutes=59))
    wallet.spend([(ALICE, 2)], later(NOON, minutes=60))


def test_of_two_messages_taken_on_at_the_same_moment_each_is_given_back_by_itself() -> None:
    wallet = BudgetDriver(daily=5, hourly=5)
    small, large = wallet.spend([(ALICE, 2)], NOON), wallet.spend([(ALICE, 3)], NOON)
    wallet.budget.refund(*large)
    wallet.refused([(ALICE, 4)], NOON)
    wallet.spend([(ALICE, 3)], NOON)
    wallet.budget.refund(*small)
    wallet.spend([(ALICE, 2)], NOON)


def test_what_is_given_back_twice_does_not_make_room_twice() -> None:
    wallet = BudgetDriver(hourly=4)
    first = wallet.spend([(ALICE, 2)], NOON)
    wallet.spend([(ALICE, 2)], later(NOON, minutes=1))
    wallet.budget.refund(*first)
    wallet.budget.refund(*first)
    wallet.spend([(ALICE, 2)], later(NOON, minutes=2))
    wallet.refused([(ALICE, 1)], later(NOON, minutes=2))


def test_what_was_spent_yesterday_is_not_given_back_today() -> None:
    wallet = BudgetDriver(daily=3)
    evening = datetime(2026, 6, 10, 23, 50, tzinfo=PARIS)
    yesterday = wallet.spend([(ALICE, 3)], evening)
    wallet.spend([(ALICE, 3)], later(evening, minutes=20))
    wallet.budget.refund(*yesterday)
    assert wallet.refused([(ALICE, 1)], later(evening, minutes=21)).limit_type is LimitType.DAILY


def test_giving_back_late_gives_back_the_day_but_no_hour_that_is_over() -> None:
    wallet = BudgetDriver(daily=3, hourly=3)
    early = wallet.spend([(ALICE, 2)], NOON)
    wallet.spend([(ALICE, 1)], later(NOON, hours=2))
    wallet.budget.refund(*early)
    assert wallet.spent_today == {BudgetPool.ORDINARY: 1}
    wallet.spend([(ALICE, 2)], later(NOON, hours=2))
    wallet.refused([(ALICE, 1)], later(NOON, hours=3) - timedelta(seconds=1))


def test_a_day_never_has_more_room_than_its_limit() -> None:
    wallet = BudgetDriver(daily=3)
    spent = wallet.spend([(ALICE, 3)], NOON)
    # A clock that was set forward and back again has begun the day anew meanwhile.
    wallet.spend([], later(NOON, hours=24))
    wallet.spend([], NOON)
    wallet.budget.refund(*spent)
    assert wallet.spent_today == {}
    wallet.spend([(ALICE, 3)], NOON)
    wallet.refused([(ALICE, 1)], NOON)


def test_who_is_left_out_of_a_message_has_room_again_and_the_others_have_not() -> None:
    wallet = BudgetDriver(daily=10, hourly=5)
    key, expense = wallet.spend([(ALICE, 5), (BOB, 5)], NOON)
    wallet.budget.refund_target(key, expense, BOB)
    assert wallet.refused([(ALICE, 1)], NOON).limit_type is LimitType.RECIPIENT
    wallet.spend([(BOB, 5)], NOON)
    assert wallet.refused([("+33700000001", 1)], NOON).limit_type is LimitType.DAILY


def test_what_was_left_of_a_message_is_given_back_once() -> None:
    wallet = BudgetDriver(daily=10, hourly=5)
    key, expense = wallet.spend([(ALICE, 5), (BOB, 5)], NOON)
    wallet.budget.refund_target(key, expense, BOB)
    wallet.budget.refund(key, replace(expense, costs=((ALICE, 5),)))
    assert wallet.spent_today == {}
    assert not wallet.budget.recent
    wallet.spend([(ALICE, 5), (BOB, 5)], NOON)


def test_who_is_left_out_the_day_after_has_cost_nothing_on_that_day_either() -> None:
    wallet = BudgetDriver(daily=10)
    key, expense = wallet.spend([(ALICE, 2), (BOB, 2)], NOON)
    tomorrow = later(NOON, days=1)
    wallet.spend([(ALICE, 7)], tomorrow)
    wallet.budget.refund_target(key, expense, BOB)
    assert wallet.spent_today == {BudgetPool.ORDINARY: 7}
    assert wallet.budget.history.spent_on(NOON.date()) == 2
