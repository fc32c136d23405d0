"""Messages accepted from a person and not yet by the gateway: a state machine that is kept on disk.

    waiting ──begin──> leaving ──accepted, refused──> (gone)
       ^                  │ │
       ├───not_sent───────┘ └──uncertain──> doubtful ──found──> (gone)
       │                                       │
       └──────────────absent, twice────────────┘        waiting ──expire──> (gone)

Pure: time and chance are handed in. What was on its way out when the house fell is doubtful when it stands again.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..api import BatchRequest, SendRequest, VoiceRequest
from .budget import BudgetPool, Expense
from .tracked_dict import TrackedDict

# The part of an item that hardly ever changes, and may be large.
REQUEST = "request"

MAX_ITEMS = 1_000
# What an automation gone mad has filled has room left for an alarm.
MAX_URGENT = 100
FIRST_BACKOFF = timedelta(seconds=5)
MAX_BACKOFF = timedelta(minutes=5)
LOOKUP_INTERVAL = timedelta(seconds=30)
REQUIRED_LOOKUPS = 2


class Phase(StrEnum):
    """Where a message stands on its way to the gateway."""

    WAITING = "waiting"
    SENDING = "sending"
    UNCERTAIN = "uncertain"


class MessageKind(StrEnum):
    """How a message reaches people."""

    SMS = "sms"
    VOICE = "voice"
    BATCH = "batch"


class OutboxFullError(Exception):
    """The outbox holds as many messages as it may."""


@dataclass(slots=True, kw_only=True)
class OutboxItem:
    """One request to the gateway.

    ``due`` is when to try, or to look, next; ``may_retry`` whether to try again at all; ``lookup_count`` how many
    lookups did not find it, ``failed_lookups`` how many failed. ``message_id`` is the gateway's id once it has it.
    """

    key: str
    request: SendRequest
    expense: Expense
    expires_at: datetime
    due: datetime
    may_retry: bool = True
    phase: Phase = Phase.WAITING
    attempts: int = 0
    attempted_at: datetime | None = None
    lookup_count: int = 0
    failed_lookups: int = 0
    message_id: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """Give the numbers, or the group, that it goes to."""
        return tuple(dict.fromkeys(target for target, _ in self.expense.costs))

    @property
    def kind(self) -> MessageKind:
        """How it reaches people."""
        return message_kind(self.request)

    @property
    def reference(self) -> str | None:
        """Give the reference that its sender chose."""
        return self.request.reference

    @property
    def is_urgent(self) -> bool:
        """Say whether it goes before others."""
        return self.expense.pool is not BudgetPool.ORDINARY

    @property
    def is_provisional(self) -> bool:
        """Say whether the gateway is to hold it until it is deleted."""
        return self.expense.pool is BudgetPool.PROVISIONAL


@dataclass(slots=True, kw_only=True)
class Outbox:
    """All messages of one account that the gateway does not have for certain."""

    items: TrackedDict[OutboxItem] = field(default_factory=TrackedDict)

    def __len__(self) -> int:
        """Count them."""
        return len(self.items)

    def add(self, items: Collection[OutboxItem]) -> None:
        """Take messages on, all or none; OutboxFullError if there are too many."""
        room = MAX_ITEMS + (MAX_URGENT if all(item.is_urgent for item in items) else 0)
        if len(self.items) + len(items) > room:
            raise OutboxFullError
        for item in items:
            self.items[item.key] = item
            self.items.mark_changed(item.key, REQUEST)

    def recover(self, now: datetime) -> None:
        """After a restart, what was on its way out is doubtful."""
        for item in self.items.values():
            if item.phase is Phase.SENDING:
                self.mark_uncertain(item, now)

    def idle_items(self) -> list[OutboxItem]:
        """Give what is not on its way out just now."""
        return [item for item in self.items.values() if item.phase is not Phase.SENDING]

    def make_due(self, item: OutboxItem, now: datetime) -> None:
        """Have it tried, or looked for, now."""
        item.due = now
        self.items.mark_changed(item.key)

    def begin_attempt(self, item: OutboxItem, now: datetime) -> None:
        """An attempt begins."""
        item.phase = Phase.SENDING
        item.attempts += 1
        item.attempted_at = now
        self.items.mark_changed(item.key)

    def latest_to(self, target: str) -> OutboxItem | None:
        """Give the last message taken on that goes, among others perhaps, to a target."""
        return next((item for item in self.items.latest_first() if target in item.targets), None)

    def remove_target(self, item: OutboxItem, target: str) -> bool:
        """Send it to one target less; False if it may have left already, or goes to nobody else."""
        if item.phase is not Phase.WAITING or item.targets == (target,):
            return False
        item.request = _without(item.request, target)
        item.expense = replace(item.expense, costs=tuple(cost for cost in item.expense.costs if cost[0] != target))
        self.items.mark_changed(item.key, REQUEST)
        return True

    def cancel(self, item: OutboxItem) -> bool:
        """Send it no more. True if it is gone; False if it may have left already, which is still made certain."""
        if item.phase is Phase.WAITING:
            self.remove(item)
            return True
        item.may_retry = False
        self.items.mark_changed(item.key)
        return False

    def remove(self, item: OutboxItem) -> None:
        """The gateway has it, or refused it, or it was given up: nothing is left to do."""
        self.items.pop(item.key, None)

    def schedule_retry(self, item: OutboxItem, now: datetime, jitter: float) -> None:
        """It did not leave: wait, each time longer. ``jitter`` stretches or shortens the pause (0.8 to 1.2)."""
        item.phase = Phase.WAITING
        item.due = now + min(FIRST_BACKOFF * 2 ** min(item.attempts - 1, 16), MAX_BACKOFF) * jitter
        self.items.mark_changed(item.key)

    def mark_uncertain(self, item: OutboxItem, now: datetime) -> None:
        """It left and no answer came: look whether the gateway has it, at once and again later."""
        item.phase = Phase.UNCERTAIN
        item.lookup_count = item.failed_lookups = 0
        item.due = now
        self.items.mark_changed(item.key)

    def postpone_lookup(self, item: OutboxItem, now: datetime) -> None:
        """Looking itself failed: look again, each time later."""
        item.due = now + min(LOOKUP_INTERVAL * 2 ** min(item.failed_lookups, 16), MAX_BACKOFF)
        item.failed_lookups += 1
        self.items.mark_changed(item.key)

    def record_absence(self, item: OutboxItem, now: datetime) -> bool:
        """The gateway does not show it: look again, or be certain (True) that it did not leave."""
        item.lookup_count += 1
        self.items.mark_changed(item.key)
        if item.lookup_count < REQUIRED_LOOKUPS:
            item.due = now + LOOKUP_INTERVAL
            return False
        item.phase = Phase.WAITING
        item.due = now
        return True

    def due_items(self, now: datetime) -> list[OutboxItem]:
        """Give what is to be tried or looked for now: what is urgent, then the rest, oldest first."""
        due = [item for item in self.idle_items() if item.due <= now]
        return sorted(due, key=lambda item: not item.is_urgent)

    def expired_items(self, now: datetime) -> list[OutboxItem]:
        """Give what waited too long. What is doubtful never expires: it is first made certain."""
        return [item for item in self.items.values() if item.phase is Phase.WAITING and item.expires_at <= now]

    def next_due(self) -> datetime | None:
        """Say when something is to be done next."""
        moments = [
            min(item.due, item.expires_at) if item.phase is Phase.WAITING else item.due for item in self.idle_items()
        ]
        return min(moments, default=None)


def message_kind(request: SendRequest) -> MessageKind:
    """Return how a request reaches people."""
    match request:
        case VoiceRequest():
            return MessageKind.VOICE
        case BatchRequest():
            return MessageKind.BATCH
        case _:
            return MessageKind.SMS


def _without(request: SendRequest, number: str) -> SendRequest:
    if isinstance(request, BatchRequest):
        return replace(request, rows=tuple(row for row in request.rows if row.number != number))
    return replace(request, numbers=tuple(other for other in request.numbers if other != number))
