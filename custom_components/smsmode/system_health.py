"""What Home Assistant's system page says of this integration."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .account import SmsmodeConfigEntry
from .api import DEFAULT_BASE_URL
from .callback_url import async_callback_url
from .const import DOMAIN


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Offer the information."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Sum up all accounts."""
    entries: list[SmsmodeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    urls = [await async_callback_url(hass, entry) for entry in entries]
    return {
        "can_reach_gateway": system_health.async_check_can_reach_url(hass, DEFAULT_BASE_URL),
        "queued": sum(len(entry.runtime_data.storage.outbox) for entry in entries),
        "pending": sum(entry.runtime_data.storage.ledger.pending for entry in entries),
        "callbacks": sum(url is not None for url in urls),
    }
