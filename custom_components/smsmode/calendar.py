"""Calendar entity of the scheduled messages: creating an event schedules an SMS, deleting one cancels it.

The events that somebody asks for have the text, as long as the message is not sent. The state of the entity, which is
recorded and handed on to whatever listens to states, names only the recipients and the time.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityFeature, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .api import SmsmodeError
from .entity import SmsmodeEntity
from .errors import no_target, translate, validation_error
from .helpers.origins import find_origin
from .helpers.redaction import mask_numbers
from .helpers.text_match import comparison_key
from .runtime import SmsmodeConfigEntry
from .sending.composer import MessageSendOptions
from .state.scheduled import ScheduledMessage

PARALLEL_UPDATES = 0
# An SMS takes no time, but an event must.
DURATION = timedelta(minutes=1)
# A batch can go to thousands.
MAX_NAMES = 20
_SEPARATOR = re.compile("[,;]")


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
        """Schedule an SMS: the summary is its text, the description its recipients, who must all be known.

        Raises HomeAssistantError.
        """
        if not self.account.options.calendar_events:
            raise validation_error("event_not_allowed")
        start = kwargs["dtstart"]
        if not isinstance(start, datetime):
            raise validation_error("event_without_time")
        if kwargs.get("rrule"):
            raise validation_error("event_repeated")
        targets = self._targets(kwargs.get("description") or "")
        options = MessageSendOptions(
            message=kwargs["summary"],
            targets=targets,
            send_at=start,
            origin=find_origin(self.hass, self._context),
            context=self._context,
        )
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

    def _targets(self, description: str) -> tuple[str, ...]:
        """Return the recipients of a description, longest names first: "DUPONT, Marie" is one person.

        Raises a translated error unless all are known: an event is no place to send to some of those it names.
        """
        targets = [target for line in description.splitlines() for target in self._split(_SEPARATOR.split(line))]
        if not targets:
            raise validation_error("event_without_recipients")
        if failures := self.account.recipients.resolve(targets).failures:
            raise no_target(failures)
        return tuple(targets)

    def _split(self, parts: list[str]) -> Iterator[str]:
        """Yield the targets of a line, each of as many parts between commas as a known name has."""
        recipients = self.account.recipients
        names = [*(each.name for each in recipients.all), *(group.name for group in recipients.groups)]
        known = {(len(_SEPARATOR.findall(name)), comparison_key(name)) for name in names}
        while parts:
            lengths = range(len(parts), 1, -1)
            length = next((n for n in lengths if (n - 1, comparison_key(",".join(parts[:n]))) in known), 1)
            if name := ",".join(parts[:length]).strip():
                yield name
            parts = parts[length:]

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
