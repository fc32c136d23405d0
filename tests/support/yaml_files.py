"""YAML of an account for tests, read as Home Assistant reads it."""

from homeassistant.config import YAML_CONFIG_FILE, async_hass_config_yaml, async_process_component_and_handle_errors
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import patch_yaml_files

from custom_components.smsmode.config.yaml_import import async_apply_yaml
from custom_components.smsmode.const import DOMAIN

from .gateway import Gateway

KEY = "Ab1CD2efg3Hi"
ACCOUNT = f"""
smsmode:
  - name: Home
    access_token: {KEY}
"""


async def load(hass: HomeAssistant, yaml: str, domain: str = "smsmode") -> ConfigType | None:
    """Read configuration.yaml as Home Assistant does at its start; None if it refuses it."""
    with patch_yaml_files({YAML_CONFIG_FILE: yaml}):
        config = await async_hass_config_yaml(hass)
    return await async_process_component_and_handle_errors(hass, config, await async_get_integration(hass, domain))


def account_of(gateway: Gateway) -> str:
    """Return the beginning of configuration.yaml with the account of a gateway, to which its fields are added."""
    return f"smsmode:\n  - name: Home\n    access_token: {gateway.token}\n    base_url: {gateway.url}\n"


async def apply_file(hass: HomeAssistant, text: str) -> ConfigEntry:
    """Start with this configuration.yaml, or read it anew; return the only account."""
    config = await load(hass, text)
    assert config is not None
    if DOMAIN in hass.config.components:
        await async_apply_yaml(hass, config, reloaded=True)
    else:
        assert await async_setup_component(hass, DOMAIN, config)
    await hass.async_block_till_done(wait_background_tasks=True)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry
