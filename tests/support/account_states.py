"""States of an account for tests, and a database in memory."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads
from hypothesis import strategies as st

from custom_components.smsmode.api import DeliveryReport, MessageRequest, Reply
from custom_components.smsmode.state.account_state import AccountState, Record, initial_state, load_state
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.message_log import Codes, TrackedMessage
from custom_components.smsmode.state.outbox import OutboxItem

NOW = datetime(2026, 6, 10, 12, 30, 15, 123456, tzinfo=UTC)
ALICE, BOB = "+33612345678", "+33698765432"
NUMBERS = st.sampled_from([ALICE, BOB, "36034", "+262692123456"])


class FakeDatabase:
    """Database in memory: new records come last, and a deletion removes all parts of a record."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str, str], bytes] = {}

    def write(self, records: Iterable[Record]) -> None:
        for collection, key, field, value in records:
            if value is None:
                self.values = {place: each for place, each in self.values.items() if place[:2] != (collection, key)}
            else:
                self.values[collection, key, field] = json_bytes(value)

    def read(self) -> list[Record]:
        return [Record(*place, json_loads(value)) for place, value in self.values.items()]

    def take(self, memory: AccountState) -> None:
        self.write(memory.drain_changes())


def restored(memory: AccountState) -> AccountState:
    disk = FakeDatabase()
    disk.take(memory)
    return load(disk.read())


def load(records: Iterable[Record]) -> AccountState:
    """Return the state of records that can all be read."""
    state, unreadable = load_state(records, NOW)
    assert not unreadable
    return state


def assert_same(one: AccountState, other: AccountState) -> None:
    """Compare two states, and the order in each collection; reports that came early are not stored."""
    for memory in (one, other):
        memory.message_log.early_reports.clear()
    assert (one.outbox, one.message_log, one.budget) == (other.outbox, other.message_log, other.budget)
    for ours, theirs in (
        (one.outbox.items, other.outbox.items),
        (one.message_log.messages, other.message_log.messages),
        (one.message_log.last_status_of, other.message_log.last_status_of),
        (one.budget.recent, other.budget.recent),
        (one.budget.history.days, other.budget.history.days),
        (one.message_log.reply_history.ids, other.message_log.reply_history.ids),
        (one.message_log.reply_history.contents, other.message_log.reply_history.contents),
        (one.message_log.reply_history.without_id, other.message_log.reply_history.without_id),
        (one.message_log.reply_history.unconfirmed, other.message_log.reply_history.unconfirmed),
    ):
        assert list(ours) == list(theirs)


def sms(key: str = "K1", *numbers: str, expense: Expense | None = None) -> OutboxItem:
    return OutboxItem(
        key=key,
        request=MessageRequest(text="Water!", numbers=numbers or (ALICE,)),
        expense=expense or Expense(at=NOW, costs=tuple((number, 1) for number in numbers or (ALICE,))),
        expires_at=NOW + timedelta(hours=1),
        due=NOW,
    )


def message(message_id: str = "M1", *numbers: str, group: str | None = None) -> TrackedMessage:
    codes: dict[str, Codes] = {} if group else dict.fromkeys(numbers or (ALICE,), ())
    return TrackedMessage(message_id=message_id, sent_at=NOW, codes=codes, group=group, is_complete=group is None)


def report(code: int, number: str = ALICE, message_id: str = "M1") -> DeliveryReport:
    return DeliveryReport(message_id=message_id, number=number, code=code)


def reply(reply_id: str | None = "R1", text: str = "OK", at: datetime = NOW) -> Reply:
    return Reply(reply_id=reply_id, received_at=at, sender=ALICE, text=text)


def full_state() -> AccountState:
    """Return a state with at least one record of each kind."""
    memory = initial_state(NOW)
    memory.outbox.add([sms("K1", ALICE, BOB), sms("K2")])
    memory.outbox.begin_attempt(memory.outbox.items["K1"], NOW)
    memory.message_log.record_sent(message("M1", ALICE, BOB), 2)
    memory.message_log.record_sent(message("M2", group="Famille"), 3)
    memory.message_log.record_report(report(13), NOW)
    memory.message_log.record_report(report(11, BOB, "M2"), NOW)
    memory.message_log.record_reply(reply(), NOW)
    memory.message_log.record_reply(reply(None, "Other"), NOW)
    memory.message_log.record_reply(reply("R2", "Third"), NOW, listed=False)
    memory.budget.reserve([("K1", Expense(at=NOW, costs=((ALICE, 2),)))], NOW)
    memory.budget.reserve([("K2", Expense(at=NOW, costs=((BOB, 1),), pool=BudgetPool.URGENT))], NOW)
    return memory
