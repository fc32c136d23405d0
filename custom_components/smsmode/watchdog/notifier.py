"""Notifier of the watchdogs: events and repair issues of a message that was sent, soon will be, or costs too much."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..config.watchdogs import WatchdogConfig, reference_of
from ..const import ATTR_CONFIG_ENTRY_ID, EVENT_WATCHDOG, EVENT_WATCHDOG_STOPPED, LOGGER
from ..helpers.listeners import Listeners
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..helpers.targets import GROUP_PREFIX
from ..receiving.processor import InboundProcessor
from ..state.budget import BudgetPool, Expense
from ..state.message_log import TrackedMessage
from ..state.store import AccountStore
from ..state.watchdog import HeldMessage, WatchdogState, renewal_interval


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WatchdogSentEvent:
    """A message of a watchdog was sent, because it was not deleted in time."""

    subentry_id: str
    name: str
    message_id: str
    sent_at: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return the public event data."""
        return {"name": self.name, "message_id": self.message_id, "sent_at": self.sent_at.isoformat()}


class WatchdogNotifier:
    """Notifier of the watchdogs of one account."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, store: AccountStore, processor: InboundProcessor
    ) -> None:
        """Begin without listeners."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._processor = processor
        self.sent: Listeners[WatchdogSentEvent] = Listeners()

    @callback
    def async_report_sent(self, subentry_id: str, name: str, held: HeldMessage) -> None:
        """Report that a message was sent: from now on it is a message like others, counted and tracked."""
        LOGGER.warning("The message of a watchdog of %s was sent", self._entry.title)
        now = dt_util.as_local(self._processor.now())
        expense = Expense(at=now, costs=held.costs, pool=BudgetPool.URGENT)
        self._store.state.budget.record(held.message_id, expense, now)
        self._processor.async_note_sent(_tracked_message(subentry_id, held), expense.segments)
        event = WatchdogSentEvent(subentry_id=subentry_id, name=name, message_id=held.message_id, sent_at=held.send_at)
        self.sent.notify(event)
        self._hass.bus.async_fire(EVENT_WATCHDOG, {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, **event.as_dict()})

    @callback
    def async_report_not_deleted(self, config: WatchdogConfig) -> None:
        """Report that a watchdog was switched off, because too many messages in a row were sent without need."""
        key = config.subentry_id
        async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_STOPPED, key, watchdog=config.name)
        self._fire_stopped(config, "not_deleted")

    @callback
    def async_report_not_refunded(self, config: WatchdogConfig) -> None:
        """Report that a watchdog was switched off, because too many deletions in a row were not refunded."""
        key = config.subentry_id
        async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_COSTLY, key, watchdog=config.name)
        self._fire_stopped(config, "credits_not_returned")

    def _fire_stopped(self, config: WatchdogConfig, reason: str) -> None:
        LOGGER.error("A watchdog of %s was switched off: %s", self._entry.title, reason)
        data = {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, "name": config.name, "reason": reason}
        self._hass.bus.async_fire(EVENT_WATCHDOG_STOPPED, data)

    @callback
    def async_update_issues(self, config: WatchdogConfig, state: WatchdogState, now: datetime) -> None:
        """Raise or clear the issue of a watchdog whose message is about to be sent though Home Assistant runs."""
        if state.has_problem(now, renewal_interval(config.period)) and state.is_about_to_send(now, config.period):
            self._raise_issue(config, state)
        else:
            self.async_clear_issues(config)

    @callback
    def async_clear_stopped_issues(self, config: WatchdogConfig) -> None:
        """Clear the issues of a watchdog that was switched off: a person has armed it again."""
        self._clear(IssueType.WATCHDOG_STOPPED, config)
        self._clear(IssueType.WATCHDOG_COSTLY, config)

    @callback
    def async_clear_issues(self, config: WatchdogConfig) -> None:
        """Clear the issues that are raised again if they are true again."""
        self._clear(IssueType.WATCHDOG_FAILING, config)
        self._clear(IssueType.WATCHDOG_ASLEEP, config)

    def _raise_issue(self, config: WatchdogConfig, state: WatchdogState) -> None:
        key = config.subentry_id
        if state.armed_message is None:
            self._clear(IssueType.WATCHDOG_FAILING, config)
            async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_ASLEEP, key, watchdog=config.name)
        else:
            time = f"{dt_util.as_local(state.armed_message.send_at):%H:%M}"
            self._clear(IssueType.WATCHDOG_ASLEEP, config)
            async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_FAILING, key, watchdog=config.name, time=time)

    def _clear(self, issue: IssueType, config: WatchdogConfig) -> None:
        async_clear_issue(self._hass, self._entry, issue, config.subentry_id)


def _tracked_message(subentry_id: str, held: HeldMessage) -> TrackedMessage:
    targets = [target for target, _ in held.costs]
    groups = [target.removeprefix(GROUP_PREFIX) for target in targets if target.startswith(GROUP_PREFIX)]
    return TrackedMessage(
        message_id=held.message_id,
        sent_at=held.send_at,
        codes={} if groups else dict.fromkeys(targets, ()),
        group=groups[0] if groups else None,
        reference=reference_of(subentry_id),
        is_complete=not groups,
    )
