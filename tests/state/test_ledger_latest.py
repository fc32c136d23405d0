"""The latest message to somebody is found, if it went to nobody else: that alone can be called back."""

import pytest

from tests.support.message_logs import ALICE, BOB, CAROL, NOW, message, new_message_log, report


def test_it_is_the_one_that_was_sent_last() -> None:
    message_log = new_message_log()
    for message_id, number in (("M1", ALICE), ("M2", ALICE), ("M3", BOB)):
        message_log.record_sent(message(message_id, number), 1)
    assert [message_log.latest_to(number) for number in (ALICE, BOB)] == ["M2", "M3"]


def test_who_was_never_written_to_has_none() -> None:
    message_log = new_message_log()
    assert message_log.latest_to(ALICE) is None
    message_log.record_sent(message("M1", BOB), 1)
    assert message_log.latest_to(ALICE) is None


@pytest.mark.parametrize("number", [ALICE, BOB])
def test_what_went_to_others_as_well_is_nobodys_and_hides_what_was_before_it(number: str) -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", number), 1)
    message_log.record_sent(message("M2", ALICE, BOB), 1)
    assert message_log.latest_to(number) is None
    message_log.record_sent(message("M3", number), 1)
    assert message_log.latest_to(number) == "M3"


def test_what_went_to_a_group_is_nobodys_though_one_member_alone_is_known() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", CAROL), 1)
    message_log.record_sent(message("M2", group="Famille"), 1)
    assert message_log.latest_to(CAROL) == "M1"
    assert message_log.record_report(report(11, CAROL, "M2"), NOW) is not None
    assert message_log.latest_to(CAROL) is None
