"""The list of sent messages proves that a message is absent only where nothing can hide it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.smsmode.api import GatewayClock, SentMessage
from custom_components.smsmode.sending.lookup import PAGE, SentList, earliest_at_gateway
from tests.support.sent_rows import NOW, row

MINUTE = timedelta(minutes=1)
SINCE = NOW - 3 * MINUTE
PARIS = ZoneInfo("Europe/Paris")


def rows_of(*minutes: int | None) -> list[SentMessage | None]:
    """Return rows that are so many minutes old; None for one that cannot be read."""
    return [None if age is None else row(at=NOW - age * MINUTE, message_id=f"S{age}") for age in minutes]


def listed(*pages: list[SentMessage | None]) -> SentList:
    """Return a list that was read page by page."""
    found = SentList()
    for page in pages:
        found.add(page)
    return found


def full(*minutes: int | None) -> SentList:
    """Return the first page of a longer list: it begins with these rows, the last of them is repeated."""
    page = rows_of(*minutes)
    return listed(page + page[-1:] * (PAGE - len(page)))


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        pytest.param(listed([]), True, id="empty"),
        pytest.param(listed(rows_of(1)), True, id="one row"),
        pytest.param(listed(rows_of(1, 2, 9)), True, id="all of it"),
        pytest.param(full(1, 2, 9), True, id="newest first, and old rows"),
        pytest.param(full(1, 2), False, id="newest first, and no old row"),
        pytest.param(full(9, 2, 1), False, id="oldest first, and the end is missing"),
        pytest.param(full(9), False, id="old rows of one minute, in which order nobody knows"),
        pytest.param(listed([*full(9, 2).rows], rows_of(1)), True, id="oldest first, to its end"),
        pytest.param(listed(rows_of(1, None, 2, 9)), False, id="an unreadable row among the new ones"),
        pytest.param(listed(rows_of(None, 1, 2, 9)), False, id="an unreadable row before them"),
        pytest.param(full(1, 9, None, 10), True, id="an unreadable row among the old ones"),
        pytest.param(listed(rows_of(10, None, 9, 1), []), True, id="the same, oldest first"),
        pytest.param(listed(rows_of(10, 9, None, 1), []), False, id="an unreadable row before a new one, oldest first"),
        pytest.param(listed(rows_of(1, None), []), False, id="an unreadable row at the end"),
        pytest.param(listed(rows_of(None), []), False, id="nothing else"),
        pytest.param(listed(rows_of(-90, 1, 9, None)), True, id="a scheduled message on top"),
        pytest.param(listed([*rows_of(2, 1), row(at=None)]), True, id="a row without a date"),
    ],
)
def test_a_list_shows_all_since_a_moment_if_nothing_is_hidden(found: SentList, shown: bool) -> None:
    assert found.shows_all_since(SINCE) is shown


def test_a_list_goes_back_far_enough_though_a_new_row_cannot_be_read() -> None:
    assert full(1, None, 9).reaches(SINCE)
    assert not full(1, None, 2).reaches(SINCE)


def test_a_row_that_cannot_be_read_may_be_several_so_that_a_short_page_need_not_be_the_last() -> None:
    assert not listed(rows_of(1, None)).is_complete
    assert listed(rows_of(1, None), []).is_complete
    assert listed(rows_of(1)).is_complete
    assert not full(1).is_complete


def test_in_the_hour_that_autumn_repeats_a_date_means_the_later_of_its_two_moments() -> None:
    as_listed = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    page = [row(at=as_listed + 50 * MINUTE), *[row(at=as_listed)] * (PAGE - 1)]
    assert not listed([*page]).reaches(datetime(2026, 10, 25, 1, 29, tzinfo=UTC))
    assert listed([*page]).reaches(datetime(2026, 10, 25, 1, 31, tzinfo=UTC))


def test_a_clock_of_the_gateway_that_nobody_has_measured_may_be_an_hour_behind() -> None:
    clock = GatewayClock()
    assert earliest_at_gateway(clock, NOW) == NOW - timedelta(hours=1)
    clock.note(NOW + 20 * MINUTE, NOW, NOW)
    assert earliest_at_gateway(clock, NOW) == NOW + 20 * MINUTE
