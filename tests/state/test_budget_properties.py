"""In whatever order messages are reserved and refunded, no more is spent than the limits allow."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custom_components.smsmode.state.budget import BudgetPool, Cost, Expense
from tests.support.budgets import COUNTED, NOON, PARIS, URGENT, BudgetDriver, later


class Life(RuleBasedStateMachine):
    """A budget beside a book in which every message is written down and added up anew each time."""

    @initialize(
        daily=st.integers(0, 30),
        urgent_daily=st.integers(0, 10),
        hourly=st.integers(0, 12),
        # Some days start shortly before the clocks change.
        start=st.sampled_from([NOON, datetime(2026, 3, 29, 0, tzinfo=PARIS), datetime(2026, 10, 25, 0, tzinfo=PARIS)]),
    )
    def begin(self, daily: int, urgent_daily: int, hourly: int, start: datetime) -> None:
        self.driver = BudgetDriver(daily, hourly, urgent_daily)
        self.limits = {BudgetPool.ORDINARY: daily, URGENT: urgent_daily}
        self.hourly = hourly
        self.now = start
        self.book: dict[str, Expense] = {}

    @rule(minutes=st.sampled_from([0, 1, 7, 29, 31, 60, 600]))
    def wait(self, minutes: int) -> None:
        self.now = later(self.now, minutes=minutes)

    @rule(
        costs=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 5)), max_size=4),
        pool=st.sampled_from(COUNTED),
    )
    def spend(self, costs: list[Cost], pool: BudgetPool) -> None:
        today, hour = self.added_up()
        wanted = Counter[str]()
        for target, segments in costs:
            wanted[target] += segments
        too_much = 0 < self.limits[pool] < today[pool] + wanted.total() or any(
            0 < self.hourly < hour[pool, target] + wanted[target] for target in wanted
        )
        if too_much:
            self.driver.refused(costs, self.now, pool)
        else:
            key, expense = self.driver.spend(costs, self.now, pool)
            self.book[key] = expense

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if self.book:
            key = data.draw(st.sampled_from(list(self.book)))
            self.driver.budget.refund(key, self.book.pop(key))

    @rule()
    def restart(self) -> None:
        self.driver = self.driver.restarted()

    def added_up(self) -> tuple[Counter[BudgetPool], Counter[tuple[BudgetPool, str]]]:
        today, hour = Counter[BudgetPool](), Counter[tuple[BudgetPool, str]]()
        for expense in self.book.values():
            for target, segments in expense.costs:
                today[expense.pool] += segments if expense.at.date() == self.now.date() else 0
                if self.now.astimezone(UTC) - expense.at.astimezone(UTC) < timedelta(hours=1):
                    hour[expense.pool, target] += segments
        return today, hour

    @invariant()
    def it_knows_what_the_book_says(self) -> None:
        if not hasattr(self, "book"):
            return
        self.driver.budget.reserve([], self.now)
        today, hour = self.added_up()
        assert self.driver.budget.spent_today == today
        assert self.driver.budget._spent_on == hour


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
