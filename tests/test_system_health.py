"""What the page Settings, System, Repairs, System information says."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from tests.support.gateway import Gateway
from tests.support.house import House, account_entry


async def read(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> dict[str, Any]:
    """Ask as the frontend does, and wait for what takes its time."""
    assert await async_setup_component(hass, "system_health", {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "system_health/info"})
    told: dict[str, Any] = {}
    while (event := (await client.receive_json()).get("event") or {}).get("type") != "finish":
        if event.get("type") == "initial":
            told = event["data"]["smsmode"]["info"]
        elif event.get("domain") == "smsmode":
            told[event["key"]] = event["data"] if event["success"] else event["error"]
    return told


async def test_system_health_information(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, snapshot: SnapshotAssertion
) -> None:
    await house.async_call("send_message", message="x", target=["Alice"])
    await house.gateway.fail("sendSMS.do", "code:50", None)
    await house.async_call("send_message", message="y", target=["Alice"])
    assert await read(hass, hass_ws_client) == snapshot


async def test_it_says_so_while_the_gateway_cannot_be_reached(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    async with house.gateway.offline():
        told = await read(hass, hass_ws_client)
    assert told["can_reach_gateway"] == {"type": "failed", "error": "unreachable"}


@pytest.mark.parametrize("disabled", [True, False])
async def test_one_gateway_of_several_that_cannot_be_reached_is_told_unless_nobody_uses_it(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, disabled: bool
) -> None:
    async with Gateway() as elsewhere:
        other = account_entry(elsewhere)
        gone = MockConfigEntry(
            domain="smsmode", data=dict(other.data), disabled_by=ConfigEntryDisabler.USER if disabled else None
        )
        gone.add_to_hass(hass)
        assert (await read(hass, hass_ws_client))["can_reach_gateway"] == "ok"
    told = (await read(hass, hass_ws_client))["can_reach_gateway"]
    assert (told == "ok") is disabled


async def test_of_an_account_that_is_not_loaded_nothing_is_made_up(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    told = await read(hass, hass_ws_client)
    assert told == {"can_reach_gateway": "ok", "queued": 0, "pending": 0, "callbacks": "none"}


async def test_it_names_nobody(hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator) -> None:
    told = str(await read(hass, hass_ws_client))
    for private in (house.gateway.token, house.entry.data["webhook_id"], house.gateway.url, "Home", "Alice"):
        assert private not in told
