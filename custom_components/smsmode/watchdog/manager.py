"""Manager of the watchdogs of one account: renews the message that silence would send, and deletes the one before.

It checks every minute, and makes a request only where there is something to do.
"""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..api import SmsmodeError, SmsmodeUncertainError
from ..config.watchdogs import WatchdogConfig, WatchdogError, reference_of, subentry_id_of, watchdog_config_of
from ..const import DOMAIN, LOGGER, SUBENTRY_WATCHDOG
from ..errors import operation_error, translate, validation_error
from ..helpers.clock import Clock
from ..helpers.listeners import Listeners, Subscriptions
from ..helpers.tasks import BackgroundTasks
from ..sending.attempt import OutboxItemSettled
from ..state.account_facts import Fact
from ..state.outbox import OutboxFullError
from ..state.store import AccountStore, StorageError
from ..state.watchdog import Action, HeldMessage, WatchdogState, renewal_interval, scheduled_send_time
from .gateway import DeletionResult, RenewalError, WatchdogGateway
from .notifier import WatchdogNotifier

CHECK_INTERVAL = timedelta(minutes=1)


class WatchdogManager:
    """Manager of the watchdogs of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: AccountStore,
        gateway: WatchdogGateway,
        notifier: WatchdogNotifier,
        settled: Listeners[OutboxItemSettled],
        clock: Clock,
    ) -> None:
        """Read the configuration; do nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._gateway = gateway
        self.notifier = notifier
        self._settled = settled
        self.configs = {
            subentry.subentry_id: watchdog_config_of(subentry)
            for subentry in entry.get_subentries_of_type(SUBENTRY_WATCHDOG)
        }
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._clock = clock
        self._errors: dict[str, RenewalError] = {}
        self._unsearched: set[str] = set()
        self._is_shutting_down = False
        self._can_report = False
        self._is_stopped = False
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} watchdog")
        self._subscriptions = Subscriptions()
        self._state_changed: Listeners[None] = Listeners()

    @callback
    def async_start(self) -> None:
        """Resume all watchdogs, also removed ones: Home Assistant may have crashed at any moment."""
        now = self._now()
        for key in {*self.configs, *self._store.state.watchdogs}:
            self._ensure_state(key)
        for key, state in self._store.state.watchdogs.items():
            if key not in self.configs:
                state.disarm()
            state.act_now(now)
        self._unsearched = set(self._store.state.watchdogs)
        job = HassJob(self._async_extend_periods, f"{DOMAIN} watchdog shutdown")
        self._subscriptions.add(
            self._hass.async_add_shutdown_job(job), self._clock.was_set.subscribe(self._async_set_anew)
        )
        # Not ended with the rest: what the gateway accepts in a last attempt must be persisted.
        self._settled.subscribe(self._async_handle_settled)
        self._schedule_all()

    @callback
    def async_stop(self) -> None:
        """Stop; all stay armed, and their messages stay at the gateway."""
        self._is_stopped = True
        self._subscriptions.end()
        self._tasks.cancel()
        for config in self.configs.values():
            self.notifier.async_clear_issues(config)

    @callback
    def async_begin_reporting(self) -> None:
        """Report messages that were sent from now on: entities and automations exist, which get the events."""
        self._can_report = True
        self._schedule_all()

    @callback
    def async_on_change(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Subscribe to changes of any watchdog; returns the function that unsubscribes."""
        return self._state_changed.subscribe(lambda _: listener())

    def state(self, key: str) -> WatchdogState:
        """Return the state of a watchdog."""
        return self._store.state.watchdogs[key]

    def has_problem(self, key: str) -> bool:
        """Return whether a watchdog has a problem."""
        return self.state(key).has_problem(self._now(), self._interval(key))

    def holds(self, message_id: str) -> bool:
        """Return whether a message at the gateway is one that silence sends."""
        return any(state.holds(message_id.strip()) for state in self._store.state.watchdogs.values())

    def may_hold_for(self, number: str) -> bool:
        """Return whether the latest message to a number may be one that silence sends."""
        return any(state.may_hold_for(number) for state in self._store.state.watchdogs.values())

    @callback
    def async_report_lost(self, message_id: str) -> None:
        """Send a new message at once in place of one that somebody deleted at the gateway."""
        for key, state in self._store.state.watchdogs.items():
            if state.record_lost(message_id.strip()):
                LOGGER.warning("A message of a watchdog of %s was deleted; another is scheduled", self._entry.title)
                self._mark_changed(key)
                self._schedule(key)

    async def async_arm(self, key: str) -> None:
        """Arm a watchdog; raises a translated error, and it stays off, if the gateway does not accept its message."""
        if self._store.state.facts.is_refuted_by_check(Fact.SCHEDULES_HELD, Fact.DELETION_WORKS):
            raise operation_error("watchdog_not_possible")
        state = self.state(key)
        had_message = state.armed_message is not None
        state.arm()
        self.notifier.async_clear_stopped_issues(self.configs[key])
        await self._async_process(key)
        if not had_message and state.armed_message is None and state.failed_renewals:
            state.disarm()
            self._mark_changed(key)
            self._publish(key, state)
            raise _translate_renewal_error(self._errors[key])

    async def async_disarm(self, key: str) -> None:
        """Disarm a watchdog; raises a translated error until the gateway has confirmed that nothing will be sent."""
        self.state(key).disarm()
        await self._async_process(key)
        if not self.state(key).is_off:
            raise operation_error("watchdog_not_off")

    async def async_suspend(self) -> None:
        """Delete all messages while the account is disabled, as far as the gateway answers; all stay armed."""
        for key, state in list(self._store.state.watchdogs.items()):
            armed = state.armed
            state.disarm()
            await self._async_process(key)
            state.armed = armed
            self._mark_changed(key)
        self._is_stopped = True

    @callback
    def _async_handle_settled(self, event: OutboxItemSettled) -> None:
        """Record whether the gateway has a message, accepted now or before a crash."""
        item, message_id = event.item, event.message_id
        if not item.is_provisional:
            return
        key, now = subentry_id_of(item.reference), self._now()
        state = self._ensure_state(key)
        if message_id is None:
            state.record_failed_renewal(now)
            self._unsearched.add(key)
        else:
            send_at = item.request.send_at or now
            held = HeldMessage(message_id=message_id, send_at=send_at, costs=item.expense.costs)
            state.record_accepted(held, now, self._interval(key))
        self._mark_changed(key)
        self._schedule(key)

    def _now(self) -> datetime:
        """Return the time by the gateway's clock: the house's may be hours wrong, and only the former sends."""
        return self._gateway.now()

    def is_waiting(self) -> bool:
        """Return whether there is any watchdog."""
        return bool(self._store.state.watchdogs)

    @callback
    def async_look_over(self) -> None:
        """Do for each watchdog what is due."""
        self._schedule_all()

    @callback
    def _async_set_anew(self, _by: timedelta) -> None:
        """Renew every message at once: the wall clock was set, and the gateway has times of the clock before."""
        for key, state in self._store.state.watchdogs.items():
            state.act_now(self._now())
            self._mark_changed(key)

    async def _async_extend_periods(self) -> None:
        """Renew for a longer period when Home Assistant shuts down, so that it has the configured time to come back."""
        self._is_shutting_down = True
        keys = [key for key, config in self.configs.items() if config.quiet and self.state(key).armed]
        for key in keys:
            self.state(key).act_now(self._now())
        await asyncio.gather(*map(self._async_process, keys))

    def _schedule_all(self) -> None:
        for key in list(self._store.state.watchdogs):
            self._schedule(key)

    def _schedule(self, key: str) -> None:
        if not self._is_stopped:
            self._tasks.create(self._async_process(key))

    async def _async_process(self, key: str) -> None:
        """Do everything that is due for one watchdog."""
        async with self._locks[key]:
            if self._is_stopped or key not in self._store.state.watchdogs:
                return
            state = self.state(key)
            self._resolve_pending(key, state)
            await self._async_find_leftovers(key, state)
            while (action := self._next_action(key, state)) is not Action.WAIT:
                await (self._async_renew(key, state) if action is Action.RENEW else self._async_delete(key, state))
            self._publish(key, state)

    def _interval(self, key: str) -> timedelta:
        """Return how often a watchdog is renewed; one that was removed is looked at all the time."""
        return renewal_interval(self.configs[key].period) if key in self.configs else CHECK_INTERVAL

    def _next_action(self, key: str, state: WatchdogState) -> Action:
        now = self._now()
        action = state.next_action(now, self._interval(key))
        if action is Action.DELETE and state.to_delete[0].may_have_been_sent(now) and not self._can_report:
            # Checked when automations exist, which get the event.
            return Action.WAIT
        return action

    def _resolve_pending(self, key: str, state: WatchdogState) -> None:
        """Give up a pending message that left the outbox without a result; a search finds it if the gateway has it."""
        waits = any(item.reference == reference_of(key) for item in self._store.state.outbox.items.values())
        if state.pending_send_at is not None and not waits:
            state.record_failed_renewal(self._now())
            self._unsearched.add(key)
            self._mark_changed(key)

    async def _async_find_leftovers(self, key: str, state: WatchdogState) -> None:
        """Search the sent list for unknown messages of a watchdog, unless a pending one may be mistaken for one."""
        if key not in self._unsearched or state.pending_send_at is not None:
            return
        rows = await self._gateway.async_find_messages(key)
        if rows is not None:
            self._unsearched.discard(key)
            state.record_found(rows, self._now())
            self._mark_changed(key)

    async def _async_renew(self, key: str, state: WatchdogState) -> None:
        error = await self._gateway.async_measure_clock()
        if error is None:
            error = await self._async_schedule_message(self.configs[key], state)
        if error is None:
            return
        self._errors[key] = error
        LOGGER.warning("A watchdog of %s could not be renewed: %s", self._entry.title, type(error).__name__)
        if not isinstance(error, SmsmodeUncertainError):
            state.record_failed_renewal(self._now())
        self._mark_changed(key)

    async def _async_schedule_message(self, config: WatchdogConfig, state: WatchdogState) -> RenewalError | None:
        quiet = config.quiet if self._is_shutting_down else timedelta(0)
        send_at = scheduled_send_time(self._now(), config.period + quiet)
        state.begin_renewal(send_at)
        # Written together with the message in the outbox, before its request leaves.
        self._store.state.watchdogs.mark_changed(config.subentry_id)
        return await self._gateway.async_renew(config, state.serial, send_at)

    async def _async_delete(self, key: str, state: WatchdogState) -> None:
        held = state.to_delete[0]
        try:
            # The new message is on the disk before the old one is deleted.
            await self._store.async_save()
        except StorageError:
            LOGGER.debug("A watchdog is renewed without the disk")
        before = await self._gateway.async_get_balance() if state.armed else None
        outcome = await self._gateway.async_delete(held)
        now = self._now()
        if outcome is DeletionResult.DELETED:
            state.record_deletion(held)
            self._store.state.facts.learn(Fact.DELETION_WORKS, holds=True, at=now)
            await self._async_check_refund(key, state, before)
        elif outcome is DeletionResult.SENT:
            self._record_sent(key, state, held)
        else:
            state.record_failed_deletion(now)
        self._mark_changed(key)

    async def _async_check_refund(self, key: str, state: WatchdogState, before: float | None) -> None:
        """Check whether a deletion refunds its credits; the watchdog is switched off if none ever does."""
        if before is None or (after := await self._gateway.async_get_balance()) is None:
            return
        facts, was_armed = self._store.state.facts, state.armed
        if after > before:
            facts.learn(Fact.DELETION_REFUNDS, holds=True, at=self._now())
        state.record_balance(before, after, self._store.state.message_log.segments_sent)
        if was_armed and not state.armed:
            facts.learn(Fact.DELETION_REFUNDS, holds=False, at=self._now())
            self.notifier.async_report_not_refunded(self.configs[key])

    def _record_sent(self, key: str, state: WatchdogState, held: HeldMessage) -> None:
        if not held.costs:
            # Found in the sent list, and sent before it could be deleted.
            state.record_deletion(held)
            return
        was_armed = state.armed
        state.record_sent(held)
        config = self.configs.get(key)
        self.notifier.async_report_sent(key, config.name if config else "", held)
        if config is not None and was_armed and not state.armed:
            self._store.state.facts.learn(Fact.DELETION_WORKS, holds=False, at=self._now())
            self.notifier.async_report_not_deleted(config)

    def _publish(self, key: str, state: WatchdogState) -> None:
        """Update issues and entities; forget a removed watchdog once the gateway holds nothing of it."""
        if key in self.configs:
            self.notifier.async_update_issues(self.configs[key], state, self._now())
        elif state.is_off and key not in self._unsearched:
            del self._store.state.watchdogs[key]
            self._store.async_save_soon()
        self._state_changed.notify(None)

    def _ensure_state(self, key: str) -> WatchdogState:
        """Return the state of a watchdog that may be new; without any watchdog there is no timer."""
        state = self._store.state.watchdogs.setdefault(key, WatchdogState())
        self._clock.async_wake()
        return state

    def _mark_changed(self, key: str) -> None:
        self._store.state.watchdogs.mark_changed(key)
        self._store.async_save_soon()


def _translate_renewal_error(err: RenewalError) -> HomeAssistantError:
    if isinstance(err, WatchdogError):
        return validation_error(f"watchdog_{err.problem}")
    assert isinstance(err, SmsmodeError | OutboxFullError | StorageError)  # noqa: S101
    return translate(err)
