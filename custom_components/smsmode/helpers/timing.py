"""Debouncer for bursts of changes, and waiting that has an end."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

# So many calls in a second are no burst, whoever waits for one.
MAX_IMMEDIATE = 20
BURST_WINDOW = 1.0
# Seconds between two calls in a burst: no longer than a person would notice.
BURST_INTERVAL = 0.05


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


async def async_wait_at_most(hass: HomeAssistant, seconds: float, future: asyncio.Future[Any]) -> bool:
    """Wait for a future, at most so many seconds; return whether it is done. It goes on in either case."""
    elapsed = hass.loop.create_future()
    cancel = async_call_later(hass, seconds, callback(lambda _now: elapsed.set_result(None)))
    try:
        await asyncio.wait([future, elapsed], return_when=asyncio.FIRST_COMPLETED)
    finally:
        cancel()
    return future.done()
