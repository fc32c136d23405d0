"""Goes his rounds: has what is in the outbox carried, looks for what may have arrived, gives up what is too old."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import batched
from time import monotonic

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..api import MessageStatus, SmsmodeClient, SmsmodeError
from ..const import DOMAIN, LOGGER
from ..helpers.clock import ClockWatch
from ..helpers.repair_issues import Problem, async_clear_issue, async_raise_issue
from ..helpers.timing import Herald
from ..state.outbox import LONGEST_PAUSE, OutboxItem, Phase
from ..state.store import AccountStorage, StorageError
from .attempt import Attempt, Carrier
from .sent_list import async_find_all

AT_ONCE = 8
BETWEEN_ROUNDS = timedelta(seconds=1)
WORTH_TELLING = timedelta(minutes=5)


class FlushMode(StrEnum):
    """What is to become of everything that waits."""

    RETRY = "retry"
    DROP = "drop"


class Postman:
    """Serves the outbox of one account."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: SmsmodeClient, storage: AccountStorage, carrier: Carrier
    ) -> None:
        """Set out when there is something to do."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._storage = storage
        self._carrier = carrier
        self._rounds = asyncio.Lock()
        self._clock = ClockWatch(dt_util.utcnow(), monotonic())
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._herald = Herald(hass.loop, self._set_timer)
        self._stopped = False
        entry.async_on_unload(self._stop)

    @callback
    def async_schedule(self) -> None:
        """Set the clock for whatever the outbox wants next; never after the account was unloaded."""
        if not self._stopped:
            self._herald.note()

    def _set_timer(self) -> None:
        self._cancel()
        self._tell_waiting()
        if (due := self._storage.outbox.next_due()) is not None:
            # Never long ahead: a clock that is set back would make it years.
            pause = min(max(due - dt_util.utcnow(), BETWEEN_ROUNDS), LONGEST_PAUSE)
            self._cancel_timer = async_call_later(self._hass, pause, self._async_ring)

    @callback
    def async_flush(self, mode: FlushMode) -> int:
        """Have everything that waits tried, or looked for, now, or drop it; say how much that is."""
        now = dt_util.utcnow()
        resting = self._storage.outbox.resting()
        for item in resting:
            if mode is FlushMode.RETRY:
                self._storage.outbox.hurry(item, now)
            elif item.phase is Phase.WAITING:
                self._carrier.drop(item)
            else:
                # It may have left, and been paid.
                self._storage.outbox.settle(item)
        self._carrier.changed()
        self._async_ring(now)
        return len(resting)

    @callback
    def async_call_off(self, item: OutboxItem) -> bool:
        """Send a message no more; False if it may have left already, which is still made certain."""
        is_gone = self._storage.outbox.call_off(item)
        if is_gone:
            self._storage.budget.give_back(item.key, item.expense)
        self._carrier.changed()
        self.async_schedule()
        return is_gone

    @callback
    def async_leave_out(self, number: str) -> bool | None:
        """Call off the last queued message to a number, for that number alone; None if there is none."""
        item = self._storage.outbox.latest_to(number)
        if item is None:
            return None
        before = item.expense
        if self._storage.outbox.leave_out(item, number):
            self._storage.budget.leave_out(item.key, before, number)
            self._carrier.changed()
            return True
        # To others as well: what may have left already cannot be called off for one of them.
        return self.async_call_off(item) if item.targets == (number,) else False

    @callback
    def _stop(self) -> None:
        self._stopped = True
        self._herald.stop()
        self._cancel()
        async_clear_issue(self._hass, self._entry, Problem.MESSAGES_WAITING)

    def _cancel(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _async_ring(self, _now: datetime) -> None:
        self._cancel()
        self._entry.async_create_background_task(self._hass, self._async_round(), f"{DOMAIN} outbox")

    async def _async_round(self) -> None:
        """Give up what waited too long, look for what is doubtful, try what is due."""
        try:
            async with self._rounds:
                now = dt_util.utcnow()
                if jump := self._clock.jump(now, monotonic()):
                    LOGGER.warning("The clock was set by %s; what waits goes with it", jump)
                    self._storage.outbox.shift(jump)
                for item in self._storage.outbox.expired(now):
                    self._carrier.give_up(item, MessageStatus.EXPIRED)
                due = self._storage.outbox.due(now)
                if any(item.phase is Phase.DOUBTFUL for item in due):
                    await self._async_look(due, now)
                for few in batched([item for item in due if item.phase is Phase.WAITING], AT_ONCE, strict=False):
                    await self._async_try(few)
        finally:
            self.async_schedule()

    async def _async_try(self, items: Iterable[OutboxItem]) -> None:
        """Try again what did not leave."""
        items = [item for item in items if item.key in self._storage.outbox.items]
        for item in items:
            self._storage.outbox.begin(item, dt_util.utcnow())
        for item, attempt in zip(items, await self.async_carry_all(items), strict=True):
            self._carrier.async_tell_refusal(item, attempt)

    async def async_carry_all(self, items: Sequence[OutboxItem]) -> list[Attempt]:
        """Make one attempt with each of the items that are leaving, once the disk knows that they are."""
        try:
            on_disk = await self._async_save()
            attempts = await asyncio.gather(*(self._carrier.async_carry(item, on_disk=on_disk) for item in items))
            # Not one by one: nobody is told before all have come back, and the house may fall meanwhile.
            for item, attempt in zip(items, attempts, strict=True):
                if attempt.is_over:
                    self._carrier.drop(item)
            return attempts
        finally:
            self.async_schedule()

    async def _async_save(self) -> bool:
        try:
            await self._storage.async_save()
        except StorageError:
            return False
        return True

    def _tell_waiting(self) -> None:
        """Show that messages wait, while they do so for long."""
        since = dt_util.utcnow() - WORTH_TELLING
        waiting = [item for item in self._storage.outbox.items.values() if item.expense.at < since]
        if waiting:
            async_raise_issue(self._hass, self._entry, Problem.MESSAGES_WAITING, count=str(len(waiting)))
        else:
            async_clear_issue(self._hass, self._entry, Problem.MESSAGES_WAITING)

    async def _async_look(self, due: Collection[OutboxItem], now: datetime) -> None:
        """Settle doubtful items by the gateway's own list: there, or, of those that are due, twice not there."""
        doubtful = [item for item in self._storage.outbox.resting() if item.phase is Phase.DOUBTFUL]
        try:
            found = await async_find_all(self._client, doubtful, self._storage.ledger)
        except SmsmodeError:
            found = None
        for item in doubtful:
            if found and (message_id := found[item.key]):
                self._carrier.accept(item, message_id)
            elif item in due:
                self._note_absent(item, now, seen=found is not None)
        self._carrier.changed()

    def _note_absent(self, item: OutboxItem, now: datetime, *, seen: bool) -> None:
        """Enter that a message was not found, or that nobody could look for it."""
        if not seen:
            self._storage.outbox.look_later(item, now)
        elif self._storage.outbox.absent(item, now) and not item.again:
            self._carrier.give_up(item, MessageStatus.EXPIRED)
