"""A switch on every watchdog that arms it."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
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
        switch = WatchdogSwitch(hass, entry, subentry, "armed")
        async_add_entities([switch], config_subentry_id=subentry.subentry_id)


class WatchdogSwitch(WatchdogEntity, SwitchEntity):
    """On from when it is wanted until the gateway has confirmed that nothing will leave any more."""

    _unrecorded_attributes = frozenset({"last_push", "leaves_at"})

    @property
    @override
    def is_on(self) -> bool:
        """Whether a message may leave."""
        return not self.keeper.watch(self.watchdog_id).is_off

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Say when the message would leave, and when it was last pushed back."""
        return {"leaves_at": self.leaves_at, "last_push": self.keeper.watch(self.watchdog_id).pushed_at}

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        """Arm it, or push it back now."""
        await self.keeper.async_arm(self.watchdog_id)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Have nothing leave any more."""
        await self.keeper.async_disarm(self.watchdog_id)
