"""The way out: what nobody knows of is neither sent twice nor taken for lost nor for another's."""

import asyncio
from contextlib import suppress

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.const import DOMAIN
from tests.support.house import ALICE, BOB, House
from tests.support.sends import send, texts


@pytest.mark.parametrize(("fault", "queue"), [("code:33", True), ("code:50", False)], ids=["refused", "not now"])
async def test_what_came_to_nothing_is_not_forgotten_before_anybody_was_told(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch, fault: str, queue: bool
) -> None:
    """One of two is refused while the other hangs, so the caller waits; then the account is reloaded under both."""
    monkeypatch.setattr("custom_components.smsmode.sending.worker.STOP_TIMEOUT", -1)
    await house.async_call("add_contact", name="Alice", number=ALICE, groups=["Famille"])
    await house.gateway.fail("sendSMS.do", fault)
    await house.gateway.fail("sendSMS.do", "hang_before")
    call = hass.async_create_task(
        house.async_call("send_message", message="Water!", target=[BOB, "Family"], queue=queue)
    )
    await house.gateway.wait_for_requests("sendSMS.do", 2)
    reports = house.capture("smsmode_delivery_report")
    await house.async_reload()
    with suppress(HomeAssistantError):
        await call
    for _ in range(5):
        await house.async_wait(seconds=40)
    sent = {number for message in await house.gateway.messages() for number in message.numbers}
    told = {report.data["number"] for report in reports}
    assert BOB.removeprefix("+") in sent or BOB in told


async def later(house: House) -> None:
    """Let enough time go by for two looks at the list, and for another attempt."""
    for _ in range(8):
        await house.async_wait(seconds=40)


async def test_an_empty_list_is_no_proof_of_absence(house: House) -> None:
    await send(house, "before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.gateway.fail("smsList.do", "empty", times=2)
    await send(house)
    await later(house)
    assert await texts(house.gateway) == ["before", "Water!"]


async def test_an_empty_list_is_believed_where_nothing_is_known_to_be_there(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await send(house)
    await later(house)
    assert await texts(house.gateway) == ["Water!"]


async def group_of(house: House, *numbers: str) -> None:
    """Have the group Famille at the gateway."""
    for number in numbers:
        await house.async_call("add_contact", name=number, number=number, groups=["Famille"])


async def test_a_group_that_begins_with_a_person_is_not_taken_for_that_person(house: House) -> None:
    await group_of(house, ALICE, BOB)
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.async_call("send_message", message="Water!", target=["Alice", "Family"])
    await later(house)
    assert sorted(len(message.numbers) for message in await house.gateway.messages()) == [1, 2]


async def test_a_person_is_not_taken_for_a_group(house: House) -> None:
    await group_of(house, BOB)
    await house.gateway.fail("sendSMS.do", "code:50")
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.async_call("send_message", message="Water!", target=["Alice", "Family"])
    await later(house)
    numbers = [message.numbers[0] for message in await house.gateway.messages()]
    assert sorted(numbers) == [ALICE.removeprefix("+"), BOB.removeprefix("+")]


async def test_what_nobody_knows_of_is_not_reported_as_refused(house: House) -> None:
    await group_of(house, BOB)
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "drop_after")
    response = await house.async_call("send_message", message="x", target=["Alice", "Family"], queue=False)
    assert [failure["reason"] for failure in response["failed"]] == ["uncertain"]
    await later(house)
    assert len(await house.gateway.messages()) == 2
    assert [event.data["status"] for event in reports if event.data["message_id"] is None] == []


async def test_what_nobody_knew_of_is_told_when_it_was_lost(house: House) -> None:
    await group_of(house, BOB)
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.async_notify(message="x", target=["Alice", "Family"], data={"queue": False})
    await later(house)
    assert len(await house.gateway.messages()) == 1
    (lost,) = [event.data for event in reports if event.data["message_id"] is None]
    assert lost["status"] == "expired"


async def test_that_nobody_knows_of_one_is_not_hidden_behind_the_refusal_of_another(house: House) -> None:
    await group_of(house, BOB)
    await house.gateway.fail("sendSMS.do", "code:50")
    await house.gateway.fail("sendSMS.do", "drop_after")
    with pytest.raises(HomeAssistantError) as err:
        await house.async_call("send_message", message="x", target=["Alice", "Family"], queue=False)
    assert err.value.translation_key == "uncertain"


async def test_a_message_that_could_not_leave_at_once_is_told_to_the_house_if_its_caller_is_gone(house: House) -> None:
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "code:50")
    fields = {"message": "x", "target": ["Alice"], "queue": False}
    caller = asyncio.create_task(house.hass.services.async_call(DOMAIN, "send_message", fields, blocking=True))
    for _ in range(3):
        await asyncio.sleep(0)
    assert house.account.store.state.outbox.items
    caller.cancel()
    await house.async_settle()
    assert caller.cancelled()
    assert [event.data["status"] for event in reports] == ["expired"]


async def test_of_two_groups_with_one_text_only_one_is_ever_in_doubt(house: House) -> None:
    """The list does not say to which group a message went: with both in doubt, one would be taken for the other."""
    await group_of(house, ALICE)
    await house.async_call("add_contact", name="B", number=BOB, groups=["Voisins"])
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.async_call("send_message", message="Water!", target=["group:Famille", "group:Voisins"])
    await later(house)
    await later(house)
    numbers = sorted(message.numbers[0] for message in await house.gateway.messages())
    assert numbers == [ALICE.removeprefix("+"), BOB.removeprefix("+")]


async def test_two_groups_with_one_text_need_not_wait_for_each_other_where_all_is_well(house: House) -> None:
    await group_of(house, ALICE)
    await house.async_call("add_contact", name="B", number=BOB, groups=["Voisins"])
    sent = await house.async_call("send_message", message="Water!", target=["group:Famille", "group:Voisins", "Alice"])
    assert [message["status"] for message in sent["messages"]] == ["accepted"] * 3
