"""The gateway's clock."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api import InputProblem, SmsmodeInputError, skip_repeated_hour
from custom_components.smsmode.api.dates import PARIS, format_date, is_date_format, parse_date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("21122005-14:35", datetime(2005, 12, 21, 14, 35, tzinfo=PARIS)),
        ("01012013-122233", datetime(2013, 1, 1, 12, 22, 33, tzinfo=PARIS)),
        ("21/12/2005 14:35", datetime(2005, 12, 21, 14, 35, tzinfo=PARIS)),
        ("21/12/2005 14:35:07", datetime(2005, 12, 21, 14, 35, 7, tzinfo=PARIS)),
        ("2010-03-25 09:52:17", datetime(2010, 3, 25, 9, 52, 17, tzinfo=PARIS)),
        ("2010-03-25 09:52:17.0", datetime(2010, 3, 25, 9, 52, 17, tzinfo=PARIS)),
        ("2010-03-25T09:52", datetime(2010, 3, 25, 9, 52, tzinfo=PARIS)),
    ],
)
def test_every_date_format_is_read(text: str, moment: datetime) -> None:
    assert is_date_format(text)
    assert parse_date(text) == moment


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2005", "21-12-2005", "21/122005 14:35", "\u0662\u0661122005-14:35"], ids=ascii
)
def test_anything_else_is_no_date(text: str) -> None:
    assert not is_date_format(text)
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["32012020-10:00", "29/02/2021 10:00", "2020-01-01 25:00:00", "00000000-00:00"])
def test_an_impossible_date_has_the_format_but_no_value(text: str) -> None:
    assert is_date_format(text)
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "31/12/9999 23:59"], ids=["first", "last"])
def test_a_date_that_overflows_in_other_time_zones_has_no_value(text: str) -> None:
    assert is_date_format(text)
    assert parse_date(text) is None


def test_summer_and_winter_are_those_of_paris() -> None:
    summer, winter = parse_date("01072026-12:00"), parse_date("01012026-12:00")
    assert summer is not None
    assert winter is not None
    assert summer.astimezone(UTC).hour == 10
    assert winter.astimezone(UTC).hour == 11


@pytest.mark.parametrize(
    ("moment", "up", "down"),
    [
        (datetime(2026, 7, 1, 10, 0, tzinfo=UTC), "01072026-12:00", "01072026-12:00"),
        (datetime(2026, 7, 1, 10, 0, 1, tzinfo=UTC), "01072026-12:01", "01072026-12:00"),
        (datetime(2026, 7, 1, 10, 0, 0, 1, tzinfo=UTC), "01072026-12:01", "01072026-12:00"),
        (datetime(2026, 12, 31, 22, 59, 30, tzinfo=UTC), "01012027-00:00", "31122026-23:59"),
        (datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC), "29032026-03:00", "29032026-01:59"),
        (datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(hours=-5))), "01012026-18:00", "01012026-18:00"),
    ],
    ids=["whole", "second", "microsecond", "new-year", "spring", "other-zone"],
)
def test_dates_are_written_for_paris_to_the_minute(moment: datetime, up: str, down: str) -> None:
    assert format_date(moment) == up
    assert format_date(moment, round_up=False) == down


@pytest.mark.parametrize("fold", [0, 1])
def test_a_whole_minute_of_the_hour_that_autumn_repeats_is_not_rounded(fold: int) -> None:
    assert format_date(datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS)) == "25102026-02:30"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 1, 12, 0),  # noqa: DTZ001
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo")),
    ],
    ids=["naive", "last", "first"],
)
def test_a_date_that_cannot_be_formatted_is_refused(moment: datetime) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        format_date(moment)
    assert raised.value.problem is InputProblem.DATES_INVALID


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_date_written_is_never_before_the_one_meant_nor_a_minute_after(moment: datetime) -> None:
    written = parse_date(format_date(moment))
    assert written is not None
    # The hour that autumn repeats is written as the first of the two.
    later = (written.astimezone(UTC) - moment, written.replace(fold=1).astimezone(UTC) - moment)
    assert any(timedelta() <= delay < timedelta(minutes=1) for delay in later)


FIRST_PASS = datetime(2026, 10, 25, 0, tzinfo=UTC)
AFTER_BOTH = datetime(2026, 10, 25, 2, tzinfo=UTC)


@pytest.mark.parametrize("zone", [UTC, PARIS, timezone(timedelta(hours=-5))], ids=["utc", "paris", "elsewhere"])
@pytest.mark.parametrize(
    "into",
    [timedelta(), timedelta(minutes=59, seconds=59, microseconds=999_999), timedelta(hours=1, minutes=30)],
    ids=str,
)
def test_a_time_in_the_hour_that_autumn_repeats_becomes_its_end(into: timedelta, zone: tzinfo) -> None:
    assert skip_repeated_hour((FIRST_PASS + into).astimezone(zone)).astimezone(UTC) == AFTER_BOTH


@pytest.mark.parametrize(
    "moment",
    [
        FIRST_PASS - timedelta(microseconds=1),
        AFTER_BOTH,
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=PARIS),
    ],
    ids=["before", "after", "spring", "an hour before"],
)
def test_any_other_moment_stays_as_it_is(moment: datetime) -> None:
    assert skip_repeated_hour(moment) is moment


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    parse_date(text)
    assert parse_date(text) is None or is_date_format(text)
