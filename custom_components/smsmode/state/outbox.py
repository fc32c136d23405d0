"""Outbox: messages accepted from a person and not yet by the gateway. A persisted state machine.

    waiting ──begin_attempt──> sending ──accepted, refused──> (removed)
       ^                         │ │
       ├──────schedule_retry─────┘ └──mark_uncertain──> uncertain ──found──> (removed)
       │                                                   │
       └──────────record_absence, often enough─────────────┤      waiting ──expired──> (removed)
                                                           └──nothing known at its end──> (removed)

Pure: time and chance are handed in. A message that was being sent at a crash is uncertain after the restart.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..api import BatchRequest, SendRequest, VoiceRequest
from .budget import BudgetPool, Expense
from .tracked_dict import TrackedDict

# The persisted field of an item that hardly ever changes, and may be large.
REQUEST = "request"

MAX_ITEMS = 1_000
# An outbox that a runaway automation has filled has room left for an alarm.
MAX_URGENT = 100
FIRST_BACKOFF = timedelta(seconds=5)
MAX_BACKOFF = timedelta(minutes=5)
STALE_AFTER = 3 * MAX_BACKOFF
LOOKUP_INTERVAL = timedelta(seconds=30)
REQUIRED_LOOKUPS = 4
# The last two are made when the list shows even what it shows late: one answer alone may be that of an earlier lookup.
EARLY_LOOKUPS = REQUIRED_LOOKUPS - 2
CONFIRMATION_INTERVAL = timedelta(seconds=10)
# The gateway lists a message a while after it has accepted it: what it does not list earlier may be there all the same.
LIST_LAG = timedelta(minutes=2)
# A doubt that can be settled at all is settled by then.
DOUBT_PATIENCE = timedelta(minutes=3)


class Phase(StrEnum):
    """Phase of a message on its way to the gateway."""

    WAITING = "waiting"
    SENDING = "sending"
    UNCERTAIN = "uncertain"


class MessageKind(StrEnum):
    """Kind of message, by how it reaches people."""

    SMS = "sms"
    VOICE = "voice"
    BATCH = "batch"


class OutboxFullError(Exception):
    """The outbox holds as many messages as it may."""


@dataclass(slots=True, kw_only=True, repr=False)
class OutboxItem:
    """One request to the gateway.

    ``due`` is when to try, or to look, next; ``may_retry`` whether to try again at all; ``lookup_count`` how many
    lookups did not find it, ``failed_lookups`` how many failed. ``doubted_at`` is when the latest attempt got no
    answer, ``repeated`` whether it was sent again although that was never settled. ``message_id`` is the gateway's id
    once it has it, ``reason`` why the latest attempt did not leave, or the latest lookup failed, as a key of the
    translations, ``fallback_used`` whether it was told in another way, ``origin`` the automation or script that
    sends it, ``user_id`` the user who does, ``group_id`` the subentry id of the group of recipients it is written to.
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
    doubted_at: datetime | None = None
    repeated: bool = False
    message_id: str | None = None
    reason: str | None = None
    fallback_used: bool = False
    origin: str | None = None
    user_id: str | None = None
    group_id: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The numbers, or the group, that it goes to."""
        return tuple(dict.fromkeys(target for target, _ in self.expense.costs))

    @property
    def kind(self) -> MessageKind:
        """The kind of message."""
        return message_kind(self.request)

    @property
    def reference(self) -> str | None:
        """The reference that its sender chose."""
        return self.request.reference

    def has_expired(self, now: datetime) -> bool:
        """Return whether the message waited too long. One that is uncertain does not expire: its doubt ends."""
        return self.phase is Phase.WAITING and self.expires_at <= now

    @property
    def in_doubt_since(self) -> datetime:
        """When the present doubt began; one that was read from an older record is as old as the message."""
        return self.doubted_at or self.expense.at

    @property
    def settled_by(self) -> datetime:
        """When a doubt that can be settled is settled."""
        return self.in_doubt_since + DOUBT_PATIENCE

    @property
    def doubt_ends_at(self) -> datetime:
        """When nobody looks for it any more: not before there was time to."""
        return max(self.expires_at, self.settled_by)

    @property
    def is_urgent(self) -> bool:
        """Whether it goes before others."""
        return self.expense.pool is not BudgetPool.ORDINARY

    @property
    def is_provisional(self) -> bool:
        """Whether the gateway is to hold it until it is deleted: a message of a watchdog."""
        return self.expense.pool is BudgetPool.PROVISIONAL


@dataclass(slots=True, kw_only=True, repr=False)
class Outbox:
    """All messages of one account of which it is not certain that the gateway has them."""

    items: TrackedDict[OutboxItem] = field(default_factory=TrackedDict)
    # How long the gateway's list of sent messages was seen to lag.
    list_lag: timedelta = timedelta(0)
    _waiting_on_disk: set[str] = field(default_factory=set, init=False, compare=False)
    _being_written: set[str] = field(default_factory=set, init=False, compare=False)
    # What waits for its next attempt or lookup: whoever looks for it does not have to go through all.
    _postponed: set[str] = field(default_factory=set, init=False, compare=False)
    # What somebody has cancelled and can still undo: it must not leave meanwhile.
    _held: set[str] = field(default_factory=set, init=False, compare=False)

    def __len__(self) -> int:
        """Return the number of messages."""
        return len(self.items)

    def add(self, items: Collection[OutboxItem]) -> None:
        """Enqueue messages, all or none. Raises OutboxFullError."""
        if self._room(urgent=all(item.is_urgent for item in items)) < len(items):
            raise OutboxFullError
        for item in items:
            self.items[item.key] = item
            self.items.mark_changed(item.key, REQUEST)

    def is_full(self, *, urgent: bool) -> bool:
        """Return whether there is no room for one more message."""
        return self._room(urgent=urgent) < 1

    def _room(self, *, urgent: bool) -> int:
        return MAX_ITEMS + (MAX_URGENT if urgent else 0) - len(self.items)

    def may_wait_on_disk(self, item: OutboxItem) -> bool:
        """Return whether the disk may have a message as waiting: a start after a crash would send it without a look."""
        return item.key in self._waiting_on_disk or item.key in self._being_written

    def begin_write(self, keys: Iterable[str]) -> None:
        """Record that the present phase of these messages is being written."""
        self._being_written = {key for key in keys if self.items[key].phase is Phase.WAITING}

    def end_write(self, keys: Iterable[str], *, is_written: bool) -> None:
        """Record that the write has ended; a write that failed left the disk as it was."""
        if is_written:
            self._waiting_on_disk = (self._waiting_on_disk.difference(keys) | self._being_written) & self.items.keys()
        self._being_written = set()

    def recover(self, now: datetime) -> None:
        """Mark as uncertain what was being sent when Home Assistant stopped."""
        self._postponed = set(self.items)
        for item in self.items.values():
            if item.phase is Phase.SENDING:
                self.mark_uncertain(item, now)

    def doubt_stale_items(self, now: datetime) -> None:
        """After a restart, look before the next attempt with what was last attempted long ago.

        An account that runs attempts at least every `MAX_BACKOFF`; so the house was off for long, or a backup was
        restored, and what happened since is not known: the message may have been sent meanwhile.
        """
        for item in self.items.values():
            last = item.attempted_at or item.expense.at
            if item.phase is Phase.WAITING and now - last > STALE_AFTER:
                self.mark_uncertain(item, now)

    def idle_items(self) -> list[OutboxItem]:
        """Return the messages that are not being sent just now."""
        return [item for item in self.items.values() if item.phase is not Phase.SENDING]

    def make_due(self, item: OutboxItem, now: datetime) -> None:
        """Schedule the next attempt, or lookup, for now."""
        item.due = now
        self._postponed.discard(item.key)
        self.items.mark_changed(item.key)

    def hold(self, key: str) -> None:
        """Make no attempt of a message until it is released; of one that is not here, nothing."""
        if key in self.items:
            self._held.add(key)

    def release(self, key: str) -> None:
        """Let a message go its way again."""
        self._held.discard(key)

    def begin_attempt(self, item: OutboxItem, now: datetime) -> None:
        """Record the beginning of an attempt."""
        item.phase = Phase.SENDING
        item.attempts += 1
        item.attempted_at = now
        self._postponed.discard(item.key)
        self.items.mark_changed(item.key)

    def latest_to(self, target: str) -> OutboxItem | None:
        """Return the latest message to a target, and perhaps to others."""
        return next((item for item in self.items.latest_first() if target in item.targets), None)

    def remove_target(self, item: OutboxItem, target: str) -> bool:
        """Remove a target from a message; False if it may have been sent already, or goes to nobody else."""
        if item.phase is not Phase.WAITING or item.targets == (target,):
            return False
        item.request = _without(item.request, target)
        item.expense = replace(item.expense, costs=tuple(cost for cost in item.expense.costs if cost[0] != target))
        self.items.mark_changed(item.key, REQUEST)
        return True

    def cancel(self, item: OutboxItem) -> bool:
        """Cancel a message: True if it is removed; False if it may have been sent, which is still reconciled."""
        if item.phase is Phase.WAITING:
            self.remove(item)
            return True
        item.may_retry = False
        self.items.mark_changed(item.key)
        return False

    def remove(self, item: OutboxItem) -> None:
        """Remove a message that the gateway accepted or refused, or that was given up."""
        self.items.pop(item.key, None)
        self._postponed.discard(item.key)
        self._held.discard(item.key)

    def schedule_retry(self, item: OutboxItem, now: datetime, jitter: float) -> None:
        """Schedule the next retry: exponential backoff from 5 s to 5 min, multiplied by ``jitter`` (0.8 to 1.2)."""
        item.phase = Phase.WAITING
        item.due = now + min(FIRST_BACKOFF * 2 ** min(item.attempts - 1, 16), MAX_BACKOFF) * jitter
        self._postponed.add(item.key)
        self.items.mark_changed(item.key)

    def mark_uncertain(self, item: OutboxItem, now: datetime) -> None:
        """Record that no answer came: look up whether the gateway has it, at once and again later."""
        item.phase = Phase.UNCERTAIN
        item.lookup_count = item.failed_lookups = 0
        item.due = item.doubted_at = now
        self.items.mark_changed(item.key)

    def postpone_lookup(self, item: OutboxItem, now: datetime, reason: str | None = None) -> None:
        """Schedule the next lookup after one that failed: exponential backoff from 30 s to 5 min.

        The moments at which something is decided without it are not slept through.
        """
        later = now + min(LOOKUP_INTERVAL * 2 ** min(item.failed_lookups, 16), MAX_BACKOFF)
        item.due = min(moment for moment in (later, item.settled_by, item.doubt_ends_at) if moment > now)
        item.failed_lookups += 1
        item.reason = reason
        self._postponed.add(item.key)
        self.items.mark_changed(item.key)

    def record_absence(self, item: OutboxItem, now: datetime) -> bool:
        """Record that a lookup did not find it; True if it is certain now that it was not sent.

        That takes several lookups, the last two of them when the list shows even what it shows late.
        """
        self.items.mark_changed(item.key)
        listed_by = item.in_doubt_since + max(LIST_LAG, self.list_lag + LOOKUP_INTERVAL)
        if now < listed_by:
            item.lookup_count = min(item.lookup_count + 1, EARLY_LOOKUPS)
            later = now + LOOKUP_INTERVAL
            item.due = later if item.lookup_count < EARLY_LOOKUPS else max(later, listed_by)
            return False
        item.lookup_count += 1
        if item.lookup_count >= REQUIRED_LOOKUPS:
            self._retry_now(item, now)
            return True
        item.due = now + (LOOKUP_INTERVAL if item.lookup_count <= EARLY_LOOKUPS else CONFIRMATION_INTERVAL)
        return False

    def repeat(self, item: OutboxItem, now: datetime) -> bool:
        """Send an urgent message again, once, if its doubt could not be settled in time; return whether it is."""
        is_wanted = item.is_urgent and item.may_retry and not item.repeated
        if not is_wanted or not item.settled_by <= now < item.expires_at:
            return False
        item.repeated = True
        self._retry_now(item, now)
        return True

    def _retry_now(self, item: OutboxItem, now: datetime) -> None:
        item.phase, item.due = Phase.WAITING, now
        self.items.mark_changed(item.key)

    def hurry(self, now: datetime, reason: str | None = None) -> bool:
        """Make due now what is postponed for a reason, or any message that waits; return whether there was any."""
        postponed = [item for key in self._postponed if (item := self.items[key]).due > now]
        hurried = [item for item in postponed if (item.reason == reason if reason else item.phase is Phase.WAITING)]
        for item in hurried:
            self.make_due(item, now)
        return bool(hurried)

    def due_items(self, now: datetime) -> list[OutboxItem]:
        """Return what is to be sent or looked up now, unless it has expired: urgent first, then oldest first."""
        idle = [item for item in self.idle_items() if item.key not in self._held]
        due = [item for item in idle if item.due <= now and not item.has_expired(now)]
        return sorted(due, key=lambda item: not item.is_urgent)

    def expired_items(self, now: datetime) -> list[OutboxItem]:
        """Return the waiting messages past their expiry."""
        return [item for item in self.items.values() if item.has_expired(now)]

    def unknown_items(self, now: datetime) -> list[OutboxItem]:
        """Return the uncertain messages past the end of their doubt: nobody will know whether they were sent."""
        return [item for item in self.items.values() if item.phase is Phase.UNCERTAIN and item.doubt_ends_at <= now]

    def in_doubt_since(self, reference: str) -> datetime | None:
        """Return since when it is not known whether a message of this reference was sent; None if none is in doubt."""
        doubted = [
            item.in_doubt_since
            for item in self.items.values()
            if item.phase is Phase.UNCERTAIN and item.reference == reference
        ]
        return min(doubted, default=None)

    def next_due(self) -> datetime | None:
        """Return when the next attempt, lookup or expiry is due."""
        moments = [
            min(item.due, item.expires_at if item.phase is Phase.WAITING else item.doubt_ends_at)
            for item in self.idle_items()
            if item.key not in self._held
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
