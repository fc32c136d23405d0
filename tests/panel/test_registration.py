"""The panel stands in the sidebar while there is an account, and nothing depends on that."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import frontend
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.const import DOMAIN
from tests.support.house import House
from tests.support.sends import send


@pytest.fixture
def frontend_config(tmp_path: Path) -> dict[str, Any]:
    """Return the configuration of a front end that has no files of its own."""
    (tmp_path / "repository" / "hass_frontend").mkdir(parents=True)
    return {"frontend": {"development_repo": str(tmp_path / "repository")}}


async def panel_of(hass: HomeAssistant) -> Any:
    """Return the panel as the front end is told of it."""
    return hass.data[frontend.DATA_PANELS].get("smsmode")


async def test_the_panel_stands_in_the_sidebar_for_everybody(house: House, frontend_config: dict[str, Any]) -> None:
    assert await async_setup_component(house.hass, "frontend", frontend_config)
    await house.async_settle()
    panel = await panel_of(house.hass)
    version = (await async_get_integration(house.hass, DOMAIN)).version
    assert (panel.sidebar_title, panel.sidebar_icon, panel.require_admin) == ("Messages", "mdi:message-text", False)
    assert panel.config["_panel_custom"] == {
        "name": "smsmode-panel",
        "embed_iframe": False,
        "trust_external": False,
        "handle_safe_area": True,
        "module_url": f"/smsmode_static/{version}/panel.js",
    }
    assert f"/smsmode_static/{version}/loader.js" in house.hass.data[frontend.DATA_EXTRA_MODULE_URL].urls


async def test_its_files_are_served_at_an_address_of_their_version(
    house: House, frontend_config: dict[str, Any], hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(house.hass, "frontend", frontend_config)
    await house.async_settle()
    panel = await panel_of(house.hass)
    client = await hass_client_no_auth()
    response = await client.get(panel.config["_panel_custom"]["module_url"])
    assert response.status == 200
    assert "smsmode-panel" in await response.text()
    assert "max-age" in response.headers["Cache-Control"]


async def test_it_goes_with_the_last_account_and_comes_with_the_next(
    house: House, frontend_config: dict[str, Any]
) -> None:
    assert await async_setup_component(house.hass, "frontend", frontend_config)
    await house.async_settle()
    await house.hass.config_entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    await house.async_settle()
    assert await panel_of(house.hass) is None
    assert not [url for url in house.hass.data[frontend.DATA_EXTRA_MODULE_URL].urls if "smsmode" in url]
    await house.hass.config_entries.async_set_disabled_by(house.entry.entry_id, None)
    await house.async_settle()
    assert await panel_of(house.hass) is not None
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.async_settle()
    assert await panel_of(house.hass) is None


async def test_a_panel_of_somebody_else_stays_what_it_is(house: House, frontend_config: dict[str, Any]) -> None:
    frontend.async_register_built_in_panel(house.hass, "iframe", "Mine", frontend_url_path="smsmode")
    assert await async_setup_component(house.hass, "frontend", frontend_config)
    await house.async_settle()
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.async_settle()
    assert (await panel_of(house.hass)).sidebar_title == "Mine"


async def test_a_house_without_a_front_end_sends(house: House) -> None:
    assert "frontend" not in house.hass.config.components
    assert (await send(house))["status"] == "accepted"


@pytest.mark.no_fail_on_log_exception
async def test_a_front_end_that_fails_is_in_nobodys_way(
    house: House, frontend_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Overwriting panel")

    monkeypatch.setattr(frontend, "async_register_built_in_panel", fail)
    await async_setup_component(house.hass, "frontend", frontend_config)
    await house.async_reload()
    assert house.entry.state is ConfigEntryState.LOADED
    assert (await send(house))["status"] == "accepted"
