"""Clock: time that goes by is told from a clock that is set, and everything that waits is looked over."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.helpers.clock import TOLERANCE, Clock, KeyedTimers

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class TwoClocks:
    """A wall clock and a monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.wall, self.steady = NOW, 50.0

    def pass_by(self, elapsed: timedelta) -> None:
        self.wall += elapsed
        self.steady += elapsed.total_seconds()

    def clock(self, hass: HomeAssistant) -> Clock:
        return Clock(hass, lambda: self.wall, lambda: self.steady)


class Sleeper:
    """Something that waits, and notes when it was looked over."""

    def __init__(self, waits: bool = True) -> None:
        self.waits, self.looks = waits, 0

    def is_waiting(self) -> bool:
        return self.waits

    def async_look_over(self) -> None:
        self.looks += 1


@pytest.mark.parametrize("elapsed", [0.0, 0.5, 3600.0, 86_400.0 * 400], ids=["none", "half a second", "hour", "year"])
async def test_time_that_goes_by_is_no_setting_of_the_clock(hass: HomeAssistant, elapsed: float) -> None:
    clocks = TwoClocks()
    clock = clocks.clock(hass)
    clocks.pass_by(timedelta(seconds=elapsed))
    assert clock.async_check() == timedelta(0)
    assert clock.now() == clocks.wall


@pytest.mark.parametrize(
    "by",
    [timedelta(days=365 * 20), timedelta(hours=1), timedelta(seconds=-6), timedelta(days=-9999)],
    ids=["set by the network after a start in 2006", "an hour ahead", "6 s back", "back to 1999"],
)
async def test_a_clock_that_was_set_is_noticed_once_and_by_how_much(hass: HomeAssistant, by: timedelta) -> None:
    clocks = TwoClocks()
    clock = clocks.clock(hass)
    told: list[timedelta] = []
    clock.was_set.subscribe(told.append)
    clocks.pass_by(5 * MINUTE)
    clocks.wall += by
    assert clock.now() == NOW + 5 * MINUTE
    assert (clock.async_check(), clock.async_check()) == (by, timedelta(0))
    assert told == [by]
    assert clock.now() == clocks.wall


@given(st.lists(st.tuples(st.integers(0, 10**5), st.integers(-(10**6), 10**6)), max_size=10))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_however_the_clock_is_set_ten_minutes_are_ten_minutes(
    hass: HomeAssistant, steps: list[tuple[int, int]]
) -> None:
    clocks = TwoClocks()
    clock = clocks.clock(hass)
    deadlines = [clock.now() + timedelta(seconds=sum(elapsed for elapsed, _ in steps))]
    clock.was_set.subscribe(lambda by: deadlines.__setitem__(0, deadlines[0] + by))
    for elapsed, seconds in steps:
        clocks.pass_by(timedelta(seconds=elapsed))
        clocks.wall += timedelta(seconds=seconds)
        clock.async_check()
    assert clock.now() == deadlines[0]
    assert abs(clocks.wall - clock.now()) <= TOLERANCE


async def test_what_waits_is_looked_over_each_minute_and_nothing_wakes_up_when_nothing_waits(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    clock, sleeper, idle = Clock(hass), Sleeper(), Sleeper(waits=False)
    clock.async_register(idle)
    assert clock._cancel_look is None
    clock.async_register(sleeper)
    for _ in range(3):
        freezer.tick(MINUTE)
        async_fire_time_changed(hass)
    assert (sleeper.looks, idle.looks) == (3, 0)
    sleeper.waits = False
    for _ in range(3):
        freezer.tick(MINUTE)
        async_fire_time_changed(hass)
    assert (sleeper.looks, clock._cancel_look) == (3, None)
    sleeper.waits = True
    clock.async_wake()
    clock.async_stop()
    freezer.tick(MINUTE)
    async_fire_time_changed(hass)
    assert sleeper.looks == 3


async def test_a_clock_that_was_set_has_everything_looked_over_at_once(hass: HomeAssistant) -> None:
    clocks, sleeper, idle = TwoClocks(), Sleeper(), Sleeper(waits=False)
    clock = clocks.clock(hass)
    clock.async_register(sleeper)
    clock.async_register(idle)
    clocks.wall -= timedelta(hours=1)
    clock.async_check()
    clock.async_stop()
    assert (sleeper.looks, idle.looks) == (1, 0)


async def test_a_timer_whose_moment_has_not_come_by_the_clock_is_set_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    clocks, fired = TwoClocks(), []
    timers = KeyedTimers(hass, clocks.clock(hass))
    timers.set("a", NOW + MINUTE, lambda: fired.append("a"))
    freezer.tick(MINUTE)
    async_fire_time_changed(hass)
    assert fired == []
    clocks.pass_by(MINUTE)
    freezer.tick(MINUTE)
    async_fire_time_changed(hass)
    assert fired == ["a"]
    timers.set("b", NOW, lambda: fired.append("b"))
    timers.set("b", NOW + timedelta(days=1), lambda: fired.append("later"))
    timers.stop()
    timers.cancel("b")
    freezer.tick(timedelta(days=2))
    clocks.pass_by(timedelta(days=2))
    async_fire_time_changed(hass)
    assert fired == ["a"]


async def test_a_timer_that_is_set_anew_for_the_same_moment_is_not_delayed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    clocks, fired = TwoClocks(), []
    timers = KeyedTimers(hass, clocks.clock(hass))
    timers.set("a", NOW + MINUTE, lambda: fired.append("first"))
    clocks.pass_by(MINUTE)
    timers.set("a", NOW + MINUTE, lambda: fired.append("second"))
    freezer.tick(MINUTE)
    async_fire_time_changed(hass)
    assert fired == ["first"]
