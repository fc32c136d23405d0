"""Hours roll, days begin at local midnight, and a restart keeps whatever still counts."""

from dataclasses import replace
from datetime import datetime

import pytest

from custom_components.smsmode.state.budget import BudgetPool, Expense, LimitType
from tests.support.budgets import ALICE, BOB, NOON, PARIS, URGENT, BudgetDriver, later


def test_the_hour_of_a_recipient_is_a_rolling_one() -> None:
    driver = BudgetDriver(hourly=2)
    driver.spend([(ALICE, 1)], NOON)
    driver.spend([(ALICE, 1)], later(NOON, minutes=30))
    driver.refused([(ALICE, 1)], later(NOON, minutes=59, seconds=59))
    driver.spend([(ALICE, 1)], later(NOON, minutes=60))
    driver.refused([(ALICE, 1)], later(NOON, minutes=60))
    driver.spend([(ALICE, 1)], later(NOON, minutes=90))


def test_what_was_spent_already_counts_for_an_hour_too() -> None:
    driver = BudgetDriver(hourly=2)
    for key in ("one", "other"):
        driver.budget.record(key, Expense(at=NOON, costs=((ALICE, 1),)), NOON)
    driver.refused([(ALICE, 1)], later(NOON, minutes=59))
    driver.spend([(ALICE, 2)], later(NOON, minutes=60))


@pytest.mark.parametrize(
    "evening",
    [
        pytest.param(datetime(2026, 6, 10, 23, 59, 59, tzinfo=PARIS), id="an ordinary day"),
        pytest.param(datetime(2026, 3, 29, 23, 59, 59, tzinfo=PARIS), id="the day of 23 hours"),
        pytest.param(datetime(2026, 10, 25, 23, 59, 59, tzinfo=PARIS), id="the day of 25 hours"),
        pytest.param(datetime(2026, 12, 31, 23, 59, 59, tzinfo=PARIS), id="the last of the year"),
    ],
)
@pytest.mark.parametrize(
    ("pool", "cap"), [(BudgetPool.ORDINARY, LimitType.DAILY), (BudgetPool.URGENT, LimitType.URGENT_DAILY)]
)
def test_the_day_begins_at_local_midnight(evening: datetime, pool: BudgetPool, cap: LimitType) -> None:
    driver = BudgetDriver(daily=1, urgent_daily=1)
    driver.spend([(ALICE, 1)], later(evening, hours=-22), pool)
    assert driver.refused([(BOB, 1)], evening, pool).limit_type is cap
    driver.spend([(BOB, 1)], later(evening, seconds=1), pool)
    driver.refused([(BOB, 1)], later(evening, hours=22), pool)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(datetime(2026, 3, 29, 1, 45, tzinfo=PARIS), id="summer time begins"),
        pytest.param(datetime(2026, 10, 25, 2, 45, tzinfo=PARIS), id="summer time ends"),
    ],
)
def test_an_hour_is_an_hour_when_the_clocks_change(before: datetime) -> None:
    driver = BudgetDriver(hourly=1)
    driver.spend([(ALICE, 1)], before)
    assert driver.refused([(ALICE, 1)], later(before, minutes=59)).limit_type is LimitType.RECIPIENT
    driver.spend([(ALICE, 1)], later(before, minutes=60))


def test_a_message_kept_over_a_restart_can_be_given_back_after_it() -> None:
    night = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS)
    driver = BudgetDriver(daily=2, hourly=2)
    key, expense = driver.spend([(ALICE, 2)], night)
    driver = driver.restarted()
    # As it is read from disk: the same moment, but without its zone.
    driver.budget.refund(key, replace(expense, at=datetime.fromisoformat(night.isoformat())))
    driver.spend([(ALICE, 2)], later(night, minutes=1))


def test_what_was_spent_before_a_restart_counts_after_it() -> None:
    driver = BudgetDriver(daily=5, hourly=3, urgent_daily=2)
    driver.spend([(ALICE, 2), (BOB, 1)], NOON)
    driver.spend([(ALICE, 2)], NOON, URGENT)
    driver = driver.restarted()
    assert driver.refused([(ALICE, 2)], NOON).limit_type is LimitType.RECIPIENT
    assert driver.refused([(BOB, 1), ("+33700000001", 2)], NOON).limit_type is LimitType.DAILY
    assert driver.refused([(BOB, 1)], NOON, URGENT).limit_type is LimitType.URGENT_DAILY
    driver.spend([(ALICE, 1)], NOON)


def test_what_was_spent_before_a_restart_counts_no_longer_than_its_hour() -> None:
    driver = BudgetDriver(hourly=2)
    driver.spend([(ALICE, 2)], NOON)
    driver = driver.restarted()
    driver.refused([(ALICE, 1)], later(NOON, minutes=59))
    driver.spend([(ALICE, 2)], later(NOON, minutes=60))
    assert len(driver.budget.recent) == 1


def test_a_clock_that_ran_ahead_and_was_set_right_does_not_bar_anybody() -> None:
    driver = BudgetDriver(daily=1, hourly=1)
    driver.spend([(ALICE, 1)], datetime(2040, 1, 1, tzinfo=PARIS))
    driver.spend([(ALICE, 1)], NOON)
    driver.refused([(ALICE, 1)], NOON)


def test_only_expenses_of_the_last_hour_are_kept() -> None:
    driver = BudgetDriver()
    for minute in range(5_000):
        spent = driver.spend([(f"+336{minute:08}", 1), (ALICE, 1)], later(NOON, minutes=minute))
        if minute % 3 == 0:
            driver.budget.refund(*spent)
        assert len(driver.budget.recent) <= 60
        assert len(driver.budget._spent_on) <= 61


def test_targets_of_refused_messages_are_not_remembered() -> None:
    driver = BudgetDriver()
    for index in range(100):
        driver.budget.refund(*driver.spend([(f"+336{index:08}", 1)], NOON))
    assert not driver.budget.recent
    assert not driver.budget._spent_on
