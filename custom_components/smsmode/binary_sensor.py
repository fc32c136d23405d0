"""The health of every watchdog."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_WATCHDOG
from .runtime import SmsmodeConfigEntry
from .watchdog_entity import WatchdogEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one for each watchdog."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_WATCHDOG):
        sensor = WatchdogHealth(hass, entry, subentry, "watchdog_health")
        async_add_entities([sensor], config_subentry_id=subentry.subentry_id)


class WatchdogHealth(WatchdogEntity, BinarySensorEntity):
    """On while the last push failed or is overdue, or something cannot be deleted."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def is_on(self) -> bool:
        """Whether there is a problem."""
        return self.keeper.is_troubled(self.watchdog_id)
