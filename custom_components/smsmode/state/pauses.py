"""Pauses of recipients: who gets nothing that is not urgent, and until when. Pure: time is handed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True, kw_only=True, repr=False)
class Pause:
    """Pause of one recipient; without ``until`` it lasts until somebody ends it.

    ``duration`` is how long it was to be, so that none lasts longer whatever is done to the clock.
    """

    until: datetime | None = None
    duration: timedelta | None = None

    def covers(self, moment: datetime) -> bool:
        """Return whether it is not over by then."""
        return self.until is None or moment < self.until

    def bound(self, now: datetime) -> bool:
        """Bring its end forward if that is later than it can be; return whether it was."""
        if self.until is None or self.duration is None or self.until <= now + self.duration:
            return False
        self.until = now + self.duration
        return True
