"""Replies and delivery reports as event entities."""

from typing import override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import DeliveryOutcome
from .const import SUBENTRY_RECIPIENT, SUBENTRY_WATCHDOG
from .entity import SmsmodeEntity
from .receiving.processor import ReplyEvent, ReportEvent
from .runtime import SmsmodeConfigEntry
from .state.reply_history import ReplyEventType
from .watchdog_event import WatchdogEvent

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of the account, the replies of each recipient, and the alarms of each watchdog."""
    async_add_entities([ReplyEntity(entry, "reply"), DeliveryReportEntity(entry, "delivery_report")])
    for subentry in entry.get_subentries_of_type(SUBENTRY_RECIPIENT):
        async_add_entities([ReplyEntity(entry, "reply", subentry)], config_subentry_id=subentry.subentry_id)
    for subentry in entry.get_subentries_of_type(SUBENTRY_WATCHDOG):
        watchdog = WatchdogEvent(hass, entry, subentry, "watchdog")
        async_add_entities([watchdog], config_subentry_id=subentry.subentry_id)


class LocalEventEntity(SmsmodeEntity, EventEntity):
    """An event that stays in sight while the gateway does not answer: it has happened."""

    # Texts of people belong in no long-term record, as far as it is up to us.
    _unrecorded_attributes = frozenset({"message"})

    @property
    @override
    def available(self) -> bool:
        """Always."""
        return True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """A poll says nothing about an event."""


class ReplyEntity(LocalEventEntity):
    """Replies to the account, or those of one recipient."""

    _attr_translation_key = "reply"
    _attr_event_types = [news.value for news in ReplyEventType]

    @override
    async def async_added_to_hass(self) -> None:
        """Listen at the inbox."""
        await super().async_added_to_hass()
        self.async_on_remove(self.account.processor.async_on_reply(self._async_hear))

    @callback
    def _async_hear(self, event: ReplyEvent) -> None:
        if self.recipient is None or self.recipient.number == event.reply.sender:
            self._trigger_event(event.news, event.as_dict())
            self.async_write_ha_state()


class DeliveryReportEntity(LocalEventEntity):
    """Delivery reports of all messages of the account."""

    _attr_translation_key = "delivery_report"
    _attr_event_types = [outcome.value for outcome in DeliveryOutcome]

    @override
    async def async_added_to_hass(self) -> None:
        """Listen at the inbox."""
        await super().async_added_to_hass()
        self.async_on_remove(self.account.processor.async_on_report(self._async_hear))

    @callback
    def _async_hear(self, event: ReportEvent) -> None:
        self._trigger_event(event.outcome, event.as_dict())
        self.async_write_ha_state()
