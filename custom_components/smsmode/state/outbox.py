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

from ..api import BatchRequest, SendRequest
from .budget import BudgetPool, Expense
from .tracked_dict import TrackedDict

# The part of an item that hardly ever changes, and may be large.
DRAFT = "draft"

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
    SENDING = "leaving"
    UNCERTAIN = "doubtful"


class OutboxFullError(Exception):
    """The outbox holds as many messages as it may."""


@dataclass(slots=True, kw_only=True)
class OutboxItem:
    """One request to the gateway.

    ``due`` is when to try, or to look, next; ``again`` whether to try again at all; ``looks`` how often it was not
    there, ``blind`` how often nobody could look. ``message_id`` is what the gateway calls it once it has it.
    """

    key: str
    request: SendRequest
    expense: Expense
    expires_at: datetime
    due: datetime
    again: bool = True
    phase: Phase = Phase.WAITING
    attempts: int = 0
    attempted_at: datetime | None = None
    looks: int = 0
    blind: int = 0
    message_id: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """Give the numbers, or the group, that it goes to."""
        return tuple(dict.fromkeys(target for target, _ in self.expense.costs))

    @property
    def reference(self) -> str | None:
        """Give the reference that its sender chose."""
        return self.request.reference

    @property
    def is_urgent(self) -> bool:
        """Say whether it goes before others."""
        return self.expense.purse is not BudgetPool.ORDINARY

    @property
    def is_held(self) -> bool:
        """Say whether the gateway is to hold it until it is deleted."""
        return self.expense.purse is BudgetPool.HELD


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
            self.items.touch(item.key, DRAFT)

    def recover(self, now: datetime) -> None:
        """After a restart, what was on its way out is doubtful."""
        for item in self.items.values():
            if item.phase is Phase.SENDING:
                self.uncertain(item, now)

    def shift(self, by: timedelta) -> None:
        """Go with a clock that was set: what was to happen in ten minutes is still to happen in ten minutes."""
        for item in self.items.values():
            item.due += by
            item.expires_at += by
            if item.attempted_at is not None:
                item.attempted_at += by
            self.items.touch(item.key)

    def resting(self) -> list[OutboxItem]:
        """Give what is not on its way out just now."""
        return [item for item in self.items.values() if item.phase is not Phase.SENDING]

    def hurry(self, item: OutboxItem, now: datetime) -> None:
        """Have it tried, or looked for, now."""
        item.due = now
        self.items.touch(item.key)

    def begin(self, item: OutboxItem, now: datetime) -> None:
        """An attempt begins."""
        item.phase = Phase.SENDING
        item.attempts += 1
        item.attempted_at = now
        self.items.touch(item.key)

    def latest_to(self, target: str) -> OutboxItem | None:
        """Give the last message taken on that goes, among others perhaps, to a target."""
        return next((item for item in self.items.latest_first() if target in item.targets), None)

    def leave_out(self, item: OutboxItem, target: str) -> bool:
        """Send it to one target less; False if it may have left already, or goes to nobody else."""
        if item.phase is not Phase.WAITING or item.targets == (target,):
            return False
        item.request = _without(item.request, target)
        item.expense = replace(item.expense, costs=tuple(cost for cost in item.expense.costs if cost[0] != target))
        self.items.touch(item.key, DRAFT)
        return True

    def call_off(self, item: OutboxItem) -> bool:
        """Send it no more. True if it is gone; False if it may have left already, which is still made certain."""
        if item.phase is Phase.WAITING:
            self.settle(item)
            return True
        item.again = False
        self.items.touch(item.key)
        return False

    def settle(self, item: OutboxItem) -> None:
        """The gateway has it, or refused it, or it was given up: nothing is left to do."""
        self.items.pop(item.key, None)

    def not_sent(self, item: OutboxItem, now: datetime, jitter: float) -> None:
        """It did not leave: wait, each time longer. ``jitter`` stretches or shortens the pause (0.8 to 1.2)."""
        item.phase = Phase.WAITING
        item.due = now + min(FIRST_BACKOFF * 2 ** min(item.attempts - 1, 16), MAX_BACKOFF) * jitter
        self.items.touch(item.key)

    def uncertain(self, item: OutboxItem, now: datetime) -> None:
        """It left and no answer came: look whether the gateway has it, at once and again later."""
        item.phase = Phase.UNCERTAIN
        item.looks = item.blind = 0
        item.due = now
        self.items.touch(item.key)

    def look_later(self, item: OutboxItem, now: datetime) -> None:
        """Looking itself failed: look again, each time later."""
        item.due = now + min(LOOKUP_INTERVAL * 2 ** min(item.blind, 16), MAX_BACKOFF)
        item.blind += 1
        self.items.touch(item.key)

    def absent(self, item: OutboxItem, now: datetime) -> bool:
        """The gateway does not show it: look again, or be certain (True) that it did not leave."""
        item.looks += 1
        self.items.touch(item.key)
        if item.looks < REQUIRED_LOOKUPS:
            item.due = now + LOOKUP_INTERVAL
            return False
        item.phase = Phase.WAITING
        item.due = now
        return True

    def due(self, now: datetime) -> list[OutboxItem]:
        """Give what is to be tried or looked for now: what is urgent, then the rest, oldest first."""
        due = [item for item in self.resting() if item.due <= now]
        return sorted(due, key=lambda item: not item.is_urgent)

    def expired(self, now: datetime) -> list[OutboxItem]:
        """Give what waited too long. What is doubtful never expires: it is first made certain."""
        return [item for item in self.items.values() if item.phase is Phase.WAITING and item.expires_at <= now]

    def next_due(self) -> datetime | None:
        """Say when something is to be done next."""
        moments = [
            min(item.due, item.expires_at) if item.phase is Phase.WAITING else item.due for item in self.resting()
        ]
        return min(moments, default=None)


def _without(request: SendRequest, number: str) -> SendRequest:
    if isinstance(request, BatchRequest):
        return replace(request, rows=tuple(row for row in request.rows if row.number != number))
    return replace(request, numbers=tuple(other for other in request.numbers if other != number))
