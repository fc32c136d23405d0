"""House with a watchdog for tests, and its scheduled messages."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.util import dt as dt_util

from custom_components.smsmode.const import SUBENTRY_WATCHDOG

from .gateway import GatewayMessage
from .house import ALICE, House

SCHEDULED = 10
SWITCH = "switch.cellar_armed"
HEALTH = "binary_sensor.cellar_health"
EVENT = "event.cellar_alarm"
TEXT = "The house in the hills is silent."


def add_watchdog(house: House, title: str = "Cellar", **data: Any) -> ConfigSubentry:
    """Add a watchdog to an account that is not set up yet: it alerts Alice after an hour."""
    kept = {"targets": [ALICE], "message": TEXT, "minutes": 60, "quiet_minutes": 0} | data
    subentry = ConfigSubentry(data=MappingProxyType(kept), subentry_type=SUBENTRY_WATCHDOG, title=title, unique_id=None)
    if house.hass.config_entries.async_get_entry(house.entry.entry_id) is None:
        house.entry.add_to_hass(house.hass)
    house.hass.config_entries.async_add_subentry(house.entry, subentry)
    return subentry


async def scheduled(house: House) -> list[GatewayMessage]:
    """Return the scheduled messages."""
    return [message for message in await house.gateway.messages() if message.status == SCHEDULED]


async def delivered(house: House) -> list[GatewayMessage]:
    """Return the messages that were sent."""
    return [message for message in await house.gateway.messages() if message.status != SCHEDULED]


async def leaves_at(house: House) -> datetime:
    """Return the time of the one scheduled message."""
    (message,) = await scheduled(house)
    return dt_util.parse_datetime(message.leaves_at, raise_on_error=True)


async def async_switch(house: House, *, on: bool) -> None:
    """Turn the switch of the watchdog on or off."""
    action = "turn_on" if on else "turn_off"
    await house.hass.services.async_call("switch", action, {"entity_id": SWITCH}, blocking=True)
    await house.async_settle()


def watchdog_of(house: House) -> str:
    """Return the subentry id of the watchdog."""
    watchdogs: list[ConfigSubentry] = list(house.entry.get_subentries_of_type(SUBENTRY_WATCHDOG))
    return watchdogs[0].subentry_id
