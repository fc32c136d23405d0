"""Quiet hours of a recipient: whether a moment falls into them, and when they end. Pure: time and zone are handed in.

Two times on the clock of the house. What is not urgent is handed to the gateway at once all the same, to leave at their
end: so it leaves even if the house is down by then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from ..api import skip_repeated_hour

_DAY = timedelta(days=1)


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


def _readings(wall: datetime) -> tuple[datetime, datetime]:
    """Return the two moments that a local time can mean where summer time begins or ends, else twice the same.

    Quiet hours take the earlier one as their start and the later one as their end: in doubt they are longer.
    """
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def next_allowed_time(hours: QuietHours, wished: datetime, zone: tzinfo) -> datetime | None:
    """Return when a message may leave that was to leave in quiet hours; None if it was not.

    Never a time that the gateway could read as an earlier one, which would be in quiet hours.
    """
    end = hours.end_after(wished, zone)
    return None if end is None else skip_repeated_hour(end)
