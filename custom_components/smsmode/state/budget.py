"""How much may still be spent, in segments. Pure: time is handed in.

Two caps: what the account spends on one day of the house's calendar, and what one recipient gets within an hour. A
message counts when it is taken on, and is given back when the gateway refuses it. What is urgent is counted apart, in a
purse of its own: an automation gone mad cannot silence the fire alarm. What is only held at the gateway, to be deleted
before its time, counts when it goes off after all, and then whatever the caps say: it is spent.
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

type Cost = tuple[str, int]
"""A target and the segments it is sent."""


class BudgetPool(StrEnum):
    """What a message is paid from."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    PROVISIONAL = "provisional"


class LimitType(StrEnum):
    """Which cap stands in the way; the value names the explanation."""

    DAILY = "daily_limit_reached"
    URGENT_DAILY = "urgent_daily_limit_reached"
    RECIPIENT = "recipient_limit_reached"


class LimitExceededError(Exception):
    """A cap stands in the way."""

    def __init__(self, cap: LimitType, limit: int) -> None:
        """Remember which, and how many segments it allows."""
        super().__init__(cap.value, limit)
        self.limit_type = cap
        self.limit = limit


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Expense:
    """What one message costs whom, and when it was taken on (with the offset of the house)."""

    at: datetime
    costs: tuple[Cost, ...]
    pool: BudgetPool = BudgetPool.ORDINARY

    @property
    def segments(self) -> int:
        """Count what it costs in all."""
        return sum(segments for _, segments in self.costs)


@dataclass(slots=True, kw_only=True, repr=False)
class SpendingHistory:
    """The segments of each day on which any were spent.

    Bounded by how many days there are, not by how old they are: a clock that was wrong for an hour and is set right
    has made nothing old, and whoever sends an SMS a month keeps a history that is long.
    """

    days: TrackedDict[int] = field(default_factory=TrackedDict)

    def add(self, day: date, segments: int) -> None:
        """Count segments to a day; of too many days, the one farthest from it is forgotten."""
        self._set(day, self.spent_on(day) + segments)
        if len(self.days) > DAYS_KEPT:
            del self.days[max(self.days, key=lambda each: abs(date.fromisoformat(each) - day))]

    def subtract(self, day: date, segments: int) -> None:
        """Count segments no more that were not spent after all; of a day that is forgotten there is nothing to do."""
        self._set(day, self.spent_on(day) - segments)

    def spent_on(self, day: date) -> int:
        """Say what was spent on a day."""
        return self.days.get(day.isoformat(), 0)

    def spent_in_month(self, today: date) -> int:
        """Say what was spent from the first of the month until today."""
        return self._between(today.replace(day=1), today)

    def days_left(self, balance: Decimal, today: date) -> int | None:
        """Say for how many whole days a balance lasts at the pace of the last 30, or of as many as there are.

        A segment is taken for a credit. None if nothing was spent lately, or if the account is post-paid.
        """
        first = max(self._first(today), today - AVERAGE_PERIOD + timedelta(days=1))
        spent = self._between(first, today)
        if not spent or balance < 0:
            return None
        return int(balance * ((today - first).days + 1) / spent)

    def _first(self, today: date) -> date:
        """Give the day on which the history begins."""
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
    """What was spent today, and on whom within the last hour. A limit of 0 is none."""

    daily_limit: int = 0
    urgent_daily_limit: int = 0
    recipient_limit: int = 0
    day: date | None = None
    spent_today: Counter[BudgetPool] = field(default_factory=Counter)
    recent: TrackedDict[Expense] = field(default_factory=TrackedDict)
    history: SpendingHistory = field(default_factory=SpendingHistory)
    _spent_on: Counter[tuple[BudgetPool, str]] = field(init=False, default_factory=Counter)

    def reserve(self, expenses: Sequence[tuple[str, Expense]], now: datetime) -> None:
        """Take messages, each under a key, out of the budget; BudgetError, and nothing taken, if they are not in it.

        ``now`` is in the time zone of the house, whose midnight begins the day.
        """
        self._turn(now)
        counted = [(key, expense) for key, expense in expenses if expense.pool is not BudgetPool.PROVISIONAL]
        self._check_day([expense for _, expense in counted])
        self._check_hour([expense for _, expense in counted])
        for key, expense in counted:
            self._spend(key, expense)

    def record(self, key: str, expense: Expense, now: datetime) -> None:
        """Enter what was spent already, whatever the caps say; ``now`` as above."""
        self._turn(now)
        self._spend(key, expense)

    def _spend(self, key: str, expense: Expense) -> None:
        self.spent_today[expense.pool] += expense.segments
        self.history.add(expense.at.date(), expense.segments)
        self.recent[key] = expense
        _add(self._spent_on, expense)

    def refund(self, key: str, expense: Expense) -> None:
        """Put back what a message would have cost that the gateway did not take."""
        self._give_back_day(expense)
        if key in self.recent:
            self._release(key)

    def refund_target(self, key: str, expense: Expense, target: str) -> None:
        """Put back what a message would have cost for one of its targets, which it does not go to any more."""
        rest, part = (
            replace(expense, costs=tuple(cost for cost in expense.costs if (cost[0] == target) is is_part))
            for is_part in (False, True)
        )
        self._give_back_day(part)
        if key in self.recent:
            self.recent[key] = rest
            self._uncount(part)

    def _give_back_day(self, expense: Expense) -> None:
        if expense.pool is BudgetPool.PROVISIONAL:
            return
        if self.day == expense.at.date():
            self.spent_today[expense.pool] = max(0, self.spent_today[expense.pool] - expense.segments)
        self.history.subtract(expense.at.date(), expense.segments)

    def recount(self) -> None:
        """Count what was spent on each recipient within the hour: after the expenses were loaded."""
        self._spent_on.clear()
        for expense in self.recent.values():
            _add(self._spent_on, expense)

    def _check_day(self, expenses: Iterable[Expense]) -> None:
        caps = {
            BudgetPool.ORDINARY: (LimitType.DAILY, self.daily_limit),
            BudgetPool.URGENT: (LimitType.URGENT_DAILY, self.urgent_daily_limit),
        }
        wanted: Counter[BudgetPool] = Counter()
        for expense in expenses:
            wanted[expense.pool] += expense.segments
        for purse, segments in wanted.items():
            cap, limit = caps[purse]
            if 0 < limit < self.spent_today[purse] + segments:
                raise LimitExceededError(cap, limit)

    def _check_hour(self, expenses: Iterable[Expense]) -> None:
        if not self.recipient_limit:
            return
        wanted: Counter[tuple[BudgetPool, str]] = Counter()
        for expense in expenses:
            _add(wanted, expense)
        if any(self._spent_on.get(whom, 0) + segments > self.recipient_limit for whom, segments in wanted.items()):
            raise LimitExceededError(LimitType.RECIPIENT, self.recipient_limit)

    def _turn(self, now: datetime) -> None:
        """Begin a new day, and forget the hour that is over."""
        if self.day != now.date():
            self.day = now.date()
            self.spent_today.clear()
        # In either direction: a clock that was wrong and is set right must not count for years.
        moment = now.astimezone(UTC)
        while (first := next(iter(self.recent.items()), None)) and abs(moment - first[1].at) >= WINDOW:
            self._release(first[0])

    def _release(self, key: str) -> None:
        """Count an expense no longer."""
        self._uncount(self.recent.pop(key))

    def _uncount(self, expense: Expense) -> None:
        """Take an expense off its recipients, and forget those on whom nothing was spent."""
        for target, segments in expense.costs:
            whom = (expense.pool, target)
            self._spent_on[whom] -= segments
            if self._spent_on[whom] <= 0:
                del self._spent_on[whom]


def _add(spent_on: Counter[tuple[BudgetPool, str]], expense: Expense) -> None:
    """Count an expense to its targets, of which there may be tens of thousands that a Counter has not met yet."""
    for target, segments in expense.costs:
        whom = (expense.pool, target)
        # By `+=` each of these costs several times as much.
        spent_on[whom] = spent_on.get(whom, 0) + segments
