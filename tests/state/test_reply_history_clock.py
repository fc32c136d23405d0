"""A reply is dated by when it came up, whatever the clocks show."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsmode.state.reply_history import MAX_REPLIES, ReplyEventType, in_second_pass
from tests.support.replies import NOW, PARIS, START, heard, reply


@pytest.mark.parametrize("year", [2099, 9999])
def test_a_flood_of_callbacks_from_the_future_does_not_make_real_replies_old(year: int) -> None:
    history = heard()
    future = datetime(year, 12, 31, 23, 59, 59, tzinfo=PARIS)
    for index in range(MAX_REPLIES + 100):
        history.record(reply(None, text=str(index), at=future), NOW)
    later = NOW + timedelta(minutes=2)
    assert history.record(reply("R1", at=later), later) is ReplyEventType.RECEIVED


def test_dates_at_the_ends_of_time_are_no_accident() -> None:
    history = heard()
    for at in (datetime(1, 1, 1, tzinfo=PARIS), datetime(9999, 12, 31, 23, 59, tzinfo=PARIS)):
        for reply_id in (None, "R1"):
            history.record(reply(reply_id, at=at), NOW)
            history.record(reply(reply_id, at=at), NOW)
    assert history.record(reply("R2"), NOW) is ReplyEventType.RECEIVED


def test_the_hour_that_autumn_repeats_is_not_taken_for_the_past() -> None:
    first_pass = datetime(2026, 10, 25, 2, 50, tzinfo=PARIS)
    history = heard(first_pass.astimezone(UTC) - timedelta(days=1))
    for index in range(MAX_REPLIES + 1):
        history.record(reply(f"R{index}", text=str(index), at=first_pass), first_pass.astimezone(UTC))
    second_pass = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=PARIS)
    assert history.record(reply("new", at=second_pass), second_pass.astimezone(UTC)) is ReplyEventType.RECEIVED


def paris(hour: int, minute: int = 0, second: int = 0, *, again: bool = False) -> datetime:
    """Give a moment of the night in which two o'clock comes twice."""
    return datetime(2026, 10, 25, hour, minute, second, fold=again, tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "since", "now", "meant"),
    [
        pytest.param((2, 30), paris(2, 25), paris(2, 30, 20), paris(2, 30), id="live in the first pass"),
        pytest.param((2, 30), paris(2, 30, 50), paris(2, 31), paris(2, 30), id="in the very minute of the last look"),
        pytest.param(
            (2, 30),
            paris(2, 25, again=True),
            paris(2, 30, 20, again=True),
            paris(2, 30, again=True),
            id="live in the second pass",
        ),
        pytest.param((2, 2), paris(2, 58), paris(2, 3, again=True), paris(2, 2, again=True), id="from pass to pass"),
        pytest.param((2, 50), paris(2, 45), paris(3, 10), paris(2, 50), id="late from the first pass"),
        pytest.param((2, 20), paris(2, 30), paris(2, 32), paris(2, 20), id="slow in the first pass"),
        pytest.param((2, 30), paris(1, 0), paris(4, 0), paris(2, 30), id="after a night without looking: the earlier"),
        pytest.param((1, 59), paris(2, 10), paris(2, 12), paris(1, 59), id="before that hour"),
        pytest.param((3, 5), paris(2, 55, again=True), paris(3, 6), paris(3, 5), id="after it"),
    ],
)
def test_a_reply_of_the_repeated_hour_is_dated_by_when_it_came_up(
    written: tuple[int, int], since: datetime, now: datetime, meant: datetime
) -> None:
    read = datetime(2026, 10, 25, *written, tzinfo=PARIS)
    dated = in_second_pass(reply(at=read), since, now)
    assert dated.received_at is not None
    assert dated.received_at.astimezone(UTC) == meant


def test_a_reply_without_a_date_stays_without() -> None:
    assert in_second_pass(reply(at=None), START, NOW).received_at is None


def test_a_callback_without_id_is_the_reply_of_the_list_whichever_pass_the_two_are_taken_for() -> None:
    history = heard(paris(1))
    first = datetime(2026, 10, 25, 2, 30, 41, tzinfo=PARIS)
    assert history.record(reply(at=first.replace(second=0, fold=1)), paris(2, 31, again=True))
    assert history.is_known(reply(None, at=first), first)
