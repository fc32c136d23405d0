"""Clock of an account: every deadline is set and compared by it, and survives every change of the wall clock.

The wall clock of a house is set back by 50 ms and forward by hours, at any moment and also between two lives of Home
Assistant; the monotonic clock is never set, but begins anew with each life. Within a life this clock goes with the
monotonic one, so that ten minutes are ten minutes. Where the wall clock was set by more than `TOLERANCE`, this clock
follows it, and whatever waits is shifted by as much, unless its deadline is one of an earlier life: such a deadline was
set by a wall clock that may have been right while that of this start was wrong (a board without a battery-backed clock
learns the time minutes after its start).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from .listeners import Listeners

# Clocks are nudged by seconds all the time; a difference as small as this is not worth a write to the disk.
TOLERANCE = timedelta(seconds=5)
LOOK_INTERVAL = timedelta(minutes=1)


def _wall_time() -> datetime:
    return dt_util.utcnow()


def _steady_time() -> float:
    return monotonic()


class Waiting(Protocol):
    """Something with deadlines: the outbox, alerts, questions, watchdogs, the schedule."""

    def is_waiting(self) -> bool:
        """Return whether any deadline is set."""

    def async_look_over(self) -> None:
        """Do what is due, whether or not its timer has fired."""


class Clock:
    """The time of one account. Both clocks can be handed in; ``steady`` is in seconds and never set."""

    def __init__(
        self,
        hass: HomeAssistant,
        wall: Callable[[], datetime] = _wall_time,
        steady: Callable[[], float] = _steady_time,
    ) -> None:
        """Begin with what the wall clock says."""
        self._hass = hass
        self._wall = wall
        self._steady = steady
        self._began_at = wall()
        self._began_steady = steady()
        self.was_set: Listeners[timedelta] = Listeners()
        self._waiting: list[Waiting] = []
        self._cancel_look: CALLBACK_TYPE | None = None
        self._stopped = False

    def now(self) -> datetime:
        """Return the time by which deadlines are set and compared, in UTC."""
        return self._began_at + timedelta(seconds=self._steady() - self._began_steady)

    @callback
    def async_register(self, waiting: Waiting) -> None:
        """Look something over once a minute while it waits, and when the wall clock was set."""
        self._waiting.append(waiting)
        self.async_wake()

    @callback
    def async_wake(self) -> None:
        """Begin to look once a minute, if anything waits; to be called by what begins to wait."""
        if self._cancel_look is None and not self._stopped and any(each.is_waiting() for each in self._waiting):
            self._cancel_look = async_call_later(self._hass, LOOK_INTERVAL, self._async_look)

    @callback
    def async_check(self) -> timedelta:
        """Compare the clocks; return by how much the wall clock was set, zero within the tolerance."""
        by = self._wall() - self.now()
        if abs(by) <= TOLERANCE:
            return timedelta(0)
        self._began_at, self._began_steady = self._wall(), self._steady()
        LOGGER.warning("The clock was set by %s; what waits goes with it", by)
        self.was_set.notify(by)
        self._look_over()
        return by

    @callback
    def async_stop(self) -> None:
        """Stop looking."""
        self._stopped = True
        if self._cancel_look is not None:
            self._cancel_look()
            self._cancel_look = None

    @callback
    def _async_look(self, _now: datetime) -> None:
        self._cancel_look = None
        if not self.async_check():
            self._look_over()
        self.async_wake()

    def _look_over(self) -> None:
        for each in self._waiting:
            if each.is_waiting():
                each.async_look_over()


class KeyedTimers:
    """Timers by key: each fires once, when its moment has come by the clock, unless it is replaced or cancelled."""

    def __init__(self, hass: HomeAssistant, clock: Clock) -> None:
        """Start without timers."""
        self._hass = hass
        self._clock = clock
        self._timers: dict[str, tuple[datetime, CALLBACK_TYPE]] = {}
        self._is_stopped = False

    @callback
    def set(self, key: str, moment: datetime, action: Callable[[], object]) -> None:
        """Call ``action`` at a moment, or soon if that is over; replaces the timer of the same key.

        A timer that is set for this very moment stays: whoever looks over what waits does not delay what is due. After
        the stop none is set: what was under way then belongs to the account that follows.
        """
        if self._is_stopped or ((timer := self._timers.get(key)) is not None and timer[0] == moment):
            return
        self.cancel(key)

        @callback
        def fire(_now: datetime) -> None:
            del self._timers[key]
            if self._clock.now() < moment:
                self.set(key, moment, action)
            else:
                action()

        delay = max(moment - self._clock.now(), timedelta(0))
        self._timers[key] = moment, async_call_later(self._hass, delay, fire)

    @callback
    def cancel(self, key: str) -> None:
        """Cancel the timer of a key, if there is one."""
        if (timer := self._timers.pop(key, None)) is not None:
            timer[1]()

    @callback
    def stop(self) -> None:
        """Cancel all timers, for good."""
        self._is_stopped = True
        for key in list(self._timers):
            self.cancel(key)
