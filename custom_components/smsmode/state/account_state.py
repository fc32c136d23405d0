"""All that an account remembers, and the table of what of it is persisted.

Only entries that changed are written, and all of them are read at the start. A record has a collection, a key and a
field; the empty field is the entry itself, and removing an entry removes its fields. Facts are values that stand in no
collection.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sized
from collections.abc import Collection as Keys
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple, override

from ..api import Reply
from .account_facts import AccountFact, AccountFacts, CheckRecord
from .active_alerts import ActiveAlerts
from .alert_phases import PlanEnd
from .alerts import Alert
from .budget import Budget, BudgetPool, Expense
from .command_limits import CommanderState, CommandRateLimiter
from .links import Picture
from .message_log import LastStatus, MessageLog
from .outbox import Outbox
from .pauses import Pause
from .questions import Question, Questions
from .reply_history import ReplyHistory
from .scheduled import ScheduledMessage, ScheduledMessages
from .serialization import (
    Fields,
    decode,
    decode_outbox_item,
    decode_tracked_message,
    encode_alert,
    encode_as_is,
    encode_copy,
    encode_outbox_item,
    encode_pause,
    encode_tracked_message,
)
from .text_archive import ArchivedText, TextArchive
from .tracked_dict import ChangedField, TrackedDict
from .watchdog import WatchdogState

FACT: Final = "fact"

type EntryId = tuple[str, str]
"""The collection and the key of an entry."""


class Record(NamedTuple):
    """One field of one entry to write, or (without a value) an entry to remove with all its fields."""

    collection: str
    key: str
    field: str
    value: Any

    @override
    def __repr__(self) -> str:
        """Name the collection alone: keys are numbers, and values are texts."""
        return f"Record({self.collection})"


class CollectionChanges(NamedTuple):
    """What is to be written of one collection: entries to remove first, then fields and their values."""

    collection: str
    removed: Keys[str]
    changed: list[ChangedField]
    values: list[Any]

    @override
    def __repr__(self) -> str:
        """Return the name of the class alone."""
        return "CollectionChanges"


class PendingWrites(Sized, Iterable[Record]):
    """What is to be written now. It becomes records in the writer thread: thousands would block the event loop.

    Nobody mutates meanwhile what it holds: values are immutable, or were copied when they were drained.
    """

    def __init__(self, changes: list[CollectionChanges]) -> None:
        """Take the changes of each collection."""
        self.changes = changes

    @override
    def __len__(self) -> int:
        """Count the records."""
        return sum(len(each.removed) + len(each.changed) for each in self.changes)

    @override
    def __iter__(self) -> Iterator[Record]:
        """Yield the records, of each collection those to remove first."""
        for name, removed, changed, values in self.changes:
            yield from (Record(name, key, "", None) for key in removed)
            yield from (Record(name, key, part, value) for (key, part), value in zip(changed, values, strict=True))


@dataclass(frozen=True, slots=True, repr=False)
class BalanceReading:
    """Balance in credits, as a decimal number, and when the gateway gave it."""

    credits: str
    at: datetime


@dataclass(slots=True, kw_only=True, repr=False)
class AccountState:
    """All that an account remembers."""

    outbox: Outbox
    message_log: MessageLog
    budget: Budget
    schedule: ScheduledMessages = field(default_factory=ScheduledMessages)
    questions: Questions = field(default_factory=Questions)
    commands: CommandRateLimiter = field(default_factory=CommandRateLimiter)
    watchdogs: TrackedDict[WatchdogState] = field(default_factory=TrackedDict)
    alerts: ActiveAlerts = field(default_factory=ActiveAlerts)
    # By the subentry id of the recipient.
    pauses: TrackedDict[Pause] = field(default_factory=TrackedDict)
    pictures: TrackedDict[Picture] = field(default_factory=TrackedDict)
    # By the subentry id of the plan.
    plan_ends: TrackedDict[PlanEnd] = field(default_factory=TrackedDict)
    text_archive: TextArchive = field(default_factory=TextArchive)
    facts: AccountFacts = field(default_factory=AccountFacts)
    check: CheckRecord | None = None
    balance: BalanceReading | None = None
    _written_facts: dict[str, Any] = field(default_factory=dict, init=False)

    def is_enqueued(self, reference: str) -> bool:
        """Whether a message of this reference is in the outbox, or was accepted by the gateway.

        A message is in the outbox on disk before its request leaves, and in the message log after that. So whoever
        decided on disk that something is to be sent, under a reference of its own, finds out after a crash whether it
        was.
        """
        return any(item.reference == reference for item in self.outbox.items.values()) or self.is_accepted(reference)

    def is_accepted(self, reference: str) -> bool:
        """Whether the gateway accepted a message of this reference."""
        return any(message.reference == reference for message in self.message_log.messages.latest_first())

    def is_known(self, message_id: str) -> bool:
        """Whether the gateway gave this id to a message before."""
        if message_id in self.message_log.messages or message_id in self.schedule.items:
            return True
        return any(held.message_id == message_id for each in self.watchdogs.values() for held in each.held_messages())

    @property
    def last_accepted(self) -> str | None:
        """The reference of the message that the gateway accepted last."""
        return next((message.reference for message in self.message_log.messages.latest_first()), None)

    def drain_changes(self) -> PendingWrites:
        """Return what is to be written now; whoever takes it confirms it, or restores what he cannot write."""
        changes: list[CollectionChanges] = []
        for collection in COLLECTIONS:
            entries = collection.select(self)
            # The outbox is told of each write, also of one that has nothing of it.
            if changes and not entries.is_changed:
                continue
            removed, changed = entries.drain_changes()
            values = [collection.encode(entries.data[key], part) for key, part in changed]
            changes.append(CollectionChanges(collection.name, removed, changed, values))
        self.outbox.begin_write(key for key, _ in changes[0].changed)
        written, self._written_facts = self._written_facts, _encode_facts(self)
        facts = {key: value for key, value in self._written_facts.items() if value != written.get(key)}
        changes.append(CollectionChanges(FACT, (), [(key, "") for key in facts], list(facts.values())))
        return PendingWrites(changes)

    def note_written_facts(self, names: Keys[str]) -> None:
        """Record that the present values of these facts are on the disk."""
        self._written_facts = {name: value for name, value in _encode_facts(self).items() if name in names}

    def confirm_changes(self, pending: PendingWrites) -> None:
        """Record what is on the disk now."""
        self.outbox.end_write([key for key, _ in pending.changes[0].changed], is_written=True)

    def restore_changes(self, pending: PendingWrites) -> None:
        """Mark again as changed what could not be written."""
        self.outbox.end_write((), is_written=False)
        self._written_facts = {}
        for name, removed, changed, _ in pending.changes:
            if name in _BY_NAME:
                _BY_NAME[name].select(self).restore_changes(removed, changed)


class Collection(NamedTuple):
    """A collection that is persisted: where its entries stand, and how one of them becomes fields and back."""

    name: str
    select: Callable[[AccountState], TrackedDict[Any]]
    decode: Callable[[str, Fields], Any]
    encode: Callable[[Any, str], Any] = encode_as_is

    @override
    def __repr__(self) -> str:
        """Return the name of the class alone."""
        return "Collection"


def _decode_entry(kind: type, _key: str, parts: Fields) -> Any:
    return decode(kind, parts[""])


def _decode_day(key: str, parts: Fields) -> int:
    date.fromisoformat(key)
    return decode(int, parts[""])


# The outbox is the first: it is told what of it is on the disk.
COLLECTIONS: Final = (
    Collection("outbox", lambda state: state.outbox.items, decode_outbox_item, encode_outbox_item),
    Collection("message", lambda state: state.message_log.messages, decode_tracked_message, encode_tracked_message),
    Collection("sent_id", lambda state: state.message_log.sent_ids, partial(_decode_entry, datetime)),
    Collection("last_status", lambda state: state.message_log.last_status_of, partial(_decode_entry, LastStatus)),
    Collection("expense", lambda state: state.budget.recent, partial(_decode_entry, Expense)),
    Collection("question", lambda state: state.questions.all, partial(_decode_entry, Question), encode_copy),
    Collection("alert", lambda state: state.alerts.all, partial(_decode_entry, Alert), encode_alert),
    Collection("pause", lambda state: state.pauses, partial(_decode_entry, Pause), encode_pause),
    Collection("picture", lambda state: state.pictures, partial(_decode_entry, Picture), encode_copy),
    Collection("plan_end", lambda state: state.plan_ends, partial(_decode_entry, PlanEnd)),
    Collection("text", lambda state: state.text_archive.entries, partial(_decode_entry, ArchivedText)),
    Collection("account_fact", lambda state: state.facts.all, partial(_decode_entry, AccountFact)),
    Collection("day", lambda state: state.budget.history.days, _decode_day),
    Collection("scheduled", lambda state: state.schedule.items, partial(_decode_entry, ScheduledMessage)),
    Collection("commander", lambda state: state.commands.records, partial(_decode_entry, CommanderState), encode_copy),
    Collection("watchdog", lambda state: state.watchdogs, partial(_decode_entry, WatchdogState), encode_copy),
    Collection("reply_id", lambda state: state.message_log.reply_history.ids, partial(_decode_entry, datetime)),
    Collection(
        "reply_content", lambda state: state.message_log.reply_history.contents, partial(_decode_entry, datetime)
    ),
    Collection(
        "reply_without_id", lambda state: state.message_log.reply_history.without_id, partial(_decode_entry, datetime)
    ),
    Collection(
        "reply_unconfirmed", lambda state: state.message_log.reply_history.unconfirmed, partial(_decode_entry, datetime)
    ),
)
_BY_NAME: Final = {collection.name: collection for collection in COLLECTIONS}


@dataclass(frozen=True, slots=True)
class _SpendingDay:
    """What was spent on the day that the budget counts."""

    day: date
    spent: tuple[tuple[BudgetPool, int], ...]


def _encode_facts(state: AccountState) -> dict[str, Any]:
    """Return the facts that are known: none of them becomes unknown again."""
    log, budget = state.message_log, state.budget
    facts = {
        "reply_cutoff": log.reply_history.cutoff,
        "replies_read_at": log.reply_history.read_at,
        "last_reply": log.last_reply,
        "last_status": log.last_status,
        "segments_sent": log.segments_sent,
        "balance": state.balance,
        "check": state.check,
        "spending_day": budget.day and _SpendingDay(budget.day, tuple(budget.spent_today.items())),
    }
    return {key: value for key, value in facts.items() if value is not None}


def _decode_balance(value: Any) -> BalanceReading:
    reading = decode(BalanceReading, value)
    Decimal(reading.credits)
    return reading


def _load_fact(state: AccountState, key: str, value: Any) -> None:
    log, budget = state.message_log, state.budget
    match key:
        case "reply_cutoff":
            log.reply_history.cutoff = decode(datetime, value)
        case "replies_read_at":
            log.reply_history.read_at = decode(datetime, value)
        case "last_reply":
            log.last_reply = decode(Reply, value)
        case "last_status":
            log.last_status = decode(LastStatus, value)
        case "balance":
            state.balance = _decode_balance(value)
        case "check":
            state.check = decode(CheckRecord, value)
        case "segments_sent":
            log.segments_sent = decode(int, value)
        case "spending_day":
            spending = decode(_SpendingDay, value)
            budget.day, budget.spent_today = spending.day, Counter(dict(spending.spent))
        case _:
            raise LookupError


def initial_state(now: datetime) -> AccountState:
    """Return the state of a new account: every reply that the gateway has already is old."""
    return AccountState(
        outbox=Outbox(), message_log=MessageLog(reply_history=ReplyHistory(cutoff=now)), budget=Budget()
    )


def load_state(records: Iterable[Record], now: datetime) -> tuple[AccountState, list[EntryId]]:
    """Return the state that all records hold, in the order in which they were first written.

    The second value names the entries that cannot be read. The state is as if they had never been written.
    """
    entries: dict[EntryId, dict[str, Any]] = {}
    for record in records:
        entries.setdefault((record.collection, record.key), {})[record.field] = record.value
    state, unreadable, known = initial_state(now), [], set[str]()
    for (name, key), parts in entries.items():
        try:
            if name == FACT:
                _load_fact(state, key, parts[""])
                known.add(key)
            elif collection := _BY_NAME.get(name):
                collection.select(state).load(decode(str, key), collection.decode(key, parts))
        except LookupError, TypeError, ValueError, AttributeError, ArithmeticError:
            # Of whatever is not ours, reading it as ours may raise any of these.
            unreadable.append((name, key))
    # What a start finds on the disk it does not write again.
    state.note_written_facts(known)
    state.message_log.recount()
    state.budget.recount()
    state.text_archive.recount()
    state.outbox.begin_write(state.outbox.items)
    state.outbox.end_write(state.outbox.items, is_written=True)
    return state, unreadable
