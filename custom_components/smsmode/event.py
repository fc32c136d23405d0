"""Event entities: replies, delivery reports, and watchdogs whose message was sent."""

from typing import Final, override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import DeliveryOutcome
from .const import SUBENTRY_WATCHDOG
from .entity import SmsmodeEntity, WatchdogEntity, async_add_recipient_entities, async_add_subentry_entities
from .receiving.events import ReplyEvent, ReportEvent
from .runtime import SmsmodeConfigEntry
from .state.reply_history import ReplyEventType
from .watchdog.notifier import WatchdogSentEvent

PARALLEL_UPDATES = 0
WATCHDOG_GONE_OFF: Final = "gone_off"


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of the account, the replies of each recipient, and the alarms of each watchdog."""
    async_add_entities([ReplyEventEntity(entry, "reply"), DeliveryReportEventEntity(entry, "delivery_report")])
    async_add_recipient_entities(entry, async_add_entities, lambda subentry: ReplyEventEntity(entry, "reply", subentry))
    async_add_subentry_entities(
        entry,
        SUBENTRY_WATCHDOG,
        async_add_entities,
        lambda subentry: WatchdogEventEntity(hass, entry, subentry, "watchdog"),
    )


class _SmsmodeEventEntity(SmsmodeEntity, EventEntity):
    """Event entity of an account; an event that happened stays visible while the gateway does not answer."""

    # Texts of people belong in no long-term record, as far as it is up to us.
    _unrecorded_attributes = frozenset({"message"})

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Ignore the poll: it changes nothing about an event."""


class ReplyEventEntity(_SmsmodeEventEntity):
    """Replies to the account, or those of one recipient."""

    _attr_translation_key = "reply"
    _attr_event_types = [event_type.value for event_type in ReplyEventType]

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to replies."""
        await super().async_added_to_hass()
        processor = self.account.processor
        self.async_on_remove(
            processor.reply_received.subscribe(self._async_handle_reply)
            if self.recipient is None
            else processor.reply_from.subscribe(self.recipient.number or "", self._async_handle_reply)
        )

    @callback
    def _async_handle_reply(self, event: ReplyEvent) -> None:
        self._trigger_event(event.event_type, event.as_dict())
        self.async_write_ha_state()


class DeliveryReportEventEntity(_SmsmodeEventEntity):
    """Delivery reports of all messages of the account; for automations, for *Activity* tells the results anyhow."""

    _attr_entity_registry_enabled_default = False
    _attr_translation_key = "delivery_report"
    _attr_event_types = [outcome.value for outcome in DeliveryOutcome]

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to delivery reports."""
        await super().async_added_to_hass()
        self.async_on_remove(self.account.processor.report_received.subscribe(self._async_handle_report))

    @callback
    def _async_handle_report(self, event: ReportEvent) -> None:
        self._trigger_event(event.outcome, event.as_dict())
        self.async_write_ha_state()


class WatchdogEventEntity(WatchdogEntity, EventEntity):
    """Messages of a watchdog that the gateway sent because Home Assistant was silent."""

    _attr_event_types = [WATCHDOG_GONE_OFF]

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to messages that were sent."""
        await super().async_added_to_hass()
        self.async_on_remove(self.manager.notifier.sent.subscribe(self._async_handle_sent))

    @callback
    def _async_handle_sent(self, event: WatchdogSentEvent) -> None:
        if event.subentry_id == self.watchdog_id:
            self._trigger_event(WATCHDOG_GONE_OFF, event.as_dict())
            self.async_write_ha_state()
