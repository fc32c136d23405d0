"""Messages while the disk is full, read-only or slow: they leave, once."""

import errno

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from tests.support.disks import refusing, unopenable
from tests.support.house import House
from tests.support.sends import issue, queued, send, texts


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS])
async def test_an_account_that_starts_on_a_disk_that_takes_nothing_sends_and_says_so(
    hass: HomeAssistant, house: House, error: int
) -> None:
    """Faults E4."""
    await hass.config_entries.async_unload(house.entry.entry_id)
    with unopenable(error):
        await house.async_set_up()
        assert house.entry.state is ConfigEntryState.LOADED
        assert issue(house, "state_unwritable")
        assert (await send(house))["status"] == "accepted"
        # What is not on the disk is known after a reload all the same.
        await house.async_reload()
        assert len(house.account.store.state.message_log.messages) == 1
    await house.async_wait(minutes=2)
    assert not issue(house, "state_unwritable")


@pytest.mark.parametrize("fault", ["code:50", "code:31"])
async def test_a_message_that_a_full_disk_never_had_is_tried_again(house: House, fault: str) -> None:
    """Faults E4: one attempt is answered with 50."""
    with refusing("SQLITE_FULL"):
        await house.gateway.fail("sendSMS.do", fault)
        assert (await send(house))["status"] == "queued"
        await house.async_wait(seconds=10)
        assert await texts(house.gateway) == ["Water!"]
        assert queued(house) == 0
    await house.async_wait(minutes=2)
    assert await texts(house.gateway) == ["Water!"]


async def test_a_message_that_came_before_the_disk_was_full_waits_and_one_that_came_after_does_not(
    house: House,
) -> None:
    """The disk has the first as waiting: after a fall it would leave once more."""
    async with house.gateway.offline():
        await send(house, "before")
        with refusing("SQLITE_FULL"):
            await send(house, "after")
    with refusing("SQLITE_FULL"):
        await house.async_wait(minutes=1)
        assert await texts(house.gateway) == ["after"]
    await house.async_wait(minutes=2)
    assert await texts(house.gateway) == ["after", "before"]


async def test_a_message_that_the_disk_has_as_being_sent_is_tried_again_on_a_full_disk(house: House) -> None:
    """After a fall it would be looked for."""
    await house.gateway.fail("sendSMS.do", "hang_before")
    work = house.hass.async_create_task(
        house.hass.services.async_call(
            "smsmode", "send_message", {"message": "Water!", "target": ["Alice"]}, blocking=True, return_response=True
        )
    )
    await house.gateway.wait_for_requests("sendSMS.do", 1)
    with refusing("SQLITE_FULL"):
        await house.gateway.fail("sendSMS.do", "code:50")
        await house.gateway.release()
        await work
        for _ in range(6):
            await house.async_wait(seconds=31)
        assert await texts(house.gateway) == ["Water!"]
