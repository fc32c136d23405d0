"""All numbers of a group that the gateway names are pending, up to a bound."""

from custom_components.smsmode.state.message_log import MAX_NUMBERS_OF_A_GROUP
from tests.support.message_logs import ALICE, BOB, CAROL, NOW, awaiting, message, new_message_log, report


def test_of_a_group_one_more_is_awaited_until_the_gateway_has_named_all_its_numbers() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(group="Famille"), 1)
    assert message_log.pending == 1
    assert message_log.record_report(report(13, ALICE), NOW)
    assert message_log.pending == 2
    assert message_log.record_report(report(11, BOB), NOW)
    assert message_log.record_report(report(11, BOB), NOW) is None
    assert message_log.pending == 2
    message_log.mark_complete("M1")
    assert message_log.pending == 1
    assert message_log.record_report(report(11, ALICE), NOW)
    assert (message_log.pending, awaiting(message_log)) == (0, [])


def test_a_group_of_which_all_that_is_known_have_got_it_is_still_awaited() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(group="Famille"), 1)
    message_log.record_report(report(11, ALICE), NOW)
    assert (message_log.pending, awaiting(message_log)) == (1, ["M1"])


def test_the_numbers_of_a_group_are_complete_once() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(group="Famille"), 1)
    message_log.record_sent(message("M2"), 1)
    for message_id in ("M1", "M1", "M2", "unknown"):
        message_log.mark_complete(message_id)
    assert (message_log.pending, awaiting(message_log)) == (1, ["M2"])


def test_a_number_that_joins_a_complete_group_is_recorded_and_pending() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(group="Famille"), 1)
    message_log.mark_complete("M1")
    assert message_log.pending == 0
    assert message_log.record_report(report(13, CAROL), NOW)
    assert message_log.pending == 1


def test_a_report_of_a_group_is_the_status_of_the_group_and_of_the_number() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(group="Famille"), 1)
    assert message_log.last_status_of["group:Famille"].number is None
    message_log.record_report(report(11, ALICE), NOW)
    assert message_log.last_status_of["group:Famille"] == message_log.last_status_of[ALICE]
    assert message_log.last_status_of[ALICE].number == ALICE


def test_the_numbers_of_a_group_are_bounded() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(group="Famille"), 1)
    for index in range(MAX_NUMBERS_OF_A_GROUP + 10):
        message_log.record_report(report(13, f"+336{index:08}"), NOW)
    assert len(message_log.messages["M1"].codes) == MAX_NUMBERS_OF_A_GROUP
    assert message_log.pending == MAX_NUMBERS_OF_A_GROUP + 1
    assert message_log.record_report(report(11, f"+336{0:08}"), NOW)
