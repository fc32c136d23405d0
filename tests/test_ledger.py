from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from custom_components.smsmode.api import DeliveryReport, MessageStatus, Reply
from custom_components.smsmode.codes import Codes
from custom_components.smsmode.ledger import (
    MAX_EARLY,
    MAX_MESSAGES,
    MAX_NUMBERS_OF_A_GROUP,
    MAX_TARGETS,
    Ledger,
    WatchedMessage,
)
from custom_components.smsmode.replies import HeardReplies, ReplyNews

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
ALICE, BOB, CAROL = "+33612345678", "+33698765432", "+33700000001"
EVERY_CODE = [0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 21, 22, 33, 34, 35, 36, 37, 38, 39, 40, 50, 100, 101, 999]
EVERY_CODE += [3501, 3502, 3503, 3504, 3521, 3522, 3523, 3524, 3525, 3526, 3527, 3560, 3599, 3998, 3999, 7777, 8888]


def new_ledger() -> Ledger:
    return Ledger(heard=HeardReplies(horizon=NOW))


def message(
    message_id: str = "M1", *numbers: str, at: datetime = NOW, group: str | None = None, reference: str | None = None
) -> WatchedMessage:
    codes: dict[str, Codes] = {} if group else dict.fromkeys(numbers or (ALICE,), ())
    return WatchedMessage(
        message_id=message_id, sent_at=at, codes=codes, group=group, reference=reference, is_complete=group is None
    )


def awaiting(ledger: Ledger) -> list[str]:
    return [message.message_id for message in ledger.messages.values() if message.awaited]


def report(code: int, number: str = ALICE, message_id: str = "M1", at: datetime | None = None) -> DeliveryReport:
    return DeliveryReport(message_id=message_id, number=number, code=code, received_at=at)


def rank(code: int) -> int:
    return MessageStatus.from_code(code).rank


def recounted(ledger: Ledger) -> int:
    """Count what is awaited the long way: of a group whose numbers are not all known, one more."""
    return sum(
        sum(not codes or not MessageStatus.from_code(codes[-1]).is_last_word for codes in message.codes.values())
        + (not message.is_complete)
        for message in ledger.messages.values()
    )


def codes_heard(ledger: Ledger, *codes: int) -> list[int]:
    """Let a ledger hear codes of one number; give those that were news."""
    return [code for code in codes if ledger.hear_report(report(code), NOW)]


def test_a_report_is_news_once() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(), 1)
    assert codes_heard(ledger, 13, 13, 13) == [13]


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
def test_a_later_word_is_news_and_an_earlier_one_is_not(codes: list[int], news: list[int]) -> None:
    ledger = new_ledger()
    ledger.note_sent(message(), 1)
    assert codes_heard(ledger, *codes) == news
    assert ledger.last_status is not None
    assert ledger.last_status.code == news[-1]


def test_codes_that_nobody_knows_are_news_a_bounded_number_of_times() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(), 1)
    assert len(codes_heard(ledger, *range(10_000, 20_000))) < 20
    # All that it may still become is news as ever.
    further = [12, 13, 3501, 3502, 3503, 3504, 35, 14, 11]
    assert codes_heard(ledger, *further) == further


def test_each_number_of_a_message_has_its_own_news() -> None:
    ledger = new_ledger()
    ledger.note_sent(message("M1", ALICE, BOB), 1)
    assert ledger.pending == 2
    assert ledger.hear_report(report(11, ALICE), NOW)
    assert ledger.hear_report(report(11, BOB), NOW)
    assert ledger.pending == 0


def test_a_report_about_a_number_that_the_message_was_not_sent_to_is_nothing() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(), 1)
    assert ledger.hear_report(report(11, BOB), NOW) is None
    assert ledger.messages["M1"].codes == {ALICE: ()}


def test_news_is_completed_by_what_is_known_of_the_message() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(reference="door 4"), 1)
    news = ledger.hear_report(report(13), NOW)
    assert news is not None
    assert (news.reference, news.received_at) == ("door 4", NOW)


def test_what_a_report_says_itself_is_kept() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(reference="door 4"), 1)
    at = NOW - timedelta(minutes=3)
    news = ledger.hear_report(
        DeliveryReport(message_id="M1", number=ALICE, code=11, received_at=at, reference="own", operator="20801"), NOW
    )
    assert news is not None
    assert (news.reference, news.received_at, news.operator) == ("own", at, "20801")


def test_the_last_status_follows_the_news_of_all_and_of_each() -> None:
    ledger = new_ledger()
    ledger.note_sent(message("M1", ALICE, reference="door 4"), 1)
    accepted = ledger.last_status_of[ALICE]
    assert (accepted.status, accepted.code, accepted.number) == (MessageStatus.ACCEPTED, None, ALICE)
    ledger.note_sent(message("M2", BOB), 1)
    ledger.hear_report(report(11), NOW)
    ledger.hear_report(report(13), NOW)
    assert ledger.last_status is ledger.last_status_of[ALICE]
    status = ledger.last_status
    assert status is not None
    assert (status.status, status.code, status.message_id) == (MessageStatus.RECEIVED, 11, "M1")
    assert (status.number, status.reference, status.received_at) == (ALICE, "door 4", NOW)
    assert ledger.last_status_of[BOB].status is MessageStatus.ACCEPTED


def test_a_report_that_overtakes_the_answer_to_its_own_send_is_kept_for_it() -> None:
    ledger = new_ledger()
    assert ledger.hear_report(report(13), NOW) is None
    assert ledger.hear_report(report(13, message_id="M2"), NOW) is None
    [early] = ledger.note_sent(message(), 1)
    assert ledger.hear_report(early, NOW) == DeliveryReport(message_id="M1", number=ALICE, code=13, received_at=NOW)
    assert not ledger.note_sent(message("M3"), 1)
    assert [each.message_id for each in ledger.note_sent(message("M2"), 1)] == ["M2"]


@pytest.mark.parametrize("codes", [[13, 11], [11, 13]])
def test_of_several_early_reports_of_a_number_the_furthest_is_kept(codes: list[int]) -> None:
    ledger = new_ledger()
    for code in codes:
        ledger.hear_report(report(code), NOW)
        ledger.hear_report(report(13, BOB), NOW)
    early = ledger.note_sent(message("M1", ALICE, BOB), 1)
    assert {(each.number, each.code) for each in early} == {(ALICE, 11), (BOB, 13)}


def test_reports_of_messages_that_nobody_sent_take_bounded_memory() -> None:
    ledger = new_ledger()
    for index in range(10 * MAX_EARLY):
        assert ledger.hear_report(report(11, message_id=f"forged{index}"), NOW) is None
        assert len(ledger.early) <= MAX_EARLY
    assert not ledger.messages
    assert ledger.last_status is None


def test_of_a_group_one_more_is_awaited_until_the_gateway_has_named_all_its_numbers() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(group="Famille"), 1)
    assert ledger.pending == 1
    assert ledger.hear_report(report(13, ALICE), NOW)
    assert ledger.pending == 2
    assert ledger.hear_report(report(11, BOB), NOW)
    assert ledger.hear_report(report(11, BOB), NOW) is None
    assert ledger.pending == 2
    ledger.note_complete("M1")
    assert ledger.pending == 1
    assert ledger.hear_report(report(11, ALICE), NOW)
    assert (ledger.pending, awaiting(ledger)) == (0, [])


def test_a_group_of_which_all_that_is_known_have_got_it_is_still_awaited() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(group="Famille"), 1)
    ledger.hear_report(report(11, ALICE), NOW)
    assert (ledger.pending, awaiting(ledger)) == (1, ["M1"])


def test_the_numbers_of_a_group_are_complete_once() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(group="Famille"), 1)
    ledger.note_sent(message("M2"), 1)
    for message_id in ("M1", "M1", "M2", "unknown"):
        ledger.note_complete(message_id)
    assert (ledger.pending, awaiting(ledger)) == (1, ["M2"])


def test_a_number_that_joins_a_complete_group_is_heard_and_awaited_all_the_same() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(group="Famille"), 1)
    ledger.note_complete("M1")
    assert ledger.pending == 0
    assert ledger.hear_report(report(13, CAROL), NOW)
    assert ledger.pending == 1


def test_news_of_a_group_is_that_of_the_group_and_of_the_number() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(group="Famille"), 1)
    assert ledger.last_status_of["group:Famille"].number is None
    ledger.hear_report(report(11, ALICE), NOW)
    assert ledger.last_status_of["group:Famille"] == ledger.last_status_of[ALICE]
    assert ledger.last_status_of[ALICE].number == ALICE


def test_the_numbers_of_a_group_are_bounded() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(group="Famille"), 1)
    for index in range(MAX_NUMBERS_OF_A_GROUP + 10):
        ledger.hear_report(report(13, f"+336{index:08}"), NOW)
    assert len(ledger.messages["M1"].codes) == MAX_NUMBERS_OF_A_GROUP
    assert ledger.pending == MAX_NUMBERS_OF_A_GROUP + 1
    assert ledger.hear_report(report(11, f"+336{0:08}"), NOW)


def test_what_was_given_up_is_said_of_each_target() -> None:
    ledger = new_ledger()
    ledger.note_given_up((ALICE, "group:Famille"), MessageStatus.EXPIRED, "door 4", NOW)
    number, group = ledger.last_status_of[ALICE], ledger.last_status_of["group:Famille"]
    assert (number.status, number.number, number.reference) == (MessageStatus.EXPIRED, ALICE, "door 4")
    assert (group.number, group.message_id, group.code) == (None, None, None)
    assert ledger.last_status == group
    assert ledger.pending == 0


def test_reports_are_awaited_until_the_last_word() -> None:
    ledger = new_ledger()
    for index in range(4):
        ledger.note_sent(message(f"M{index}"), 1)
    ledger.hear_report(report(11, message_id="M1"), NOW)
    ledger.hear_report(report(13, message_id="M2"), NOW)
    assert awaiting(ledger) == ["M0", "M2", "M3"]


def test_nothing_more_is_awaited_of_a_message_that_the_gateway_does_not_know() -> None:
    ledger = new_ledger()
    ledger.note_sent(message("M1", ALICE, BOB), 1)
    ledger.forget("M1")
    ledger.forget("M1")
    assert (awaiting(ledger), ledger.pending) == ([], 0)


def test_a_message_noted_anew_counts_once() -> None:
    ledger = new_ledger()
    ledger.note_sent(message("M1", ALICE, BOB), 1)
    ledger.note_sent(message("M1", CAROL), 1)
    assert (ledger.pending, awaiting(ledger)) == (1, ["M1"])
    assert ledger.hear_report(report(11, ALICE), NOW) is None
    assert ledger.hear_report(report(11, CAROL), NOW)


def test_a_message_that_was_known_before_the_start_is_awaited_as_if_it_were_noted() -> None:
    ledger = new_ledger()
    ledger.restore(
        WatchedMessage(message_id="M1", sent_at=NOW, codes={ALICE: (13,), BOB: (11,), CAROL: ()}, reference="door 4")
    )
    assert (ledger.pending, ledger.segments_sent, ledger.last_status) == (2, 0, None)
    assert ledger.hear_report(report(13), NOW) is None
    news = ledger.hear_report(report(11), NOW)
    assert news is not None
    assert (news.reference, ledger.pending) == ("door 4", 1)


def test_segments_add_up() -> None:
    ledger = new_ledger()
    ledger.note_sent(message("M1"), 3)
    ledger.note_sent(message("M2"), 4)
    assert ledger.segments_sent == 7


def test_memory_is_bounded_however_many_messages_are_sent() -> None:
    ledger = new_ledger()
    for index in range(MAX_MESSAGES + 500):
        ledger.note_sent(message(f"M{index}", f"+336{index:08}"), 1)
    assert len(ledger.messages) == ledger.pending == MAX_MESSAGES
    assert len(ledger.last_status_of) == MAX_TARGETS
    assert awaiting(ledger)[0] == "M500"
    assert ledger.hear_report(report(11, "+33600000499", "M499"), NOW) is None


def test_those_written_to_lately_keep_their_status_when_others_are_forgotten() -> None:
    ledger = new_ledger()
    ledger.note_sent(message("first"), 1)
    for index in range(MAX_TARGETS - 1):
        ledger.note_sent(message(f"M{index}", f"+336{index:08}"), 1)
    ledger.note_sent(message("again"), 1)
    ledger.note_sent(message("one more", BOB), 1)
    assert ledger.last_status_of[ALICE].message_id == "again"
    assert "+33600000000" not in ledger.last_status_of


def reply(reply_id: str = "R1", message_id: str | None = None, at: datetime | None = NOW) -> Reply:
    return Reply(reply_id=reply_id, received_at=at, sender=ALICE, text="OK", message_id=message_id)


def test_a_reply_is_news_once_and_knows_when_it_came_and_the_reference_of_its_message() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(reference="door 4"), 1)
    completed = replace(reply(message_id="M1"), reference="door 4", received_at=NOW)
    assert ledger.hear_reply(reply(message_id="M1", at=None), NOW) == (ReplyNews.RECEIVED, completed)
    assert ledger.hear_reply(reply(message_id="M1"), NOW) is None
    assert ledger.last_reply == completed


def test_a_reply_keeps_the_reference_that_it_names_itself() -> None:
    ledger = new_ledger()
    ledger.note_sent(message(reference="door 4"), 1)
    named = replace(reply(message_id="M1"), reference="own")
    assert ledger.hear_reply(named, NOW) == (ReplyNews.RECEIVED, named)


@pytest.mark.parametrize("message_id", ["unknown", None])
def test_a_reply_to_nothing_that_is_known_is_news_all_the_same(message_id: str | None) -> None:
    ledger = new_ledger()
    assert ledger.hear_reply(reply(message_id=message_id), NOW) == (ReplyNews.RECEIVED, reply(message_id=message_id))


def test_a_late_reply_is_given_as_late() -> None:
    later = NOW + timedelta(hours=1)
    assert new_ledger().hear_reply(reply(), later) == (ReplyNews.RECEIVED_LATE, reply())


def test_a_reply_that_only_a_callback_told_of_is_still_to_be_seen_in_the_list() -> None:
    ledger = new_ledger()
    assert ledger.hear_reply(reply(), NOW, listed=False)
    assert not ledger.heard.knows_from_list(reply(), NOW)
    assert ledger.hear_reply(reply(), NOW) is None
    assert ledger.heard.knows_from_list(reply(), NOW)


def last_reply_after(*arrivals: tuple[str, datetime | None], now: datetime = NOW + timedelta(hours=2)) -> str | None:
    """Let a ledger hear replies received at these times; give the id of the last one."""
    ledger = new_ledger()
    for reply_id, at in arrivals:
        assert ledger.hear_reply(replace(reply(reply_id, at=at), text=reply_id), now)
    return ledger.last_reply.reply_id if ledger.last_reply else None


def test_the_last_reply_is_the_one_received_last_in_whatever_order_they_come() -> None:
    early, late = ("R1", NOW), ("R2", NOW + timedelta(minutes=1))
    assert last_reply_after(early, late) == "R2"
    assert last_reply_after(late, early) == "R2"
    # The gateway gives whole minutes: of two in one minute, the one heard last.
    assert last_reply_after(early, ("R3", NOW)) == "R3"
    assert last_reply_after(late, ("R3", None)) == "R3"


def test_a_reply_dated_in_the_future_does_not_stay_the_last_for_years() -> None:
    ledger = new_ledger()
    heard_at = NOW + timedelta(minutes=10, seconds=20)
    forged = reply("forged", at=datetime(2099, 1, 1, tzinfo=UTC))
    # Its date is told as it came.
    assert ledger.hear_reply(forged, heard_at) == (ReplyNews.RECEIVED, forged)
    assert ledger.last_reply is not None
    assert ledger.last_reply.reply_id == "forged"
    # Still, what came before is not what came last.
    ledger.hear_reply(reply("late", at=NOW), heard_at)
    assert ledger.last_reply.reply_id == "forged"
    # The list gives whole minutes, and is asked a little later.
    next_minute = NOW + timedelta(minutes=11)
    ledger.hear_reply(reply("real", at=next_minute), next_minute + timedelta(seconds=40))
    assert ledger.last_reply.reply_id == "real"


def test_a_reply_older_than_this_memory_is_neither_news_nor_the_last() -> None:
    ledger = new_ledger()
    assert ledger.hear_reply(reply(at=NOW - timedelta(days=1)), NOW) is None
    assert ledger.last_reply is None


ARRIVALS = st.lists(st.tuples(st.sampled_from([ALICE, BOB]), st.sampled_from(EVERY_CODE)), max_size=25)


@settings(max_examples=100)
@given(ARRIVALS, ARRIVALS)
def test_whoever_brings_reports_in_whatever_order_each_is_news_at_most_once_and_the_furthest_remains(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    """``before`` are those that overtake the answer to the send."""
    ledger = new_ledger()
    for number, code in before:
        assert ledger.hear_report(report(code, number), NOW) is None
    arrivals = ledger.note_sent(message("M1", ALICE, BOB), 1) + [report(code, number) for number, code in after]
    news = [(each.number, each.code) for each in arrivals if ledger.hear_report(each, NOW)]
    assert all(times == 1 for times in Counter(news).values())
    for number in (ALICE, BOB):
        told = [code for who, code in news if who == number]
        assert all(rank(earlier) <= rank(later) for earlier, later in pairwise(told))
        assert ledger.messages["M1"].codes[number][-1:] == tuple(told[-1:])
        furthest = max((rank(code) for who, code in before + after if who == number), default=None)
        assert furthest == (rank(told[-1]) if told else None)
    assert ledger.pending == recounted(ledger)


class Life(RuleBasedStateMachine):
    """Messages come, are reported on, deleted and forgotten; what is awaited is counted anew after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = new_ledger()
        self.now = NOW
        self.told = Counter[tuple[str, str, int]]()

    @rule(
        name=st.integers(0, 5),
        numbers=st.lists(st.sampled_from([ALICE, BOB, CAROL]), min_size=1, unique=True),
        group=st.booleans(),
        days_ahead=st.sampled_from([0, 0, 0, 5]),
    )
    def send(self, name: int, numbers: list[str], group: bool, days_ahead: int) -> None:
        message_id = f"M{name}"
        # A message of that id is a new one.
        self.told = Counter({key: times for key, times in self.told.items() if key[0] != message_id})
        at = self.now + timedelta(days=days_ahead)
        sent = message(message_id, *numbers, at=at, group="Famille" if group else None)
        for early in self.ledger.note_sent(sent, 1):
            self.hear(early)

    @rule(name=st.integers(0, 5), number=st.sampled_from([ALICE, BOB, CAROL]), code=st.sampled_from(EVERY_CODE))
    def report(self, name: int, number: str, code: int) -> None:
        self.hear(report(code, number, f"M{name}"))

    def hear(self, each: DeliveryReport) -> None:
        if self.ledger.hear_report(each, self.now):
            self.told[each.message_id, each.number, each.code] += 1

    @rule(name=st.integers(0, 5))
    def forget(self, name: int) -> None:
        self.ledger.forget(f"M{name}")

    @rule(name=st.integers(0, 5))
    def know_all_numbers(self, name: int) -> None:
        self.ledger.note_complete(f"M{name}")

    @rule(days=st.integers(0, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def what_is_awaited_is_what_recounting_gives(self) -> None:
        assert self.ledger.pending == recounted(self.ledger)
        assert all(each.awaited >= 0 for each in self.ledger.messages.values())

    @invariant()
    def nothing_is_told_twice(self) -> None:
        assert all(times == 1 for times in self.told.values())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
