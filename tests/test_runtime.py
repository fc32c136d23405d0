"""An account that is on its way is waited for; one that is not there says so."""

import pytest
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.runtime import async_get_loaded_entry
from tests.support.gateway import Gateway
from tests.support.house import House


async def test_an_action_called_while_the_account_is_set_up_waits_for_it(
    hass: HomeAssistant, gateway: Gateway, house: House
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    await gateway.fail("credit.do", "hang_before")
    set_up = hass.async_create_task(hass.config_entries.async_setup(house.entry.entry_id))
    await gateway.wait_for_requests("credit.do", 2)
    call = hass.async_create_task(house.async_call("send_message", message="Water!", target=["Alice"]))
    assert not call.done()
    await gateway.release()
    await set_up
    assert (await call)["messages"][0]["status"] == "accepted"


async def test_an_action_called_in_a_reload_waits_for_its_end(hass: HomeAssistant, house: House) -> None:
    reload = hass.async_create_task(hass.config_entries.async_reload(house.entry.entry_id))
    response = await house.async_call("send_message", message="Water!", target=["Alice"])
    await reload
    assert response["messages"][0]["status"] == "accepted"


@pytest.mark.parametrize("disabled", [False, True])
async def test_an_account_that_does_not_come_is_not_waited_for_without_end(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, disabled: bool
) -> None:
    monkeypatch.setattr("custom_components.smsmode.runtime.LOAD_TIMEOUT", 0.01)
    entry.add_to_hass(hass)
    if disabled:
        await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    with pytest.raises(ServiceValidationError) as err:
        await async_get_loaded_entry(hass, entry.entry_id)
    assert err.value.translation_key == "service_config_entry_not_loaded"
