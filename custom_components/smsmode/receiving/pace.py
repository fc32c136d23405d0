"""So many requests in any minute, and no more. Pure."""

from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


class RateLimiter:
    """Counts what was asked within the last minute."""

    def __init__(self, most: int) -> None:
        """Allow so many."""
        self._asked: deque[datetime] = deque(maxlen=most)

    def take(self, now: datetime) -> bool:
        """Say whether one more may be asked, and count it if so. A clock that was set back stops nothing."""
        full = len(self._asked) == self._asked.maxlen
        if full and timedelta(0) <= now - self._asked[0] < MINUTE:
            return False
        self._asked.append(now)
        return True
