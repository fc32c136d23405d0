"""Rate limit of requests from outside: so many within a minute for each key. Pure: time is handed in. Bounded."""

from collections import Counter
from typing import Final

WINDOW: Final = 60.0
MAX_KEYS: Final = 1_000


class RateLimit:
    """Counter of requests by key, which starts anew each minute."""

    def __init__(self, limit: int) -> None:
        """Allow so many requests of each key in a minute."""
        self._limit = limit
        self._began = 0.0
        self._counts: Counter[str] = Counter()

    def is_exceeded(self, key: str, now: float) -> bool:
        """Count a request, and return whether it is one too many. ``now`` is in seconds, and never goes back."""
        if now - self._began >= WINDOW or len(self._counts) >= MAX_KEYS:
            self._began = now
            self._counts.clear()
        self._counts[key] += 1
        return self._counts[key] > self._limit
