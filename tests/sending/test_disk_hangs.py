"""Messages while the disk hangs: they leave within seconds, once."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import pytest
from homeassistant.core import CoreState
from pytest_homeassistant_custom_component.common import async_fire_time_changed, async_mock_service

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.sending.worker import FlushMode
from custom_components.smsmode.state.database import Database
from tests.support.disks import HangingDisk, hanging, opening_hangs
from tests.support.house import House
from tests.support.sends import issue, queued, send, texts
from tests.support.stores import waiting_on_disk
from tests.support.watchdog_house import SWITCH

PATIENCE = 3


def call(house: House, message: str = "Water!", **data: Any) -> asyncio.Task[Any]:
    """Begin to send to Alice."""
    fields = {"message": message, "target": ["Alice"], "urgent": True} | data
    return asyncio.create_task(
        house.hass.services.async_call(DOMAIN, "send_message", fields, blocking=True, return_response=True)
    )


async def elapse(house: House, seconds: float) -> None:
    """Let time go by, once the disk has begun to hang, and do not wait for it."""
    await turn()
    house.freezer.tick(timedelta(seconds=seconds))
    async_fire_time_changed(house.hass)
    await turn()


async def turn() -> None:
    """Let everything go on that need not wait."""
    for _ in range(20):
        await asyncio.sleep(0)


async def status(caller: asyncio.Task[Any]) -> str:
    """Return the status of the message that a caller has sent."""
    result: str = (await caller)["messages"][0]["status"]
    return result


async def test_a_message_leaves_within_seconds_while_the_disk_hangs_and_the_house_is_told(house: House) -> None:
    with hanging() as disk:
        caller = call(house)
        await elapse(house, PATIENCE)
        assert await status(caller) == "accepted"
        assert await texts(house.gateway) == ["Water!"]
        assert (disk.begun, disk.ended) == (1, 0)
        assert issue(house, "state_unwritable")
    await house.async_settle()
    assert not issue(house, "state_unwritable")
    await house.async_reload()
    assert [message.id for message in await house.gateway.messages()] == list(
        house.account.store.state.message_log.messages
    )
    assert await texts(house.gateway) == ["Water!"]


async def test_each_of_several_messages_leaves_within_seconds_and_one_thread_waits_for_the_disk(house: House) -> None:
    with hanging() as disk:
        for number in range(5):
            caller = call(house, f"Water {number}!")
            await elapse(house, PATIENCE)
            assert await status(caller) == "accepted"
        assert disk.begun == 1
    await house.async_settle()
    await house.async_wait(minutes=5)
    assert len(await texts(house.gateway)) == 5


async def test_a_disk_that_is_only_slow_has_a_message_before_it_leaves(house: House, tmp_path: Path) -> None:
    with hanging() as disk:
        caller = call(house)
        await elapse(house, 1)
        assert await texts(house.gateway) == []
        await house.gateway.fail("sendSMS.do", "hang_before")
        disk.release()
        await house.gateway.wait_for_requests("sendSMS.do", 1)
        assert len(waiting_on_disk(tmp_path / ".storage", house.entry.entry_id)) == 1
        await house.gateway.release()
        assert await status(caller) == "accepted"
        assert not issue(house, "state_unwritable")


async def test_what_the_gateway_refused_for_now_while_the_disk_hung_leaves_once(house: House) -> None:
    with hanging():
        await house.gateway.fail("sendSMS.do", "code:50")
        caller = call(house)
        await elapse(house, PATIENCE)
        assert await status(caller) == "queued"
        # The disk has never had it as waiting: it need not wait for the disk now.
        await elapse(house, 10)
        await elapse(house, PATIENCE)
        await house.gateway.wait_for_requests("sendSMS.do", 2)
        assert await texts(house.gateway) == ["Water!"]
    await house.async_settle()
    await house.async_wait(minutes=5)
    assert (await texts(house.gateway), queued(house)) == (["Water!"], 0)


async def test_an_account_is_reloaded_while_the_disk_hangs_and_forgets_nothing(house: House) -> None:
    with hanging():
        caller = call(house, "before")
        await elapse(house, PATIENCE)
        assert await status(caller) == "accepted"
        reload = asyncio.create_task(house.hass.config_entries.async_reload(house.entry.entry_id))
        while not reload.done():
            await elapse(house, 1)
        assert await reload
        caller = call(house, "after")
        await elapse(house, PATIENCE)
        assert await status(caller) == "accepted"
        assert issue(house, "state_unwritable")
    await house.async_settle()
    await house.async_wait(minutes=2)
    assert not issue(house, "state_unwritable")
    await house.async_reload()
    await house.async_wait(minutes=5)
    assert await texts(house.gateway) == ["before", "after"]
    assert list(house.account.store.state.message_log.messages) == [each.id for each in await house.gateway.messages()]


async def test_the_message_of_a_watchdog_has_time_and_waits_for_the_disk(watchdog_house: House) -> None:
    """Whatever is held at the gateway, and not known after a fall, would be sent there."""
    house = watchdog_house
    with hanging() as disk:
        armed = asyncio.create_task(
            house.hass.services.async_call("switch", "turn_on", {"entity_id": SWITCH}, blocking=True)
        )
        await elapse(house, PATIENCE)
        await disk.async_wait_until_it_hangs()
        assert await house.gateway.messages() == []
        await elapse(house, 30)
        await house.gateway.wait_for_requests("sendSMS.do", 1)
    await armed
    await house.async_settle()
    assert len(await house.gateway.messages()) == 1


async def set_up_meanwhile(house: House) -> None:
    """Set the account up, whose file cannot be opened for writing yet."""
    set_up = asyncio.create_task(house.hass.config_entries.async_setup(house.entry.entry_id))
    while not set_up.done():
        await elapse(house, 1)
        # The file is read in a thread.
        await asyncio.to_thread(lambda: None)
    assert await set_up


async def test_an_account_starts_while_the_disk_hangs_with_what_can_be_read(house: House) -> None:
    async with house.gateway.offline():
        await send(house, "before")
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    with opening_hangs() as disk:
        await set_up_meanwhile(house)
        assert (disk.begun, disk.ended) == (1, 0)
        assert queued(house) == 1
        assert issue(house, "state_unwritable")
        caller = call(house, "after")
        await elapse(house, PATIENCE)
        assert await status(caller) == "accepted"
        assert await texts(house.gateway) == ["after"]
    await house.async_settle()
    for _ in range(3):
        await house.async_wait(minutes=2)
    assert not issue(house, "state_unwritable")
    assert await texts(house.gateway) == ["after", "before"]
    await house.async_reload()
    assert len(house.account.store.state.message_log.messages) == 2


async def test_a_disk_that_hangs_does_not_hold_up_the_start_of_home_assistant(house: House) -> None:
    """What is due at a start is written; the automations begin after that."""
    await hold_up(house)
    house.hass.set_state(CoreState.starting)
    with hanging() as disk:
        house.account.worker.async_flush(FlushMode.RETRY)
        await disk.async_wait_until_it_hangs()
        await house.hass.async_block_till_done()
        assert disk.was_released is None
    house.hass.set_state(CoreState.running)
    await house.async_settle()


@pytest.mark.parametrize("hangs", [True, False])
async def test_a_file_that_can_neither_be_written_nor_read_is_free_when_the_disk_goes_on(
    house: House, hangs: bool
) -> None:
    """Another attempt to set the account up opens it again."""
    hass, entry_id = house.hass, house.entry.entry_id
    await hass.config_entries.async_unload(entry_id)
    copied = threading.Event()
    unreadable = Mock(side_effect=(lambda _path: copied.wait(20)) if hangs else OSError)
    with opening_hangs(), patch.object(Database, "_copy_from", unreadable):
        set_up = asyncio.create_task(hass.config_entries.async_setup(entry_id))
        while not set_up.done():
            await elapse(house, 1)
            await asyncio.to_thread(lambda: None)
        assert house.entry.state.value == "setup_retry"
        copied.set()
    await house.async_settle()
    await house.async_wait(minutes=1)
    assert house.entry.state.value == "loaded"
    assert not issue(house, "state_unwritable")


async def hold_up(house: House) -> None:
    """Have a message wait, which the disk has as waiting."""
    async with house.gateway.offline():
        assert (await send(house, "before"))["status"] == "queued"


async def try_again(house: House, disk: HangingDisk) -> None:
    """Let the next attempt come due, and wait for the disk in vain."""
    await elapse(house, 10)
    await disk.async_wait_until_it_hangs()
    await elapse(house, PATIENCE)


async def test_what_the_disk_has_as_waiting_does_not_leave_before_the_disk_knows_of_it(house: House) -> None:
    """After a fall it would leave once more."""
    await hold_up(house)
    with hanging() as disk:
        await try_again(house, disk)
        assert await texts(house.gateway) == []
    await house.async_settle()
    assert await texts(house.gateway) == ["before"]
    await house.async_wait(minutes=5)
    assert (await texts(house.gateway), queued(house)) == (["before"], 0)


async def test_what_the_disk_has_as_waiting_keeps_nothing_else_waiting(house: House) -> None:
    await hold_up(house)
    with hanging() as disk:
        await try_again(house, disk)
        await elapse(house, 60)
        await house.gateway.fail("sendSMS.do", "code:50")
        caller = call(house, "after")
        await elapse(house, PATIENCE)
        assert await status(caller) == "queued"
        await elapse(house, 10)
        for _ in range(4):
            await elapse(house, 60)
        await house.gateway.wait_for_requests("sendSMS.do", 2)
        assert await texts(house.gateway) == ["after"]
    await house.async_settle()
    for _ in range(3):
        await house.async_wait(minutes=5)
    assert await texts(house.gateway) == ["after", "before"]


async def test_a_notification_of_an_alert_leaves_within_seconds_while_the_disk_hangs(house: House) -> None:
    pushes = async_mock_service(house.hass, "notify", "mobile_app_alice")
    fields = {"message": "Water!", "alert_id": "cellar", "steps": [{"notify": "notify.mobile_app_alice"}]}
    with hanging() as disk:
        raised = asyncio.create_task(house.async_call("alert", **fields))
        await disk.async_wait_until_it_hangs()
        await elapse(house, PATIENCE)
        assert [push.data["message"] for push in pushes] == ["Water!"]
    await raised


async def test_an_alert_that_ends_while_the_disk_hangs_notifies_nobody(house: House) -> None:
    pushes = async_mock_service(house.hass, "notify", "mobile_app_alice")
    fields = {"message": "Water!", "alert_id": "cellar", "steps": [{"notify": "notify.mobile_app_alice"}]}
    with hanging() as disk:
        raised = asyncio.create_task(house.async_call("alert", **fields))
        await disk.async_wait_until_it_hangs()
        await house.hass.services.async_call(DOMAIN, "cancel_alert", {"alert_id": "cellar"}, blocking=True)
    await raised
    # There may be a notification to take away.
    assert "Water!" not in [push.data["message"] for push in pushes]
