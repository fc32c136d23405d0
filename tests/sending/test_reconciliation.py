"""A message is found in the gateway's list by what it says, to whom and when."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    MessageClass,
    MessageRequest,
    SentMessage,
    StopClause,
    VoiceRequest,
)
from custom_components.smsmode.sending.reconciliation import lookup_start, match_all_sent_rows, match_sent_rows
from tests.support.sent_rows import ALICE, BOB, CAROL, NOW, attempted, is_found, known, row, sent, sms

PARIS = ZoneInfo("Europe/Paris")


def test_what_the_gateway_shows_is_found_by_its_id() -> None:
    rows = [row("Fire!", message_id="S1"), row(message_id="S2"), row(recipient=BOB, message_id="S3")]
    assert match_sent_rows(sms(), rows, {}) == "S2"


def test_nothing_is_found_in_an_empty_list() -> None:
    assert match_sent_rows(sms(), [], {}) is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(row("Fire!"), id="another text"),
        pytest.param(row("Water! Now!"), id="a longer text"),
        pytest.param(row(recipient=BOB), id="another number"),
        pytest.param(row(at=NOW - timedelta(minutes=4)), id="before the attempt"),
    ],
)
def test_another_message_is_not_taken_for_ours(other: SentMessage) -> None:
    assert not is_found(sms(), other)


def test_of_identical_texts_each_row_is_one_message_only() -> None:
    rows = [row(message_id="S1"), row(message_id="S2")]
    assert match_sent_rows(sms(), rows, {}) == "S1"
    assert match_sent_rows(sms(), rows, known(sent("S1"))) == "S2"
    assert match_sent_rows(sms(), rows, known(sent("S1"), sent("S2"))) is None


def test_of_identical_texts_looked_for_together_each_finds_a_row_of_its_own() -> None:
    items = [attempted(MessageRequest(text="Water!", numbers=(ALICE,)), key=key) for key in "abc"]
    rows = [row(message_id="S1"), row(message_id="S2"), row(message_id="S3")]
    assert match_all_sent_rows(items, rows, known(sent("S2"))) == {"a": "S1", "b": "S3", "c": None}


def test_a_group_leaves_the_rows_of_persons_to_them_though_it_is_looked_for_first() -> None:
    group = attempted(MessageRequest(text="Water!", group="Famille"), key="group")
    person = attempted(MessageRequest(text="Water!", numbers=(ALICE,)), key="person")
    rows = [row(message_id="S1"), row(message_id="S2", recipient=BOB)]
    assert match_all_sent_rows([group, person], rows, {}) == {"person": "S1", "group": "S2"}


@pytest.mark.parametrize(
    ("shift", "found"),
    [
        (timedelta(seconds=-40), True),
        (timedelta(minutes=-3), True),
        (timedelta(minutes=-3, seconds=-1), False),
        (timedelta(minutes=3), True),
        (timedelta(hours=1), True),
    ],
    ids=["whole minute", "clock behind by three minutes", "a second more", "clock ahead", "an hour later"],
)
def test_the_gateways_clock_may_differ_by_three_minutes(shift: timedelta, found: bool) -> None:
    assert is_found(sms(), row(at=NOW + shift)) is found


def test_the_list_is_read_back_to_what_the_gateways_clock_may_have_shown_at_the_attempt() -> None:
    assert lookup_start(sms()) == NOW - timedelta(minutes=3)
    never_attempted = attempted(MessageRequest(text="Water!", numbers=(ALICE,)), at=None)
    assert lookup_start(never_attempted) == never_attempted.expense.at - timedelta(minutes=3)


def test_a_row_whose_date_nobody_can_read_is_found_by_its_text() -> None:
    assert is_found(sms(), row(at=None))


def test_what_was_never_attempted_is_found_at_any_time() -> None:
    assert is_found(attempted(MessageRequest(text="Water!", numbers=(ALICE,)), at=None), row(at=NOW - timedelta(1)))


def test_a_date_at_the_beginning_of_time_is_no_accident() -> None:
    assert not is_found(sms(), row(at=datetime(1, 1, 1, tzinfo=PARIS)))


@pytest.mark.parametrize("zone", [UTC, PARIS], ids=["attempt in UTC", "attempt in local time"])
def test_in_the_hour_that_autumn_repeats_a_message_is_found_though_its_date_means_two_moments(
    zone: tzinfo,
) -> None:
    second_pass = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(zone)
    as_listed = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    item = attempted(MessageRequest(text="Water!", numbers=(ALICE,)), at=second_pass)
    assert is_found(item, row(at=as_listed))
    assert is_found(attempted(item.request, at=second_pass - timedelta(minutes=35)), row(at=as_listed))
    assert not is_found(item, row(at=as_listed - timedelta(minutes=31)))


def test_a_scheduled_message_is_found_by_the_time_of_the_attempt_or_by_its_own() -> None:
    at = NOW + timedelta(days=3)
    item = sms(send_at=at)
    assert is_found(item, row(at=at))
    assert is_found(item, row(at=NOW))
    assert not is_found(item, row(at=NOW - timedelta(days=3)))


def test_a_scheduled_message_is_found_at_its_time_by_a_clock_of_the_house_that_is_ahead() -> None:
    at = NOW + timedelta(minutes=5)
    item = attempted(MessageRequest(text="Water!", numbers=(ALICE,), send_at=at), at=NOW + timedelta(hours=1))
    assert is_found(item, row(at=at + timedelta(minutes=3)))
    assert is_found(item, row(at=at - timedelta(minutes=3)))
    assert not is_found(item, row(at=at - timedelta(minutes=4)))


@pytest.mark.parametrize("stop", [StopClause.IF_FREE, StopClause.ALWAYS])
@pytest.mark.parametrize("mention", [" STOP 36034", "\nSTOP au 36180", " - STOP SMS 36034", " no-sms.eu", ""])
def test_an_unsubscribe_mention_behind_our_text_does_not_hide_it(stop: StopClause, mention: str) -> None:
    assert is_found(sms(stop=stop), row(f"Water!{mention}"))


@pytest.mark.parametrize(
    "rest",
    [" In the cellar too!", " It has stopped.", " In the cellar, and nothing can make it stop until somebody comes."],
    ids=["no mention", "no word of its own", "too long"],
)
def test_a_longer_text_that_begins_like_ours_is_not_ours_with_a_mention(rest: str) -> None:
    assert not is_found(sms(stop=StopClause.ALWAYS), row(f"Water!{rest}"))


def test_a_mention_that_we_did_not_ask_for_makes_it_another_message() -> None:
    assert not is_found(sms(), row("Water! STOP 36034"))


@pytest.mark.parametrize(
    ("sent", "listed"),
    [
        pytest.param("Water!\n in the cellar ", "Water! in the cellar", id="white space"),
        pytest.param("Price: 5 €, café", "Price: 5 €, café", id="Latin-9"),
        pytest.param("Feu 🔥 là", "Feu ? là", id="an emoji as one"),
        pytest.param("Feu 🔥 là", "Feu ?? là", id="an emoji as two"),
        pytest.param("Feu 🔥 là", "Feu 🔥 là", id="an emoji as itself"),
        pytest.param("Вода!", "????!", id="another script"),
        pytest.param("A|B | C", "A|B | C", id="bars"),
    ],
)
def test_a_text_is_found_however_the_list_shows_it(sent: str, listed: str) -> None:
    request = MessageRequest(text=sent, numbers=(ALICE,), message_class=MessageClass.UNICODE)
    assert is_found(attempted(request), row(listed))


@pytest.mark.parametrize("shown", [ALICE, "33612345678", "0612345678", "0033612345678"])
def test_a_number_is_found_however_the_list_shows_it(shown: str) -> None:
    assert is_found(sms(), row(recipient=shown))
    assert is_found(sms("Water!", ALICE, BOB), row(recipient=shown))


@pytest.mark.parametrize(
    ("shown", "count", "found"),
    [
        pytest.param(ALICE, 1, True, id="the first"),
        pytest.param(BOB, 1, True, id="another"),
        pytest.param("33612345678,33698765432", 2, True, id="all of them"),
        pytest.param("33612345678; 33698765432", 2, True, id="with semicolons"),
        pytest.param("33612345678 33698765432", 2, True, id="with spaces"),
        pytest.param("0612345678,0698765432", 2, True, id="in national form"),
        pytest.param("", 2, True, id="only how many"),
        pytest.param("multi", 2, True, id="a word and how many"),
        pytest.param("", 3, False, id="of other people"),
        pytest.param("", None, False, id="nothing at all"),
        pytest.param(CAROL, 1, False, id="somebody else"),
        pytest.param("33700000001,33700000002", 2, False, id="two other people"),
    ],
)
def test_a_message_to_several_is_found_by_whatever_the_list_shows_of_them(
    shown: str, count: int | None, found: bool
) -> None:
    assert is_found(sms("Water!", ALICE, BOB), row(recipient=shown, count=count)) is found


@pytest.mark.parametrize("shown", ["Famille", "33612345678,33698765432", ALICE, ""])
def test_a_message_to_a_group_is_found_by_its_text_since_its_numbers_are_not_known(shown: str) -> None:
    item = attempted(MessageRequest(text="Water!", group="Famille"))
    assert is_found(item, row(recipient=shown, count=2))
    assert not is_found(item, row("Fire!", recipient=shown, count=2))


def test_a_voice_message_is_found() -> None:
    item = attempted(VoiceRequest(text="Water!", numbers=(ALICE,)))
    assert is_found(item, row())
    assert not is_found(item, row("Water! STOP 36034"))


@pytest.mark.parametrize(("length", "found"), [(40, True), (41, False)])
def test_an_unsubscribe_mention_has_forty_characters_at_most(length: int, found: bool) -> None:
    mention = " STOP ".ljust(length, "x")
    assert is_found(sms(stop=StopClause.ALWAYS), row(f"Water!{mention}")) is found


def test_a_batch_sent_at_the_first_moment_that_counts_is_one_of_those_that_are_shown() -> None:
    request = BatchRequest(rows=(BatchRow(number=ALICE, text="Water!"),))
    item = attempted(request)
    earlier = sent("C1", request, lookup_start(item))
    assert match_sent_rows(item, [row(message_id="S1", at=NOW)], known(earlier)) is None


@pytest.mark.parametrize(("count", "found"), [(1, True), (None, True), (2, False)])
def test_a_row_that_went_to_several_is_no_message_to_one(count: int | None, found: bool) -> None:
    assert is_found(sms(), row(count=count)) is found
