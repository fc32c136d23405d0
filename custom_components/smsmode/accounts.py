"""Which account is meant."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import service

from .account import SmsmodeConfigEntry
from .const import DOMAIN
from .errors import invalid


def find_entry(hass: HomeAssistant, entry_id: str | None) -> SmsmodeConfigEntry:
    """Give the loaded entry of this id, or the only one; else Home Assistant's own translated errors."""
    entry: SmsmodeConfigEntry = service.async_get_config_entry(hass, DOMAIN, entry_id)
    return entry


def find_entry_by_name(hass: HomeAssistant, name: str | None) -> SmsmodeConfigEntry:
    """Give the loaded entry of an account that YAML calls by its name, or the only one."""
    if name is None:
        return find_entry(hass, None)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.title.casefold() == name.casefold():
            return find_entry(hass, entry.entry_id)
    raise invalid("unknown_account", account=name)
