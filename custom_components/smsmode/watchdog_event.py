"""The event of a watchdog whose message has gone off."""

from typing import Final, override

from homeassistant.components.event import EventEntity
from homeassistant.core import callback

from .watchdog_entity import WatchdogEntity

GONE_OFF: Final = "gone_off"


class WatchdogEvent(WatchdogEntity, EventEntity):
    """Says that silence has sent the message."""

    _attr_event_types = [GONE_OFF]

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the keeper."""
        await super().async_added_to_hass()
        self.async_on_remove(self.keeper.news.async_on_alarm(self._async_hear))

    @callback
    def _async_hear(self, subentry_id: str, data: dict[str, str]) -> None:
        if subentry_id == self.watchdog_id:
            self._trigger_event(GONE_OFF, data)
            self.async_write_ha_state()
