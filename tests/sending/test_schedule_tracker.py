"""Schedule tracker: a scheduled message is forgotten at the minute it leaves, whatever happens to the clock."""

from datetime import timedelta

import pytest
from homeassistant.util import dt as dt_util

from tests.support.clocks import Clocks
from tests.support.house import House
from tests.support.sends import send


async def _schedule(house: House, **later: float) -> str:
    """Schedule a message, and return its id."""
    house.freezer.move_to("2026-07-14T10:00:00+02:00")
    await house.gateway.set_time(dt_util.utcnow().isoformat())
    message = await send(house, send_at=dt_util.utcnow() + timedelta(**later))
    assert list(house.account.store.state.schedule.items) == [message["message_id"]]
    return str(message["message_id"])


async def test_a_scheduled_message_is_forgotten_at_the_minute_it_leaves(house: House) -> None:
    await _schedule(house, minutes=5)
    await house.async_wait(minutes=4, seconds=59)
    assert house.account.store.state.schedule.items
    await house.async_wait(seconds=1)
    assert not house.account.store.state.schedule.items


async def test_the_next_one_is_waited_for_when_another_is_deleted(house: House) -> None:
    first = await _schedule(house, minutes=5)
    second = await send(house, "Later", send_at=dt_util.utcnow() + timedelta(minutes=8))
    await house.async_call("delete_message", message_id=first)
    await house.async_wait(minutes=8)
    assert second["message_id"] not in house.account.store.state.schedule.items


async def test_what_has_left_while_the_house_slept_is_forgotten_once_the_gateway_says_the_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _schedule(house, hours=3)
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    clocks.set_wall(timedelta(hours=4))
    for _ in range(2):
        await house.async_poll()
    await clocks.async_pass(minutes=1)
    assert not house.account.store.state.schedule.items


@pytest.mark.parametrize("by", [timedelta(hours=4), timedelta(days=-900)], ids=["ahead", "back"])
async def test_what_the_gateway_holds_is_known_while_the_clock_of_the_house_is_wrong(
    house: House, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    message_id = await _schedule(house, hours=3)
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    for wrong in (by, -by):
        clocks.set_wall(wrong)
        await house.gateway.advance(-wrong.total_seconds())
        await clocks.async_pass(minutes=59)
        await clocks.async_pass(minutes=1)
        (listed,) = (await house.async_call("get_scheduled"))["scheduled"]
        assert listed["message_id"] == message_id
    await clocks.async_pass(minutes=59, seconds=55)
    assert house.account.store.state.schedule.items
    await clocks.async_pass(minutes=1)
    assert not house.account.store.state.schedule.items
