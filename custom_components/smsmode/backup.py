"""Backup hooks: writes to the databases pause while they are copied. Messages are sent meanwhile."""

from homeassistant.core import HomeAssistant

from .const import DOMAIN


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Pause writes."""
    await _async_pause_writes(hass, still=True)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Resume writes."""
    await _async_pause_writes(hass, still=False)


async def _async_pause_writes(hass: HomeAssistant, *, still: bool) -> None:
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await entry.runtime_data.store.async_pause_writes(still=still)
