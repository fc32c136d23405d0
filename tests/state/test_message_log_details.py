"""What is shown of a message and not needed to follow it: what sent it, and what it cost."""

import gc
from dataclasses import replace
from decimal import Decimal
from weakref import ref

from custom_components.smsmode.state.message_log import SendDetails, shared_details
from custom_components.smsmode.state.outbox import MessageKind
from tests.support.message_logs import BOB, NOW, message, new_message_log, report

DETAILS = SendDetails(kind=MessageKind.SMS, segments=2, origin="automation.leak")


def test_messages_with_the_same_details_share_one_object() -> None:
    assert shared_details(replace(DETAILS)) is shared_details(replace(DETAILS))
    assert shared_details(replace(DETAILS, segments=3)) is not shared_details(DETAILS)


def test_details_that_no_message_has_any_more_are_kept_nowhere() -> None:
    kept = ref(shared_details(replace(DETAILS, origin="automation.gone")))
    gc.collect()
    assert kept() is None


def test_a_segment_is_taken_for_a_credit_until_more_is_known() -> None:
    log = new_message_log()
    sent = message()
    assert sent.credits is None
    sent.details = DETAILS
    log.record_sent(sent, 2)
    assert sent.credits == 2.0
    log.record_report(replace(report(13), cost=Decimal("3.5")), NOW)
    assert sent.credits == 3.5
    log.note_charged("M1", 4.0)
    assert sent.credits == 4.0


def test_what_was_expected_is_not_kept_twice() -> None:
    log = new_message_log()
    sent = message()
    sent.details = DETAILS
    log.record_sent(sent, 2)
    log.messages.drain_changes()
    log.note_charged("M1", 2.0)
    log.note_charged("unknown", 2.0)
    assert sent.charged is None
    assert log.messages.drain_changes()[1] == []


def test_what_the_gateway_takes_for_one_of_several_is_not_that_of_all() -> None:
    log = new_message_log()
    log.record_sent(message("M1", BOB, "+33600000001"), 2)
    log.record_sent(message("M2", group="Famille"), 1)
    for message_id in ("M1", "M2"):
        log.note_charged(message_id, 9.0)
        assert log.messages[message_id].charged is None


def test_a_group_costs_as_much_as_it_has_members() -> None:
    log = new_message_log()
    sent = message(group="Famille")
    sent.details = DETAILS
    log.record_sent(sent, 2)
    assert sent.credits == 2.0
    for number in (BOB, "+33600000001", "+33600000002"):
        log.record_report(report(11, number), NOW)
    assert sent.credits == 6.0


def test_a_message_that_is_closed_awaits_nothing_whatever_comes() -> None:
    log = new_message_log()
    log.record_sent(message("M1"), 1)
    log.record_sent(message("M2", group="Famille"), 1)
    assert log.pending == 2
    for message_id in ("M1", "M2", "M2", "unknown"):
        log.close(message_id)
    assert log.pending == 0
    assert log.record_report(report(13), NOW)
    assert log.record_report(report(11), NOW)
    assert log.record_report(report(0, BOB, "M2"), NOW)
    log.mark_complete("M2")
    assert log.pending == 0
    log.recount()
    assert log.pending == 0
    log.remove("M1")
    assert log.pending == 0
