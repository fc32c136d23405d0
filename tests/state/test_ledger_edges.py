"""What the ledger says of a message, to the last field, and what it just still remembers."""

from datetime import timedelta

from custom_components.smsmode.api import MessageStatus
from custom_components.smsmode.state.message_log import MAX_EARLY_REPORTS, LastStatus
from tests.support.message_logs import ALICE, BOB, NOW, message, new_message_log, report


def test_what_the_gateway_took_is_told_with_its_reference_and_the_time_it_was_sent() -> None:
    message_log = new_message_log()
    sent_at = NOW - timedelta(minutes=1)
    message_log.record_sent(message(at=sent_at, reference="door 4"), 1)
    assert message_log.last_status == LastStatus(
        status=MessageStatus.ACCEPTED, message_id="M1", number=ALICE, reference="door 4", received_at=sent_at
    )


def test_what_was_given_up_is_told_with_its_reference_and_the_time_it_was_given_up() -> None:
    message_log = new_message_log()
    message_log.record_given_up((ALICE,), MessageStatus.EXPIRED, "door 4", NOW)
    assert message_log.last_status == LastStatus(
        status=MessageStatus.EXPIRED, number=ALICE, reference="door 4", received_at=NOW
    )


def test_a_status_is_as_old_as_its_report_and_not_as_the_poll_that_brought_it() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(), 1)
    reported_at = NOW - timedelta(hours=2)
    message_log.record_report(report(11, at=reported_at), NOW)
    assert message_log.last_status == LastStatus(
        status=MessageStatus.RECEIVED, message_id="M1", number=ALICE, code=11, received_at=reported_at
    )


def test_of_every_message_that_was_known_before_the_start_something_is_awaited() -> None:
    message_log = new_message_log()
    message_log.messages.update({"M1": message("M1", ALICE, BOB), "M2": message("M2")})
    message_log.recount()
    assert message_log.pending == 3


def test_as_many_early_reports_as_there_is_room_for_are_all_kept() -> None:
    message_log = new_message_log()
    for index in range(MAX_EARLY_REPORTS):
        message_log.record_report(report(11, message_id=f"M{index}"), NOW)
    assert message_log.record_sent(message("M0"), 1) == [report(11, message_id="M0")]
