"""The same text to the same person within a minute is sent once."""

import asyncio
from typing import Any

import pytest
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.const import DOMAIN
from tests.support.house import ALICE, BOB, House
from tests.support.sends import issue, queued, send, texts

# Of a patience that is over; frozen time never gets past zero.
OVER = -1


async def test_the_same_text_to_the_same_person_within_a_minute_is_sent_once(house: House) -> None:
    first = await send(house)
    again = await send(house)
    assert (again["status"], again["duplicate_of"], again["message_id"]) == (
        "duplicate",
        first["message_id"],
        first["message_id"],
    )
    await house.async_notify(message="Water!", target=[ALICE])
    assert len(await texts(house.gateway)) == 1
    assert (await send(house, repeat=True))["status"] == "accepted"
    await house.async_wait(seconds=61)
    assert (await send(house))["status"] == "accepted"
    assert len(await texts(house.gateway)) == 3


@pytest.mark.parametrize(
    "other",
    [{"message": "Water?"}, {"target": [BOB]}, {"send_at": "2030-01-01 08:00:00"}, {"title": "Home"}],
    ids=["text", "person", "time", "title"],
)
async def test_what_differs_is_no_repetition(house: House, other: dict[str, Any]) -> None:
    await send(house)
    assert (await send(house, **other))["status"] == ("scheduled" if "send_at" in other else "accepted")


async def test_a_voice_message_is_no_repetition_of_an_sms(house: House) -> None:
    await send(house)
    response = await house.async_call("send_voice_message", message="Water!", target=["Alice"])
    assert response["messages"][0]["status"] == "accepted"


async def test_of_several_only_those_who_have_it_not_yet_are_written_to(house: House) -> None:
    first = await send(house)
    response = await house.async_call("send_message", message="Water!", target=["Alice", BOB])
    sent, repeated = response["messages"]
    assert (sent["status"], sent["recipients"]) == ("accepted", [BOB])
    assert (repeated["status"], repeated["recipients"]) == ("duplicate", [ALICE])
    assert repeated["duplicate_of"] == first["message_id"]
    assert house.account.store.state.budget.spent_today.total() == 2


async def test_each_line_of_a_batch_is_meant(house: House) -> None:
    await send(house)
    line = {"target": "Alice", "message": "Water!"}
    for _ in range(2):
        assert (await house.async_call("send_batch", messages=[line, line]))["status"] == "accepted"
    assert [len(message.deliveries) for message in await house.gateway.messages()] == [1, 2, 2]


async def test_the_repetition_of_what_waits_names_it_in_the_queue(house: House) -> None:
    async with house.gateway.offline():
        first = await send(house)
        again = await send(house)
        assert (again["status"], again["duplicate_of"]) == ("duplicate", first["queue_id"])
        assert queued(house) == 1


async def test_a_repetition_of_what_was_refused_is_sent(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    with pytest.raises(HomeAssistantError):
        await send(house)
    assert (await send(house))["status"] == "accepted"


async def two_at_once(house: House) -> list[Any]:
    """Send the same twice, the second while the first is on its way out; give those who wait for what comes of it."""
    await house.gateway.fail("sendSMS.do", "hang_before")
    first = asyncio.create_task(send(house))
    await house.gateway.wait_for_requests("sendSMS.do")
    second = asyncio.create_task(send(house))
    await asyncio.sleep(0)
    assert not second.done()
    return [first, second]


async def test_a_repetition_waits_for_what_is_on_its_way_out(house: House) -> None:
    callers = await two_at_once(house)
    await house.gateway.release()
    first, second = await asyncio.gather(*callers)
    assert (first["status"], second["status"]) == ("accepted", "duplicate")
    assert second["duplicate_of"] == first["message_id"]
    assert len(await texts(house.gateway)) == 1


async def test_what_repeats_a_message_that_is_then_refused_is_refused_itself(house: House) -> None:
    callers = await two_at_once(house)
    await house.gateway.set(balance=0)
    await house.gateway.release()
    errors = await asyncio.gather(*callers, return_exceptions=True)
    assert [getattr(error, "translation_key", None) for error in errors] == ["no_credit_balance"] * 2


async def test_a_repetition_does_not_wait_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.smsmode.sending.dispatcher.FIRST_ATTEMPT_TIMEOUT", OVER)
    first, second = await two_at_once(house)
    (waiting,) = house.account.store.state.outbox.items
    await house.gateway.release()
    assert (await second)["duplicate_of"] == waiting
    assert (await first)["status"] == "queued"


async def test_a_caller_who_does_not_mind_the_queue_does_not_wait_for_a_gateway_that_stalls(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.smsmode.sending.dispatcher.FIRST_ATTEMPT_TIMEOUT", OVER)
    await house.gateway.fail("sendSMS.do", "hang_before")
    message = {"message": "Water!", "target": ["Alice"]}
    await house.hass.services.async_call(DOMAIN, "send_message", message, blocking=True)
    await house.gateway.wait_for_requests("sendSMS.do")
    await house.gateway.release()
    await house.async_settle()
    assert await texts(house.gateway) == ["Water!"]
    assert queued(house) == 0


async def test_a_refusal_that_its_caller_did_not_wait_for_is_told_to_the_house(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "hang_before")
    caller = asyncio.create_task(
        house.hass.services.async_call(DOMAIN, "send_message", {"message": "x", "target": ["Alice"]}, blocking=True)
    )
    await house.gateway.wait_for_requests("sendSMS.do")
    caller.cancel()
    await house.gateway.set(balance=0)
    await house.gateway.release()
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["insufficient_credit"]
    assert issue(house, "message_given_up")
