"""Reports are pending until the final status, segments add up, and memory is bounded."""

from custom_components.smsmode.state.message_log import MAX_MESSAGES, MAX_TARGETS, TrackedMessage
from tests.support.message_logs import ALICE, BOB, CAROL, NOW, awaiting, message, new_message_log, report


def test_a_number_is_pending_until_its_final_status() -> None:
    message_log = new_message_log()
    for index in range(4):
        message_log.record_sent(message(f"M{index}"), 1)
    message_log.record_report(report(11, message_id="M1"), NOW)
    message_log.record_report(report(13, message_id="M2"), NOW)
    assert awaiting(message_log) == ["M0", "M2", "M3"]


def test_nothing_more_is_awaited_of_a_message_that_the_gateway_does_not_know() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", ALICE, BOB), 1)
    message_log.remove("M1")
    message_log.remove("M1")
    assert (awaiting(message_log), message_log.pending) == ([], 0)


def test_a_message_recorded_again_counts_once_and_stays_what_it_was() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", ALICE, BOB), 1)
    message_log.record_sent(message("M1", CAROL), 1)
    assert (message_log.pending, awaiting(message_log)) == (2, ["M1"])
    assert message_log.record_report(report(11, CAROL), NOW) is None
    assert message_log.record_report(report(11, ALICE), NOW)


def test_a_loaded_message_is_pending_as_if_it_were_recorded() -> None:
    message_log = new_message_log()
    message_log.messages["M1"] = TrackedMessage(
        message_id="M1", sent_at=NOW, codes={ALICE: (13,), BOB: (11,), CAROL: ()}, reference="door 4"
    )
    message_log.recount()
    assert (message_log.pending, message_log.segments_sent, message_log.last_status) == (2, 0, None)
    assert message_log.record_report(report(13), NOW) is None
    news = message_log.record_report(report(11), NOW)
    assert news is not None
    assert (news.reference, message_log.pending) == ("door 4", 1)


def test_segments_add_up() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1"), 3)
    message_log.record_sent(message("M2"), 4)
    assert message_log.segments_sent == 7


def test_memory_is_bounded_however_many_messages_are_sent() -> None:
    message_log = new_message_log()
    for index in range(MAX_MESSAGES + 500):
        message_log.record_sent(message(f"M{index}", f"+336{index:08}"), 1)
    assert len(message_log.messages) == message_log.pending == MAX_MESSAGES
    assert len(message_log.last_status_of) == MAX_TARGETS
    assert awaiting(message_log)[0] == "M500"
    assert message_log.record_report(report(11, "+33600000499", "M499"), NOW) is None


def test_those_written_to_lately_keep_their_status_when_others_are_forgotten() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("first"), 1)
    for index in range(MAX_TARGETS - 1):
        message_log.record_sent(message(f"M{index}", f"+336{index:08}"), 1)
    message_log.record_sent(message("again"), 1)
    message_log.record_sent(message("one more", BOB), 1)
    assert message_log.last_status_of[ALICE].message_id == "again"
    assert "+33600000000" not in message_log.last_status_of
