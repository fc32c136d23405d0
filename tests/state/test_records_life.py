"""Whatever befalls a house in whatever order, it stands up again with what it remembered."""

from datetime import timedelta, timezone

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from custom_components.smsmode.state.account_state import PendingWrites, initial_state
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.deadlines import Deadlines, outbox_deadlines
from custom_components.smsmode.state.outbox import OutboxItem
from tests.support.account_states import (
    ALICE,
    BOB,
    NOW,
    NUMBERS,
    FakeDatabase,
    assert_same,
    load,
    message,
    reply,
    report,
    sms,
)

SUMMER = timezone(timedelta(hours=2))


class Life(RuleBasedStateMachine):
    """A house lives, its disk is written from time to time, sometimes in vain, and it falls and stands up again."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = initial_state(NOW)
        self.disk = FakeDatabase()
        self.now = NOW.astimezone(SUMMER)
        self.count = 0
        self.under_way: PendingWrites | None = None

    def some_item(self, data: st.DataObject) -> OutboxItem | None:
        items = list(self.memory.outbox.items.values())
        return data.draw(st.sampled_from(items)) if items else None

    @rule(minutes=st.sampled_from([1, 20, 70, 60 * 24 * 20]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(urgent=st.booleans())
    def take_on(self, urgent: bool) -> None:
        self.count += 1
        purse = BudgetPool.URGENT if urgent else BudgetPool.ORDINARY
        expense = Expense(at=self.now, costs=((ALICE, 1), (BOB, 2)), pool=purse)
        item = sms(f"K{self.count}", ALICE, BOB, expense=expense)
        self.memory.budget.reserve([(item.key, expense)], self.now)
        self.memory.outbox.add([item])

    @rule(data=st.data(), way=st.sampled_from(["begin", "not sent", "doubt", "look", "absent", "hurry"]))
    def go_on(self, data: st.DataObject, way: str) -> None:
        outbox = self.memory.outbox
        if (item := self.some_item(data)) is None:
            return
        match way:
            case "begin":
                outbox.begin_attempt(item, self.now)
            case "not sent":
                outbox.schedule_retry(item, self.now, 1.0)
            case "doubt":
                outbox.mark_uncertain(item, self.now)
            case "look":
                outbox.postpone_lookup(item, self.now)
            case "absent":
                outbox.record_absence(item, self.now)
            case "hurry":
                outbox.make_due(item, self.now)

    @rule(data=st.data(), way=st.sampled_from(["settle", "refuse", "leave out", "call off"]))
    def take_off(self, data: st.DataObject, way: str) -> None:
        if (item := self.some_item(data)) is None:
            return
        match way:
            case "settle":
                self.memory.outbox.remove(item)
            case "refuse":
                self.memory.outbox.remove(item)
                self.memory.budget.refund(item.key, item.expense)
            case "leave out":
                self.memory.outbox.remove_target(item, BOB)
            case "call off":
                self.memory.outbox.cancel(item)

    @rule()
    def set_the_clock(self) -> None:
        Deadlines(outbox_deadlines(self.memory.outbox)).shift(timedelta(hours=1))

    @rule(name=st.integers(0, 3), group=st.booleans())
    def note_sent(self, name: int, group: bool) -> None:
        sent = message(f"M{name}", ALICE, BOB, group="Famille" if group else None)
        sent.sent_at = self.now
        for early in self.memory.message_log.record_sent(sent, 1):
            self.memory.message_log.record_report(early, self.now)

    @rule(name=st.integers(0, 3), number=NUMBERS, code=st.sampled_from([0, 1, 13, 11, 35, 100]))
    def hear_report(self, name: int, number: str, code: int) -> None:
        self.memory.message_log.record_report(report(code, number, f"M{name}"), self.now)

    @rule(name=st.integers(0, 3))
    def know_all_numbers(self, name: int) -> None:
        self.memory.message_log.mark_complete(f"M{name}")

    @rule(name=st.integers(0, 3))
    def forget(self, name: int) -> None:
        self.memory.message_log.remove(f"M{name}")

    @rule(reply_id=st.sampled_from(["R1", "R2", "R3", None]), text=st.sampled_from("ab"), listed=st.booleans())
    def hear_reply(self, reply_id: str | None, text: str, listed: bool) -> None:
        self.memory.message_log.record_reply(reply(reply_id, text, self.now), self.now, listed=listed)

    @precondition(lambda self: self.under_way is None)
    @rule()
    def begin_to_write(self) -> None:
        self.under_way = self.memory.drain_changes()

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def write(self) -> None:
        self.disk.write(self.under_way or PendingWrites([]))
        self.under_way = None

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def write_in_vain(self) -> None:
        self.memory.restore_changes(self.under_way or PendingWrites([]))
        self.under_way = None

    @precondition(lambda self: self.under_way is None)
    @rule()
    def stop_and_start(self) -> None:
        self.disk.take(self.memory)
        read = load(self.disk.read())
        assert_same(read, self.memory)
        self.memory = read


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
