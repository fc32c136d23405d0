"""Clock world: a house whose wall clock is moved at will, and true time: its monotonic clock's, and the gateway's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import override

import pytest
from homeassistant.core import Event, callback

from emulator.clock import Clock as GatewayClock
from tests.support.clocks import Clocks
from tests.support.house import House

# In seconds, how far the wall clock is set ahead of true time; it is put right as often as it is set wrong.
ERRORS = (-9_000 * 86_400, -3 * 3600, -3600, -60, -6, -4, -1, -0.05, 0.05, 1, 4, 6, 60, 3600, 3 * 3600, 2 * 86_400)
# Seconds in a second by which it goes wrong by itself.
DRIFTS = (0, 0, 0.001, -0.001, 0.02, -0.02)
# A board without a battery starts with the time of its last write, or with that of its making.
BEHIND_AT_START = (-600, -3 * 3600, -2_500 * 86_400)


class TrueClock(GatewayClock):
    """Clock of a gateway that nobody sets."""

    def __init__(self, clocks: Clocks) -> None:
        """Begin where the house is."""
        super().__init__()
        self._clocks = clocks
        self._began_at, self._began = datetime.now(UTC), clocks.steady

    @override
    def now(self) -> datetime:
        """Return the true time."""
        return self._began_at + timedelta(seconds=self._clocks.steady - self._began)


@dataclass(frozen=True, slots=True)
class Restart:
    """Restart at a true time, and when the clock was right again, in seconds."""

    at: float
    right_at: float


class ClockWorld:
    """A house and its clocks; ``now`` is the true time in seconds."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch, rng: Random, step: float = 5) -> None:
        """Begin with a right clock; time goes by in steps of so many seconds."""
        self.house = house
        self._step = step
        self._rng = rng
        self._clocks = Clocks(house, monkeypatch)
        self._began = self._clocks.steady
        self.true_clock = house.gateway.emulator.state.clock = TrueClock(self._clocks)
        self._drift = 0.0
        self.settings = 0
        self.restarts: list[Restart] = []

    @property
    def now(self) -> float:
        """Return the true time since the beginning, in seconds."""
        return self._clocks.steady - self._began

    @property
    def error(self) -> float:
        """Return how far the wall clock is ahead of true time, in seconds."""
        return (datetime.now(UTC) - self.true_clock.now()).total_seconds()

    def when(self, moment: str) -> float:
        """Return the true time, in seconds, of a moment of the gateway's."""
        began_at = self.true_clock.now() - timedelta(seconds=self.now)
        return (datetime.fromisoformat(moment) - began_at).total_seconds()

    def set_error(self, error: float) -> None:
        """Set the wall clock so far ahead of true time."""
        self.settings += 1
        self._clocks.set_wall(timedelta(seconds=error - self.error))

    def disturb(self) -> None:
        """Set the wall clock wrong or right, or let it go wrong slowly."""
        if self._rng.random() < 0.3:
            self._drift = self._rng.choice(DRIFTS)
        elif self.error and self._rng.random() < 0.5:
            self.put_right()
        else:
            self.set_error(self._rng.choice(ERRORS))

    def put_right(self) -> None:
        """Set the wall clock right, and let it be."""
        self._drift = 0
        self.set_error(0)

    async def wait(self, seconds: float) -> None:
        """Let time go by."""
        end = self.now + seconds
        while self.now < end - 0.001:
            step = min(self._step, end - self.now)
            self._clocks.set_wall(timedelta(seconds=step * self._drift))
            await self._clocks.async_pass(seconds=step)
            await self.house.gateway.advance()
            await self.house.async_settle()

    def pass_unsettled(self, seconds: float) -> None:
        """Let time go by, and do not wait for what that begins."""
        self._clocks.pass_unsettled(seconds=seconds)

    async def restart(self) -> None:
        """Stop with a right clock, and start with one that is right, or old and right minutes later."""
        self.put_right()
        # So that it is noticed, and what waits is stored by the right clock.
        await self.wait(65)
        at = self.now
        await self.house.hass.config_entries.async_unload(self.house.entry.entry_id)
        await self.wait(self._rng.choice((0, 5, 40)))
        is_right = self._rng.random() < 0.5
        if not is_right:
            self.set_error(self._rng.choice(BEHIND_AT_START))
        await self.house.async_set_up()
        if not is_right:
            await self.wait(self._rng.choice((5, 70, 200)))
            self.put_right()
        self.restarts.append(Restart(at, self.now))
        # Two settings between two looks are one: that the clock was learned could not be told from what follows.
        await self.wait(65)

    def may_be_late(self, since: float, due: float) -> float:
        """Return how late something may be that waits since then: the house learns within a minute that it was set."""
        learned = [restart.right_at + 60 - due for restart in self.restarts if restart.right_at > since]
        return max([0.0, *learned])

    def was_restarted(self, since: float, until: float) -> bool:
        """Return whether there was a restart between two times."""
        return any(restart.right_at > since and restart.at < until for restart in self.restarts)


class TimedEvents:
    """Events with the true time at which each was told."""

    def __init__(self, world: ClockWorld, names: Iterable[str]) -> None:
        """Listen from now on."""
        self.told: list[tuple[float, Event]] = []

        @callback
        def note(event: Event) -> None:
            self.told.append((world.now, event))

        for name in names:
            world.house.hass.bus.async_listen(name, note)

    def of(self, name: str) -> list[tuple[float, Event]]:
        """Return the events of a name."""
        return [(at, event) for at, event in self.told if event.event_type == name]
