"""What a watchdog says aloud: that its message has gone off, that it soon will, that it was called off."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..config.watchdogs import WatchdogConfig, reference_of
from ..const import ATTR_CONFIG_ENTRY_ID, EVENT_WATCHDOG, EVENT_WATCHDOG_STOPPED, LOGGER
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..helpers.targets import GROUP_PREFIX
from ..receiving.processor import InboundProcessor
from ..state.budget import BudgetPool, Expense
from ..state.message_log import TrackedMessage
from ..state.store import AccountStore
from ..state.watchdog import HeldMessage, WatchdogState, renewal_interval

type Alarm = Callable[[str, dict[str, str]], None]
"""Is told of a message that has gone off: the subentry, and the data of the event."""


class WatchdogNotifier:
    """Speaks for the watchdogs of one account."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, store: AccountStore, processor: InboundProcessor
    ) -> None:
        """Speak for an account."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._processor = processor
        self._on_alarm: list[Alarm] = []

    @callback
    def async_on_alarm(self, listener: Alarm) -> CALLBACK_TYPE:
        """Tell a listener of what has gone off; gives the way to stop."""
        self._on_alarm.append(listener)

        @callback
        def unsubscribe() -> None:
            self._on_alarm.remove(listener)

        return unsubscribe

    @callback
    def async_gone_off(self, subentry_id: str, name: str, held: HeldMessage) -> None:
        """Silence has sent one: from here on it is a message like others, spent, and watched until it is delivered."""
        LOGGER.warning("The message of a watchdog of %s has gone off", self._entry.title)
        now = dt_util.now()
        expense = Expense(at=now, costs=held.costs, pool=BudgetPool.URGENT)
        self._store.state.budget.record(held.message_id, expense, now)
        self._processor.async_note_sent(_watched(subentry_id, held), expense.segments)
        data = {"name": name, "message_id": held.message_id, "sent_at": held.send_at.isoformat()}
        for listener in list(self._on_alarm):
            listener(subentry_id, data)
        self._hass.bus.async_fire(EVENT_WATCHDOG, {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, **data})

    @callback
    def async_called_off(self, plan: WatchdogConfig) -> None:
        """Too many in a row have gone off without need."""
        key = plan.subentry_id
        async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_STOPPED, key, watchdog=plan.name)
        self._say_stopped(plan, "not_deleted")

    @callback
    def async_too_costly(self, plan: WatchdogConfig) -> None:
        """Too many in a row were deleted, and paid for all the same."""
        key = plan.subentry_id
        async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_COSTLY, key, watchdog=plan.name)
        self._say_stopped(plan, "credits_not_returned")

    def _say_stopped(self, plan: WatchdogConfig, reason: str) -> None:
        LOGGER.error("A watchdog of %s was switched off: %s", self._entry.title, reason)
        data = {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, "name": plan.name, "reason": reason}
        self._hass.bus.async_fire(EVENT_WATCHDOG_STOPPED, data)

    @callback
    def async_show(self, plan: WatchdogConfig, watch: WatchdogState) -> None:
        """Show that a watchdog is about to go off although the house lives, or take that back."""
        now = dt_util.utcnow()
        if watch.has_problem(now, renewal_interval(plan.period)) and watch.is_about_to_send(now, plan.period):
            self._show_trouble(plan, watch)
        else:
            self.async_clear(plan)

    @callback
    def async_armed(self, plan: WatchdogConfig) -> None:
        """A person has switched it on: what was said of the time before is over."""
        self._clear(IssueType.WATCHDOG_STOPPED, plan)
        self._clear(IssueType.WATCHDOG_COSTLY, plan)

    @callback
    def async_clear(self, plan: WatchdogConfig) -> None:
        """Take back what will be said again if it is true again."""
        self._clear(IssueType.WATCHDOG_FAILING, plan)
        self._clear(IssueType.WATCHDOG_ASLEEP, plan)

    def _show_trouble(self, plan: WatchdogConfig, watch: WatchdogState) -> None:
        key = plan.subentry_id
        if watch.armed_message is None:
            self._clear(IssueType.WATCHDOG_FAILING, plan)
            async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_ASLEEP, key, watchdog=plan.name)
        else:
            time = f"{dt_util.as_local(watch.armed_message.send_at):%H:%M}"
            self._clear(IssueType.WATCHDOG_ASLEEP, plan)
            async_raise_issue(self._hass, self._entry, IssueType.WATCHDOG_FAILING, key, watchdog=plan.name, time=time)

    def _clear(self, problem: IssueType, plan: WatchdogConfig) -> None:
        async_clear_issue(self._hass, self._entry, problem, plan.subentry_id)


def _watched(subentry_id: str, held: HeldMessage) -> TrackedMessage:
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
