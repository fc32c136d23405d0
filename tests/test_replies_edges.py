"""What the memory of replies just still knows."""

from datetime import timedelta

from custom_components.smsmode.replies import MAX_REPLIES, ReplyNews

from .test_replies import NOW, START, heard, reply, whole_minute


def test_the_minute_in_which_memory_begins_is_a_whole_one_however_exactly_it_began() -> None:
    memory = heard(START.replace(microsecond=1))
    assert memory.hear(reply(at=whole_minute(START)), START) is ReplyNews.RECEIVED


def test_as_many_replies_as_there_is_room_for_are_all_remembered() -> None:
    memory = heard()
    for index in range(MAX_REPLIES):
        memory.hear(reply(f"R{index}", text=str(index), at=NOW + timedelta(seconds=index)), NOW)
    assert memory.horizon == START
    assert memory.knows_from_list(reply("R0"), NOW)


def test_a_reply_is_taken_as_one_of_the_list_unless_it_is_said_not_to_be() -> None:
    memory = heard()
    memory.hear(reply(), NOW)
    assert memory.knows_from_list(reply(), NOW)


def test_what_the_list_has_shown_is_no_longer_kept_apart() -> None:
    memory = heard()
    memory.hear(reply(), NOW, listed=False)
    assert list(memory.unlisted) == ["R1"]
    memory.hear(reply(), NOW, listed=True)
    assert list(memory.unlisted) == []
