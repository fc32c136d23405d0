"""Budgets for tests, at noon in Paris."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from custom_components.smsmode.state.budget import Budget, BudgetPool, Cost, Expense, LimitExceededError

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 6, 10, 12, tzinfo=PARIS)
ALICE, BOB = "+33612345678", "+33698765432"
URGENT = BudgetPool.URGENT


def later(moment: datetime, **duration: float) -> datetime:
    """Return the local time after a duration of real time."""
    return (moment.astimezone(UTC) + timedelta(**duration)).astimezone(moment.tzinfo)


COUNTED = (BudgetPool.ORDINARY, BudgetPool.URGENT)


class BudgetDriver:
    """Driver of a budget: a new key for each expense, and a restart."""

    def __init__(self, daily: int = 0, hourly: int = 0, urgent_daily: int = 0) -> None:
        self.budget = Budget(daily_limit=daily, urgent_daily_limit=urgent_daily, recipient_limit=hourly)
        self.keys = count()

    @property
    def spent_today(self) -> dict[BudgetPool, int]:
        return dict(+self.budget.spent_today)

    def spend(
        self, costs: Sequence[Cost], now: datetime, purse: BudgetPool = BudgetPool.ORDINARY
    ) -> tuple[str, Expense]:
        """Spend on one message, and return the key and expense that a refund needs."""
        spent = str(next(self.keys)), Expense(at=now, costs=tuple(costs), pool=purse)
        self.budget.reserve([spent], now)
        return spent

    def refused(
        self, costs: Sequence[Cost], now: datetime, purse: BudgetPool = BudgetPool.ORDINARY
    ) -> LimitExceededError:
        with pytest.raises(LimitExceededError) as error:
            self.spend(costs, now, purse)
        return error.value

    def restarted(self) -> BudgetDriver:
        """Return the budget after a restart: limits are options, and read anew."""
        old = self.budget
        driver = BudgetDriver(old.daily_limit, old.recipient_limit, old.urgent_daily_limit)
        driver.keys = self.keys
        driver.budget.day, driver.budget.spent_today = old.day, Counter(old.spent_today)
        for key, expense in old.recent.items():
            driver.budget.recent.load(key, replace(expense, at=datetime.fromisoformat(expense.at.isoformat())))
        driver.budget.recount()
        return driver
