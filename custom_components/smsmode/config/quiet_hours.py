"""Quiet hours of a recipient: whether a moment falls into them, and when they end. Pure: time and zone are handed in.

Two times on the clock of the house, or the windows of a week. What is not urgent is handed to the gateway at once all
the same, to leave at their end: so it leaves even if the house is down by then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ..api import skip_repeated_hour

_DAY = timedelta(days=1)
# In days. What is quiet for longer is quiet for ever.
_AHEAD = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From a time of day up to another, over midnight if that is the earlier one."""

    start: time
    end: time

    def end_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """Return when the quiet hours end that a moment falls into; None if it falls into none."""
        day = moment.astimezone(zone).date()
        over_midnight = _DAY if self.end < self.start else timedelta(0)
        for begin in (day - _DAY, day):
            first = min(_readings(datetime.combine(begin, self.start, zone)))
            last = max(_readings(datetime.combine(begin + over_midnight, self.end, zone)))
            if first <= moment < last:
                return last
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyQuietHours:
    """Windows of each day of the week, Monday first; each from a time of day up to another, None for midnight."""

    days: tuple[tuple[tuple[time, time | None], ...], ...]

    def end_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """Return when the quiet hours end that a moment falls into; None if it falls into none, or they do not end.

        Where one window ends and the next one begins, they do not.
        """
        end = self._end_of_windows(moment, zone)
        return end if end is not None and end - moment < _AHEAD * _DAY else None

    def is_endless_at(self, moment: datetime, zone: tzinfo) -> bool:
        """Return whether a moment falls into quiet hours that do not end."""
        return self._end_of_windows(moment, zone) is not None and self.end_after(moment, zone) is None

    def _end_of_windows(self, moment: datetime, zone: tzinfo) -> datetime | None:
        today = moment.astimezone(zone).date()
        windows = sorted(
            window for ahead in range(-1, _AHEAD + 2) for window in self._windows(today + ahead * _DAY, zone)
        )
        end = None
        for begin, finish in windows:
            if begin <= (end or moment) and finish > moment:
                end = max(end or finish, finish)
        return end

    def _windows(self, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self.days[day.weekday()]:
            last = datetime.combine(day, end, zone) if end else datetime.combine(day + _DAY, time(), zone)
            yield min(_readings(datetime.combine(day, start, zone))), max(_readings(last))


def _readings(wall: datetime) -> tuple[datetime, datetime]:
    """Return the two moments that a local time can mean where summer time begins or ends, else twice the same.

    Quiet hours take the earlier one as their start and the later one as their end: in doubt they are longer.
    """
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def next_allowed_time(hours: QuietHours | WeeklyQuietHours, wished: datetime, zone: tzinfo) -> datetime | None:
    """Return when a message may leave that was to leave in quiet hours; None if it was not.

    Never a time that the gateway could read as an earlier one, which would be in quiet hours.
    """
    end = hours.end_after(wished, zone)
    return None if end is None else skip_repeated_hour(end)
