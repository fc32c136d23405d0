"""Whatever is spent and given back in whatever order, no more is spent than may be."""

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
        self.wallet = BudgetDriver(daily, hourly, urgent_daily)
        self.limits = {BudgetPool.ORDINARY: daily, URGENT: urgent_daily}
        self.hourly = hourly
        self.now = start
        self.book: dict[str, Expense] = {}

    @rule(minutes=st.sampled_from([0, 1, 7, 29, 31, 60, 600]))
    def wait(self, minutes: int) -> None:
        self.now = later(self.now, minutes=minutes)

    @rule(
        costs=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 5)), max_size=4),
        purse=st.sampled_from(COUNTED),
    )
    def spend(self, costs: list[Cost], purse: BudgetPool) -> None:
        today, hour = self.added_up()
        wanted = Counter[str]()
        for target, segments in costs:
            wanted[target] += segments
        too_much = 0 < self.limits[purse] < today[purse] + wanted.total() or any(
            0 < self.hourly < hour[purse, target] + wanted[target] for target in wanted
        )
        if too_much:
            self.wallet.refused(costs, self.now, purse)
        else:
            key, expense = self.wallet.spend(costs, self.now, purse)
            self.book[key] = expense

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if self.book:
            key = data.draw(st.sampled_from(list(self.book)))
            self.wallet.budget.refund(key, self.book.pop(key))

    @rule()
    def restart(self) -> None:
        self.wallet = self.wallet.restarted()

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
        self.wallet.budget.reserve([], self.now)
        today, hour = self.added_up()
        assert self.wallet.budget.spent_today == today
        assert self.wallet.budget._spent_on == hour


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
