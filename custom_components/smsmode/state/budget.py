"""Spending limits and spending history, in segments. Pure: time is handed in.

Limits of the account for a day of the local calendar, and of one recipient for an hour. A message is counted when
it is enqueued, and refunded when the gateway refuses it. Urgent messages are counted in a pool of their own: a runaway
automation cannot silence the fire alarm. What an assistant sends is counted like any other message, and against a limit
of its own for a day. Provisional messages, which the gateway holds and which are deleted before
they are sent, are counted if they are sent after all, and then whatever the limits say: the credits are gone.

A day is one of the local calendar, which daylight saving time makes longer or shorter, but never another.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from .tracked_dict import TrackedDict

WINDOW = timedelta(hours=1)
# As many as the longest two months in a row have.
DAYS_KEPT = 62
AVERAGE_PERIOD = timedelta(days=30)
DAYS_UNTIL_AVERAGE = 3
SHORTEST_PERIOD = 7

type Cost = tuple[str, int]
"""A target and the segments that go to it."""


class BudgetPool(StrEnum):
    """Budget pool that a message is counted in."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    PROVISIONAL = "provisional"
    ASSISTANT = "assistant"


class LimitType(StrEnum):
    """Limit that was reached; the value is the translation key."""

    DAILY = "daily_limit_reached"
    URGENT_DAILY = "urgent_daily_limit_reached"
    RECIPIENT = "recipient_limit_reached"
    ASSISTANT = "assistant_limit_reached"


class LimitExceededError(Exception):
    """A spending limit would be exceeded."""

    def __init__(self, limit_type: LimitType, limit: int) -> None:
        """Store which limit, and how many segments it allows."""
        super().__init__(limit_type.value, limit)
        self.limit_type = limit_type
        self.limit = limit


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Expense:
    """Cost of one message by target, and when it was enqueued (with the offset of the local time zone).

    ``by_assistant`` says that an assistant wrote it: it is counted in that pool as well.
    """

    at: datetime
    costs: tuple[Cost, ...]
    pool: BudgetPool = BudgetPool.ORDINARY
    by_assistant: bool = False

    @property
    def segments(self) -> int:
        """The segments in all."""
        return sum(segments for _, segments in self.costs)

    @property
    def daily_pools(self) -> tuple[BudgetPool, ...]:
        """The pools of the day that it is counted in."""
        return (self.pool, BudgetPool.ASSISTANT) if self.by_assistant else (self.pool,)


@dataclass(slots=True, kw_only=True, repr=False)
class SpendingHistory:
    """Spending history: the segments of each day on which any were spent.

    Bounded by the number of days, not by their age: a clock that was wrong for an hour and is set right makes nothing
    old, and an account that sends one SMS a month keeps a long history.
    """

    days: TrackedDict[int] = field(default_factory=TrackedDict)

    def add(self, day: date, segments: int) -> None:
        """Add segments to a day; of too many days, the one farthest from it is deleted."""
        self._set(day, self.spent_on(day) + segments)
        if len(self.days) > DAYS_KEPT:
            del self.days[max(self.days, key=lambda each: abs(date.fromisoformat(each) - day))]

    def subtract(self, day: date, segments: int) -> None:
        """Subtract segments that were not spent after all; nothing is done for a day that was deleted."""
        self._set(day, self.spent_on(day) - segments)

    def spent_on(self, day: date) -> int:
        """Return the segments spent on a day."""
        return self.days.get(day.isoformat(), 0)

    def spent_in_month(self, today: date) -> int:
        """Return the segments spent from the first of the month until today."""
        return self._between(today.replace(day=1), today)

    def days_left(self, balance: Decimal, today: date) -> int | None:
        """Return for how many whole days a balance lasts at the average of the last 30, or of as many as there are.

        Of less than a week the spending is taken for that of a week: whoever tries things out on the first days would
        be frightened. A segment is taken for a credit. None before the third day, if nothing was spent lately, or if
        the account is post-paid.
        """
        first = max(self._first(today), today - AVERAGE_PERIOD + timedelta(days=1))
        spent, days = self._between(first, today), (today - first).days + 1
        if not spent or balance < 0 or days < DAYS_UNTIL_AVERAGE:
            return None
        return int(balance * max(days, SHORTEST_PERIOD) / spent)

    def _first(self, today: date) -> date:
        """Return the first day of the history."""
        return min((day for day in map(date.fromisoformat, self.days) if day <= today), default=today)

    def _between(self, first: date, last: date) -> int:
        return sum(segments for day, segments in self.days.items() if first.isoformat() <= day <= last.isoformat())

    def _set(self, day: date, segments: int) -> None:
        if segments > 0:
            self.days[day.isoformat()] = segments
        else:
            self.days.pop(day.isoformat(), None)


@dataclass(slots=True, kw_only=True, repr=False)
class Budget:
    """Spending of today, and of each recipient within the last hour. A limit of 0 is none."""

    daily_limit: int = 0
    urgent_daily_limit: int = 0
    recipient_limit: int = 0
    assistant_limit: int = 0
    day: date | None = None
    spent_today: Counter[BudgetPool] = field(default_factory=Counter)
    recent: TrackedDict[Expense] = field(default_factory=TrackedDict)
    history: SpendingHistory = field(default_factory=SpendingHistory)
    _spent_on: Counter[tuple[BudgetPool, str]] = field(init=False, default_factory=Counter)

    def reserve(self, expenses: Sequence[tuple[str, Expense]], now: datetime) -> None:
        """Reserve the cost of messages, each under a key. Raises LimitExceededError and reserves nothing.

        ``now`` is in the local time zone, whose midnight begins the day.
        """
        self._roll_over(now)
        counted = [(key, expense) for key, expense in expenses if expense.pool is not BudgetPool.PROVISIONAL]
        self._check_day([expense for _, expense in counted])
        self._check_hour([expense for _, expense in counted])
        for key, expense in counted:
            self._spend(key, expense)

    def record(self, key: str, expense: Expense, now: datetime) -> None:
        """Record what was spent already, whatever the limits say; ``now`` as above."""
        self._roll_over(now)
        self._spend(key, expense)

    def _spend(self, key: str, expense: Expense) -> None:
        for pool in expense.daily_pools:
            self.spent_today[pool] += expense.segments
        self.history.add(expense.at.date(), expense.segments)
        self.recent[key] = expense
        _add(self._spent_on, expense)

    def refund(self, key: str, expense: Expense) -> None:
        """Refund the cost of a message that the gateway did not accept."""
        self._refund_day(expense)
        if key in self.recent:
            self._drop(key)

    def refund_target(self, key: str, expense: Expense, target: str) -> None:
        """Refund the cost of one target of a message, which it does not go to any more."""
        refunded = replace(expense, costs=tuple(cost for cost in expense.costs if cost[0] == target))
        self._refund_day(refunded)
        if key in self.recent:
            self.recent[key] = replace(expense, costs=tuple(cost for cost in expense.costs if cost[0] != target))
            self._subtract(refunded)

    def _refund_day(self, expense: Expense) -> None:
        if expense.pool is BudgetPool.PROVISIONAL:
            return
        if self.day == expense.at.date():
            for pool in expense.daily_pools:
                self.spent_today[pool] = max(0, self.spent_today[pool] - expense.segments)
        self.history.subtract(expense.at.date(), expense.segments)

    def recount(self) -> None:
        """Recount the spending of each recipient within the hour, after the expenses were loaded."""
        self._spent_on.clear()
        for expense in self.recent.values():
            _add(self._spent_on, expense)

    def _check_day(self, expenses: Iterable[Expense]) -> None:
        limits = {
            BudgetPool.ORDINARY: (LimitType.DAILY, self.daily_limit),
            BudgetPool.URGENT: (LimitType.URGENT_DAILY, self.urgent_daily_limit),
            BudgetPool.ASSISTANT: (LimitType.ASSISTANT, self.assistant_limit),
        }
        wanted: Counter[BudgetPool] = Counter()
        for expense in expenses:
            for pool in expense.daily_pools:
                wanted[pool] += expense.segments
        for pool, segments in wanted.items():
            limit_type, limit = limits[pool]
            if 0 < limit < self.spent_today[pool] + segments:
                raise LimitExceededError(limit_type, limit)

    def _check_hour(self, expenses: Iterable[Expense]) -> None:
        if not self.recipient_limit:
            return
        wanted: Counter[tuple[BudgetPool, str]] = Counter()
        for expense in expenses:
            _add(wanted, expense)
        if any(
            self._spent_on.get(pool_and_target, 0) + segments > self.recipient_limit
            for pool_and_target, segments in wanted.items()
        ):
            raise LimitExceededError(LimitType.RECIPIENT, self.recipient_limit)

    def _roll_over(self, now: datetime) -> None:
        """Begin a new day, and drop the expenses of more than an hour ago."""
        if self.day != now.date():
            self.day = now.date()
            self.spent_today.clear()
        # In either direction: a clock that was wrong and is set right must not count for years.
        moment = now.astimezone(UTC)
        while (first := next(iter(self.recent.items()), None)) and abs(moment - first[1].at) >= WINDOW:
            self._drop(first[0])

    def _drop(self, key: str) -> None:
        """Drop an expense."""
        self._subtract(self.recent.pop(key))

    def _subtract(self, expense: Expense) -> None:
        """Subtract an expense from its recipients, and drop those with none left."""
        for target, segments in expense.costs:
            pool_and_target = (expense.pool, target)
            self._spent_on[pool_and_target] -= segments
            if self._spent_on[pool_and_target] <= 0:
                del self._spent_on[pool_and_target]


def _add(spent_on: Counter[tuple[BudgetPool, str]], expense: Expense) -> None:
    """Add an expense to its targets, of which there may be tens of thousands that the Counter does not have yet."""
    for target, segments in expense.costs:
        pool_and_target = (expense.pool, target)
        # By `+=` each of these costs several times as much.
        spent_on[pool_and_target] = spent_on.get(pool_and_target, 0) + segments
