"""The triggers in real automations."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.house import ALICE_DIGITS, House


async def automate(hass: HomeAssistant, trigger: str, **options: Any) -> list[ServiceCall]:
    """Have an automation wait for a trigger; collect what it says."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "heard")
    said = "{{ trigger.reply.message if trigger.reply is defined else trigger.report.status }}"
    action = {"action": "test.heard", "data": {"said": said}}
    automation = {"triggers": [{"trigger": trigger, "options": options}], "actions": [action]}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    return calls


async def reply(house: House, text: str) -> None:
    """Have Alice reply, and the house hear of it."""
    await house.gateway.reply(ALICE_DIGITS, text, stray=True)
    await house.async_poll()


async def test_a_reply_triggers_an_automation_over_reloads_of_the_account(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.reply_received")
    await reply(house, "one")
    await house.async_reload()
    await reply(house, "two")
    assert [call.data["said"] for call in calls] == ["one", "two"]


async def test_a_trigger_may_be_there_before_the_account(hass: HomeAssistant, house: House) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    calls = await automate(hass, "smsmode.reply_received", config_entry_id=house.entry.entry_id)
    await house.async_set_up()
    await reply(house, "one")
    assert [call.data["said"] for call in calls] == ["one"]


async def test_the_reply_to_another_account_does_not_trigger(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.reply_received", config_entry_id="another")
    await reply(house, "one")
    assert calls == []


async def test_a_late_reply_does_not_trigger(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.reply_received")
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.reply(ALICE_DIGITS, "open the door", stray=True)
    await house.async_wait(hours=1)
    await house.async_set_up()
    assert calls == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, ["delivered_to_operator", "received"], id="all"),
        pytest.param({"outcome": ["delivered", "failed"]}, ["received"], id="some outcomes"),
        pytest.param({"outcome": "failed"}, [], id="another outcome"),
        pytest.param({"config_entry_id": "another"}, [], id="another account"),
    ],
)
async def test_a_delivery_report_triggers_an_automation(
    hass: HomeAssistant, house: House, options: dict[str, Any], expected: list[str]
) -> None:
    calls = await automate(hass, "smsmode.delivery_reported", **options)
    response = await house.async_call("send_message", message="x", target=["Alice"])
    for code in (13, 11):
        await house.gateway.report(response["messages"][0]["message_id"], ALICE_DIGITS, code, callback=False)
        await house.async_poll()
    assert [call.data["said"] for call in calls] == expected
