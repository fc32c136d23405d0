"""Each single thing that can happen to a message is written, whatever else happened before it or did not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from custom_components.smsmode.state.account_state import AccountState, initial_state
from custom_components.smsmode.state.outbox import Outbox, OutboxItem
from tests.support.account_states import ALICE, BOB, NOW, FakeDatabase, assert_same, load, message, report, sms

LATER = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    "happen",
    [
        pytest.param(lambda outbox, item: outbox.begin_attempt(item, LATER), id="an attempt begins"),
        pytest.param(lambda outbox, item: outbox.schedule_retry(item, LATER, 1.0), id="it did not leave"),
        pytest.param(lambda outbox, item: outbox.mark_uncertain(item, LATER), id="no answer came"),
        pytest.param(lambda outbox, item: outbox.postpone_lookup(item, LATER), id="nobody could look"),
        pytest.param(lambda outbox, item: outbox.record_absence(item, LATER), id="it is not there"),
        pytest.param(lambda outbox, item: outbox.make_due(item, LATER), id="it is hurried"),
        pytest.param(lambda outbox, _: outbox.shift_deadlines(timedelta(hours=1)), id="the clock is set"),
        pytest.param(lambda outbox, item: outbox.cancel(item), id="it is called off"),
        pytest.param(lambda outbox, item: outbox.remove(item), id="it is settled"),
        pytest.param(lambda outbox, _: outbox.recover(LATER), id="the house fell"),
    ],
)
def test_whatever_happens_to_a_queued_message_survives_the_disk(happen: Callable[[Outbox, OutboxItem], object]) -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    memory.outbox.add([item := sms("K1", ALICE, BOB)])
    memory.outbox.begin_attempt(item, NOW)
    disk.take(memory)
    happen(memory.outbox, item)
    disk.take(memory)
    assert_same(load(disk.read()), memory)


@pytest.mark.parametrize(
    "happen",
    [
        pytest.param(lambda memory: memory.message_log.record_report(report(13), LATER), id="on its way"),
        pytest.param(lambda memory: memory.message_log.record_report(report(11, BOB), LATER), id="received"),
        pytest.param(lambda memory: memory.message_log.mark_complete("M1"), id="all numbers are known"),
        pytest.param(lambda memory: memory.message_log.remove("M1"), id="forgotten"),
    ],
)
def test_whatever_becomes_of_a_sent_message_survives_the_disk(happen: Callable[[AccountState], object]) -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    memory.message_log.record_sent(message("M1", group="Famille"), 1)
    disk.take(memory)
    happen(memory)
    disk.take(memory)
    assert_same(load(disk.read()), memory)


def test_a_waiting_message_that_goes_to_one_less_survives_the_disk() -> None:
    memory, disk = initial_state(NOW), FakeDatabase()
    memory.outbox.add([item := sms("K1", ALICE, BOB)])
    disk.take(memory)
    assert memory.outbox.remove_target(item, BOB)
    disk.take(memory)
    assert_same(load(disk.read()), memory)
