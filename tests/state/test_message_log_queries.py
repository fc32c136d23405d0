"""What a message log answers: whose a message is, what is new, what was last told of a number."""

from custom_components.smsmode.api import DeliveryOutcome, MessageStatus
from tests.support.message_logs import ALICE, BOB, NOW, message, new_message_log, report


def test_a_message_is_own_while_it_is_followed_and_as_long_as_its_id_is_kept() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1"), 1)
    assert (message_log.is_own("M1"), message_log.is_own("M2")) == (True, False)
    del message_log.messages["M1"]
    assert message_log.is_own("M1")
    message_log.record_sent(message("M3"), 1)
    del message_log.sent_ids["M3"]
    assert message_log.is_own("M3")


def test_a_report_is_new_if_its_message_is_known_and_it_adds_something() -> None:
    message_log = new_message_log()
    assert not message_log.is_new(report(0))
    message_log.record_sent(message("M1"), 1)
    assert message_log.is_new(report(0))
    message_log.record_report(report(11), NOW)
    assert not message_log.is_new(report(11))
    assert not message_log.is_new(report(0))
    assert not message_log.is_new(report(0, message_id="M2"))


def test_the_outcome_of_a_number_is_that_of_its_latest_report() -> None:
    message_log = new_message_log()
    assert message_log.outcome_of("M1", ALICE) is None
    message_log.record_sent(message("M1", ALICE, BOB), 1)
    assert message_log.outcome_of("M1", ALICE) is None
    message_log.record_report(report(0), NOW)
    assert message_log.outcome_of("M1", ALICE) is DeliveryOutcome.PENDING
    message_log.record_report(report(11), NOW)
    assert message_log.outcome_of("M1", ALICE) is DeliveryOutcome.DELIVERED
    assert message_log.outcome_of("M1", BOB) is None
    assert message_log.outcome_of("M2", ALICE) is None


def test_what_was_not_sent_is_the_last_status_of_each_of_its_targets() -> None:
    message_log = new_message_log()
    message_log.record_unsent((ALICE, "group:Famille"), MessageStatus.QUEUED, "ref", NOW, "M9")
    of_alice, of_group = message_log.last_status_of[ALICE], message_log.last_status_of["group:Famille"]
    assert (of_alice.number, of_alice.message_id, of_alice.reference) == (ALICE, "M9", "ref")
    assert (of_group.number, of_group.status, of_group.received_at) == (None, MessageStatus.QUEUED, NOW)
