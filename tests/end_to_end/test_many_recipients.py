"""Many recipients: two hundred recipients, several accounts."""

from typing import Any

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_setup_component

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway

PEOPLE = 200


def account(gateway: Gateway, name: str, token: str, **people: str) -> dict[str, Any]:
    recipients = [{"name": person, "number": number} for person, number in people.items()]
    return {"name": name, "access_token": token, "base_url": gateway.url, "recipients": recipients}


async def test_two_hundred_recipients_of_yaml_are_set_up_in_one_go(hass: HomeAssistant, gateway: Gateway) -> None:
    changes: list[tuple[ConfigEntryChange, ConfigEntryState]] = []

    @callback
    def note(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        changes.append((change, entry.state))

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, note)
    people = {f"Person {index}": f"+33612{index:06}" for index in range(PEOPLE)}
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: [account(gateway, "Home", gateway.token, **people)]})
    await hass.async_block_till_done(wait_background_tasks=True)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert [change for change, _ in changes].count(ConfigEntryChange.ADDED) == 1
    # Each change of its state is told; nothing else of it is ever changed.
    states = [state for _, state in changes]
    assert states == [ConfigEntryState.NOT_LOADED, ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.LOADED]
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert len(devices) == PEOPLE + 1
    per_person = {"button", "event", "notify", "sensor", "switch"}
    of_people = [
        entity
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if entity.config_subentry_id is not None
    ]
    assert len(of_people) == PEOPLE * len(per_person)
    assert all(hass.states.get(entity.entity_id) for entity in of_people if entity.disabled_by is None)
    assert len(await gateway.requests("credit.do")) == 1


async def test_each_account_spends_its_own(hass: HomeAssistant, gateway: Gateway) -> None:
    await gateway.set(token="Zy9XW8vut7Sr")
    accounts = [
        account(gateway, "Home", gateway.token, Alice="+33612345678"),
        account(gateway, "Club", "Zy9XW8vut7Sr", Bob="+33698765432"),
    ]
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: accounts})
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.services.async_call("button", "press", {"entity_id": "button.bob_send_test_sms"}, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    spent = {name: hass.states.get(f"sensor.{name}_spent_today") for name in ("home", "club")}
    assert {name: state and state.state for name, state in spent.items()} == {"home": "0", "club": "1"}
