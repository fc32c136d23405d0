"""The accounts of YAML: each is imported, those that are gone from it are removed."""

from homeassistant.config_entries import SOURCE_IMPORT
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from .account_import import yaml_unique_id
from .const import DOMAIN


async def async_apply_yaml(hass: HomeAssistant, config: ConfigType) -> None:
    """Make the config entries that came from YAML what YAML says now."""
    accounts = config.get(DOMAIN, [])
    wanted = {yaml_unique_id(account[CONF_NAME]) for account in accounts}
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.source == SOURCE_IMPORT and entry.unique_id not in wanted:
            await hass.config_entries.async_remove(entry.entry_id)
    for account in accounts:
        await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data=account)
