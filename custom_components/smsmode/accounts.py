"""Which account is meant. One that is on its way, at the start or in a reload, is waited for."""

import asyncio
import contextlib

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import service
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .errors import validation_error
from .helpers.text_match import comparison_key
from .runtime import SmsmodeConfigEntry

LOAD_TIMEOUT = 15.0
_ON_ITS_WAY = {
    ConfigEntryState.NOT_LOADED,
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.UNLOAD_IN_PROGRESS,
}


async def async_get_loaded_entry(hass: HomeAssistant, entry_id: str | None) -> SmsmodeConfigEntry:
    """Give the loaded entry of this id, or the only one; else say what is wrong."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    if entry_id is None and len(entries) > 1:
        raise validation_error("account_needed", accounts=", ".join(entry.title for entry in entries))
    for entry in entries:
        if entry_id in (None, entry.entry_id) and entry.state in _ON_ITS_WAY:
            await _async_wait_for(hass, entry)
    found: SmsmodeConfigEntry = service.async_get_config_entry(hass, DOMAIN, entry_id)
    return found


async def async_get_loaded_entry_by_name(hass: HomeAssistant, name: str | None) -> SmsmodeConfigEntry:
    """Give the loaded entry of an account that YAML calls by its name, or the only one."""
    if name is None:
        return await async_get_loaded_entry(hass, None)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if comparison_key(entry.title) == comparison_key(name):
            return await async_get_loaded_entry(hass, entry.entry_id)
    raise validation_error("unknown_account", account=name)


async def _async_wait_for(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Return when an entry is loaded or failed, or when it has been waited for long enough."""
    changed = asyncio.Event()

    @callback
    def note(_change: ConfigEntryChange, _entry: ConfigEntry) -> None:
        changed.set()

    unsubscribe = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, note)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOAD_TIMEOUT):
                while entry.state in _ON_ITS_WAY:
                    await changed.wait()
                    changed.clear()
    finally:
        unsubscribe()
