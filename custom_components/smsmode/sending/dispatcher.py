"""The one way out: what was checked goes through the budget and the outbox to the postman; the caller hears how far."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..api import BatchRequest, SmsmodeError, SmsmodeUncertainError
from ..helpers.clock import Clock
from ..state.budget import BudgetPool, Expense, LimitExceededError
from ..state.outbox import OutboxFullError, OutboxItem
from ..state.scheduled import MAX_SCHEDULED, ScheduledMessage, ScheduleFullError, original, scheduled_in
from ..state.store import AccountStore, StorageError
from .attempt import Attempt, GatewaySender
from .composer import Draft, SendOptions
from .duplicates import DuplicateFilter
from .limit_notifier import LimitNotifier
from .worker import OutboxWorker

# Whoever does not mind the queue does not wait longer for a gateway that is slow to answer, in seconds.
FIRST_ATTEMPT_TIMEOUT = 10.0

type Original = OutboxItem | ScheduledMessage
type Work = asyncio.Task[list[Attempt]]


class ReceiptStatus(StrEnum):
    """How far a message got while its caller waited."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReceipt:
    """What became of one draft: taken by the gateway, kept in the outbox, a repetition, or an error.

    ``queue_id`` is its key in the outbox; of a repetition, that of the message it repeats.
    """

    draft: Draft
    queue_id: str
    status: ReceiptStatus | None = None
    message_id: str | None = None
    error: SmsmodeError | None = None


class MessageDispatcher:
    """The only road to the gateway's sending endpoints."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: AccountStore,
        worker: OutboxWorker,
        gateway_sender: GatewaySender,
        clock: Clock,
    ) -> None:
        """Send for one account."""
        self._hass = hass
        self._store = store
        self._worker = worker
        self._gateway_sender = gateway_sender
        self._clock = clock
        self._limits = LimitNotifier(hass, entry)
        self._flood = DuplicateFilter()
        self._under_way: dict[str, Work] = {}
        self._stopped = False

    @callback
    def async_stop(self) -> None:
        """Take no more messages on: they would be sent, but not remembered."""
        self._stopped = True
        self._limits.async_stop()

    async def async_send(self, drafts: Sequence[Draft], order: SendOptions) -> list[SendReceipt]:
        """Send drafts, all or none of them within the budget.

        BudgetError, OutboxFullError, ScheduleFullError or StorageError before anything leaves. Without ``order.queue``
        a message that cannot leave now is given up, and its receipt says why.
        """
        if self._stopped or self._store.is_closed:
            raise StorageError
        repetitions: list[SendReceipt] = []
        if not order.repeat:
            await self._async_await_originals(drafts)
            drafts, repetitions = self._split_duplicates(drafts)
        items = self._take_on(drafts, order)
        attempts = await self._async_carry(items, order) if items else []
        sent = zip(drafts, items, attempts, strict=True)
        return [_receipt(draft, item, attempt, order) for draft, item, attempt in sent] + repetitions

    async def _async_await_originals(self, drafts: Sequence[Draft]) -> None:
        """Wait for what these drafts repeat while it is on its way out: should it fail, they are no repetition."""
        deadline = self._hass.loop.time() + FIRST_ATTEMPT_TIMEOUT
        while works := self._works(drafts):
            _, late = await asyncio.wait(works, timeout=deadline - self._hass.loop.time())
            if late:
                return

    def _works(self, drafts: Sequence[Draft]) -> set[Work]:
        """Give the attempts under way of what these drafts repeat."""
        items = [item for draft in drafts for item in self._originals(draft).values()]
        return {self._under_way[item.key] for item in items if item.key in self._under_way}

    def _split_duplicates(self, drafts: Sequence[Draft]) -> tuple[list[Draft], list[SendReceipt]]:
        """Take out what repeats, to some or all of its recipients, a message of the last minute."""
        fresh: list[Draft] = []
        repetitions: list[SendReceipt] = []
        for draft in drafts:
            originals = self._originals(draft)
            repeated: dict[str, tuple[Original, list[str]]] = {}
            for target, item in originals.items():
                repeated.setdefault(item.key, (item, []))[1].append(target)
            if new := tuple(target for target in draft.recipients if target not in originals):
                fresh.append(draft.for_some(new))
            repetitions += [_repetition(draft.for_some(tuple(some)), item) for item, some in repeated.values()]
        return fresh, repetitions

    def _originals(self, draft: Draft) -> Mapping[str, Original]:
        """Give what this draft repeats, by recipient. A message that came to nothing may be sent again.

        The rows of a batch repeat nothing: whoever writes a file means each of its lines.
        """
        request, now = draft.request, self._clock.now()
        if isinstance(request, BatchRequest):
            return {}
        if request.send_at is not None:
            scheduled = [*scheduled_in(self._store.state.outbox), *self._store.state.schedule.items.values()]
            return _found(draft, lambda target: original(request, target, scheduled))
        found = _found(draft, lambda target: self._flood.original(request, target, now))
        return {target: item for target, item in found.items() if self._is_alive(item)}

    def _is_alive(self, item: OutboxItem) -> bool:
        return item.message_id is not None or item.key in self._store.state.outbox.items

    def _ensure_room(self, drafts: Sequence[Draft]) -> None:
        """Refuse to schedule more than is kept in mind."""
        more = sum(draft.request.send_at is not None for draft in drafts)
        if (
            more
            and more + len(self._store.state.schedule.items) + len(scheduled_in(self._store.state.outbox))
            > MAX_SCHEDULED
        ):
            raise ScheduleFullError

    def _take_on(self, drafts: Sequence[Draft], order: SendOptions) -> list[OutboxItem]:
        """Spend, and put into the outbox as leaving already: a fall from here on is looked into, not sent twice."""
        # Not in the time of the house: an hour from now is not an hour on its clock when that is set forward or back.
        now = self._clock.now()
        if not order.held:
            self._ensure_room(drafts)
        items = [_item(draft, order, now) for draft in drafts]
        expenses = [(item.key, item.expense) for item in items]
        try:
            self._store.state.budget.reserve(expenses, dt_util.as_local(now))
        except LimitExceededError as err:
            self._limits.async_note(err)
            raise
        try:
            self._store.state.outbox.add(items)
        except OutboxFullError:
            for key, expense in expenses:
                self._store.state.budget.refund(key, expense)
            raise
        for item in items:
            self._store.state.outbox.begin_attempt(item, now)
            self._flood.note(item, now)
        return items

    async def _async_carry(self, items: Sequence[OutboxItem], order: SendOptions) -> list[Attempt]:
        """Have one attempt made. A refusal that its caller does not wait for any more is told to the house."""
        work = self._worker.async_begin_attempts(items)
        self._under_way |= dict.fromkeys((item.key for item in items), work)
        work.add_done_callback(partial(self._forget_work, items))
        try:
            await asyncio.wait([work], timeout=FIRST_ATTEMPT_TIMEOUT if order.queue else None)
        finally:
            if not work.done():
                work.add_done_callback(partial(self._tell_refusals, items))
        return _attempts(items, work)

    def _forget_work(self, items: Sequence[OutboxItem], _work: Work) -> None:
        for item in items:
            del self._under_way[item.key]

    @callback
    def _tell_refusals(self, items: Sequence[OutboxItem], work: Work) -> None:
        for item, attempt in zip(items, _attempts(items, work), strict=True):
            self._gateway_sender.async_tell_refusal(item, attempt)


def _found[T](draft: Draft, look: Callable[[str], T | None]) -> dict[str, T]:
    return {target: found for target in draft.recipients if (found := look(target)) is not None}


def _item(draft: Draft, order: SendOptions, now: datetime) -> OutboxItem:
    urgent = BudgetPool.URGENT if order.urgent else BudgetPool.ORDINARY
    return OutboxItem(
        key=ulid_now(),
        request=draft.request,
        expense=Expense(
            at=dt_util.as_local(now), costs=draft.costs, pool=BudgetPool.PROVISIONAL if order.held else urgent
        ),
        # What is to leave tomorrow is not stale tonight.
        expires_at=max(now, draft.request.send_at or now) + order.expires_after,
        due=now,
        may_retry=order.queue,
    )


def _attempts(items: Sequence[OutboxItem], work: Work) -> list[Attempt]:
    """Give what came of each; nothing yet, if it was not waited for, or if a reload of the account cut it short."""
    if not work.done() or work.cancelled():
        return [Attempt(error=SmsmodeUncertainError())] * len(items)
    return work.result()


def _receipt(draft: Draft, item: OutboxItem, attempt: Attempt, order: SendOptions) -> SendReceipt:
    if attempt.message_id is not None:
        return SendReceipt(draft=draft, queue_id=item.key, status=ReceiptStatus.ACCEPTED, message_id=attempt.message_id)
    if order.queue and not attempt.refused:
        return SendReceipt(draft=draft, queue_id=item.key, status=ReceiptStatus.QUEUED)
    return SendReceipt(draft=draft, queue_id=item.key, error=attempt.error)


def _repetition(draft: Draft, item: Original) -> SendReceipt:
    return SendReceipt(draft=draft, queue_id=item.key, status=ReceiptStatus.DUPLICATE, message_id=item.message_id)
