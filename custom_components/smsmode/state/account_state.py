"""The memory of an account as records: only those that changed are written, and all of them are read at the start.

A record has a shelf, a key and a part; the empty part is the thing itself, and taking the thing off takes its parts
along. One last record holds the few facts that stand on no shelf.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, override

from . import serialization as codec
from .alerts import ActiveAlerts, read_alert, write_alert
from .budget import Budget, BudgetPool
from .command_limits import CommandRateLimiter
from .message_log import MessageLog
from .outbox import REQUEST, Outbox
from .questions import Questions, read_question, write_question
from .reply_history import ReplyHistory
from .scheduled import ScheduledMessages
from .serialization import Json
from .tracked_dict import Part, TrackedDict
from .watchdog import WatchdogState

FACTS = "facts"


class Record(NamedTuple):
    """Something to write, or (without a value) a key to take off with all its parts."""

    collection: str
    key: str
    field: str
    value: Any

    @override
    def __repr__(self) -> str:
        """Name the shelf alone: keys are numbers, and values are texts."""
        return f"Record({self.collection})"


class PendingWrites(Sized, Iterable[Record]):
    """What is to be written now. It becomes records where it is written: thousands of them would hold up the house."""

    def __init__(self) -> None:
        """Begin with none."""
        self.of_collections: list[tuple[str, Collection[str], list[Part], list[Any]]] = []

    def add(self, shelf: str, removed: Collection[str], changed: list[Part], values: list[Any]) -> None:
        """Add what was taken off a shelf, and the values of what changed on it."""
        self.of_collections.append((shelf, removed, changed, values))

    @override
    def __len__(self) -> int:
        """Count the records."""
        return sum(len(removed) + len(changed) for _, removed, changed, _ in self.of_collections)

    @override
    def __iter__(self) -> Iterator[Record]:
        """Give the records, of each shelf what was taken off first."""
        for shelf, removed, changed, values in self.of_collections:
            yield from (Record(shelf, key, "", None) for key in removed)
            yield from (Record(shelf, key, part, value) for (key, part), value in zip(changed, values, strict=True))


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
    _written_facts: Json | None = field(default=None, init=False)

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

    @property
    def last_accepted(self) -> str | None:
        """The reference of the message that the gateway accepted last."""
        return next((message.reference for message in self.message_log.messages.latest_first()), None)

    def drain_changes(self) -> PendingWrites:
        """Give what is to be written now; whoever takes it and cannot write it gives it back."""
        changes = PendingWrites()
        for name, shelf in self._shelves():
            removed, changed = shelf.drain_changes()
            things, write = shelf.data, _WRITERS[name]
            changes.add(name, removed, changed, [write(things[key], part) for key, part in changed])
        facts = _write_facts(self.message_log, self.budget)
        if facts != self._written_facts:
            self._written_facts = facts
            changes.add(FACTS, (), [("", "")], [facts])
        return changes

    def restore_changes(self, changes: PendingWrites) -> None:
        """Note again what could not be written."""
        self._written_facts = None
        shelves = dict(self._shelves())
        for name, removed, changed, _ in changes.of_collections:
            if name != FACTS:
                shelves[name].restore_changes(removed, changed)

    def _shelves(self) -> Iterator[tuple[str, TrackedDict[Any]]]:
        yield "outbox", self.outbox.items
        yield "message", self.message_log.messages
        yield "status", self.message_log.last_status_of
        yield "expense", self.budget.recent
        yield "question", self.questions.all
        yield "alert", self.alerts.all
        yield "day", self.budget.history.days
        yield "scheduled", self.schedule.items
        yield "command", self.commands.records
        yield "watchdog", self.watchdogs
        for name in _REPLIES:
            yield name, getattr(self.message_log.reply_history, name)


_REPLIES = ("ids", "contents", "without_id", "unconfirmed")


def _write_item(item: Any, part: str) -> Any:
    return codec.write_draft(item) if part == REQUEST else codec.write_state(item)


def _write_message(message: Any, number: str) -> Any:
    return message.codes[number] if number else codec.write_message(message)


def _write_command(record: Any, _part: str) -> Any:
    return codec.write_command(record)


def _write_watch(watch: Any, _part: str) -> Any:
    return codec.write_watch(watch)


def _write_as_it_is(value: Any, _part: str) -> Any:
    return value


_WRITERS: Mapping[str, Callable[[Any, str], Any]] = {
    "outbox": _write_item,
    "message": _write_message,
    "status": _write_as_it_is,
    "expense": _write_as_it_is,
    "day": _write_as_it_is,
    "scheduled": _write_as_it_is,
    "question": lambda question, _part: write_question(question),
    "command": _write_command,
    "watchdog": _write_watch,
    "alert": lambda alert, _part: write_alert(alert),
    **dict.fromkeys(_REPLIES, _write_as_it_is),
}


def _write_facts(message_log: MessageLog, budget: Budget) -> Json:
    return {
        "cutoff": message_log.reply_history.cutoff,
        "read_at": message_log.reply_history.read_at,
        "last_reply": message_log.last_reply and codec.write_reply(message_log.last_reply),
        "last_status": message_log.last_status,
        "segments_sent": message_log.segments_sent,
        "day": budget.day,
        "spent_today": dict(budget.spent_today),
    }


def initial_state(now: datetime) -> AccountState:
    """Begin: everything that the gateway has already is old."""
    return AccountState(
        outbox=Outbox(), message_log=MessageLog(reply_history=ReplyHistory(cutoff=now)), budget=Budget()
    )


def restore(records: Iterable[Record], now: datetime) -> AccountState:
    """Read all records, in the order in which they were first written. Raises for anything that is not ours."""
    things: dict[str, dict[str, dict[str, Any]]] = {}
    for record in records:
        things.setdefault(record.collection, {}).setdefault(record.key, {})[record.field] = record.value
    memory = initial_state(now)
    if facts := things.pop(FACTS, None):
        _read_facts(memory, facts[""][""])
    # Whoever goes back to an older version keeps what that knows; what it does not know stays on the disk.
    for name in things.keys() & _READERS.keys():
        for key, parts in things[name].items():
            _READERS[name](memory, key, parts)
    return memory


def _read_facts(memory: AccountState, facts: Json) -> None:
    message_log, budget = memory.message_log, memory.budget
    message_log.reply_history.cutoff = codec.read_moment(facts["cutoff"])
    message_log.reply_history.read_at = codec.maybe(codec.read_moment, facts["read_at"])
    message_log.last_reply = codec.maybe(codec.read_reply, facts["last_reply"])
    message_log.last_status = codec.maybe(codec.read_status, facts["last_status"])
    message_log.segments_sent = facts["segments_sent"]
    budget.day = codec.maybe(date.fromisoformat, facts["day"])
    budget.spent_today = Counter({BudgetPool(purse): spent for purse, spent in facts["spent_today"].items()})


def _read_item(memory: AccountState, key: str, parts: Json) -> None:
    memory.outbox.items.load(key, codec.read_item(key, parts[REQUEST], parts[""]))


def _read_message(memory: AccountState, key: str, parts: Json) -> None:
    heard = {number: tuple(codes) for number, codes in parts.items() if number}
    memory.message_log.load(codec.read_message(key, parts[""], heard))


def _read_status(memory: AccountState, key: str, parts: Json) -> None:
    memory.message_log.last_status_of.load(key, codec.read_status(parts[""]))


def _read_expense(memory: AccountState, key: str, parts: Json) -> None:
    memory.budget.load(key, codec.read_expense(parts[""]))


def _read_day(memory: AccountState, key: str, parts: Json) -> None:
    memory.budget.history.load(date.fromisoformat(key), int(parts[""]))


def _read_scheduled(memory: AccountState, key: str, parts: Json) -> None:
    memory.schedule.items.load(key, codec.read_scheduled(parts[""]))


def _read_question(memory: AccountState, key: str, parts: Json) -> None:
    memory.questions.all.load(key, read_question(parts[""]))


def _read_command(memory: AccountState, key: str, parts: Json) -> None:
    memory.commands.records.load(key, codec.read_command(parts[""]))


def _read_watch(memory: AccountState, key: str, parts: Json) -> None:
    memory.watchdogs.load(key, codec.read_watch(parts[""]))


def _read_alert(memory: AccountState, key: str, parts: Json) -> None:
    memory.alerts.all.load(key, read_alert(parts[""]))


def _reply_reader(name: str) -> Callable[[AccountState, str, Json], None]:
    def read(memory: AccountState, key: str, parts: Json) -> None:
        shelf: TrackedDict[datetime] = getattr(memory.message_log.reply_history, name)
        shelf.load(key, codec.read_moment(parts[""]))

    return read


_READERS: Mapping[str, Callable[[AccountState, str, Json], None]] = {
    "outbox": _read_item,
    "message": _read_message,
    "status": _read_status,
    "expense": _read_expense,
    "day": _read_day,
    "scheduled": _read_scheduled,
    "question": _read_question,
    "command": _read_command,
    "watchdog": _read_watch,
    "alert": _read_alert,
    **{name: _reply_reader(name) for name in _REPLIES},
}
