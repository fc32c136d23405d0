"""Switch entities: arm a watchdog, pause a recipient."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_WATCHDOG
from .entity import SmsmodeEntity, WatchdogEntity, async_add_recipient_entities, async_add_subentry_entities
from .runtime import SmsmodeConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a switch for each watchdog, and one for each recipient."""
    async_add_subentry_entities(
        entry, SUBENTRY_WATCHDOG, async_add_entities, lambda subentry: WatchdogSwitch(hass, entry, subentry, "armed")
    )
    async_add_recipient_entities(entry, async_add_entities, lambda subentry: PauseSwitch(entry, "paused", subentry))


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


class PauseSwitch(SmsmodeEntity, SwitchEntity):
    """Pauses a recipient; on while it gets only what is urgent."""

    _attr_translation_key = "paused"
    _unrecorded_attributes = frozenset({"until"})

    @property
    def _recipient_id(self) -> str:
        assert self.recipient is not None  # noqa: S101 - there is one switch for each recipient
        return self.recipient.subentry_id

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to changes of the pauses."""
        await super().async_added_to_hass()
        self.async_on_remove(self.account.pauses.changed.subscribe(self._async_handle_pause))

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the recipient is paused."""
        return self.account.pauses.find(self._recipient_id) is not None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return until when, None if only a person ends it."""
        pause = self.account.pauses.find(self._recipient_id)
        return {"until": pause and pause.until}

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        """Pause the recipient until the switch is turned off."""
        self.account.pauses.async_pause(self._recipient_id)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """End the pause."""
        self.account.pauses.async_resume(self._recipient_id)

    @callback
    def _async_handle_pause(self, subentry_id: str) -> None:
        if subentry_id == self._recipient_id:
            self.async_write_ha_state()
