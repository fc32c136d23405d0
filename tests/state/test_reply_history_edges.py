"""Boundaries of the reply history: minutes, limits, defaults."""

from datetime import UTC, datetime, timedelta

from custom_components.smsmode.state.reply_history import MAX_REPLIES, ReplyEventType, in_second_pass
from tests.support.replies import NOW, PARIS, START, heard, reply, whole_minute


def test_the_minute_of_the_cutoff_is_a_whole_one() -> None:
    history = heard(START.replace(microsecond=1))
    assert history.record(reply(at=whole_minute(START)), START) is ReplyEventType.RECEIVED


def test_as_many_replies_as_there_is_room_for_are_all_remembered() -> None:
    history = heard()
    for index in range(MAX_REPLIES):
        history.record(reply(f"R{index}", text=str(index), at=NOW + timedelta(seconds=index)), NOW)
    assert history.cutoff == START
    assert history.is_listed(reply("R0"), NOW)


def test_a_reply_counts_as_listed_by_default() -> None:
    history = heard()
    history.record(reply(), NOW)
    assert history.is_listed(reply(), NOW)


def test_what_the_list_has_shown_is_no_longer_kept_apart() -> None:
    history = heard()
    history.record(reply(), NOW, listed=False)
    assert list(history.unconfirmed) == ["R1"]
    history.record(reply(), NOW, listed=True)
    assert list(history.unconfirmed) == []


def test_as_many_unconfirmed_replies_as_there_is_room_for_are_kept() -> None:
    history = heard()
    for index in range(MAX_REPLIES):
        history.record(reply(f"R{index}", text=str(index)), NOW, listed=False)
    assert history.is_known(reply("R0", text="0"), NOW)


def test_a_callback_without_an_id_is_no_longer_kept_apart_when_its_id_is_known() -> None:
    history = heard()
    history.record(reply(None), NOW)
    assert len(history.without_id) == 1
    history.record(reply("R1"), NOW)
    assert len(history.without_id) == 0
    assert history.is_known(reply(None), NOW)


def test_the_newest_listed_reply_is_the_one_received_last_and_not_an_unconfirmed_one() -> None:
    history = heard()
    assert history.newest_listed() is None
    for minutes in (2, 5, 1):
        history.record(reply(f"R{minutes}", at=NOW + timedelta(minutes=minutes)), NOW)
    history.record(reply("R9", at=NOW + timedelta(minutes=9)), NOW, listed=False)
    assert history.newest_listed() == NOW + timedelta(minutes=5)


# 02:30 comes twice on this day: at 00:30 and at 01:30 UTC.
FIRST_PASS = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)


def test_a_reply_of_the_minute_in_which_the_list_was_read_is_of_the_first_pass() -> None:
    since = FIRST_PASS.replace(second=59)
    told = in_second_pass(reply(at=FIRST_PASS), since, since + timedelta(hours=3)).received_at
    assert told is not None
    assert told.astimezone(UTC).hour == 0


def test_a_reply_of_the_second_pass_may_be_five_minutes_ahead_and_no_more() -> None:
    since = FIRST_PASS.replace(minute=50)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for ahead, hour in ((timedelta(minutes=5), 1), (timedelta(minutes=5, seconds=1), 0)):
        told = in_second_pass(reply(at=FIRST_PASS), since, second - ahead).received_at
        assert told is not None
        assert told.astimezone(UTC).hour == hour
