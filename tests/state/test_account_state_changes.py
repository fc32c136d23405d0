"""Only what changed is written, and what could not be written is written later."""

from collections.abc import Iterable
from datetime import timedelta, timezone

from homeassistant.helpers.json import json_bytes
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from custom_components.smsmode.state.account_state import FACT, PendingWrites, Record, initial_state
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.deadlines import account_deadlines
from custom_components.smsmode.state.outbox import OutboxItem
from tests.support.account_states import (
    ALICE,
    BOB,
    NOW,
    NUMBERS,
    FakeDatabase,
    assert_same,
    full_state,
    load,
    message,
    reply,
    report,
    restored,
    sms,
)


def places(records: Iterable[Record]) -> set[tuple[str, str, str]]:
    """Say where records belong, without the few facts."""
    return {record[:3] for record in records if record.collection != FACT}


def test_only_what_changed_is_written() -> None:
    state = restored(full_state())
    state.drain_changes()
    assert not state.drain_changes()
    state.outbox.begin_attempt(state.outbox.items["K2"], NOW)
    state.message_log.record_report(report(11), NOW)
    assert places(state.drain_changes()) == {
        ("outbox", "K2", ""),
        ("message", "M1", ALICE),
        ("last_status", ALICE, ""),
    }
    state.outbox.remove(state.outbox.items["K2"])
    state.message_log.mark_complete("M2")
    state.budget.reserve([("K3", Expense(at=NOW, costs=((ALICE, 1),)))], NOW)
    assert places(state.drain_changes()) == {
        ("outbox", "K2", ""),
        ("message", "M2", ""),
        ("expense", "K3", ""),
        ("day", NOW.date().isoformat(), ""),
    }


def test_a_report_costs_the_same_write_however_many_numbers_its_message_has() -> None:
    state = initial_state(NOW)
    numbers = [f"+336{index:08}" for index in range(1_000)]
    state.message_log.record_sent(message("M1", *numbers), 1)
    state.drain_changes()
    state.message_log.record_report(report(11, numbers[500]), NOW)
    written = [record for record in state.drain_changes() if record.collection == "message"]
    assert [record[1:] for record in written] == [("M1", numbers[500], (11,))]


def test_how_far_a_queued_message_is_is_written_without_its_text() -> None:
    state = full_state()
    state.drain_changes()
    state.outbox.schedule_retry(state.outbox.items["K1"], NOW, 1.0)
    [record] = state.drain_changes()
    assert record[:3] == ("outbox", "K1", "")
    assert b"Water" not in json_bytes(record.value)


def test_a_recipient_less_is_a_recipient_less_after_a_restart() -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    state.outbox.add([sms("K1", ALICE, BOB)])
    disk.take(state)
    assert state.outbox.remove_target(state.outbox.items["K1"], BOB)
    disk.take(state)
    read = load(disk.read())
    assert_same(read, state)
    assert read.outbox.items["K1"].targets == (ALICE,)


def test_what_could_not_be_written_is_written_again_with_what_changed_since() -> None:
    state, disk = full_state(), FakeDatabase()
    changes = state.drain_changes()
    state.outbox.remove(state.outbox.items["K1"])
    state.message_log.record_sent(message("M3"), 1)
    state.restore_changes(changes)
    disk.take(state)
    assert_same(load(disk.read()), state)


def test_removals_that_could_not_be_written_are_written_again() -> None:
    state, disk = full_state(), FakeDatabase()
    disk.take(state)
    state.outbox.remove(state.outbox.items["K1"])
    state.message_log.remove("M1")
    state.restore_changes(state.drain_changes())
    disk.take(state)
    assert_same(load(disk.read()), state)


def test_a_message_recorded_again_under_its_id_has_no_codes_of_the_old_one() -> None:
    state, disk = full_state(), FakeDatabase()
    state.message_log.remove("M2")
    state.message_log.record_sent(message("M2", group="Famille"), 1)
    disk.take(state)
    read = load(disk.read())
    assert read.message_log.messages["M2"].codes == {}
    state.message_log.record_report(report(13, BOB, "M2"), NOW)
    disk.take(state)
    state.message_log.record_sent(message("M2", group="Famille"), 1)
    disk.take(state)
    assert_same(load(disk.read()), state)


def test_a_message_recorded_again_during_a_failed_write_is_written_as_it_is() -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    state.message_log.record_sent(message("M1", group="Famille"), 1)
    state.message_log.record_report(report(13), NOW)
    changes = state.drain_changes()
    state.message_log.record_sent(message("M1", group="Famille"), 1)
    state.restore_changes(changes)
    disk.take(state)
    assert_same(load(disk.read()), state)


def test_a_change_of_a_removed_item_is_not_written() -> None:
    state, disk = full_state(), FakeDatabase()
    item = state.outbox.items["K1"]
    state.outbox.remove(item)
    state.outbox.mark_uncertain(item, NOW)
    disk.take(state)
    assert_same(load(disk.read()), state)


def test_entries_added_during_a_failed_write_stay_behind_earlier_ones() -> None:
    state, disk = initial_state(NOW), FakeDatabase()
    state.outbox.add([sms("before")])
    changes = state.drain_changes()
    state.outbox.add([sms("meanwhile")])
    state.restore_changes(changes)
    disk.take(state)
    assert list(load(disk.read()).outbox.items) == ["before", "meanwhile"]


SUMMER = timezone(timedelta(hours=2))


class Life(RuleBasedStateMachine):
    """A house lives, its disk is written from time to time, sometimes in vain, and it falls and stands up again."""

    def __init__(self) -> None:
        super().__init__()
        self.state = initial_state(NOW)
        self.deadlines = account_deadlines(self.state)
        self.disk = FakeDatabase()
        self.now = NOW.astimezone(SUMMER)
        self.count = 0
        self.under_way: PendingWrites | None = None

    def some_item(self, data: st.DataObject) -> OutboxItem | None:
        items = list(self.state.outbox.items.values())
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
        self.state.budget.reserve([(item.key, expense)], self.now)
        self.state.outbox.add([item])

    @rule(data=st.data(), way=st.sampled_from(["begin", "not sent", "doubt", "look", "absent", "hurry"]))
    def go_on(self, data: st.DataObject, way: str) -> None:
        outbox = self.state.outbox
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
                self.state.outbox.remove(item)
            case "refuse":
                self.state.outbox.remove(item)
                self.state.budget.refund(item.key, item.expense)
            case "leave out":
                self.state.outbox.remove_target(item, BOB)
            case "call off":
                self.state.outbox.cancel(item)

    @rule()
    def set_the_clock(self) -> None:
        self.deadlines.shift(timedelta(hours=1))

    @rule(name=st.integers(0, 3), group=st.booleans())
    def note_sent(self, name: int, group: bool) -> None:
        sent = message(f"M{name}", ALICE, BOB, group="Famille" if group else None)
        sent.sent_at = self.now
        for early in self.state.message_log.record_sent(sent, 1):
            self.state.message_log.record_report(early, self.now)

    @rule(name=st.integers(0, 3), number=NUMBERS, code=st.sampled_from([0, 1, 13, 11, 35, 100]))
    def hear_report(self, name: int, number: str, code: int) -> None:
        self.state.message_log.record_report(report(code, number, f"M{name}"), self.now)

    @rule(name=st.integers(0, 3))
    def know_all_numbers(self, name: int) -> None:
        self.state.message_log.mark_complete(f"M{name}")

    @rule(name=st.integers(0, 3))
    def forget(self, name: int) -> None:
        self.state.message_log.remove(f"M{name}")

    @rule(reply_id=st.sampled_from(["R1", "R2", "R3", None]), text=st.sampled_from("ab"), listed=st.booleans())
    def hear_reply(self, reply_id: str | None, text: str, listed: bool) -> None:
        self.state.message_log.record_reply(reply(reply_id, text, self.now), self.now, listed=listed)

    @precondition(lambda self: self.under_way is None)
    @rule()
    def begin_to_write(self) -> None:
        self.under_way = self.state.drain_changes()

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def write(self) -> None:
        self.disk.write(self.under_way or PendingWrites([]))
        self.under_way = None

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def write_in_vain(self) -> None:
        self.state.restore_changes(self.under_way or PendingWrites([]))
        self.under_way = None

    @precondition(lambda self: self.under_way is None)
    @rule()
    def stop_and_start(self) -> None:
        self.disk.take(self.state)
        read = load(self.disk.read())
        assert_same(read, self.state)
        self.state = read
        self.deadlines = account_deadlines(read)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
