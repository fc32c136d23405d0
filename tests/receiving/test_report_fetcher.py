"""The poll: reports are asked for at a set pace, until they are settled, and hold up no reply."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.support.callback_client import open_callback_client
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House


async def test_reports_of_days_without_the_house_are_asked_for_once_and_then_no_more(
    hass: HomeAssistant, house: House
) -> None:
    reports = house.capture("smsmode_delivery_report")
    sent = await house.async_call("send_message", message="Water!", target=["Alice", "+33698765432"])
    message_id = sent["messages"][0]["message_id"]
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    await house.async_wait(days=29)
    await house.async_set_up()
    assert (reports[0].data["number"], reports[0].data["status"]) == (ALICE, "received")
    assert house.state("sensor.home_pending").state == "0"
    await house.async_wait(hours=1)
    assert len(await house.gateway.requests("compteRendu.do")) == 1


async def test_what_is_settled_is_forgotten_after_two_days(house: House) -> None:
    sent = await house.async_call("send_message", message="Water!", target=["Alice"])
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.async_poll()
    assert len(house.account.processor.message_log.messages) == 1
    await house.async_wait(hours=49)
    assert not house.account.processor.message_log.messages


async def test_of_a_group_all_are_asked_for_though_the_first_is_final_before_any_poll(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await open_callback_client(hass, hass_client_no_auth)
    reports = house.capture("smsmode_delivery_report")
    await house.async_call("add_contact", name="Alice", number=ALICE, groups=["Famille"])
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    sent = await house.async_call("send_message", message="Water!", target=["Family"])
    message_id = sent["messages"][0]["message_id"]
    await house.gateway.report(message_id, ALICE_DIGITS, 11)
    await house.gateway.report(message_id, BOB_DIGITS, 11, callback=False)
    for _ in range(5):
        await house.async_wait(minutes=1)
    assert [(event.data["number"], event.data["status"]) for event in reports] == [
        (ALICE, "received"),
        (BOB, "received"),
    ]
    assert house.state("sensor.home_pending").state == "0"
    asked = len(await house.gateway.requests("compteRendu.do"))
    await house.async_wait(minutes=10)
    assert len(await house.gateway.requests("compteRendu.do")) == asked


async def test_many_reports_that_are_due_are_asked_for_minute_by_minute(hass: HomeAssistant, house: House) -> None:
    for number in range(10, 80):
        await house.async_call("send_message", message="Water!", target=[f"+336120000{number}"])
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_wait(hours=1)
    await house.async_set_up()
    asked = [len(await house.gateway.requests("compteRendu.do"))]
    for _ in range(3):
        await house.async_wait(seconds=61)
        asked.append(len(await house.gateway.requests("compteRendu.do")))
    assert asked == [30, 60, 70, 70]


async def test_a_slow_gateway_does_not_keep_the_replies_waiting_behind_the_reports(
    hass: HomeAssistant, house: House, freezer: FrozenDateTimeFactory
) -> None:
    for number in range(5):
        await house.async_call("send_message", message=f"message {number}", target=["Alice"])
    before = len(await house.gateway.requests("compteRendu.do"))
    await house.gateway.fail("compteRendu.do", "hang_after", times=None)
    poll = hass.async_create_task(house.account.coordinator.async_refresh())
    for count in (1, 2, 3):
        await house.gateway.wait_for_requests("compteRendu.do", before + count)
        freezer.tick(timedelta(seconds=25))
        await house.gateway.release()
    await poll
    assert len(await house.gateway.requests("compteRendu.do")) == before + 3
    await house.gateway.clear_faults()
