"""Target: state of an account, written as JSON change by change, and restored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    DeliveryReport,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    SendRequest,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
)
from custom_components.smsmode.state.account_state import FACT, AccountState, EntryId, Record, initial_state, load_state
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.database import NO_JSON
from custom_components.smsmode.state.deadlines import Deadlines, outbox_deadlines
from custom_components.smsmode.state.message_log import TrackedMessage
from custom_components.smsmode.state.outbox import OutboxItem
from reliability.fuzz.byte_source import ByteSource

type Disk = dict[tuple[str, str, str], bytes]

_NOW = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
_NUMBERS = ("+33612345678", "+33698765432", "36034", "+262692123456")
_ZONES = (UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30)))
_STRANGE = (
    b"null",
    b"1",
    b'""',
    b'"x"',
    b"[]",
    b"{}",
    b"[[]]",
    b"1e400",
    b"-1",
    b'{"at":1}',
    b'"2026-10-25T02:30:00+14:00"',
    b"[",
)

SEEDS = (
    bytes([0, *b"".join(bytes([step, 7 * step % 256, 3, 1, step]) for step in range(10)), 8, 8, 10]),
    bytes([1, *b"".join(bytes([step, 7 * step % 256, 3, 1, step]) for step in range(10)), 8]),
    bytes([0, 0, 1, 2, 3, 8, 1, 4, 8, 2, 5, 10, 3, 9, 8]),
    *(bytes([1, index]) + value for index, value in enumerate(_STRANGE)),
)


def read(data: bytes) -> None:
    """Run for a while and crash, or read a file that was changed."""
    source = ByteSource(data)
    source.pick((_run, _tampered))(source)


class _Account:
    """State of an account, and its disk."""

    def __init__(self) -> None:
        self.memory: AccountState = initial_state(_NOW)
        self.disk: Disk = {}
        self.now = _NOW
        self.count = 0

    def write(self) -> None:
        """Write the changes, as the database does; afterwards disk and state are the same."""
        for collection, key, field, value in self.memory.drain_changes():
            if value is not None:
                self.disk[collection, key, field] = json_bytes(value)
                continue
            for kept in [kept for kept in self.disk if kept[:2] == (collection, key)]:
                del self.disk[kept]
        assert not self.memory.drain_changes(), "written twice"
        assert _facts(self.restored()) == _facts(self.memory), "read again it is another"

    def restored(self) -> AccountState:
        """Return the state that the disk holds: everything on it can be read."""
        state, unreadable = self.load()
        assert not unreadable, "what was written cannot be read"
        return state

    def load(self) -> tuple[AccountState, list[EntryId]]:
        """Return the state that can be read, and what cannot."""
        return load_state([Record(*place, _parsed(value)) for place, value in self.disk.items()], self.now)

    def name(self, prefix: str) -> str:
        """Return a new name."""
        self.count += 1
        return f"{prefix}{self.count}"


def _parsed(value: bytes) -> object:
    try:
        return json_loads(value)
    except ValueError:
        return NO_JSON


def _facts(memory: AccountState) -> object:
    """Return all that must survive, in its order, with the offsets of its times."""
    message_log, budget, heard = memory.message_log, memory.budget, memory.message_log.reply_history
    told = (memory.outbox.items, message_log.messages, message_log.last_status_of, budget.recent, budget.history.days)
    shelves = (*told, heard.ids, heard.contents, heard.without_id, heard.unconfirmed)
    facts = (
        heard.cutoff,
        message_log.last_reply,
        message_log.last_status,
        message_log.segments_sent,
        message_log.pending,
    )
    spent = (budget.day, +budget.spent_today, +budget._spent_on)
    return [list(shelf.items()) for shelf in shelves], facts, spent


def _words(source: ByteSource) -> str:
    return source.pick(("Déjà 5 €", "", "🔥\n\0|", "x" * 300, '"\\', "\u2028"))


def _request(house: _Account, source: ByteSource) -> SendRequest:
    send_at = source.pick((None, house.now.astimezone(source.pick(_ZONES))))
    numbers, text, stop = _NUMBERS[: source.below(5)], _words(source), source.pick(tuple(StopClause))
    match source.below(4):
        case 0:
            return VoiceRequest(
                text=text, numbers=numbers, send_at=send_at, language=source.pick((None, *VoiceLanguage))
            )
        case 1:
            rows = tuple(BatchRow(number=number, text=text, reference=source.pick((None, "r"))) for number in numbers)
            return BatchRequest(rows=rows, stop=stop, send_at=send_at)
        case 2:
            return MessageRequest(
                text=text, group=_words(source), stop=stop, message_class=source.pick(tuple(MessageClass))
            )
        case _:
            return MessageRequest(text=text, numbers=numbers, sender=source.pick((None, "HOME")), send_at=send_at)


def _accept(house: _Account, source: ByteSource) -> None:
    """Accept a message."""
    at = house.now.astimezone(source.pick(_ZONES))
    costs = tuple((number, source.below(6)) for number in _NUMBERS[: source.below(4)])
    expense = Expense(at=at, costs=costs, pool=source.pick(tuple(BudgetPool)))
    key = house.name("key")
    house.memory.budget.reserve([(key, expense)], at)
    item = OutboxItem(key=key, request=_request(house, source), expense=expense, expires_at=at, due=at)
    house.memory.outbox.add([item])


def _advance(house: _Account, source: ByteSource) -> None:
    """Change a queued message."""
    outbox, now = house.memory.outbox, house.now
    if not outbox.items:
        return
    item = source.pick(tuple(outbox.items.values()))
    steps: tuple[Callable[[], object], ...] = (
        lambda: outbox.begin_attempt(item, now),
        lambda: outbox.schedule_retry(item, now, 1.1),
        lambda: outbox.mark_uncertain(item, now),
        lambda: outbox.postpone_lookup(item, now),
        lambda: outbox.record_absence(item, now),
        lambda: outbox.remove(item),
        lambda: outbox.cancel(item),
        lambda: outbox.remove_target(item, source.pick(_NUMBERS)),
        lambda: Deadlines(outbox_deadlines(outbox)).shift(timedelta(seconds=source.below(2**16))),
        lambda: house.memory.budget.refund(item.key, item.expense),
    )
    source.pick(steps)()


def _sent(house: _Account, source: ByteSource) -> None:
    message = TrackedMessage(
        message_id=f"M{source.below(5)}",
        sent_at=house.now,
        codes=dict.fromkeys(_NUMBERS[: source.below(4)], ()),
        group=source.pick((None, "Famille")),
        reference=source.pick((None, "ref", "é|\n")),
        is_complete=bool(source.below(2)),
    )
    house.memory.message_log.record_sent(message, source.below(6))


def _reported(house: _Account, source: ByteSource) -> None:
    code = source.pick((0, 11, 13, 1, 35, 3501, 3999, 77))
    report = DeliveryReport(message_id=f"M{source.below(5)}", number=source.pick(_NUMBERS), code=code)
    house.memory.message_log.record_report(report, house.now)


def _replied(house: _Account, source: ByteSource) -> None:
    reply = Reply(
        reply_id=source.pick((None, "R1", "R2", "R3")),
        received_at=source.pick((None, house.now, house.now.astimezone(_ZONES[2]), _NOW - timedelta(days=1))),
        sender=source.pick(_NUMBERS),
        text=_words(source),
        message_id=source.pick((None, "M1")),
    )
    house.memory.message_log.record_reply(reply, house.now, listed=bool(source.below(2)))


def _expire(house: _Account, source: ByteSource) -> None:
    house.memory.message_log.remove(f"M{source.below(5)}")
    house.memory.message_log.mark_complete(f"M{source.below(5)}")
    house.memory.message_log.record_unsent(_NUMBERS[:1], MessageStatus.EXPIRED, None, house.now)


def _later(house: _Account, source: ByteSource) -> None:
    house.now += timedelta(minutes=source.below(256))


def _write(house: _Account, _source: ByteSource) -> None:
    house.write()


def _fail_to_write(house: _Account, _source: ByteSource) -> None:
    house.memory.restore_changes(house.memory.drain_changes())


def _crash(house: _Account, _source: ByteSource) -> None:
    """Crash: the state is then what the disk holds."""
    house.memory = house.restored()
    changes = house.memory.drain_changes()
    assert all(record.collection == FACT for record in changes), "written again"
    house.memory.restore_changes(changes)


_STEPS = (_accept, _advance, _sent, _reported, _replied, _expire, _later, _advance, _write, _fail_to_write, _crash)


def _run(source: ByteSource) -> None:
    house = _Account()
    _take_steps(house, source)
    house.write()


def _take_steps(house: _Account, source: ByteSource) -> None:
    for _ in range(source.below(40)):
        source.pick(_STEPS)(house, source)


def _tampered(source: ByteSource) -> None:
    """Assert that a changed value is read as something, or that its entry is set aside, and no other."""
    index, strange = source.below(256), source.pick((*_STRANGE, None))
    house = _Account()
    house.memory.outbox.items.clear()
    for step in _STEPS[:5] * 2:
        step(house, source)
    house.write()
    place = tuple(house.disk)[index % len(house.disk)]
    house.disk[place] = source.rest() if strange is None else strange
    assert set(house.load()[1]) <= {place[:2]}, "more was set aside than cannot be read"
