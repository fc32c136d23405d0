"""Background worker of the outbox: retry due messages, reconcile uncertain ones, expire old ones."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..api import GatewayClient, MessageStatus, SmsmodeConnectionError, SmsmodeError
from ..config.options import AccountOptions
from ..config.recipients import Recipients
from ..const import DOMAIN
from ..errors import key_of
from ..helpers.clock import Clock
from ..helpers.listeners import Listeners
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..helpers.tasks import BackgroundTasks
from ..helpers.timing import BurstDebouncer
from ..state.outbox import MAX_BACKOFF, OutboxItem, Phase
from ..state.store import PATIENCE, SHORT_PATIENCE, AccountStore, StorageError
from .attempt import Attempt, GatewaySender, OutboxItemSettled
from .lookup import LookupResult, async_look_up
from .queue import queued_messages
from .unknown_messages import UnknownMessageMonitor

MAX_CONCURRENT = 8
MIN_INTERVAL = timedelta(seconds=1)
WAITING_ISSUE_AFTER = timedelta(minutes=5)
# How long, in seconds, the account waits at its end for attempts under way. What is cut short is looked for later.
STOP_TIMEOUT = 5.0
_NO_CONNECTION = key_of(SmsmodeConnectionError())


class FlushMode(StrEnum):
    """What the flush action does with queued messages."""

    RETRY = "retry"
    DROP = "drop"


class OutboxWorker:
    """Processes the outbox of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        options: AccountOptions,
        recipients: Recipients,
        client: GatewayClient,
        store: AccountStore,
        gateway_sender: GatewaySender,
        clock: Clock,
    ) -> None:
        """Do nothing before `async_schedule`."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._store = store
        self._gateway_sender = gateway_sender
        self._unknown_messages = UnknownMessageMonitor(hass, entry, recipients, store, gateway_sender)
        self._repeat_urgent = options.repeat_urgent
        self._lock = asyncio.Lock()
        self._clock = clock
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._debouncer = BurstDebouncer(hass.loop, self._set_timer)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} outbox")
        self._stopped = False
        self._is_reporting = False
        client.on_answer = self._async_note_answer
        gateway_sender.settled.subscribe(self._async_note_settled)

    @property
    def settled(self) -> Listeners[OutboxItemSettled]:
        """Return the listeners of what leaves the outbox."""
        return self._gateway_sender.settled

    @callback
    def async_schedule(self) -> None:
        """Schedule the next run for what is due next; not after the worker was stopped."""
        if not self._stopped:
            self._debouncer.trigger()
            self._clock.async_wake()

    @callback
    def async_begin_reporting(self) -> None:
        """Tell of what has expired from now on: Home Assistant has started, and automations are there to hear it."""
        self._is_reporting = True
        self.async_schedule()

    @callback
    def _async_note_answer(self) -> None:
        """Hurry what waits for a connection: the gateway has answered, whatever it was asked."""
        if self._store.state.outbox.hurry(self._clock.now(), _NO_CONNECTION):
            self.async_schedule()

    @callback
    def _async_note_settled(self, event: OutboxItemSettled) -> None:
        """Hurry all messages that wait: the gateway has accepted one."""
        if event.message_id is not None and self._store.state.outbox.hurry(self._clock.now()):
            self.async_schedule()

    def _set_timer(self) -> None:
        self._cancel()
        self._update_waiting_issue()
        now = self._clock.now()
        # Also when the next message will have waited for long: that is told at its time, not with the next attempt.
        told_at = [item.expense.at + WAITING_ISSUE_AFTER for item in queued_messages(self._store.state.outbox)]
        moments = [self._store.state.outbox.next_due(), *(moment for moment in told_at if moment > now)]
        if (due := min(filter(None, moments), default=None)) is not None:
            # Never long ahead: a clock that is set back would make it years.
            pause = min(max(due - now, MIN_INTERVAL), MAX_BACKOFF)
            self._cancel_timer = async_call_later(self._hass, pause, self._async_run_due)

    def is_waiting(self) -> bool:
        """Return whether the outbox holds anything."""
        return bool(self._store.state.outbox.items)

    @callback
    def async_look_over(self) -> None:
        """Set the timer anew for what is due next."""
        self.async_schedule()

    @callback
    def async_flush(self, mode: FlushMode) -> int:
        """Retry or reconcile all queued messages now, or drop them; return how many there were."""
        now = self._clock.now()
        resting = self._store.state.outbox.idle_items()
        if mode is not FlushMode.RETRY:
            # A watchdog never loses its message to a person who clears the queue.
            resting = [item for item in resting if not item.is_provisional]
        for item in resting:
            if mode is FlushMode.RETRY:
                self._store.state.outbox.make_due(item, now)
            elif item.phase is Phase.WAITING:
                self._gateway_sender.drop(item)
                self._gateway_sender.note_unsent(item, MessageStatus.CANCELLED)
            else:
                # It may have left, and been paid.
                self._store.state.outbox.remove(item)
                self._gateway_sender.note_unsent(item, MessageStatus.UNDEFINED)
        self._gateway_sender.changed()
        self._async_run_due(now)
        return len(resting)

    @callback
    def async_retry(self, items: Iterable[OutboxItem]) -> int:
        """Make the next attempt, or lookup, of messages due now; return how many, without those under way."""
        now = self._clock.now()
        idle = [item for item in items if item.phase is not Phase.SENDING]
        for item in idle:
            self._store.state.outbox.make_due(item, now)
        self._gateway_sender.changed()
        self._async_run_due(now)
        return len(idle)

    @callback
    def async_cancel(self, item: OutboxItem) -> bool:
        """Cancel a message; False if it may have been sent already, which is still reconciled."""
        is_cancelled = self._store.state.outbox.cancel(item)
        if is_cancelled:
            self._store.state.budget.refund(item.key, item.expense)
            self._gateway_sender.note_unsent(item, MessageStatus.CANCELLED)
        self._gateway_sender.changed()
        self.async_schedule()
        return is_cancelled

    @callback
    def async_cancel_for_number(self, number: str) -> bool | None:
        """Cancel the last queued message to a number, for that number alone; None if there is none."""
        item = self._store.state.outbox.latest_to(number)
        if item is None:
            return None
        before = item.expense
        if self._store.state.outbox.remove_target(item, number):
            self._store.state.budget.refund_target(item.key, before, number)
            self._gateway_sender.note_unsent(item, MessageStatus.CANCELLED, (number,))
            self._gateway_sender.changed()
            return True
        # To others as well: what may have left already cannot be called off for one of them.
        return self.async_cancel(item) if item.targets == (number,) else False

    async def async_stop(self) -> None:
        """Begin no more attempts, and return when those under way have come to an end."""
        self._stopped = True
        self._debouncer.stop()
        self._cancel()
        async_clear_issue(self._hass, self._entry, IssueType.MESSAGES_WAITING)
        await self._tasks.async_finish(STOP_TIMEOUT)

    def _cancel(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _async_run_due(self, _now: datetime) -> None:
        self._cancel()
        self._tasks.create(self._async_process())

    async def _async_process(self) -> None:
        """Expire old items, reconcile uncertain ones, retry due ones."""
        try:
            async with self._lock:
                self._clock.async_check()
                tried: set[str] = set()
                # What is due is looked at anew each time: something urgent may have come meanwhile.
                while await self._async_process_some(tried):
                    pass
        finally:
            self.async_schedule()

    async def _async_process_some(self, tried: set[str]) -> bool:
        """Do everything that is due, of the attempts only as many as are made at a time; return whether any was.

        What was ``tried`` and is due again, because others took long, lets them go first unless it is urgent.
        """
        outbox = self._store.state.outbox
        self._give_up_expired()
        if any(item.phase is Phase.UNCERTAIN for item in outbox.due_items(self._clock.now())):
            await self._async_reconcile(self._clock.now())
        self._tell_unknown()
        waiting = [item for item in outbox.due_items(self._clock.now()) if item.phase is Phase.WAITING]
        due = [item for item in waiting if item.is_urgent or item.key not in tried][:MAX_CONCURRENT]
        if not due or self._stopped:
            return False
        tried.update(item.key for item in due)
        await self._async_retry(due)
        return True

    def _give_up_expired(self) -> None:
        """Give up what has waited too long; of what was repeated, nobody knows what became of the first attempt."""
        for item in self._store.state.outbox.expired_items(self._clock.now()) if self._is_reporting else ():
            if item.repeated:
                self._unknown_messages.async_tell(item)
            else:
                self._gateway_sender.give_up(item, MessageStatus.EXPIRED)

    def _tell_unknown(self) -> None:
        """Tell of what was in doubt for too long."""
        for item in self._store.state.outbox.unknown_items(self._clock.now()) if self._is_reporting else ():
            self._unknown_messages.async_tell(item)

    async def _async_retry(self, items: Iterable[OutboxItem]) -> None:
        """Retry items that were not sent."""
        items = [item for item in items if item.key in self._store.state.outbox.items]
        for item in items:
            self._store.state.outbox.begin_attempt(item, self._clock.now())
        for item, attempt in zip(items, await self._async_attempt_all(items), strict=True):
            self._gateway_sender.async_report_failure(item, attempt)

    @callback
    def async_begin_attempts(self, items: Sequence[OutboxItem]) -> asyncio.Task[list[Attempt]]:
        """Begin one attempt of each item, in a task of the account.

        A caller that is cancelled, or an automation that restarts, must not tear a request in two, nor leave what it
        began.
        """
        return self._tasks.create(self._async_attempt_all(items))

    async def _async_attempt_all(self, items: Sequence[OutboxItem]) -> list[Attempt]:
        """Make one attempt of each item."""
        try:
            if len(items) == 1:
                attempts = [await self._async_attempt(items[0])]
            else:
                attempts = await asyncio.gather(*map(self._async_attempt, items))
            # Not one by one: nobody is told before all have come back, and the house may fall meanwhile.
            for item, attempt in zip(items, attempts, strict=True):
                if attempt.is_over:
                    self._gateway_sender.drop(item)
            return attempts
        finally:
            self.async_schedule()

    async def _async_attempt(self, item: OutboxItem) -> Attempt:
        """Make one attempt of an item, once its phase SENDING is on the disk.

        A disk that hangs is not waited for, unless the disk has the item as waiting, which would leave twice after a
        crash, or the gateway is to hold it, which has time.
        """
        must_be_on_disk = item.is_provisional or self._store.state.outbox.may_wait_on_disk(item)
        try:
            await self._store.async_save(PATIENCE if must_be_on_disk else SHORT_PATIENCE)
        except StorageError:
            return await self._gateway_sender.async_attempt(item, on_disk=False)
        return await self._gateway_sender.async_attempt(item, on_disk=True)

    def _update_waiting_issue(self) -> None:
        """Raise or clear the repair issue of messages that have waited for long."""
        since = self._clock.now() - WAITING_ISSUE_AFTER
        waiting = [item for item in queued_messages(self._store.state.outbox) if item.expense.at <= since]
        if waiting:
            async_raise_issue(self._hass, self._entry, IssueType.MESSAGES_WAITING, count=str(len(waiting)))
        else:
            async_clear_issue(self._hass, self._entry, IssueType.MESSAGES_WAITING)

    async def _async_reconcile(self, now: datetime) -> None:
        """Reconcile uncertain items with the list of sent messages; of those that are due, record what is not known."""
        outbox = self._store.state.outbox
        uncertain = [item for item in outbox.idle_items() if item.phase is Phase.UNCERTAIN]
        result, reason = LookupResult(), None
        try:
            result = await async_look_up(self._client, uncertain, self._store.state.message_log)
        except SmsmodeError as err:
            reason = key_of(err)
        for item in uncertain:
            if (message_id := result.found.get(item.key)) is not None:
                self._gateway_sender.accept(item, message_id)
            elif item.due <= now and item.key in outbox.items:
                self._record_lookup(item, now, reason, is_absent=item.key in result.absent)
        self._gateway_sender.changed()

    def _record_lookup(self, item: OutboxItem, now: datetime, reason: str | None, *, is_absent: bool) -> None:
        """Record that a message is not listed, or that the list does not tell whether it is."""
        outbox = self._store.state.outbox
        if not is_absent:
            outbox.postpone_lookup(item, now, reason)
            if self._repeat_urgent:
                outbox.repeat(item, now)
        elif outbox.record_absence(item, now) and not item.may_retry:
            self._gateway_sender.give_up(item, MessageStatus.EXPIRED)
