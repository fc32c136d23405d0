"""Notification of reached spending limits: one event and one repair issue, however many messages a limit stops."""

from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import ATTR_CONFIG_ENTRY_ID, EVENT_LIMIT_REACHED, LOGGER
from ..helpers.clock import Clock
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..state.budget import WINDOW, LimitExceededError, LimitType


class LimitNotifier:
    """The reached limits of one account, each until messages can pass again."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, clock: Clock) -> None:
        """Begin without any."""
        self._hass = hass
        self._entry = entry
        self._clock = clock
        self._reached: dict[LimitType, CALLBACK_TYPE] = {}

    @callback
    def async_notify(self, err: LimitExceededError) -> None:
        """Notify that a limit is reached, unless that was done already."""
        if err.limit_type in self._reached:
            return
        LOGGER.warning("%s has reached a limit: %s, %s segments", self._entry.title, err.limit_type, err.limit)
        async_raise_issue(self._hass, self._entry, IssueType(err.limit_type.value), limit=str(err.limit))
        data = {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, "limit": err.limit_type.value, "segments": err.limit}
        self._hass.bus.async_fire(EVENT_LIMIT_REACHED, data)

        @callback
        def clear(_now: datetime) -> None:
            self._reached.pop(err.limit_type)
            async_clear_issue(self._hass, self._entry, IssueType(err.limit_type.value))

        delay = _until_room(err.limit_type, self._clock.now())
        self._reached[err.limit_type] = async_call_later(self._hass, delay, clear)

    @callback
    def async_stop(self) -> None:
        """Clear the issues, and cancel the timers that would."""
        for cap, cancel in self._reached.items():
            cancel()
            async_clear_issue(self._hass, self._entry, IssueType(cap.value))
        self._reached.clear()


def _until_room(cap: LimitType, now: datetime) -> timedelta:
    """Return how long a limit can last: until midnight, or for an hour."""
    if cap is LimitType.RECIPIENT:
        return WINDOW
    tomorrow = dt_util.start_of_local_day(dt_util.as_local(now) + timedelta(days=1))
    # UTC: in local time every day would have 24 hours.
    return dt_util.as_utc(tomorrow) - now
