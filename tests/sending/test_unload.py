"""What waits while its account is unloaded, or was, is refused aloud or kept."""

import asyncio
from typing import Any

import pytest
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.store import StorageError
from tests.support.house import House
from tests.support.sends import queued, send, texts


async def call_twice(house: House) -> tuple[asyncio.Task[Any], asyncio.Task[Any]]:
    """Call for the same message twice: the gateway hangs at the first, for which the second waits."""
    await house.gateway.fail("sendSMS.do", "hang_before")
    message = {"message": "Water!", "target": ["Alice"]}
    first, second = (
        asyncio.create_task(
            house.hass.services.async_call(DOMAIN, "send_message", message, blocking=True, return_response=True)
        )
        for _ in range(2)
    )
    await house.gateway.wait_for_requests("sendSMS.do", 1)
    return first, second


async def unload_meanwhile(house: House) -> None:
    """Unload the account, whose gateway goes on when the account has begun to stop."""
    account = house.account
    unload = asyncio.create_task(house.hass.config_entries.async_unload(house.entry.entry_id))
    while account.processor.is_listening:  # noqa: ASYNC110 - until the account has begun to stop
        await asyncio.sleep(0)
    await house.gateway.release()
    assert await unload


async def test_what_repeats_a_message_that_is_refused_while_the_account_is_unloaded_leaves_when_it_is_loaded(
    house: House,
) -> None:
    first, second = await call_twice(house)
    await house.gateway.set(balance=0)
    await unload_meanwhile(house)
    with pytest.raises(HomeAssistantError) as refused:
        await first
    assert refused.value.translation_key == "no_credit_balance"
    await house.gateway.set(balance=100)
    await house.async_set_up()
    response = await second
    assert response["messages"][0]["status"] == "accepted"
    await house.async_wait(minutes=5)
    assert (len(await texts(house.gateway)), queued(house)) == (1, 0)


async def test_what_repeats_a_message_while_home_assistant_writes_for_the_last_time_is_refused_aloud(
    house: House,
) -> None:
    callers = await call_twice(house)
    await house.account.store.async_close()
    await house.gateway.set(balance=0)
    await house.gateway.release()
    errors = await asyncio.gather(*callers, return_exceptions=True)
    assert [getattr(error, "translation_key", error) for error in errors] == ["no_credit_balance", "account_stopping"]


async def test_a_store_that_is_closed_does_not_say_that_it_saved(house: House) -> None:
    """A message that waits on the disk would leave, and once more after the restart."""
    await house.account.store.async_close()
    with pytest.raises(StorageError):
        await house.account.store.async_save()


async def test_a_message_that_waits_on_the_disk_does_not_leave_after_the_last_write(house: House) -> None:
    async with house.gateway.offline():
        assert (await send(house))["status"] == "queued"
    await house.account.store.async_close()
    await house.async_wait(minutes=1)
    assert await texts(house.gateway) == []
    await house.async_reload()
    await house.async_wait(minutes=5)
    assert await texts(house.gateway) == ["Water!"]
