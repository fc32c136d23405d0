"""Quiet hours that are the windows of a schedule entity: read anew for each message, and told of if they cannot be."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..config.quiet_hours import QuietHours, WeeklyQuietHours
from ..config.recipients import Recipient, Recipients
from ..helpers.redaction import quoted
from ..helpers.repair_issues import IssueType, async_clear_issue, async_clear_issues, async_raise_issue

type FindQuietHours = Callable[[str], QuietHours | WeeklyQuietHours | None]

# In seconds. It is in memory; whoever does not answer by then is not waited for.
TIMEOUT: Final = 2
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class QuietSchedules:
    """The schedules that are quiet hours of the recipients of one account.

    One that is missing or unavailable, or on all week long, holds nothing back: a message rather wakes somebody than is
    lost.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, recipients: Recipients) -> None:
        """Read nothing yet."""
        self._hass = hass
        self._entry = entry
        self._recipients = recipients

    @callback
    def async_check(self) -> None:
        """Tell of the schedules that are not there, once Home Assistant has started."""
        async_clear_issues(self._hass, self._entry, IssueType.QUIET_SCHEDULE_UNUSABLE)
        for recipient in self._recipients.all:
            if recipient.quiet_schedule is not None and not self._exists(recipient.quiet_schedule):
                self._tell(recipient)

    async def async_read(self, targets: Iterable[str], now: datetime) -> FindQuietHours:
        """Return what finds the quiet hours of some numbers and groups."""
        found = {target: self._recipients.find_by_target(target) for target in targets}
        sleepers = {target: each for target, each in found.items() if each is not None and each.quiet_schedule}
        if not sleepers:
            return self._recipients.quiet_hours_of
        schedules = {_schedule_of(recipient) for recipient in sleepers.values()}
        plans = {entity_id: await self._async_plan(entity_id) for entity_id in schedules}
        for recipient in sleepers.values():
            plan = plans[_schedule_of(recipient)]
            if plan is None or plan.is_endless_at(now, dt_util.get_default_time_zone()):
                self._tell(recipient)
            else:
                self._clear(recipient)
        by_target = {target: plans[_schedule_of(recipient)] for target, recipient in sleepers.items()}
        return lambda target: by_target.get(target) or self._recipients.quiet_hours_of(target)

    async def _async_plan(self, entity_id: str) -> WeeklyQuietHours | None:
        """Return the windows of a schedule, None if it does not tell them."""
        if not self._exists(entity_id):
            return None
        data = {ATTR_ENTITY_ID: entity_id}
        try:
            async with asyncio.timeout(TIMEOUT):
                response = await self._hass.services.async_call(
                    "schedule", "get_schedule", data, blocking=True, return_response=True
                )
            return _plan((response or {})[entity_id])
        except HomeAssistantError, TimeoutError, LookupError, TypeError, ValueError:
            # Of another version of Home Assistant it may be of another shape.
            return None

    def _exists(self, entity_id: str) -> bool:
        state = self._hass.states.get(entity_id)
        return state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN)

    def _tell(self, recipient: Recipient) -> None:
        async_raise_issue(
            self._hass,
            self._entry,
            IssueType.QUIET_SCHEDULE_UNUSABLE,
            recipient.subentry_id,
            recipient=recipient.name,
            schedule=quoted(_schedule_of(recipient)),
        )

    def _clear(self, recipient: Recipient) -> None:
        async_clear_issue(self._hass, self._entry, IssueType.QUIET_SCHEDULE_UNUSABLE, recipient.subentry_id)


def _schedule_of(recipient: Recipient) -> str:
    return recipient.quiet_schedule or ""


def _plan(written: Any) -> WeeklyQuietHours:
    """Return the windows that a schedule tells."""
    return WeeklyQuietHours(days=tuple(tuple(map(_window, written[day])) for day in _DAYS))


def _window(written: Mapping[str, Any]) -> tuple[time, time | None]:
    start, end = (_time(written[name]) for name in ("from", "to"))
    # Home Assistant writes midnight as the last moment of the day.
    return start, None if end in (time.max, time.min) else end


def _time(written: Any) -> time:
    return written if isinstance(written, time) else time.fromisoformat(written)
