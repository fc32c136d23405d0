"""How much may still be spent, in segments. Pure: time is handed in.

Two caps: what the account spends on one day of the house's calendar, and what one recipient gets within an hour. A
message counts when it is taken on, and is given back when the gateway refuses it.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=1)

type Cost = tuple[str, int]
"""A target and the segments it is sent."""


class Cap(StrEnum):
    """Which cap stands in the way; the value names the explanation."""

    DAILY = "daily_limit_reached"
    RECIPIENT = "recipient_limit_reached"


class BudgetError(Exception):
    """A cap stands in the way."""

    def __init__(self, cap: Cap, limit: int) -> None:
        """Remember which, and how many segments it allows."""
        super().__init__(cap.value, limit)
        self.cap = cap
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Expense:
    """What one target was sent at one time (in UTC, where every hour is as long), in segments."""

    at: datetime
    target: str
    segments: int


@dataclass(slots=True, kw_only=True)
class Budget:
    """What was spent today, and on whom within the last hour. A limit of 0 is none."""

    daily_limit: int = 0
    recipient_limit: int = 0
    day: date | None = None
    spent_today: int = 0
    recent: deque[Expense] = field(default_factory=deque)
    _spent_on: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        """Sum up what was kept over a restart."""
        for expense in self.recent:
            self._spent_on[expense.target] += expense.segments

    def spend(self, costs: Sequence[Cost], now: datetime) -> None:
        """Take a message out of the budget; BudgetError, and nothing taken, if it is not in it.

        ``now`` is in the time zone of the house, whose midnight begins the day.
        """
        self._turn(now)
        total = sum(segments for _, segments in costs)
        if 0 < self.daily_limit < self.spent_today + total:
            raise BudgetError(Cap.DAILY, self.daily_limit)
        wanted: Counter[str] = Counter()
        for target, segments in costs:
            wanted[target] += segments
        if any(0 < self.recipient_limit < self._spent_on[target] + segments for target, segments in wanted.items()):
            raise BudgetError(Cap.RECIPIENT, self.recipient_limit)
        self.spent_today += total
        self._spent_on.update(wanted)
        self.recent.extend(_expenses(costs, now))

    def give_back(self, costs: Sequence[Cost], spent_at: datetime) -> None:
        """Put back what a message would have cost that the gateway did not take; ``spent_at`` as it was for `spend`."""
        if self.day == spent_at.date():
            self.spent_today = max(0, self.spent_today - sum(segments for _, segments in costs))
        returned = Counter(_expenses(costs, spent_at))
        kept: deque[Expense] = deque()
        for expense in self.recent:
            if returned[expense]:
                returned[expense] -= 1
                self._release(expense)
            else:
                kept.append(expense)
        self.recent = kept

    def _turn(self, now: datetime) -> None:
        """Begin a new day, and forget the hour that is over."""
        if self.day != now.date():
            self.day, self.spent_today = now.date(), 0
        # In either direction: a clock that was wrong and is set right must not count for years.
        while self.recent and abs(now.astimezone(UTC) - self.recent[0].at) >= WINDOW:
            self._release(self.recent.popleft())

    def _release(self, expense: Expense) -> None:
        """Count an expense no longer, and forget targets of whom nothing counts."""
        self._spent_on[expense.target] -= expense.segments
        if self._spent_on[expense.target] <= 0:
            del self._spent_on[expense.target]


def _expenses(costs: Iterable[Cost], at: datetime) -> list[Expense]:
    moment = at.astimezone(UTC)
    return [Expense(moment, target, segments) for target, segments in costs]
