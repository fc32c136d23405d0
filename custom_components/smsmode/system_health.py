"""System health information: all accounts together, none of them by name."""

import asyncio
from collections.abc import Iterable
from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import CONF_BASE_URL, DEFAULT_BASE_URL, DOMAIN
from .receiving.callback_url import async_callback_address
from .runtime import SmsmodeConfigEntry


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register the information."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the totals of all accounts."""
    entries: list[SmsmodeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    routes = [(await async_callback_address(hass, entry)).route for entry in entries]
    return {
        "can_reach_gateway": _async_can_reach(hass, hass.config_entries.async_entries(DOMAIN, include_disabled=False)),
        "queued": sum(len(entry.runtime_data.store.state.outbox) for entry in entries),
        "pending": sum(entry.runtime_data.store.state.message_log.pending for entry in entries),
        "callbacks": ", ".join(routes) or "none",
    }


async def _async_can_reach(hass: HomeAssistant, entries: Iterable[ConfigEntry]) -> Any:
    """Check the gateway of each account, loaded or not; the result is that of one that cannot be reached, if any."""
    gateways = {entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL) for entry in entries} or {DEFAULT_BASE_URL}
    answers = await asyncio.gather(
        *(system_health.async_check_can_reach_url(hass, gateway) for gateway in sorted(gateways))
    )
    return next((answer for answer in answers if answer != "ok"), "ok")
