"""Calendar entity of the scheduled messages: creating an event schedules an SMS, deleting one cancels it.

The events that somebody asks for have the text, as long as the message is not sent. The state of the entity, which is
recorded and handed on to whatever listens to states, names only the recipients and the time.
"""

import re
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityFeature, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .api import SmsmodeError
from .entity import SmsmodeEntity
from .errors import translate, validation_error
from .helpers.redaction import mask_numbers
from .runtime import SmsmodeConfigEntry
from .sending.composer import MessageSendOptions
from .state.scheduled import ScheduledMessage

PARALLEL_UPDATES = 0
# An SMS takes no time, but an event must.
DURATION = timedelta(minutes=1)
# A batch can go to thousands.
MAX_NAMES = 20
_RECIPIENT_SEPARATOR = re.compile(r"[,;\n]")


async def async_setup_entry(
    _hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendar of the account."""
    async_add_entities([ScheduleCalendar(entry, "scheduled")])


class ScheduleCalendar(SmsmodeEntity, CalendarEntity):
    """Calendar of what one account is to send later."""

    _attr_translation_key = "scheduled"
    _attr_supported_features = CalendarEntityFeature.CREATE_EVENT | CalendarEntityFeature.DELETE_EVENT
    _upcoming: CalendarEvent | None = None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the next message to be sent, without its text."""
        upcoming = self.account.schedule_tracker.async_all()
        return self._event(upcoming[0], self._names(upcoming[0])) if upcoming else None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what is to be sent between two moments."""
        return [
            self._event(message, message.text or self._names(message))
            for message in self.account.schedule_tracker.async_all()
            if message.send_at < end_date and message.send_at + DURATION > start_date
        ]

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        """Schedule an SMS: the summary is its text, the description its recipients; without one, all.

        Raises HomeAssistantError.
        """
        start = kwargs["dtstart"]
        if not isinstance(start, datetime):
            raise validation_error("event_without_time")
        if kwargs.get("rrule"):
            raise validation_error("event_repeated")
        names = map(str.strip, _RECIPIENT_SEPARATOR.split(kwargs.get("description") or ""))
        targets = tuple(filter(None, names))
        options = MessageSendOptions(message=kwargs["summary"], targets=targets or None, send_at=start)
        await self.account.messages.async_send_message(options)

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        """Cancel the message: remove it from the outbox, or delete it at the gateway. Raises HomeAssistantError."""
        try:
            cancelled = await self.account.schedule_tracker.async_cancel(uid)
        except SmsmodeError as err:
            raise translate(err) from None
        if not cancelled:
            raise validation_error("event_may_have_left")

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state, and set the timer of the next event, if another message is the next."""
        if (upcoming := self.event) != self._upcoming:
            self._upcoming = upcoming
            self.async_write_ha_state()

    def _event(self, message: ScheduledMessage, summary: str) -> CalendarEvent:
        start = dt_util.as_utc(message.send_at)
        end = start + DURATION
        if dt_util.as_local(end).fold > dt_util.as_local(start).fold:
            # In local time the last minute before the hour that autumn repeats ends before it begins.
            end = start
        return CalendarEvent(start=start, end=end, summary=summary, description=self._names(message), uid=message.key)

    def _names(self, message: ScheduledMessage) -> str:
        """Return the names of those who get it; a number that is no recipient's is masked."""
        names = [self.account.recipients.name_of_target(target) or mask_numbers(target) for target in message.targets]
        return ", ".join(names[:MAX_NAMES]) + (" …" if len(names) > MAX_NAMES else "")
