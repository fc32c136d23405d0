"""Automations for tests, and the replies of people."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from .house import ALICE_DIGITS, House


async def automate(hass: HomeAssistant, trigger: str, **options: Any) -> list[ServiceCall]:
    """Set up an automation with a trigger, and collect the calls that it makes."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "heard")
    said = "{{ trigger.reply.message if trigger.reply is defined else trigger.report.status }}"
    action = {"action": "test.heard", "data": {"said": said}}
    automation = {"triggers": [{"trigger": trigger, "options": options}], "actions": [action]}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    return calls


async def reply(house: House, text: str, number: str = ALICE_DIGITS) -> None:
    """Send a reply from a phone, and poll the gateway."""
    await house.gateway.reply(number, text, stray=True)
    await house.async_poll()


def said(calls: list[ServiceCall]) -> list[str]:
    """Return the text of each call of an automation."""
    return [str(call.data["said"]) for call in calls]


async def add_recipient(house: House, name: str, number: str) -> None:
    """Add a recipient to the account."""
    subentry = ConfigSubentry(
        data=MappingProxyType({"number": number}), subentry_type="recipient", title=name, unique_id=number
    )
    house.hass.config_entries.async_add_subentry(house.entry, subentry)
    await house.async_settle()


async def edit_recipient(house: House, name: str, new_name: str, number: str) -> None:
    """Change the name and number of a recipient."""
    (subentry,) = [subentry for subentry in house.entry.subentries.values() if subentry.title == name]
    house.hass.config_entries.async_update_subentry(
        house.entry, subentry, data={"number": number}, title=new_name, unique_id=number
    )
    await house.async_settle()
