"""A report is new once, and the furthest status remains."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.api import DeliveryReport, MessageStatus
from custom_components.smsmode.state.message_log import MAX_EARLY_REPORTS, LastStatus, MessageLog, SingleNumberCodes
from tests.support.message_logs import (
    ALICE,
    BOB,
    CAROL,
    EVERY_CODE,
    NOW,
    count_awaited,
    message,
    new_message_log,
    report,
)


def rank(code: int) -> int:
    return MessageStatus.from_code(code).rank


def codes_heard(message_log: MessageLog, *codes: int) -> list[int]:
    """Let a ledger hear codes of one number; give those that were news."""
    return [code for code in codes if message_log.record_report(report(code), NOW)]


def test_a_report_is_new_once() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(), 1)
    assert codes_heard(message_log, 13, 13, 13) == [13]


@pytest.mark.parametrize(
    ("codes", "news"),
    [
        pytest.param([11, 13], [11], id="received, then with the operator"),
        pytest.param([13, 11], [13, 11], id="with the operator, then received"),
        pytest.param([11, 35], [11], id="received, then an error"),
        pytest.param([35, 11], [35, 11], id="an error, then received"),
        pytest.param([35, 37], [35], id="an error, then another"),
        pytest.param([37, 13], [37], id="expired, then with the operator"),
        pytest.param([11, 100, 11], [11, 100], id="received, then read"),
        pytest.param([13, 0, 1, 10], [13], id="with the operator, then only sent"),
        pytest.param([10, 0, 1, 10, 0], [10, 0, 1], id="scheduled, sent, on its way, and again"),
        pytest.param([3502, 13, 3502, 13, 3502], [3502, 13], id="absent and with the operator, again and again"),
        pytest.param([7777, 8888, 7777], [7777, 8888], id="codes that nobody knows"),
        pytest.param([39, 35], [39], id="two codes of one error"),
    ],
)
def test_a_later_status_is_new_and_an_earlier_one_is_not(codes: list[int], news: list[int]) -> None:
    message_log = new_message_log()
    message_log.record_sent(message(), 1)
    assert codes_heard(message_log, *codes) == news
    assert message_log.last_status is not None
    assert message_log.last_status.code == news[-1]


def test_unknown_codes_are_new_a_bounded_number_of_times() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(), 1)
    assert len(codes_heard(message_log, *range(10_000, 20_000))) < 20
    # All that it may still become is news as ever.
    further = [12, 13, 3501, 3502, 3503, 3504, 35, 14, 11]
    assert codes_heard(message_log, *further) == further


def test_each_number_of_a_message_has_reports_of_its_own() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", ALICE, BOB), 1)
    assert message_log.pending == 2
    assert message_log.record_report(report(11, ALICE), NOW)
    assert message_log.record_report(report(11, BOB), NOW)
    assert message_log.pending == 0


def test_a_report_about_a_number_that_the_message_was_not_sent_to_is_nothing() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(), 1)
    assert message_log.record_report(report(11, BOB), NOW) is None
    assert message_log.messages["M1"].codes == {ALICE: ()}


def test_a_report_is_completed_by_what_is_known_of_the_message() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(reference="door 4"), 1)
    news = message_log.record_report(report(13), NOW)
    assert news is not None
    assert (news.reference, news.received_at) == ("door 4", NOW)


def test_what_a_report_says_itself_is_kept() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(reference="door 4"), 1)
    at = NOW - timedelta(minutes=3)
    news = message_log.record_report(
        DeliveryReport(message_id="M1", number=ALICE, code=11, received_at=at, reference="own", operator="20801"), NOW
    )
    assert news is not None
    assert (news.reference, news.received_at, news.operator) == ("own", at, "20801")


def test_the_last_status_follows_the_reports_of_all_and_of_each() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", ALICE, reference="door 4"), 1)
    accepted = message_log.last_status_of[ALICE]
    assert (accepted.status, accepted.code, accepted.number) == (MessageStatus.ACCEPTED, None, ALICE)
    message_log.record_sent(message("M2", BOB), 1)
    message_log.record_report(report(11), NOW)
    message_log.record_report(report(13), NOW)
    assert message_log.last_status is message_log.last_status_of[ALICE]
    status = message_log.last_status
    assert status is not None
    assert (status.status, status.code, status.message_id) == (MessageStatus.RECEIVED, 11, "M1")
    assert (status.number, status.reference, status.received_at) == (ALICE, "door 4", NOW)
    assert message_log.last_status_of[BOB].status is MessageStatus.ACCEPTED


def test_a_report_that_overtakes_the_answer_to_its_own_send_is_kept_for_it() -> None:
    message_log = new_message_log()
    assert message_log.record_report(report(13), NOW) is None
    assert message_log.record_report(report(13, message_id="M2"), NOW) is None
    [early] = message_log.record_sent(message(), 1)
    assert message_log.record_report(early, NOW) == DeliveryReport(
        message_id="M1", number=ALICE, code=13, received_at=NOW
    )
    assert not message_log.record_sent(message("M3"), 1)
    assert [each.message_id for each in message_log.record_sent(message("M2"), 1)] == ["M2"]


@pytest.mark.parametrize("codes", [[13, 11], [11, 13]])
def test_of_several_early_reports_of_a_number_the_furthest_is_kept(codes: list[int]) -> None:
    message_log = new_message_log()
    for code in codes:
        message_log.record_report(report(code), NOW)
        message_log.record_report(report(13, BOB), NOW)
    early = message_log.record_sent(message("M1", ALICE, BOB), 1)
    assert {(each.number, each.code) for each in early} == {(ALICE, 11), (BOB, 13)}


def test_reports_of_unknown_messages_take_bounded_memory() -> None:
    message_log = new_message_log()
    for index in range(10 * MAX_EARLY_REPORTS):
        assert message_log.record_report(report(11, message_id=f"forged{index}"), NOW) is None
        assert len(message_log.early_reports) <= MAX_EARLY_REPORTS
    assert not message_log.messages
    assert message_log.last_status is None


def test_a_message_given_up_is_the_last_status_of_each_target() -> None:
    message_log = new_message_log()
    message_log.record_unsent((ALICE, "group:Famille"), MessageStatus.EXPIRED, "door 4", NOW)
    number, group = message_log.last_status_of[ALICE], message_log.last_status_of["group:Famille"]
    assert (number.status, number.number, number.reference) == (MessageStatus.EXPIRED, ALICE, "door 4")
    assert (group.number, group.message_id, group.code) == (None, None, None)
    assert message_log.last_status == group
    assert message_log.pending == 0


ARRIVALS = st.lists(st.tuples(st.sampled_from([ALICE, BOB]), st.sampled_from(EVERY_CODE)), max_size=25)


@settings(max_examples=100)
@given(ARRIVALS, ARRIVALS)
def test_in_whatever_order_reports_come_each_is_new_at_most_once_and_the_furthest_remains(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    """``before`` are those that overtake the answer to the send."""
    message_log = new_message_log()
    for number, code in before:
        assert message_log.record_report(report(code, number), NOW) is None
    arrivals = message_log.record_sent(message("M1", ALICE, BOB), 1) + [report(code, number) for number, code in after]
    news = [(each.number, each.code) for each in arrivals if message_log.record_report(each, NOW)]
    assert all(times == 1 for times in Counter(news).values())
    for number in (ALICE, BOB):
        told = [code for who, code in news if who == number]
        assert all(rank(earlier) <= rank(later) for earlier, later in pairwise(told))
        assert message_log.messages["M1"].codes[number][-1:] == tuple(told[-1:])
        furthest = max((rank(code) for who, code in before + after if who == number), default=None)
        assert furthest == (rank(told[-1]) if told else None)
    assert message_log.pending == count_awaited(message_log)


def test_an_accepted_message_has_a_status_with_its_reference_and_time() -> None:
    message_log = new_message_log()
    sent_at = NOW - timedelta(minutes=1)
    message_log.record_sent(message(at=sent_at, reference="door 4"), 1)
    assert message_log.last_status == LastStatus(
        status=MessageStatus.ACCEPTED, message_id="M1", number=ALICE, reference="door 4", received_at=sent_at
    )


def test_a_message_given_up_has_a_status_with_its_reference_and_time() -> None:
    message_log = new_message_log()
    message_log.record_unsent((ALICE,), MessageStatus.EXPIRED, "door 4", NOW)
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
def test_a_message_to_others_as_well_is_not_the_latest_and_hides_earlier_ones(number: str) -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", number), 1)
    message_log.record_sent(message("M2", ALICE, BOB), 1)
    assert message_log.latest_to(number) is None
    message_log.record_sent(message("M3", number), 1)
    assert message_log.latest_to(number) == "M3"


def test_a_message_to_a_group_is_not_the_latest_though_one_member_alone_is_known() -> None:
    message_log = new_message_log()
    message_log.record_sent(message("M1", CAROL), 1)
    message_log.record_sent(message("M2", group="Famille"), 1)
    assert message_log.latest_to(CAROL) == "M1"
    assert message_log.record_report(report(11, CAROL, "M2"), NOW) is not None
    assert message_log.latest_to(CAROL) is None


ALICE, BOB = "+33612345678", "+33698765432"


def test_it_is_as_the_dict_would_be() -> None:
    codes = SingleNumberCodes((ALICE, (0,)))
    assert codes == {ALICE: (0,)}
    assert (len(codes), list(codes), ALICE in codes, BOB in codes) == (1, [ALICE], True, False)


def test_the_codes_change_and_the_number_stays() -> None:
    codes = SingleNumberCodes((ALICE, ()))
    codes[ALICE] = (0, 11)
    assert codes == {ALICE: (0, 11)}
    for work in (lambda: codes[BOB], lambda: codes.__setitem__(BOB, (0,))):
        with pytest.raises(KeyError):
            work()
    assert codes == {ALICE: (0, 11)}
