"""YAML of an account for tests, read as Home Assistant reads it."""

from homeassistant.config import YAML_CONFIG_FILE, async_hass_config_yaml, async_process_component_and_handle_errors
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration
from pytest_homeassistant_custom_component.common import patch_yaml_files

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
