"""Scheduler: actions at a given time of the gateway's clock."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

type Action = Callable[[datetime], None]


class Scheduler:
    """Scheduled actions by time; there are no timers: the caller runs what is due."""

    def __init__(self) -> None:
        """Begin without actions."""
        self._entries: list[tuple[datetime, int, Action]] = []
        self._order = count()

    def at(self, due: datetime, action: Action) -> None:
        """Schedule an action; it is called with its due time."""
        heapq.heappush(self._entries, (due, next(self._order), action))

    def run_due(self, now: datetime) -> None:
        """Run all actions that are due, in order of time."""
        while self._entries and self._entries[0][0] <= now:
            due, _, action = heapq.heappop(self._entries)
            action(due)
