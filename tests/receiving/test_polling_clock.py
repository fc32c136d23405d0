"""Polls when the wall clock is set: the balance is asked for as often as before, and no longer quickly than before."""

from datetime import timedelta

import pytest
from homeassistant.util import dt as dt_util

from tests.support.clocks import Clocks
from tests.support.house import House
from tests.support.sends import issue, send

SETTINGS = [
    pytest.param(timedelta(days=-1), id="a day back"),
    pytest.param(timedelta(hours=3), id="three hours ahead"),
]


@pytest.fixture
async def clocks(house: House, monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    return clocks


async def _asked(house: House, endpoint: str) -> int:
    return len(await house.gateway.requests(endpoint))


@pytest.mark.parametrize("by", SETTINGS)
async def test_the_balance_is_asked_for_when_it_is_due_though_the_clock_is_set(
    house: House, clocks: Clocks, by: timedelta
) -> None:
    clocks.set_wall(by)
    await house.gateway.set(balance=47)
    for _ in range(8):
        await clocks.async_pass(minutes=5, seconds=1)
    assert house.state("sensor.home_balance").state == "47"


@pytest.mark.parametrize("by", SETTINGS)
async def test_polls_are_quick_for_ten_minutes_after_a_message_and_no_longer(
    house: House, clocks: Clocks, by: timedelta
) -> None:
    await send(house)
    await clocks.async_pass(seconds=5)
    clocks.set_wall(by)
    before = await _asked(house, "responseList.do")
    for _ in range(8):
        await clocks.async_pass(seconds=40)
    assert await _asked(house, "responseList.do") >= before + 4
    for _ in range(8):
        await clocks.async_pass(minutes=1)
    before = await _asked(house, "responseList.do")
    for _ in range(8):
        await clocks.async_pass(seconds=16)
    assert await _asked(house, "responseList.do") <= before + 1


async def test_the_time_of_the_balance_is_right_soon_after_the_clock_is_set(house: House, clocks: Clocks) -> None:
    clocks.set_wall(timedelta(hours=-3))
    for _ in range(3):
        await clocks.async_pass(minutes=5, seconds=1)
    reading = house.account.store.state.balance
    assert reading is not None
    assert dt_util.utcnow() - timedelta(minutes=16) < reading.at <= dt_util.utcnow()


async def test_a_clock_that_is_set_ahead_makes_no_callback_late(house: House, clocks: Clocks) -> None:
    """The phones have had the messages, and the callbacks of that are a moment behind the polls."""
    monitor = house.account.callbacks.monitor
    for number in range(3):
        monitor.note_sent(f"m{number}")
        monitor.note_final(f"m{number}", house.account.clock.now())
    clocks.set_wall(timedelta(hours=3))
    await clocks.async_pass(minutes=1)
    await house.async_poll()
    assert not issue(house, "callbacks_silent")
