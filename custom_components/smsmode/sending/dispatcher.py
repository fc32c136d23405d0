"""Message dispatcher: reserve the cost of drafts, put them into the outbox, wait for the first attempt."""

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
from ..config.recipients import Recipients
from ..errors import operation_error
from ..helpers.clock import Clock
from ..state.account_facts import Fact, is_to_be_deleted
from ..state.budget import BudgetPool, Expense, LimitExceededError
from ..state.outbox import OutboxFullError, OutboxItem
from ..state.scheduled import MAX_SCHEDULED, ScheduledMessage, ScheduleFullError, original, scheduled_in
from ..state.store import AccountStore, StorageError
from .attempt import Attempt, GatewaySender
from .composer import Draft, MessageSendOptions, SendOptions, VoiceSendOptions
from .duplicates import DuplicateFilter, asks_for_more
from .limit_notifier import LimitNotifier
from .sent_notifier import SentNotifier
from .text_change_notifier import TextChangeNotifier
from .worker import OutboxWorker

# Seconds to wait for the first attempt when the caller accepts queueing; then the status is `queued`.
FIRST_ATTEMPT_TIMEOUT = 10.0

type Original = OutboxItem | ScheduledMessage
type Work = asyncio.Task[list[Attempt]]


class ReceiptStatus(StrEnum):
    """Status of a message when its caller gets the response."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReceipt:
    """Result of one draft: accepted by the gateway, queued in the outbox, a duplicate, or an error.

    ``queue_id`` is its key in the outbox; of a duplicate, that of the original.
    """

    draft: Draft
    queue_id: str
    status: ReceiptStatus | None = None
    message_id: str | None = None
    error: SmsmodeError | None = None


class MessageDispatcher:
    """Dispatches the messages of one account; every message passes here."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: AccountStore,
        worker: OutboxWorker,
        gateway_sender: GatewaySender,
        recipients: Recipients,
        clock: Clock,
    ) -> None:
        """Send for one account."""
        self._hass = hass
        self._store = store
        self._recipients = recipients
        self._worker = worker
        self._gateway_sender = gateway_sender
        self._clock = clock
        self._limits = LimitNotifier(hass, entry, clock)
        self._text_changes = TextChangeNotifier(hass, entry, recipients)
        self.sent_notifier = SentNotifier(hass, entry, store.state, recipients, clock)
        gateway_sender.settled.subscribe(self.sent_notifier.async_handle_settled)
        self._duplicates = DuplicateFilter()
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
        self._ensure_running()
        duplicates: list[SendReceipt] = []
        if not order.repeat:
            await self._async_await_originals(drafts, order)
            # The account may have stopped meanwhile: what is enqueued now would not be remembered.
            self._ensure_running()
            drafts, duplicates = self._split_duplicates(drafts, order)
        items = self._enqueue(drafts, order)
        self._text_changes.async_notify(drafts, order)
        attempts = await self._async_attempt(items, order) if items else []
        sent = zip(drafts, items, attempts, strict=True)
        return [_receipt(draft, item, attempt, order) for draft, item, attempt in sent] + duplicates

    def ensure_room(self, order: SendOptions) -> None:
        """Raise OutboxFullError if there is no room for a single message."""
        if self._store.state.outbox.is_full(urgent=order.urgent):
            raise OutboxFullError

    def _ensure_running(self) -> None:
        if self._stopped or self._store.is_closed:
            raise StorageError

    async def _async_await_originals(self, drafts: Sequence[Draft], order: SendOptions) -> None:
        """Wait for attempts under way of the originals of these drafts: if one fails, its draft is no duplicate."""
        deadline = self._hass.loop.time() + FIRST_ATTEMPT_TIMEOUT
        while works := self._attempts_of_originals(drafts, order):
            _, late = await asyncio.wait(works, timeout=deadline - self._hass.loop.time())
            if late:
                return

    def _attempts_of_originals(self, drafts: Sequence[Draft], order: SendOptions) -> set[Work]:
        """Return the attempts under way of the originals of these drafts."""
        items = [item for draft in drafts for item in self._originals(draft, order).values()]
        return {self._under_way[item.key] for item in items if item.key in self._under_way}

    def _split_duplicates(self, drafts: Sequence[Draft], order: SendOptions) -> tuple[list[Draft], list[SendReceipt]]:
        """Split off what repeats, to some or all of its recipients, a message of the last minute."""
        fresh: list[Draft] = []
        duplicates: list[SendReceipt] = []
        for draft in drafts:
            originals = self._originals(draft, order)
            repeated: dict[str, tuple[Original, list[str]]] = {}
            for target, item in originals.items():
                repeated.setdefault(item.key, (item, []))[1].append(target)
            if new := tuple(target for target in draft.recipients if target not in originals):
                fresh.append(draft.for_some(new))
            duplicates += [_duplicate_receipt(draft.for_some(tuple(some)), item) for item, some in repeated.values()]
        return fresh, duplicates

    def _originals(self, draft: Draft, order: SendOptions) -> Mapping[str, Original]:
        """Return the originals of a draft, by recipient. A message that came to nothing may be sent again.

        The rows of a batch repeat nothing: whoever writes a file means each of its lines.
        """
        request, now = draft.request, self._clock.now()
        if isinstance(request, BatchRequest):
            return {}
        if request.send_at is not None:
            scheduled = [*scheduled_in(self._store.state.outbox), *self._store.state.schedule.items.values()]
            same_time = _find_by_target(draft, lambda target: original(request, target, scheduled))
            outbox = self._store.state.outbox.items
            found: dict[str, Original] = {target: outbox.get(each.key, each) for target, each in same_time.items()}
        else:
            sent = _find_by_target(draft, lambda target: self._duplicates.original(request, target, now))
            found = {target: item for target, item in sent.items() if self._is_live(item)}
        expires_at = _expires_at(draft, order, now)
        return {
            target: each
            for target, each in found.items()
            if not asks_for_more(request, each, expires_at, urgent=order.urgent)
        }

    def _is_live(self, item: OutboxItem) -> bool:
        return item.message_id is not None or item.key in self._store.state.outbox.items

    def _ensure_room(self, drafts: Sequence[Draft]) -> None:
        """Raise ScheduleFullError rather than schedule more messages than are kept, and an error if none is kept."""
        later = [draft for draft in drafts if draft.request.send_at is not None]
        more, facts = len(later), self._store.state.facts
        if facts.is_refuted(Fact.SCHEDULES_HELD) and not all(
            is_to_be_deleted(each.request.reference) for each in later
        ):
            raise operation_error("schedules_not_held")
        if (
            more
            and more + len(self._store.state.schedule.items) + len(scheduled_in(self._store.state.outbox))
            > MAX_SCHEDULED
        ):
            raise ScheduleFullError

    def _enqueue(self, drafts: Sequence[Draft], order: SendOptions) -> list[OutboxItem]:
        """Reserve the cost, and put items into the outbox in phase SENDING.

        After a crash from here on they are reconciled, not sent twice.
        """
        # UTC: with daylight saving, an hour from now is not always an hour later on the local clock.
        now = self._clock.now()
        if not order.provisional:
            self._ensure_room(drafts)
        group_id = self._find_group(order)
        items = [_outbox_item(draft, order, now, group_id) for draft in drafts]
        expenses = [(item.key, item.expense) for item in items]
        try:
            self._store.state.budget.reserve(expenses, dt_util.as_local(now))
        except LimitExceededError as err:
            self._limits.async_notify(err)
            raise
        try:
            self._store.state.outbox.add(items)
        except OutboxFullError:
            for key, expense in expenses:
                self._store.state.budget.refund(key, expense)
            raise
        for item in items:
            self._store.state.outbox.begin_attempt(item, now)
            self._duplicates.note(item, now)
            self.sent_notifier.async_note_context(item, order.context)
        return items

    def _find_group(self, order: SendOptions) -> str | None:
        """Return the subentry id of the group of recipients that a message is written to, and to nobody else."""
        if not isinstance(order, MessageSendOptions | VoiceSendOptions) or len(order.targets or ()) != 1:
            return None
        group = self._recipients.find_group(*(order.targets or ()))
        return group.subentry_id if group else None

    async def _async_attempt(self, items: Sequence[OutboxItem], order: SendOptions) -> list[Attempt]:
        """Make one attempt. A failure for which the caller does not wait any more is reported."""
        work = self._worker.async_begin_attempts(items)
        self._under_way |= dict.fromkeys((item.key for item in items), work)
        work.add_done_callback(partial(self._forget_work, items))
        try:
            await asyncio.wait([work], timeout=FIRST_ATTEMPT_TIMEOUT if order.queue else None)
        finally:
            if not work.done():
                work.add_done_callback(partial(self._report_failures, items))
        return _attempts(items, work)

    def _forget_work(self, items: Sequence[OutboxItem], _work: Work) -> None:
        for item in items:
            del self._under_way[item.key]

    @callback
    def _report_failures(self, items: Sequence[OutboxItem], work: Work) -> None:
        for item, attempt in zip(items, _attempts(items, work), strict=True):
            self._gateway_sender.async_report_failure(item, attempt)


def _find_by_target[T](draft: Draft, look: Callable[[str], T | None]) -> dict[str, T]:
    return {target: found for target in draft.recipients if (found := look(target)) is not None}


def _outbox_item(draft: Draft, order: SendOptions, now: datetime, group_id: str | None) -> OutboxItem:
    urgent = BudgetPool.URGENT if order.urgent else BudgetPool.ORDINARY
    return OutboxItem(
        key=ulid_now(),
        request=draft.request,
        expense=Expense(
            at=dt_util.as_local(now),
            costs=draft.costs,
            pool=BudgetPool.PROVISIONAL if order.provisional else urgent,
            by_assistant=order.by_assistant,
        ),
        # A message that is scheduled for tomorrow does not expire tonight.
        expires_at=_expires_at(draft, order, now),
        due=now,
        may_retry=order.queue,
        origin=order.origin,
        user_id=order.context.user_id if order.context else None,
        group_id=group_id,
    )


def _expires_at(draft: Draft, order: SendOptions, now: datetime) -> datetime:
    # What is to leave tomorrow is not stale tonight.
    return max(now, dt_util.as_utc(draft.request.send_at or now)) + order.expires_after


def _attempts(items: Sequence[OutboxItem], work: Work) -> list[Attempt]:
    """Return the result for each item: uncertain if it was not waited for, or if a reload cut it short."""
    if not work.done() or work.cancelled():
        return [Attempt(error=SmsmodeUncertainError())] * len(items)
    return work.result()


def _receipt(draft: Draft, item: OutboxItem, attempt: Attempt, order: SendOptions) -> SendReceipt:
    if attempt.message_id is not None:
        return SendReceipt(draft=draft, queue_id=item.key, status=ReceiptStatus.ACCEPTED, message_id=attempt.message_id)
    if order.queue and not attempt.refused:
        return SendReceipt(draft=draft, queue_id=item.key, status=ReceiptStatus.QUEUED)
    return SendReceipt(draft=draft, queue_id=item.key, error=attempt.error)


def _duplicate_receipt(draft: Draft, item: Original) -> SendReceipt:
    return SendReceipt(draft=draft, queue_id=item.key, status=ReceiptStatus.DUPLICATE, message_id=item.message_id)
