"""A reply is new once, by list or callback, and none of its text is kept."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.api import Reply
from custom_components.smsmode.state.reply_history import MAX_REPLIES, ReplyEventType
from tests.support.replies import NOW, START, heard, reply, whole_minute


def test_a_reply_is_new_once_by_list_or_callback() -> None:
    history = heard()
    assert history.record(reply(), NOW) is ReplyEventType.RECEIVED
    assert history.record(reply(), NOW) is None
    assert history.record(reply(at=whole_minute(NOW)), NOW + timedelta(days=3)) is None


def test_asking_whether_a_reply_is_known_does_not_make_it_known() -> None:
    history = heard()
    assert not history.is_known(reply(), NOW)
    assert history.record(reply(), NOW) is ReplyEventType.RECEIVED
    assert history.is_known(reply(), NOW)


def test_a_callback_without_id_says_nothing_new_of_a_reply_that_the_list_has_shown() -> None:
    history = heard()
    by_callback, by_list = reply(None, at=NOW.replace(second=41)), reply(at=whole_minute(NOW))
    assert history.record(by_list, NOW) is ReplyEventType.RECEIVED
    for _ in range(3):
        assert history.record(by_callback, NOW, listed=False) is None
        assert history.record(by_list, NOW) is None


def test_a_forged_callback_without_id_does_not_silence_the_reply_itself() -> None:
    history = heard()
    forged, genuine = reply(None, at=NOW.replace(second=41)), reply(at=whole_minute(NOW))
    assert history.record(forged, NOW, listed=False) is ReplyEventType.RECEIVED
    assert history.record(forged, NOW, listed=False) is None
    assert not history.is_known(genuine, NOW)
    assert history.record(genuine, NOW) is ReplyEventType.RECEIVED
    assert history.record(forged, NOW, listed=False) is None
    assert history.record(genuine, NOW) is None


def test_identical_texts_in_one_minute_are_two_replies_if_their_ids_differ() -> None:
    history = heard()
    assert history.record(reply("R1"), NOW) is ReplyEventType.RECEIVED
    assert history.record(reply("R2"), NOW) is ReplyEventType.RECEIVED


def test_a_callback_repeated_without_id_does_not_swallow_the_next_reply_with_the_same_words() -> None:
    history = heard()
    history.record(reply("R1"), NOW)
    assert history.record(reply(None), NOW) is None
    assert history.record(reply("R2"), NOW) is ReplyEventType.RECEIVED
    assert history.record(reply(None), NOW) is None
    assert history.record(reply("R3"), NOW) is ReplyEventType.RECEIVED


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(reply(None, text="ok"), id="other words"),
        pytest.param(reply(None, sender="+33698765432"), id="another person"),
        pytest.param(reply(None, at=NOW + timedelta(minutes=1)), id="another minute"),
    ],
)
def test_without_ids_replies_differ_by_who_wrote_what_in_which_minute(other: Reply) -> None:
    history = heard()
    assert history.record(reply(None), NOW) is ReplyEventType.RECEIVED
    assert history.record(other, NOW + timedelta(minutes=1)) is ReplyEventType.RECEIVED


def test_who_and_what_do_not_run_into_each_other() -> None:
    history = heard()
    assert history.record(reply(None, sender="+331", text="2"), NOW) is ReplyEventType.RECEIVED
    assert history.record(reply(None, sender="+3312", text=""), NOW) is ReplyEventType.RECEIVED


def test_replies_from_before_the_cutoff_are_never_new() -> None:
    history = heard()
    for at in (START - timedelta(minutes=1), START - timedelta(days=300)):
        for reply_id in ("R1", None):
            assert history.is_known(reply(reply_id, at=at), at)
            assert history.record(reply(reply_id, at=at), NOW) is None
            assert history.record(reply(reply_id, at=at), NOW) is None
    assert not history.ids
    assert not history.without_id


def test_a_reply_of_the_minute_of_the_cutoff_is_new_though_the_list_gives_whole_minutes() -> None:
    history = heard()
    assert history.record(reply(at=whole_minute(START)), START + timedelta(seconds=30)) is ReplyEventType.RECEIVED
    assert history.record(reply(at=whole_minute(START)), START + timedelta(seconds=40)) is None


@pytest.mark.parametrize(
    ("age", "news"),
    [
        (timedelta(0), ReplyEventType.RECEIVED),
        (timedelta(minutes=15), ReplyEventType.RECEIVED),
        (timedelta(minutes=15, seconds=1), ReplyEventType.RECEIVED_LATE),
        (timedelta(minutes=59), ReplyEventType.RECEIVED_LATE),
        (timedelta(minutes=-5), ReplyEventType.RECEIVED),
    ],
    ids=["at once", "15 minutes", "a second more", "an hour", "by a clock that runs ahead"],
)
@pytest.mark.parametrize("reply_id", ["R1", None], ids=["with id", "without id"])
def test_a_reply_known_more_than_15_minutes_after_it_was_received_is_late(
    age: timedelta, news: ReplyEventType, reply_id: str | None
) -> None:
    assert heard().record(reply(reply_id, at=NOW - age), NOW) is news


def test_a_reply_without_a_date_is_taken_as_received_now() -> None:
    history = heard()
    assert history.record(reply(at=None), NOW) is ReplyEventType.RECEIVED
    assert history.record(reply(at=None), NOW + timedelta(hours=5)) is None


def test_a_late_reply_is_not_new_again() -> None:
    history = heard()
    late = reply(at=NOW - timedelta(minutes=40))
    assert history.record(late, NOW) is ReplyEventType.RECEIVED_LATE
    assert history.record(late, NOW) is None


def test_the_history_is_bounded_and_listed_replies_are_never_new_again() -> None:
    history = heard()
    replies = [
        reply(f"R{index}", text=str(index), at=START + timedelta(seconds=31 * index))
        for index in range(2 * MAX_REPLIES + 500)
    ]
    for each in replies:
        assert each.received_at is not None
        assert history.record(each, each.received_at) is ReplyEventType.RECEIVED
        assert max(map(len, (history.ids, history.contents, history.without_id))) <= MAX_REPLIES
    now = START + timedelta(days=30)
    assert not any(history.record(each, now) for each in replies)
    assert max(map(len, (history.ids, history.contents, history.without_id))) <= MAX_REPLIES
    assert history.record(reply("new", at=now), now) is ReplyEventType.RECEIVED


def test_a_reply_by_callback_alone_is_new_once_and_not_taken_as_listed() -> None:
    history = heard()
    assert history.record(reply(), NOW, listed=False) is ReplyEventType.RECEIVED
    assert history.record(reply(), NOW, listed=False) is None
    assert not history.is_listed(reply(), NOW)
    # What the list shows for the first time is new, whatever callbacks have said before.
    assert history.record(reply(), NOW, listed=True) is ReplyEventType.RECEIVED
    assert history.record(reply(), NOW, listed=True) is None
    assert history.is_listed(reply(), NOW)
    # A callback that comes again takes nothing of that back.
    assert history.record(reply(), NOW, listed=False) is None
    assert history.is_listed(reply(), NOW)


def test_another_text_under_the_same_id_is_told_and_does_not_settle_the_first() -> None:
    history = heard()
    assert history.record(reply(text="forged"), NOW, listed=False) is ReplyEventType.RECEIVED
    assert not history.is_known(reply(), NOW)
    assert not history.is_settled(reply(), NOW)
    assert history.record(reply(), NOW, listed=False) is ReplyEventType.RECEIVED
    assert history.record(reply(), NOW, listed=True) is ReplyEventType.RECEIVED
    assert history.is_settled(reply(text="forged"), NOW)
    assert history.record(reply(text="forged"), NOW, listed=False) is None


def test_a_reply_older_than_the_cutoff_counts_as_listed() -> None:
    before = START - timedelta(minutes=1)
    assert heard().is_listed(reply(at=before), before)
    assert not heard().is_listed(reply(), NOW)


@pytest.mark.parametrize("with_ids", [True, False], ids=["with ids", "without ids"])
def test_unconfirmed_replies_take_bounded_memory_and_do_not_move_the_cutoff(with_ids: bool) -> None:
    history = heard()
    for index in range(2 * MAX_REPLIES):
        history.record(reply(f"R{index}" if with_ids else None, text=str(index)), NOW, listed=False)
    assert max(map(len, (history.ids, history.contents, history.without_id, history.unconfirmed))) <= MAX_REPLIES
    assert history.record(reply("genuine", at=NOW - timedelta(minutes=2)), NOW) is ReplyEventType.RECEIVED


def test_replies_of_the_minute_after_a_flood_are_new() -> None:
    history = heard()
    for index in range(MAX_REPLIES + 1):
        history.record(reply(f"R{index}", text=str(index)), NOW)
    next_minute = whole_minute(NOW) + timedelta(minutes=1)
    assert history.record(reply("new", at=next_minute), next_minute) is ReplyEventType.RECEIVED


def test_a_flood_of_callbacks_from_the_past_takes_no_memory() -> None:
    history = heard()
    history.record(reply(), NOW)
    for index in range(MAX_REPLIES + 1):
        history.record(reply(None, text=str(index), at=START - timedelta(days=1)), NOW)
    assert not history.without_id
    assert history.is_known(reply(), NOW)


def test_no_text_and_no_number_is_kept() -> None:
    history = heard()
    history.record(reply(text="the alarm code is 4711"), NOW)
    history.record(reply(None, text="the key is under the mat"), NOW)
    kept = repr(history)
    assert "4711" not in kept
    assert "mat" not in kept
    assert "33612345678" not in kept


MANY = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["OK", "stop"]), st.integers(0, 3), st.integers(0, 59)),
    min_size=1,
    max_size=8,
    unique_by=lambda each: each[0],
)


@settings(max_examples=60)
@given(MANY, st.data())
def test_each_reply_is_new_exactly_once_in_whatever_order_list_and_callbacks_bring_it(
    written: list[tuple[int, str, int, int]], data: st.DataObject
) -> None:
    """Callbacks show seconds, the list whole minutes; both give the id; each comes often, in any order."""
    real = [
        reply(f"R{number}", text=text, at=NOW.replace(minute=minute, second=second))
        for number, text, minute, second in written
    ]
    listed = [replace(each, received_at=whole_minute(each.received_at or NOW)) for each in real]
    arrivals = data.draw(st.lists(st.sampled_from(real + listed), max_size=30)) + data.draw(st.permutations(listed))
    history = heard()
    news = [each.reply_id for each in arrivals if history.record(each, NOW + timedelta(minutes=5))]
    assert Counter(news) == Counter(each.reply_id for each in real)


@settings(max_examples=60)
@given(MANY, st.data())
def test_without_ids_in_callbacks_no_listed_reply_is_lost_and_none_is_new_twice(
    written: list[tuple[int, str, int, int]], data: st.DataObject
) -> None:
    """Identical texts of a minute cannot be told apart by callback: it is heard once, and before the list has them."""
    listed = [
        reply(f"R{number}", text=text, at=whole_minute(NOW) + timedelta(minutes=minute))
        for number, text, minute, _ in written
    ]
    nameless = [replace(each, reply_id=None, received_at=each.received_at) for each in listed]
    arrivals = data.draw(st.lists(st.sampled_from(nameless + listed), max_size=30)) + data.draw(st.permutations(listed))
    history = heard()
    news = [
        each for each in arrivals if history.record(each, NOW + timedelta(minutes=5), listed=each.reply_id is not None)
    ]
    assert Counter(each.reply_id for each in news if each.reply_id) == Counter(each.reply_id for each in listed)
    hearsay = Counter((each.text, each.received_at) for each in news if each.reply_id is None)
    assert max(hearsay.values(), default=1) == 1
