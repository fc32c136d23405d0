"""Timers by key, a debouncer for bursts, and the detection of jumps of the wall clock."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

# Clocks are also nudged by seconds, and a busy house reads them one after the other.
TOLERANCE = timedelta(seconds=30)

# So many calls in a second are no burst, whoever waits for one.
MAX_IMMEDIATE = 20
BURST_WINDOW = 1.0
# Seconds between two calls in a burst: no longer than a person would notice.
BURST_INTERVAL = 0.05


class ClockJumpDetector:
    """Compares the wall clock with the monotonic clock, which nobody can set. Both are handed in."""

    def __init__(self, wall: datetime, monotonic: float) -> None:
        """Start from the current readings; ``monotonic`` is in seconds."""
        self._wall = wall
        self._monotonic = monotonic

    def jump(self, wall: datetime, monotonic: float) -> timedelta:
        """Return by how much the wall clock was set since the last call; zero within the tolerance."""
        by = (wall - self._wall) - timedelta(seconds=monotonic - self._monotonic)
        self._wall, self._monotonic = wall, monotonic
        return by if abs(by) > TOLERANCE else timedelta(0)


class KeyedTimers:
    """Timers by key: each fires once, at its moment, unless it is replaced or cancelled before."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without timers."""
        self._hass = hass
        self._cancels: dict[str, CALLBACK_TYPE] = {}

    def set(self, key: str, moment: datetime, action: Callable[[], object]) -> None:
        """Call ``action`` at a moment, or soon if that is over; replaces the timer of the same key."""
        self.cancel(key)

        @callback
        def fire(_now: datetime) -> None:
            del self._cancels[key]
            action()

        delay = max(moment - dt_util.utcnow(), timedelta(0))
        self._cancels[key] = async_call_later(self._hass, delay, fire)

    def cancel(self, key: str) -> None:
        """Cancel the timer of a key, if there is one."""
        if (cancel := self._cancels.pop(key, None)) is not None:
            cancel()

    def stop(self) -> None:
        """Cancel all timers."""
        for key in list(self._cancels):
            self.cancel(key)


class BurstDebouncer:
    """Debouncer that is immediate outside of bursts: one call follows one or more triggers, never during one.

    Up to `MAX_IMMEDIATE` calls a second happen in the next turn of the event loop; above that, one every
    `BURST_INTERVAL` seconds.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, action: Callable[[], object]) -> None:
        """Debounce the calls of ``action``."""
        self._loop = loop
        self._action = action
        self._called: deque[float] = deque(maxlen=MAX_IMMEDIATE)
        self._scheduled: asyncio.Handle | None = None

    def trigger(self) -> None:
        """Schedule a call, unless one is scheduled."""
        if self._scheduled is not None:
            return
        is_burst = len(self._called) == MAX_IMMEDIATE and self._loop.time() - self._called[0] < BURST_WINDOW
        self._scheduled = (
            self._loop.call_later(BURST_INTERVAL, self._call) if is_burst else self._loop.call_soon(self._call)
        )

    def stop(self) -> None:
        """Cancel the scheduled call."""
        if self._scheduled is not None:
            self._scheduled.cancel()
            self._scheduled = None

    def _call(self) -> None:
        self._scheduled = None
        self._called.append(self._loop.time())
        self._action()
