"""Wall clock and monotonic clock of a test, moved apart: what one is set to, the other does not notice."""

from datetime import timedelta
from time import monotonic

import freezegun.api
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .house import House


class Clocks:
    """The two clocks of a house. Time goes by in both; only the wall clock can be set."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin where the frozen time is; the event loop goes by the monotonic clock."""
        self._house = house
        self.steady = monotonic()
        monkeypatch.setattr(freezegun.api, "_get_fake_monotonic", lambda: self.steady)

    def set_wall(self, by: timedelta) -> None:
        """Set the wall clock forward or back, at once."""
        self._house.freezer.tick(by)

    async def async_pass(self, **duration: float) -> None:
        """Let time go by in both clocks, run all timers that are due, and wait until what they begin is done."""
        self.pass_unsettled(**duration)
        await self._house.async_settle()

    def pass_unsettled(self, **duration: float) -> None:
        """Let time go by in both clocks, and run all timers that are due."""
        elapsed = timedelta(**duration)
        self.steady += elapsed.total_seconds()
        self._house.freezer.tick(elapsed)
        async_fire_time_changed(self._house.hass)
