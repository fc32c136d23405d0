"""Switch entities: arm a watchdog."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_WATCHDOG
from .entity import WatchdogEntity, async_add_subentry_entities
from .runtime import SmsmodeConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a switch for each watchdog."""
    async_add_subentry_entities(
        entry, SUBENTRY_WATCHDOG, async_add_entities, lambda subentry: WatchdogSwitch(hass, entry, subentry, "armed")
    )


class WatchdogSwitch(WatchdogEntity, SwitchEntity):
    """Arms a watchdog; on until the gateway has confirmed that nothing will be sent any more."""

    _unrecorded_attributes = frozenset({"last_push", "leaves_at"})

    @property
    @override
    def is_on(self) -> bool:
        """Return whether a message may still be sent."""
        return not self.manager.state(self.watchdog_id).is_off

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return when the message would be sent, and when it was last postponed."""
        watchdog = self.manager.state(self.watchdog_id)
        return {
            "leaves_at": watchdog.armed_message and watchdog.armed_message.send_at,
            "last_push": watchdog.renewed_at,
        }

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        """Arm the watchdog, or postpone its message now. Raises HomeAssistantError if the gateway does not take it."""
        await self.manager.async_arm(self.watchdog_id)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Disarm the watchdog. Raises HomeAssistantError while the gateway has not confirmed it."""
        await self.manager.async_disarm(self.watchdog_id)
