"""A person who deletes messages does not disarm a watchdog."""

import pytest
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from tests.support.house import ALICE, BOB, House
from tests.support.watchdog_house import scheduled, watchdog_of


async def held_id(house: House) -> str:
    held = house.account.watchdogs.state(watchdog_of(house)).armed_message
    assert held is not None
    return held.message_id


async def test_the_message_of_a_watchdog_is_not_deleted_by_its_id(armed_house: House) -> None:
    for message_id in (await held_id(armed_house), f" {await held_id(armed_house)} "):
        with pytest.raises(ServiceValidationError) as refused:
            await armed_house.async_call("delete_message", message_id=message_id)
        assert refused.value.translation_key == "watchdog_message_kept"
    assert len(await scheduled(armed_house)) == 1


async def test_the_message_of_a_watchdog_is_not_deleted_by_its_number(armed_house: House) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await armed_house.async_call("delete_message", number=ALICE)
    assert refused.value.translation_key == "watchdog_message_kept"
    assert len(await scheduled(armed_house)) == 1


async def test_another_message_to_the_number_is_deleted_all_the_same(armed_house: House) -> None:
    await armed_house.async_call("send_message", message="Hi", target=["Alice"], send_at="2026-07-15 10:00:00")
    assert len(await scheduled(armed_house)) == 2
    await armed_house.async_call("delete_message", number=ALICE)
    (left,) = await scheduled(armed_house)
    assert left.id == await held_id(armed_house)


async def test_the_latest_message_to_another_number_is_deleted(armed_house: House) -> None:
    with pytest.raises(HomeAssistantError) as refused:
        await armed_house.async_call("delete_message", number=BOB)
    assert refused.value.translation_key == "message_not_found"


async def test_a_message_of_a_watchdog_that_waits_is_not_cancelled_or_dropped(armed_house: House) -> None:
    await armed_house.gateway.fail("sendSMS.do", "drop_before", None)
    await armed_house.gateway.fail("smsList.do", "drop_before", None)
    await armed_house.async_wait(minutes=16)
    (item,) = armed_house.account.store.state.outbox.items.values()
    # Whether it waits or is at the gateway already, nobody knows, nor to whom the latest message there is.
    for fields in ({"queue_id": item.key}, {"number": ALICE}, {"number": BOB}):
        with pytest.raises(ServiceValidationError) as refused:
            await armed_house.async_call("delete_message", **fields)
        assert refused.value.translation_key == "watchdog_message_kept"
    assert (await armed_house.async_call("flush", mode="drop"))["count"] == 0
    await armed_house.gateway.clear_faults()


async def test_a_message_that_is_gone_from_the_gateway_is_renewed_at_once(armed_house: House) -> None:
    lost = await held_id(armed_house)
    await armed_house.account.client.delete_message(message_id=lost)
    assert not await scheduled(armed_house)
    with pytest.raises(HomeAssistantError):
        await armed_house.async_call("get_message_status", message_id=lost)
    await armed_house.async_settle()
    assert len(await scheduled(armed_house)) == 1
    assert await held_id(armed_house) != lost


async def test_a_message_of_somebody_else_that_is_gone_renews_nothing(armed_house: House) -> None:
    before = await held_id(armed_house)
    with pytest.raises(HomeAssistantError):
        await armed_house.async_call("get_message_status", message_id="unheard-of")
    await armed_house.async_settle()
    assert await held_id(armed_house) == before
