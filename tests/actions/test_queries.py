"""Every action that asks: what became of a message, what was sent, who replied."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from tests.support.action_calls import send
from tests.support.house import ALICE, ALICE_DIGITS, House


async def test_the_status_of_a_message(house: House) -> None:
    message_id = await send(house)
    response = await house.async_call("get_message_status", message_id=message_id)
    assert (response["status"], response["code"]) == ("sent", 0)
    assert response["description"]


async def test_the_delivery_reports_of_a_message(house: House) -> None:
    message_id = await send(house)
    await house.gateway.report(message_id, ALICE_DIGITS, 3522, callback=False)
    response = await house.async_call("get_delivery_reports", message_id=message_id)
    assert response == {"reports": [{"number": ALICE, "status": "permanent_absence", "code": 3522}]}


async def test_the_messages_sent(house: House) -> None:
    await send(house, message="first")
    second = await send(house, message="second")
    response = await house.async_call("get_sent_messages", count=1)
    (message,) = response["messages"]
    assert message["sent_at"] is not None
    assert {key: message[key] for key in message if key != "sent_at"} == {
        "message_id": second,
        "message": "second",
        "recipient": ALICE,
        "cost": 1.0,
        "recipient_count": 1,
    }


@pytest.mark.parametrize("by", ["page", "dates"])
async def test_the_replies(house: House, by: str) -> None:
    message_id = await send(house)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    now = dt_util.now()
    fields: dict[str, dict[str, Any]] = {
        "page": {"start": 0, "count": 5},
        "dates": {"start_time": now - timedelta(hours=1), "end_time": now + timedelta(hours=1)},
    }
    (reply,) = (await house.async_call("get_replies", **fields[by]))["replies"]
    assert (reply["message"], reply["sender"], reply["recipient"]) == ("OK", ALICE, "Alice")
    assert reply["message_id"] == message_id
    assert reply["short_code"].isdigit()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"start_time": "2026-01-01 00:00:00"}, id="no end"),
        pytest.param({"end_time": "2026-01-01 00:00:00"}, id="no start"),
        pytest.param(
            {"start_time": "2026-01-01 00:00:00", "end_time": "2026-01-02 00:00:00", "count": 5}, id="page and dates"
        ),
        pytest.param({"start_time": "2026-01-02 00:00:00", "end_time": "2026-01-01 00:00:00"}, id="backwards"),
    ],
)
async def test_half_a_range_of_dates_is_explained(house: House, fields: dict[str, Any]) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("get_replies", **fields)
    assert err.value.translation_key == "dates_invalid"


async def test_an_impossible_number_is_explained_without_being_repeated(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("delete_message", number="06 12 34")
    assert err.value.translation_key == "target_impossible"
    assert err.value.translation_placeholders == {"targets": "… 34"}


async def test_a_gateway_that_does_not_give_a_status_loses_no_message(house: House) -> None:
    message_id = await send(house)
    await house.gateway.fail("smsStatus.do", "code:35")
    with pytest.raises(HomeAssistantError):
        await house.async_call("get_message_status", message_id=message_id)
    assert message_id in house.account.store.state.message_log.messages
