"""Spending stays within the limits, and urgent messages have a pool of their own."""

import pytest

from custom_components.smsmode.state.budget import Budget, BudgetPool, Expense, LimitExceededError, LimitType
from tests.support.budgets import ALICE, BOB, COUNTED, NOON, URGENT, BudgetDriver


def test_what_is_only_held_counts_nowhere_and_no_cap_stops_it() -> None:
    driver = BudgetDriver(daily=1, hourly=1, urgent_daily=1)
    for _ in range(3):
        key, expense = driver.spend([("A", 5)], NOON, BudgetPool.PROVISIONAL)
        driver.budget.refund(key, expense)
    driver.spend([("A", 1)], NOON)
    driver.spend([("A", 5)], NOON, BudgetPool.PROVISIONAL)
    assert driver.spent_today == {BudgetPool.ORDINARY: 1}
    assert driver.budget.history.spent_on(NOON.date()) == 1


def test_what_is_spent_already_counts_whatever_the_caps_say() -> None:
    driver = BudgetDriver(urgent_daily=1)
    expense = Expense(at=NOON, costs=(("A", 5),), pool=BudgetPool.URGENT)
    driver.budget.record("key", expense, NOON)
    assert driver.spent_today == {BudgetPool.URGENT: 5}
    assert driver.refused([("A", 1)], NOON, BudgetPool.URGENT).limit_type is LimitType.URGENT_DAILY


def test_the_account_spends_its_daily_limit_and_not_one_segment_more() -> None:
    driver = BudgetDriver(daily=10)
    driver.spend([(ALICE, 4), (BOB, 4)], NOON)
    error = driver.refused([(ALICE, 3)], NOON)
    assert (error.limit_type, error.limit) == (LimitType.DAILY, 10)
    driver.spend([(ALICE, 2)], NOON)
    assert driver.spent_today == {BudgetPool.ORDINARY: 10}


def test_a_recipient_gets_its_hourly_limit_and_not_one_segment_more() -> None:
    driver = BudgetDriver(hourly=5)
    driver.spend([(ALICE, 3)], NOON)
    error = driver.refused([(BOB, 1), (ALICE, 3)], NOON)
    assert (error.limit_type, error.limit) == (LimitType.RECIPIENT, 5)
    driver.spend([(BOB, 5)], NOON)
    driver.spend([(ALICE, 2)], NOON)


def test_urgent_messages_have_a_budget_pool_of_their_own() -> None:
    driver = BudgetDriver(daily=3, urgent_daily=2)
    driver.spend([(ALICE, 3)], NOON)
    driver.refused([(ALICE, 1)], NOON)
    driver.spend([(ALICE, 2)], NOON, URGENT)
    error = driver.refused([(BOB, 1)], NOON, URGENT)
    assert (error.limit_type, error.limit) == (LimitType.URGENT_DAILY, 2)
    assert driver.spent_today == {BudgetPool.ORDINARY: 3, URGENT: 2}


def test_urgent_messages_leave_to_the_others_what_is_theirs() -> None:
    driver = BudgetDriver(daily=3, hourly=3, urgent_daily=3)
    driver.spend([(ALICE, 3)], NOON, URGENT)
    driver.refused([(ALICE, 1)], NOON, URGENT)
    driver.spend([(ALICE, 3)], NOON)


def test_a_recipient_over_the_limit_still_gets_urgent_messages() -> None:
    driver = BudgetDriver(hourly=2)
    driver.spend([(ALICE, 2)], NOON)
    assert driver.refused([(ALICE, 1)], NOON).limit_type is LimitType.RECIPIENT
    driver.spend([(ALICE, 2)], NOON, URGENT)
    assert driver.refused([(ALICE, 1)], NOON, URGENT).limit_type is LimitType.RECIPIENT


def test_messages_of_one_order_are_within_the_budget_together_or_not_at_all() -> None:
    budget = Budget(daily_limit=3, urgent_daily_limit=1, recipient_limit=2)
    orders = {
        LimitType.DAILY: [((ALICE, 2), BudgetPool.ORDINARY), ((BOB, 2), BudgetPool.ORDINARY)],
        LimitType.RECIPIENT: [((ALICE, 1), BudgetPool.ORDINARY), ((ALICE, 2), BudgetPool.ORDINARY)],
        LimitType.URGENT_DAILY: [((ALICE, 1), BudgetPool.ORDINARY), ((BOB, 2), URGENT)],
    }
    for cap, order in orders.items():
        expenses = [(str(key), Expense(at=NOON, costs=(cost,), pool=pool)) for key, (cost, pool) in enumerate(order)]
        with pytest.raises(LimitExceededError) as error:
            budget.reserve(expenses, NOON)
        assert error.value.limit_type is cap
    assert (budget.spent_today.total(), len(budget.recent)) == (0, 0)
    both = [("1", Expense(at=NOON, costs=((ALICE, 2),))), ("2", Expense(at=NOON, costs=((BOB, 1),), pool=URGENT))]
    budget.reserve(both, NOON)
    assert budget.spent_today == {BudgetPool.ORDINARY: 2, URGENT: 1}


def test_a_message_that_is_refused_takes_nothing_from_anybody() -> None:
    driver = BudgetDriver(daily=10, hourly=5)
    driver.refused([(BOB, 5), (ALICE, 6)], NOON)
    driver.refused([(BOB, 5), (ALICE, 5), ("+33700000001", 1)], NOON)
    assert (driver.spent_today, len(driver.budget.recent)) == ({}, 0)
    driver.spend([(BOB, 5), (ALICE, 5)], NOON)


def test_a_target_named_twice_in_one_batch_counts_twice() -> None:
    driver = BudgetDriver(hourly=5)
    assert driver.refused([(ALICE, 3), (ALICE, 3)], NOON).limit_type is LimitType.RECIPIENT
    driver.spend([(ALICE, 2), (ALICE, 3)], NOON)
    assert driver.refused([(ALICE, 1)], NOON).limit_type is LimitType.RECIPIENT


@pytest.mark.parametrize("pool", COUNTED)
def test_a_limit_of_nought_is_none(pool: BudgetPool) -> None:
    driver = BudgetDriver()
    driver.spend([(ALICE, 1_000_000)], NOON, pool)
    driver.spend([(ALICE, 1_000_000)], NOON, pool)
    assert driver.spent_today == {pool: 2_000_000}


def test_nothing_is_within_every_budget() -> None:
    driver = BudgetDriver(daily=1, hourly=1)
    driver.spend([(ALICE, 1)], NOON)
    driver.spend([], NOON)
    driver.budget.reserve([], NOON)


def test_what_assistants_send_counts_for_the_day_and_against_a_limit_of_its_own() -> None:
    budget = Budget(daily_limit=4, assistant_limit=2)
    written = [(key, Expense(at=NOON, costs=((ALICE, 1),), by_assistant=True)) for key in ("one", "two", "three")]
    budget.reserve(written[:2], NOON)
    with pytest.raises(LimitExceededError) as error:
        budget.reserve(written[2:], NOON)
    assert (error.value.limit_type, error.value.limit) == (LimitType.ASSISTANT, 2)
    budget.refund(*written[0])
    budget.reserve(written[2:], NOON)
    assert budget.spent_today == {BudgetPool.ORDINARY: 2, BudgetPool.ASSISTANT: 2}
    budget.reserve([("four", Expense(at=NOON, costs=((BOB, 2),)))], NOON)
    with pytest.raises(LimitExceededError) as error:
        budget.reserve([("five", Expense(at=NOON, costs=((BOB, 1),)))], NOON)
    assert error.value.limit_type is LimitType.DAILY
