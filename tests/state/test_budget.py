"""What is spent stays within the caps, and what is urgent has a purse of its own."""

import pytest

from custom_components.smsmode.state.budget import Budget, BudgetPool, Expense, LimitExceededError, LimitType
from tests.support.budgets import ALICE, BOB, COUNTED, NOON, URGENT, BudgetDriver


def test_what_is_only_held_counts_nowhere_and_no_cap_stops_it() -> None:
    wallet = BudgetDriver(daily=1, hourly=1, urgent_daily=1)
    for _ in range(3):
        key, expense = wallet.spend([("A", 5)], NOON, BudgetPool.PROVISIONAL)
        wallet.budget.refund(key, expense)
    wallet.spend([("A", 1)], NOON)
    wallet.spend([("A", 5)], NOON, BudgetPool.PROVISIONAL)
    assert wallet.spent_today == {BudgetPool.ORDINARY: 1}
    assert wallet.budget.history.spent_on(NOON.date()) == 1


def test_what_is_spent_already_counts_whatever_the_caps_say() -> None:
    wallet = BudgetDriver(urgent_daily=1)
    expense = Expense(at=NOON, costs=(("A", 5),), pool=BudgetPool.URGENT)
    wallet.budget.record("key", expense, NOON)
    assert wallet.spent_today == {BudgetPool.URGENT: 5}
    assert wallet.refused([("A", 1)], NOON, BudgetPool.URGENT).limit_type is LimitType.URGENT_DAILY


def test_the_account_spends_its_daily_limit_and_not_one_segment_more() -> None:
    wallet = BudgetDriver(daily=10)
    wallet.spend([(ALICE, 4), (BOB, 4)], NOON)
    error = wallet.refused([(ALICE, 3)], NOON)
    assert (error.limit_type, error.limit) == (LimitType.DAILY, 10)
    wallet.spend([(ALICE, 2)], NOON)
    assert wallet.spent_today == {BudgetPool.ORDINARY: 10}


def test_a_recipient_gets_its_hourly_limit_and_not_one_segment_more() -> None:
    wallet = BudgetDriver(hourly=5)
    wallet.spend([(ALICE, 3)], NOON)
    error = wallet.refused([(BOB, 1), (ALICE, 3)], NOON)
    assert (error.limit_type, error.limit) == (LimitType.RECIPIENT, 5)
    wallet.spend([(BOB, 5)], NOON)
    wallet.spend([(ALICE, 2)], NOON)


def test_what_is_urgent_is_paid_from_a_purse_of_its_own() -> None:
    wallet = BudgetDriver(daily=3, urgent_daily=2)
    wallet.spend([(ALICE, 3)], NOON)
    wallet.refused([(ALICE, 1)], NOON)
    wallet.spend([(ALICE, 2)], NOON, URGENT)
    error = wallet.refused([(BOB, 1)], NOON, URGENT)
    assert (error.limit_type, error.limit) == (LimitType.URGENT_DAILY, 2)
    assert wallet.spent_today == {BudgetPool.ORDINARY: 3, URGENT: 2}


def test_urgent_messages_leave_to_the_others_what_is_theirs() -> None:
    wallet = BudgetDriver(daily=3, hourly=3, urgent_daily=3)
    wallet.spend([(ALICE, 3)], NOON, URGENT)
    wallet.refused([(ALICE, 1)], NOON, URGENT)
    wallet.spend([(ALICE, 3)], NOON)


def test_somebody_to_whom_too_much_was_sent_still_gets_what_is_urgent() -> None:
    wallet = BudgetDriver(hourly=2)
    wallet.spend([(ALICE, 2)], NOON)
    assert wallet.refused([(ALICE, 1)], NOON).limit_type is LimitType.RECIPIENT
    wallet.spend([(ALICE, 2)], NOON, URGENT)
    assert wallet.refused([(ALICE, 1)], NOON, URGENT).limit_type is LimitType.RECIPIENT


def test_messages_of_one_order_are_within_the_budget_together_or_not_at_all() -> None:
    budget = Budget(daily_limit=3, urgent_daily_limit=1, recipient_limit=2)
    orders = {
        LimitType.DAILY: [((ALICE, 2), BudgetPool.ORDINARY), ((BOB, 2), BudgetPool.ORDINARY)],
        LimitType.RECIPIENT: [((ALICE, 1), BudgetPool.ORDINARY), ((ALICE, 2), BudgetPool.ORDINARY)],
        LimitType.URGENT_DAILY: [((ALICE, 1), BudgetPool.ORDINARY), ((BOB, 2), URGENT)],
    }
    for cap, order in orders.items():
        expenses = [(str(key), Expense(at=NOON, costs=(cost,), pool=purse)) for key, (cost, purse) in enumerate(order)]
        with pytest.raises(LimitExceededError) as error:
            budget.reserve(expenses, NOON)
        assert error.value.limit_type is cap
    assert (budget.spent_today.total(), len(budget.recent)) == (0, 0)
    both = [("1", Expense(at=NOON, costs=((ALICE, 2),))), ("2", Expense(at=NOON, costs=((BOB, 1),), pool=URGENT))]
    budget.reserve(both, NOON)
    assert budget.spent_today == {BudgetPool.ORDINARY: 2, URGENT: 1}


def test_a_message_that_is_refused_takes_nothing_from_anybody() -> None:
    wallet = BudgetDriver(daily=10, hourly=5)
    wallet.refused([(BOB, 5), (ALICE, 6)], NOON)
    wallet.refused([(BOB, 5), (ALICE, 5), ("+33700000001", 1)], NOON)
    assert (wallet.spent_today, len(wallet.budget.recent)) == ({}, 0)
    wallet.spend([(BOB, 5), (ALICE, 5)], NOON)


def test_a_target_named_twice_in_one_batch_counts_twice() -> None:
    wallet = BudgetDriver(hourly=5)
    assert wallet.refused([(ALICE, 3), (ALICE, 3)], NOON).limit_type is LimitType.RECIPIENT
    wallet.spend([(ALICE, 2), (ALICE, 3)], NOON)
    assert wallet.refused([(ALICE, 1)], NOON).limit_type is LimitType.RECIPIENT


@pytest.mark.parametrize("purse", COUNTED)
def test_a_limit_of_nought_is_none(purse: BudgetPool) -> None:
    wallet = BudgetDriver()
    wallet.spend([(ALICE, 1_000_000)], NOON, purse)
    wallet.spend([(ALICE, 1_000_000)], NOON, purse)
    assert wallet.spent_today == {purse: 2_000_000}


def test_nothing_is_within_every_budget() -> None:
    wallet = BudgetDriver(daily=1, hourly=1)
    wallet.spend([(ALICE, 1)], NOON)
    wallet.spend([], NOON)
    wallet.budget.reserve([], NOON)
