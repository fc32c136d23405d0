"""A message that is called off has the status cancelled, wherever it waited."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from tests.support.house import ALICE, BOB, House
from tests.support.sends import send

STATUS = "sensor.alice_last_status"


async def schedule(house: House, **data: Any) -> dict[str, Any]:
    """Schedule a message to Alice for tomorrow."""
    return await send(house, send_at=dt_util.now() + timedelta(days=1), **data)


async def delete_event(house: House, uid: str) -> None:
    """Delete the event of a scheduled message from the calendar."""
    (calendar,) = house.hass.states.async_entity_ids("calendar")
    entity = house.hass.data["calendar"].get_entity(calendar)
    await entity.async_delete_event(uid)
    await house.async_settle()


@pytest.mark.parametrize("by", ["message_id", "number", "calendar"])
async def test_a_scheduled_message_that_is_cancelled_at_the_gateway_is_cancelled(house: House, by: str) -> None:
    reports = house.capture("smsmode_delivery_report")
    sent = await schedule(house, reference="dentist")
    assert house.state(STATUS).state == "accepted"
    if by == "calendar":
        await delete_event(house, sent["message_id"])
    else:
        await house.async_call("delete_message", **{by: {"message_id": sent["message_id"], "number": ALICE}[by]})
    for entity in (STATUS, "sensor.home_last_status"):
        state = house.state(entity)
        assert (state.state, state.attributes["message_id"]) == ("cancelled", sent["message_id"])
        assert state.attributes["reference"] == "dentist"
    # Whoever cancels knows: no report is published, on which automations act.
    assert not reports


@pytest.mark.parametrize("by", ["cancel_message", "delete_message", "number", "flush", "calendar"])
async def test_a_message_that_is_cancelled_while_it_waits_is_cancelled(house: House, by: str) -> None:
    async with house.gateway.offline():
        sent = await schedule(house)
        assert house.state(STATUS).state == "queued"
        match by:
            case "number":
                await house.async_call("delete_message", number=ALICE)
            case "flush":
                await house.async_call("flush", mode="drop")
            case "calendar":
                await delete_event(house, sent["queue_id"])
            case _:
                await house.async_call(by, queue_id=sent["queue_id"])
    assert house.state(STATUS).state == "cancelled"


async def test_one_of_two_recipients_is_cancelled_and_the_other_is_not(house: House) -> None:
    async with house.gateway.offline():
        await send(house, target=["Alice", BOB])
        await house.async_call("delete_message", number=ALICE)
        statuses = house.account.store.state.message_log.last_status_of
        assert [statuses[number].status for number in (ALICE, BOB)] == ["cancelled", "queued"]


async def test_what_may_have_left_or_was_sent_is_not_cancelled(house: House) -> None:
    sent = await send(house)
    await house.async_call("delete_message", message_id=sent["message_id"])
    assert house.state(STATUS).state == "accepted"
    await house.gateway.fail("sendSMS.do", "drop_before")
    doubtful = await send(house, "doubtful")
    await house.async_call("cancel_message", queue_id=doubtful["queue_id"])
    assert house.state(STATUS).state == "queued"


async def test_a_scheduled_message_that_the_gateway_does_not_delete_is_not_cancelled(house: House) -> None:
    sent = await schedule(house)
    await house.gateway.fail("deleteSMS.do", "code:35")
    with pytest.raises(HomeAssistantError):
        await house.async_call("delete_message", message_id=sent["message_id"])
    assert house.state(STATUS).state == "accepted"


async def test_the_status_of_a_cancelled_message_survives_a_restart(house: House) -> None:
    sent = await schedule(house)
    await house.async_call("delete_message", message_id=sent["message_id"])
    await house.async_reload()
    assert house.state(STATUS).state == "cancelled"
