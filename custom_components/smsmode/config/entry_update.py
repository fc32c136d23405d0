"""Updates of a config entry and its subentries that reload it once."""

from collections.abc import Callable
from types import MappingProxyType

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry, ConfigSubentryData
from homeassistant.core import HomeAssistant


async def async_update_and_reload(hass: HomeAssistant, entry: ConfigEntry, write: Callable[[], None]) -> None:
    """Change an entry and its subentries by ``write``, and reload it once unless it was never set up."""
    was_set_up = entry.state is not ConfigEntryState.NOT_LOADED
    if entry.state is ConfigEntryState.LOADED:
        # Each write would call the update listener, that is, reload: two hundred recipients, as often.
        await hass.config_entries.async_unload(entry.entry_id)
    write()
    if was_set_up:
        await hass.config_entries.async_reload(entry.entry_id)


def create_subentry(data: ConfigSubentryData) -> ConfigSubentry:
    """Create a subentry from its data."""
    return ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )
