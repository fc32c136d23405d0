"""Drives the watchdogs of one account: pushes what silence would send, and deletes what is not needed any more.

A look every minute; a request only where there is something to do.
"""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..api import SmsmodeError, SmsmodeUncertainError
from ..config.watchdogs import WatchdogError, reference_of, subentry_id_of, watchdog_config_of
from ..const import DOMAIN, LOGGER, SUBENTRY_WATCHDOG
from ..errors import operation_error, translate, validation_error
from ..helpers.clock import Clock
from ..helpers.listeners import Listeners, Subscriptions
from ..helpers.tasks import BackgroundTasks
from ..sending.attempt import OutboxItemSettled
from ..state.outbox import OutboxFullError
from ..state.store import AccountStore, StorageError
from ..state.watchdog import Action, HeldMessage, WatchdogState, renewal_interval, scheduled_send_time
from .gateway import DeletionResult, PushError, WatchdogGateway
from .notifier import WatchdogNotifier

TICK = timedelta(minutes=1)


class WatchdogManager:
    """Keeps the watchdogs of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: AccountStore,
        gateway: WatchdogGateway,
        news: WatchdogNotifier,
        settled: Listeners[OutboxItemSettled],
        clock: Clock,
    ) -> None:
        """Read what a person wants of them."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._gateway = gateway
        self.news = news
        self._settled = settled
        self.plans = {
            subentry.subentry_id: watchdog_config_of(subentry)
            for subentry in entry.get_subentries_of_type(SUBENTRY_WATCHDOG)
        }
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._clock = clock
        self._errors: dict[str, PushError] = {}
        self._unlisted: set[str] = set()
        self._extra = False
        self._is_heard = False
        self._is_over = False
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} watchdog")
        self._subscriptions = Subscriptions()
        self._on_change: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Look after all that there is and was: the house may have fallen at any moment."""
        now = self._clock.now()
        for key in {*self.plans, *self._store.state.watchdogs}:
            self._watch(key)
        for key, watch in self._store.state.watchdogs.items():
            if key not in self.plans:
                watch.disarm(now)
            watch.act_now(now)
        self._unlisted = set(self._store.state.watchdogs)
        job = HassJob(self._async_say_goodbye, f"{DOMAIN} goodbye")
        self._subscriptions.add(
            self._hass.async_add_shutdown_job(job), self._clock.was_set.subscribe(self._async_set_anew)
        )
        # Not ended with the rest: what the gateway holds since an attempt at the very end is to be remembered.
        self._settled.subscribe(self._async_hear)
        self._ring_all()

    @callback
    def async_stop(self) -> None:
        """Stop; all stay armed, and what silence would send stays at the gateway."""
        self._is_over = True
        self._subscriptions.end()
        self._tasks.cancel()
        for plan in self.plans.values():
            self.news.async_clear(plan)

    @callback
    def async_tell_from_now_on(self) -> None:
        """Home Assistant has started: entities and automations are there to be told of what has gone off."""
        self._is_heard = True
        self._ring_all()

    @callback
    def async_on_change(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Tell a listener that something may be different; gives the way to stop."""
        self._on_change.append(listener)

        @callback
        def unsubscribe() -> None:
            self._on_change.remove(listener)

        return unsubscribe

    def watch(self, key: str) -> WatchdogState:
        """Give the state of a watchdog."""
        return self._store.state.watchdogs[key]

    def is_troubled(self, key: str) -> bool:
        """Say whether something is wrong with a watchdog."""
        return self.watch(key).has_problem(self._clock.now(), renewal_interval(self.plans[key].period))

    async def async_arm(self, key: str) -> None:
        """Switch a watchdog on; a translated error, and it stays off, if the gateway does not take its message."""
        watch = self.watch(key)
        was_alive = watch.armed_message is not None
        watch.arm(self._clock.now())
        self.news.async_armed(self.plans[key])
        await self._async_round(key)
        if not was_alive and watch.armed_message is None and watch.failed_renewals:
            watch.disarm(self._clock.now())
            self._changed(key)
            self._tell(key, watch)
            raise _explain(self._errors[key])

    async def async_disarm(self, key: str) -> None:
        """Switch a watchdog off; a translated error if the gateway has not confirmed yet that nothing will leave."""
        self.watch(key).disarm(self._clock.now())
        await self._async_round(key)
        if not self.watch(key).is_off:
            raise operation_error("watchdog_not_off")

    async def async_let_go(self) -> None:
        """Have nothing left at the gateway, as far as it answers, while the account is disabled; all stay armed."""
        for key, watch in list(self._store.state.watchdogs.items()):
            armed = watch.armed
            watch.disarm(self._clock.now())
            await self._async_round(key)
            watch.armed = armed
            self._changed(key)
        self._is_over = True

    @callback
    def _async_hear(self, event: OutboxItemSettled) -> None:
        """The gateway has what it is to hold, now or since before a fall; or it never got it."""
        item, message_id = event.item, event.message_id
        if not item.is_provisional:
            return
        key, now = subentry_id_of(item.reference), self._clock.now()
        watch = self._watch(key)
        if message_id is None:
            watch.record_failed_renewal(now)
            self._unlisted.add(key)
        else:
            leaves_at = item.request.send_at or now
            held = HeldMessage(message_id=message_id, send_at=leaves_at, costs=item.expense.costs)
            watch.record_accepted(held, now, renewal_interval(self.plans[key].period) if key in self.plans else TICK)
        self._changed(key)
        self._ring(key)

    def is_waiting(self) -> bool:
        """Return whether there is any watchdog."""
        return bool(self._store.state.watchdogs)

    @callback
    def async_look_over(self) -> None:
        """Do for each watchdog what is due."""
        self._ring_all()

    @callback
    def _async_set_anew(self, _by: timedelta) -> None:
        """Renew every message at once: the wall clock was set, and the gateway has times of the clock before."""
        for key, watch in self._store.state.watchdogs.items():
            watch.act_now(self._clock.now())
            self._changed(key)

    async def _async_say_goodbye(self) -> None:
        """Home Assistant stops in order: leave it as much more time to come back as a person gave it."""
        self._extra = True
        keys = [key for key, plan in self.plans.items() if plan.quiet and self.watch(key).armed]
        for key in keys:
            self.watch(key).act_now(self._clock.now())
        await asyncio.gather(*map(self._async_round, keys))

    def _ring_all(self) -> None:
        for key in list(self._store.state.watchdogs):
            self._ring(key)

    def _ring(self, key: str) -> None:
        if not self._is_over:
            self._tasks.create(self._async_round(key))

    async def _async_round(self, key: str) -> None:
        """Do for one watchdog all that is to be done now."""
        async with self._locks[key]:
            if self._is_over or key not in self._store.state.watchdogs:
                return
            watch = self.watch(key)
            self._make_certain(key, watch)
            await self._async_look(key, watch)
            while (step := self._wake(watch)) is not Action.WAIT:
                await (self._async_push(key, watch) if step is Action.RENEW else self._async_delete(key, watch))
            self._tell(key, watch)

    def _wake(self, watch: WatchdogState) -> Action:
        now = self._clock.now()
        step = watch.next_action(now)
        if step is Action.DELETE and watch.to_delete[0].may_have_been_sent(now) and not self._is_heard:
            # Asked about when there is somebody to be told.
            return Action.WAIT
        return step

    def _make_certain(self, key: str, watch: WatchdogState) -> None:
        """What is neither in the outbox any more nor was heard of has not left, or is found in the list."""
        waits = any(item.reference == reference_of(key) for item in self._store.state.outbox.items.values())
        if watch.pending_send_at is not None and not waits:
            watch.record_failed_renewal(self._clock.now())
            self._unlisted.add(key)
            self._changed(key)

    async def _async_look(self, key: str, watch: WatchdogState) -> None:
        """Find what was left behind, unless what is still uncertain may be taken for that."""
        if key not in self._unlisted or watch.pending_send_at is not None:
            return
        rows = await self._gateway.async_find(key)
        if rows is not None:
            self._unlisted.discard(key)
            watch.record_found(rows, self._clock.now())
            self._changed(key)

    async def _async_push(self, key: str, watch: WatchdogState) -> None:
        plan, now = self.plans[key], self._clock.now()
        leaves_at = scheduled_send_time(now, plan.period + (plan.quiet if self._extra else timedelta(0)))
        watch.begin_renewal(leaves_at)
        # Written together with the message in the outbox, before its request leaves.
        self._store.state.watchdogs.mark_changed(key)
        error = await self._gateway.async_push(plan, watch.serial, leaves_at)
        if error is None:
            return
        self._errors[key] = error
        LOGGER.warning("A watchdog of %s could not be pushed: %s", self._entry.title, type(error).__name__)
        if not isinstance(error, SmsmodeUncertainError):
            watch.record_failed_renewal(self._clock.now())
        self._changed(key)

    async def _async_delete(self, key: str, watch: WatchdogState) -> None:
        held = watch.to_delete[0]
        try:
            # What is alive is on the disk before the other one goes.
            await self._store.async_save()
        except StorageError:
            LOGGER.debug("A watchdog goes on without the disk")
        before = await self._gateway.async_balance() if watch.armed else None
        outcome = await self._gateway.async_delete(held)
        now = self._clock.now()
        if outcome is DeletionResult.DELETED:
            watch.record_deletion(held, now)
            await self._async_weigh(key, watch, before)
        elif outcome is DeletionResult.GONE_OFF:
            self._note_gone_off(key, watch, held, now)
        else:
            watch.record_failed_deletion(now)
        self._changed(key)

    async def _async_weigh(self, key: str, watch: WatchdogState, before: float | None) -> None:
        """Look whether a deletion gives its credits back, and call the watchdog off if none ever does."""
        if before is None or (after := await self._gateway.async_balance()) is None:
            return
        was_armed = watch.armed
        watch.record_balance(before, after, self._store.state.message_log.segments_sent, self._clock.now())
        if was_armed and not watch.armed:
            self.news.async_too_costly(self.plans[key])

    def _note_gone_off(self, key: str, watch: WatchdogState, held: HeldMessage, now: datetime) -> None:
        if not held.costs:
            # Found in the list, and gone before anybody could look after it.
            watch.record_deletion(held, now)
            return
        was_armed = watch.armed
        watch.record_sent(held, now)
        plan = self.plans.get(key)
        self.news.async_gone_off(key, plan.name if plan else "", held)
        if plan is not None and was_armed and not watch.armed:
            self.news.async_called_off(plan)

    def _tell(self, key: str, watch: WatchdogState) -> None:
        """Show how it is; forget a watchdog that a person has removed, once nothing is left of it."""
        if key in self.plans:
            self.news.async_show(self.plans[key], watch)
        elif watch.is_off and key not in self._unlisted:
            del self._store.state.watchdogs[key]
            self._store.async_save_soon()
        for listener in list(self._on_change):
            listener()

    def _watch(self, key: str) -> WatchdogState:
        """Give the state of a watchdog that may be new; without any the house need not wake up each minute."""
        state = self._store.state.watchdogs.setdefault(key, WatchdogState())
        self._clock.async_wake()
        return state

    def _changed(self, key: str) -> None:
        self._store.state.watchdogs.mark_changed(key)
        self._store.async_save_soon()


def _explain(err: PushError) -> HomeAssistantError:
    if isinstance(err, WatchdogError):
        return validation_error(f"watchdog_{err.problem}")
    assert isinstance(err, SmsmodeError | OutboxFullError | StorageError)  # noqa: S101
    return translate(err)
