"""Clock of the gateway, measured against the house's by the ``Date`` of its responses.

Pure: both times are handed in. The document says nothing of time; the dates in its lists are whole minutes.
"""

from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# One response in three may be late, or of a server whose clock is wrong.
MEASUREMENTS: Final = 3
# Replies and schedules go by whole minutes; beyond that, times that people read and times that they set go wrong.
MAX_DIFFERENCE: Final = timedelta(minutes=2)
# Longer than any request may take: the house slept meanwhile, or its clock was set.
MAX_ROUND_TRIP: Final = timedelta(minutes=2)
_YEARS: Final = range(2000, 2200)


def parse_http_date(value: str) -> datetime | None:
    """Parse the header ``Date`` of a response; None if it is not a date, or one that no clock shows."""
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware if aware.year in _YEARS else None


class GatewayClock:
    """By how much the gateway's clock is ahead of the house's, from the latest responses."""

    def __init__(self) -> None:
        """Begin without a measurement: until then both clocks are taken for equal."""
        self._offsets: deque[timedelta] = deque(maxlen=MEASUREMENTS)

    @property
    def is_measured(self) -> bool:
        """Return whether any response had a date."""
        return bool(self._offsets)

    @property
    def agrees(self) -> bool:
        """Return whether the house's clock is known to be right, to some minutes."""
        return self.is_measured and abs(self.offset) <= MAX_DIFFERENCE

    @property
    def offset(self) -> timedelta:
        """Return the gateway's time minus the house's: the median of the latest measurements, to the second."""
        return sorted(self._offsets)[(len(self._offsets) - 1) // 2] if self._offsets else timedelta(0)

    def note(self, date: datetime, sent_at: datetime, received_at: datetime) -> None:
        """Measure by a response of this date, whose request was sent and which was received then by the house.

        What took longer than any request can measures nothing.
        """
        if not timedelta(0) <= received_at - sent_at <= MAX_ROUND_TRIP:
            return
        middle = sent_at + (received_at - sent_at) / 2
        self._offsets.append(timedelta(seconds=round((date - middle).total_seconds())))

    def shift(self, by: timedelta) -> None:
        """Follow the house's clock, which was set by so much."""
        self._offsets = deque((offset - by for offset in self._offsets), maxlen=MEASUREMENTS)

    def at_gateway(self, moment: datetime) -> datetime:
        """Return what the gateway's clock shows at a moment of the house's."""
        return moment + self.offset

    def at_house(self, moment: datetime) -> datetime:
        """Return what the house's clock shows at a moment of the gateway's."""
        return moment - self.offset

    def earliest_at_gateway(self, moment: datetime) -> datetime:
        """Return the earliest time that the gateway's clock can have shown, by any of the latest measurements."""
        return moment + min(self._offsets, default=timedelta(0))
