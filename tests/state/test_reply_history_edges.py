"""What the memory of replies just still knows."""

from datetime import UTC, datetime, timedelta

from custom_components.smsmode.state.reply_history import MAX_REPLIES, ReplyEventType, in_second_pass
from tests.support.replies import NOW, PARIS, START, heard, reply, whole_minute


def test_the_minute_in_which_memory_begins_is_a_whole_one_however_exactly_it_began() -> None:
    memory = heard(START.replace(microsecond=1))
    assert memory.record(reply(at=whole_minute(START)), START) is ReplyEventType.RECEIVED


def test_as_many_replies_as_there_is_room_for_are_all_remembered() -> None:
    memory = heard()
    for index in range(MAX_REPLIES):
        memory.record(reply(f"R{index}", text=str(index), at=NOW + timedelta(seconds=index)), NOW)
    assert memory.cutoff == START
    assert memory.is_listed(reply("R0"), NOW)


def test_a_reply_is_taken_as_one_of_the_list_unless_it_is_said_not_to_be() -> None:
    memory = heard()
    memory.record(reply(), NOW)
    assert memory.is_listed(reply(), NOW)


def test_what_the_list_has_shown_is_no_longer_kept_apart() -> None:
    memory = heard()
    memory.record(reply(), NOW, listed=False)
    assert list(memory.unconfirmed) == ["R1"]
    memory.record(reply(), NOW, listed=True)
    assert list(memory.unconfirmed) == []


def test_as_much_hearsay_as_there_is_room_for_is_all_remembered() -> None:
    memory = heard()
    for index in range(MAX_REPLIES):
        memory.record(reply(f"R{index}", text=str(index)), NOW, listed=False)
    assert memory.is_known(reply("R0", text="0"), NOW)


def test_a_callback_without_an_id_is_no_longer_kept_apart_when_its_id_is_known() -> None:
    memory = heard()
    memory.record(reply(None), NOW)
    assert len(memory.without_id) == 1
    memory.record(reply("R1"), NOW)
    assert len(memory.without_id) == 0
    assert memory.is_known(reply(None), NOW)


def test_the_newest_of_the_list_is_the_one_received_last_and_no_hearsay() -> None:
    memory = heard()
    assert memory.newest_listed() is None
    for minutes in (2, 5, 1):
        memory.record(reply(f"R{minutes}", at=NOW + timedelta(minutes=minutes)), NOW)
    memory.record(reply("R9", at=NOW + timedelta(minutes=9)), NOW, listed=False)
    assert memory.newest_listed() == NOW + timedelta(minutes=5)


# 02:30 comes twice on this day: at 00:30 and at 01:30 UTC.
FIRST_PASS = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)


def test_a_reply_of_the_minute_in_which_the_list_was_read_is_of_the_first_pass() -> None:
    since = FIRST_PASS.replace(second=59)
    told = in_second_pass(reply(at=FIRST_PASS), since, since + timedelta(hours=3)).received_at
    assert told is not None
    assert told.astimezone(UTC).hour == 0


def test_a_reply_of_the_second_pass_may_be_five_minutes_ahead_of_the_house_and_no_more() -> None:
    since = FIRST_PASS.replace(minute=50)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for ahead, hour in ((timedelta(minutes=5), 1), (timedelta(minutes=5, seconds=1), 0)):
        told = in_second_pass(reply(at=FIRST_PASS), since, second - ahead).received_at
        assert told is not None
        assert told.astimezone(UTC).hour == hour
