"""What will happen by itself at a given time of the gateway's clock."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

type Action = Callable[[datetime], None]


class Agenda:
    """Actions waiting for their time; nothing sleeps here: somebody asks what is due."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._entries: list[tuple[datetime, int, Action]] = []
        self._order = count()

    def at(self, due: datetime, action: Action) -> None:
        """Do this when its time comes; the action is given that time."""
        heapq.heappush(self._entries, (due, next(self._order), action))

    def settle(self, now: datetime) -> None:
        """Do all that is due, in order."""
        while self._entries and self._entries[0][0] <= now:
            due, _, action = heapq.heappop(self._entries)
            action(due)
