"""Only what changed is written, and what could not be written is written later."""

from collections.abc import Iterable

from homeassistant.helpers.json import json_bytes

from custom_components.smsmode.state.account_state import FACT, Record, initial_state
from custom_components.smsmode.state.budget import Expense
from tests.support.account_states import (
    ALICE,
    BOB,
    NOW,
    FakeDatabase,
    assert_same,
    full_state,
    load,
    message,
    report,
    restored,
    sms,
)


def places(records: Iterable[Record]) -> set[tuple[str, str, str]]:
    """Say where records belong, without the few facts."""
    return {record[:3] for record in records if record.collection != FACT}


def test_only_what_changed_is_written() -> None:
    memory = restored(full_state())
    memory.drain_changes()
    assert not memory.drain_changes()
    memory.outbox.begin_attempt(memory.outbox.items["K2"], NOW)
    memory.message_log.record_report(report(11), NOW)
    assert places(memory.drain_changes()) == {
        ("outbox", "K2", ""),
        ("message", "M1", ALICE),
        ("last_status", ALICE, ""),
    }
    memory.outbox.remove(memory.outbox.items["K2"])
    memory.message_log.mark_complete("M2")
    memory.budget.reserve([("K3", Expense(at=NOW, costs=((ALICE, 1),)))], NOW)
    assert places(memory.drain_changes()) == {
        ("outbox", "K2", ""),
        ("message", "M2", ""),
        ("expense", "K3", ""),
        ("day", NOW.date().isoformat(), ""),
    }


def test_a_report_costs_the_same_write_however_many_numbers_its_message_has() -> None:
    memory = initial_state(NOW)
    numbers = [f"+336{index:08}" for index in range(1_000)]
    memory.message_log.record_sent(message("M1", *numbers), 1)
    memory.drain_changes()
    memory.message_log.record_report(report(11, numbers[500]), NOW)
    written = [record for record in memory.drain_changes() if record.collection == "message"]
    assert [record[1:] for record in written] == [("M1", numbers[500], (11,))]


def test_how_far_a_queued_message_is_is_written_without_its_text() -> None:
    memory = full_state()
    memory.drain_changes()
    memory.outbox.schedule_retry(memory.outbox.items["K1"], NOW, 1.0)
    [record] = memory.drain_changes()
    assert record[:3] == ("outbox", "K1", "")
    assert b"Water" not in json_bytes(record.value)


def test_a_recipient_less_is_a_recipient_less_after_a_restart() -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    memory.outbox.add([sms("K1", ALICE, BOB)])
    disk.take(memory)
    assert memory.outbox.remove_target(memory.outbox.items["K1"], BOB)
    disk.take(memory)
    read = load(disk.read())
    assert_same(read, memory)
    assert read.outbox.items["K1"].targets == (ALICE,)


def test_what_could_not_be_written_is_written_again_with_what_changed_since() -> None:
    memory, disk = full_state(), FakeDatabase()
    changes = memory.drain_changes()
    memory.outbox.remove(memory.outbox.items["K1"])
    memory.message_log.record_sent(message("M3"), 1)
    memory.restore_changes(changes)
    disk.take(memory)
    assert_same(load(disk.read()), memory)


def test_removals_that_could_not_be_written_are_written_again() -> None:
    memory, disk = full_state(), FakeDatabase()
    disk.take(memory)
    memory.outbox.remove(memory.outbox.items["K1"])
    memory.message_log.remove("M1")
    memory.restore_changes(memory.drain_changes())
    disk.take(memory)
    assert_same(load(disk.read()), memory)


def test_a_message_noted_anew_under_its_id_has_nothing_of_what_the_old_one_came_to() -> None:
    memory, disk = full_state(), FakeDatabase()
    memory.message_log.record_sent(message("M2", group="Famille"), 1)
    disk.take(memory)
    read = load(disk.read())
    assert read.message_log.messages["M2"].codes == {}
    memory.message_log.record_report(report(13, BOB, "M2"), NOW)
    disk.take(memory)
    memory.message_log.record_sent(message("M2", group="Famille"), 1)
    disk.take(memory)
    assert_same(load(disk.read()), memory)


def test_a_message_noted_anew_while_the_disk_was_failing_is_written_as_it_is() -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    memory.message_log.record_sent(message("M1", group="Famille"), 1)
    memory.message_log.record_report(report(13), NOW)
    changes = memory.drain_changes()
    memory.message_log.record_sent(message("M1", group="Famille"), 1)
    memory.restore_changes(changes)
    disk.take(memory)
    assert_same(load(disk.read()), memory)


def test_what_somebody_still_works_on_after_it_is_gone_is_not_written() -> None:
    memory, disk = full_state(), FakeDatabase()
    item = memory.outbox.items["K1"]
    memory.outbox.remove(item)
    memory.outbox.mark_uncertain(item, NOW)
    disk.take(memory)
    assert_same(load(disk.read()), memory)


def test_what_came_while_the_disk_was_failing_stays_behind_what_came_before() -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    memory.outbox.add([sms("before")])
    changes = memory.drain_changes()
    memory.outbox.add([sms("meanwhile")])
    memory.restore_changes(changes)
    disk.take(memory)
    assert list(load(disk.read()).outbox.items) == ["before", "meanwhile"]
