"""What the entities of a watchdog have in common: their device, and whom they listen to."""

from datetime import datetime
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity

from .entity import recipient_device
from .runtime import SmsmodeConfigEntry


class WatchdogEntity(Entity):
    """An entity of a watchdog. It speaks of the house, and is there without the gateway too."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, hass: HomeAssistant, entry: SmsmodeConfigEntry, subentry: ConfigSubentry, key: str) -> None:
        """Give it its identity and its device."""
        self.keeper = entry.runtime_data.watchdogs
        self.watchdog_id = subentry.subentry_id
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{subentry.subentry_id}_{key}"
        self._attr_device_info = recipient_device(hass, entry, subentry)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the keeper."""
        await super().async_added_to_hass()
        self.async_on_remove(self.keeper.async_on_change(self.async_write_ha_state))

    @property
    def leaves_at(self) -> datetime | None:
        """Say when silence would send the message."""
        alive = self.keeper.watch(self.watchdog_id).alive
        return alive.leaves_at if alive else None
