"""What was spent on which day, and how long the credits last at that pace. Pure: days are handed in.

A day is one of the house's calendar, which daylight saving time makes longer or shorter, but never another.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .tracked_dict import TrackedDict

# As many as the longest two months in a row have.
DAYS_KEPT = 62
PACE_OF = timedelta(days=30)


@dataclass(slots=True, kw_only=True, repr=False)
class SpendingHistory:
    """The segments of each day on which any were spent.

    Bounded by how many days there are, not by how old they are: a clock that was wrong for an hour and is set right
    has made nothing old, and whoever sends an SMS a month keeps a history that is long.
    """

    days: TrackedDict[int] = field(default_factory=TrackedDict)

    def spend(self, day: date, segments: int) -> None:
        """Count segments to a day; of too many days, the one farthest from it is forgotten."""
        self._set(day, self.on(day) + segments)
        if len(self.days) > DAYS_KEPT:
            del self.days[max(self.days, key=lambda each: abs(date.fromisoformat(each) - day))]

    def give_back(self, day: date, segments: int) -> None:
        """Count segments no more that were not spent after all; of a day that is forgotten there is nothing to do."""
        self._set(day, self.on(day) - segments)

    def restore(self, day: date, segments: int) -> None:
        """Take over a day that is on the disk already."""
        self.days.restore(day.isoformat(), segments)

    def on(self, day: date) -> int:
        """Say what was spent on a day."""
        return self.days.get(day.isoformat(), 0)

    def in_month(self, today: date) -> int:
        """Say what was spent from the first of the month until today."""
        return self._between(today.replace(day=1), today)

    def days_left(self, balance: Decimal, today: date) -> int | None:
        """Say for how many whole days a balance lasts at the pace of the last 30, or of as many as there are.

        A segment is taken for a credit. None if nothing was spent lately, or if the account is post-paid.
        """
        first = max(self._first(today), today - PACE_OF + timedelta(days=1))
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
