"""The clock, the disk and the network may fail: what waits leaves once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from tests.support.house import House
from tests.support.sends import issue, queued, send, texts


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """Have the disk take nothing for the length of the block."""
    database = house.account.store._database
    assert database is not None
    connection = database._connection
    connection.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
    yield
    connection.execute("DROP TRIGGER full")


@pytest.mark.parametrize("days", [-4_000, 4_000], ids=["back", "forward"])
async def test_a_clock_that_is_set_neither_expires_nor_delays_what_waits(
    house: House, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """A small computer without a battery starts in the past, and learns the time from the network."""
    steady = [0.0]
    monkeypatch.setattr("custom_components.smsmode.helpers.clock.monotonic", lambda: steady[0])
    await house.async_reload()
    async with house.gateway.offline():
        await send(house)
        steady[0] += 10
        await house.async_wait(seconds=10)
        assert queued(house) == 1
    # The clock is set; one second goes by.
    house.freezer.tick(timedelta(days=days))
    steady[0] += 310
    house.freezer.tick(timedelta(seconds=310))
    house.account.worker._async_run_due(dt_util.utcnow())
    await house.async_settle()
    for _ in range(3):
        steady[0] += 310
        await house.async_wait(seconds=310)
    assert await texts(house.gateway) == ["Water!"]


async def test_a_full_disk_keeps_no_alert_from_leaving(house: House) -> None:
    with full_disk(house):
        assert (await send(house))["status"] == "accepted"
        assert issue(house, "state_unwritable")
    await house.async_wait(minutes=2)
    assert not issue(house, "state_unwritable")
    await house.async_reload()
    assert list(house.account.store.state.message_log.messages) == [(await house.gateway.messages())[0].id]


async def test_what_waited_before_the_disk_was_full_leaves_when_there_is_room_again_and_once(house: House) -> None:
    async with house.gateway.offline():
        assert (await send(house))["status"] == "queued"
    with full_disk(house):
        # Its first attempt is over; the disk cannot be told of another.
        await house.async_wait(minutes=1)
        assert await texts(house.gateway) == []
    for _ in range(3):
        await house.async_wait(minutes=2)
    assert await texts(house.gateway) == ["Water!"]
    assert queued(house) == 0


async def test_a_message_that_comes_when_the_account_is_just_closed_is_refused_aloud(house: House) -> None:
    await house.account.store.async_close()
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == "account_stopping"
    assert await texts(house.gateway) == []


async def test_a_house_that_starts_without_internet_keeps_what_is_sent_and_sends_it_when_it_can(
    hass: HomeAssistant, house: House
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    async with house.gateway.offline():
        await house.async_set_up()
        assert house.entry.state is ConfigEntryState.LOADED
        assert (await send(house))["status"] == "queued"
    await house.async_wait(seconds=30)
    assert await texts(house.gateway) == ["Water!"]
