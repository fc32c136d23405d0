"""Tells of changes: of each at once while they come now and then, of many together when they come in a flood."""

import asyncio
from collections import deque
from collections.abc import Callable

# So many tellings in a second are no flood, whoever waits for one.
AT_ONCE = 20
SECOND = 1.0
# In a flood: no longer than a person would notice.
PAUSE = 0.05


class BurstDebouncer:
    """Has one telling follow one or more changes, never in their midst."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[], object]) -> None:
        """Have this called."""
        self._loop = loop
        self._tell = tell
        self._told: deque[float] = deque(maxlen=AT_ONCE)
        self._next: asyncio.Handle | None = None

    def note(self) -> None:
        """Something changed."""
        if self._next is not None:
            return
        flood = len(self._told) == AT_ONCE and self._loop.time() - self._told[0] < SECOND
        self._next = self._loop.call_later(PAUSE, self._go) if flood else self._loop.call_soon(self._go)

    def stop(self) -> None:
        """Tell nothing of what was until now."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _go(self) -> None:
        self._next = None
        self._told.append(self._loop.time())
        self._tell()
