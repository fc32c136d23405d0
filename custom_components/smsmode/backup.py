"""What a backup needs of the accounts: files that hold still while copied. Messages go on leaving."""

from homeassistant.core import HomeAssistant

from .const import DOMAIN


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Have the files hold still."""
    await _async_stand_still(hass, still=True)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the files go on."""
    await _async_stand_still(hass, still=False)


async def _async_stand_still(hass: HomeAssistant, *, still: bool) -> None:
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await entry.runtime_data.store.async_pause_writes(still=still)
