"""What waits is seen, hurried, called off and dropped."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.sending.worker import MAX_CONCURRENT, FlushMode
from tests.support.house import ALICE, BOB, House
from tests.support.sends import issue, queued, send, texts


async def test_messages_that_wait_for_long_are_a_repair_issue_that_goes_away_by_itself(house: House) -> None:
    async with house.gateway.offline():
        for text in ("one", "two"):
            assert (await send(house, text))["status"] == "queued"
        await house.async_wait(minutes=3)
        assert (queued(house), issue(house, "messages_waiting")) == (2, None)
        await house.async_wait(minutes=2)
        shown = issue(house, "messages_waiting")
        assert shown
        assert shown.translation_placeholders == {"account": "Home", "count": "2"}
    await house.async_wait(minutes=7)
    assert (queued(house), issue(house, "messages_waiting")) == (0, None)
    assert await texts(house.gateway) == ["one", "two"]


async def test_a_reload_takes_the_issue_of_what_waits_back_until_it_waits_again(house: House) -> None:
    async with house.gateway.offline():
        await send(house)
        await house.async_wait(minutes=7)
        assert issue(house, "messages_waiting")
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        assert not issue(house, "messages_waiting")


async def test_what_waits_is_called_off_by_its_queue_id(house: House) -> None:
    async with house.gateway.offline():
        first, second = await send(house, "one"), await send(house, "two")
        assert await house.async_call("delete_message", queue_id=first["queue_id"]) == {"cancelled": True}
        assert queued(house) == 1
    await house.async_wait(minutes=1)
    assert await texts(house.gateway) == ["two"]
    assert house.account.store.state.budget.spent_today.total() == 1
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("delete_message", queue_id=second["queue_id"])
    assert err.value.translation_key == "queue_id_unknown"


async def test_what_was_called_off_may_be_sent_again_at_once(house: House) -> None:
    async with house.gateway.offline():
        first = await send(house)
        await house.async_call("delete_message", queue_id=first["queue_id"])
    assert (await send(house))["status"] == "accepted"


async def test_the_latest_message_to_a_number_is_called_off_before_any_is_deleted_at_the_gateway(house: House) -> None:
    await send(house, "sent")
    async with house.gateway.offline():
        await send(house, "one")
        await send(house, "two")
        assert await house.async_call("delete_message", number="06 12 34 56 78") == {"cancelled": True}
    await house.async_wait(minutes=1)
    assert await texts(house.gateway) == ["sent", "one"]
    assert (await house.async_call("delete_message", number=ALICE))["description"]
    assert await texts(house.gateway) == ["sent"]


@pytest.mark.parametrize("action", ["send_message", "send_voice_message", "send_batch"])
async def test_a_message_to_several_is_called_off_for_one_of_them(house: House, action: str) -> None:
    fields: dict[str, Any] = {"message": "x", "target": [ALICE, BOB]}
    if action == "send_batch":
        fields = {"messages": [{"target": number, "message": "x"} for number in (ALICE, BOB)]}
    async with house.gateway.offline():
        await house.async_call(action, **fields)
        assert await house.async_call("delete_message", number=ALICE) == {"cancelled": True}
    await house.async_wait(minutes=1)
    (message,) = await house.gateway.messages()
    assert message.numbers == [BOB.removeprefix("+")]


@pytest.mark.parametrize("target", [["Alice"], [ALICE, BOB]], ids=["to her alone", "to others as well"])
async def test_what_may_have_left_is_not_called_off_but_is_not_sent_again_either(
    house: House, target: list[str]
) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await send(house, target=target)
    assert await house.async_call("delete_message", number=ALICE) == {"cancelled": False}
    for _ in range(4):
        await house.async_wait(seconds=40)
    # To others as well: they still get it.
    assert await texts(house.gateway) == ([] if target == ["Alice"] else ["Water!"])
    assert queued(house) == 0


async def test_an_account_that_ends_begins_no_more_attempts(hass: HomeAssistant, house: House) -> None:
    async with house.gateway.offline():
        for number in range(MAX_CONCURRENT + 1):
            await house.async_call("send_message", message=f"Water! {number}", target=["Alice"])
    await house.gateway.fail("sendSMS.do", "hang_before", times=MAX_CONCURRENT)
    account = house.account
    account.worker.async_flush(FlushMode.RETRY)
    await house.gateway.wait_for_requests("sendSMS.do", MAX_CONCURRENT)
    unload = hass.async_create_task(hass.config_entries.async_unload(house.entry.entry_id))
    while account.processor.is_listening:  # noqa: ASYNC110 - until the account has begun to stop
        await asyncio.sleep(0)
    await house.gateway.release()
    assert await unload
    assert len(await house.gateway.messages()) == MAX_CONCURRENT
    await house.async_set_up()
    await house.async_wait(minutes=5)
    assert len(await house.gateway.messages()) == MAX_CONCURRENT + 1


async def test_the_queue_is_tried_at_once(house: House) -> None:
    async with house.gateway.offline():
        await send(house)
        for _ in range(6):
            await house.async_wait(minutes=6)
    assert await house.async_call("flush") == {"count": 1}
    assert await texts(house.gateway) == ["Water!"]


async def test_the_queue_is_dropped_what_waits_and_what_is_doubtful(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await send(house, "doubtful")
    async with house.gateway.offline():
        await send(house, "waiting")
        assert await house.async_call("flush", mode="drop") == {"count": 2}
    for _ in range(5):
        await house.async_wait(minutes=1)
    assert await texts(house.gateway) == []
    # The doubtful one may have been paid.
    assert house.account.store.state.budget.spent_today.total() == 1


async def test_the_queue_is_for_administrators(
    hass: HomeAssistant, house: House, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "flush", {}, blocking=True, context=Context(user_id=hass_read_only_user.id)
        )
