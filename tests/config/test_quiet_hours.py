"""Quiet hours on the clock of a house, over midnight and where summer time begins and ends."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api.dates import PARIS, format_date, parse_date
from custom_components.smsmode.config.quiet_hours import QuietHours, WeeklyQuietHours, next_allowed_time

NIGHT = QuietHours(start=time(22), end=time(7))
NAP = QuietHours(start=time(13, 30), end=time(15))
GUADELOUPE = ZoneInfo("America/Guadeloupe")
TIMES = st.times(timezones=st.none()).map(lambda each: each.replace(second=0, microsecond=0))
WINDOWS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1])
FIRST = datetime(2026, 1, 2, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
ZONES = st.sampled_from([PARIS, GUADELOUPE, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Noumea")])


def at(*moment: int, zone: tzinfo = PARIS) -> datetime:
    return datetime(*moment, tzinfo=zone)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("hours", "wished", "leaves"),
    [
        pytest.param(NIGHT, at(2026, 6, 10, 21, 59, 59), None, id="just before"),
        pytest.param(NIGHT, at(2026, 6, 10, 22), at(2026, 6, 11, 7), id="at the start"),
        pytest.param(NIGHT, at(2026, 6, 11, 0), at(2026, 6, 11, 7), id="at midnight"),
        pytest.param(NIGHT, at(2026, 6, 11, 6, 59, 59), at(2026, 6, 11, 7), id="the last second"),
        pytest.param(NIGHT, at(2026, 6, 11, 7), None, id="at the end"),
        pytest.param(NAP, at(2026, 6, 10, 14), at(2026, 6, 10, 15), id="within a day"),
        pytest.param(NAP, at(2026, 6, 10, 23), None, id="outside of it"),
        pytest.param(NIGHT, at(2026, 6, 11, 3, zone=UTC), at(2026, 6, 11, 7), id="in another zone"),
    ],
)
def test_what_falls_into_quiet_hours_leaves_at_their_end(
    hours: QuietHours, wished: datetime, leaves: datetime | None
) -> None:
    assert next_allowed_time(hours, wished, PARIS) == leaves


def test_the_night_is_the_night_of_the_house() -> None:
    evening = at(2026, 6, 10, 23, zone=GUADELOUPE)
    assert next_allowed_time(NIGHT, evening, GUADELOUPE) == at(2026, 6, 11, 7, zone=GUADELOUPE)
    assert next_allowed_time(NIGHT, at(2026, 6, 10, 23), GUADELOUPE) is None


@pytest.mark.parametrize("end", [time(2), time(2, 30), time(3)], ids=str)
def test_the_night_of_the_hour_that_spring_skips_is_not_cut_short(end: time) -> None:
    leaves = next_allowed_time(QuietHours(start=time(22), end=end), at(2026, 3, 29, 1), PARIS)
    assert leaves is not None
    assert leaves.astimezone(PARIS).replace(tzinfo=None) >= datetime.combine(leaves.date(), end)
    assert leaves.astimezone(PARIS).hour == 3


@pytest.mark.parametrize("wished", [at(2026, 10, 25, 1, 59), at(2026, 10, 25, 2, 45)], ids=["before", "between"])
def test_the_night_of_the_hour_that_autumn_repeats_ends_after_both_passes(wished: datetime) -> None:
    # 02:30 at the gateway could be the first of the two: it is not used.
    assert next_allowed_time(QuietHours(start=time(22), end=time(2, 30)), wished, PARIS) == at(2026, 10, 25, 3)


def test_a_departure_is_never_in_the_hour_that_the_gateway_cannot_tell_apart() -> None:
    # 20:30 in Guadeloupe is half past two in Paris.
    hours = QuietHours(start=time(18), end=time(20, 30))
    assert next_allowed_time(hours, at(2026, 10, 24, 19, zone=GUADELOUPE), GUADELOUPE) == at(2026, 10, 25, 3)


@given(WINDOWS, MOMENTS, ZONES)
def test_nothing_leaves_in_quiet_hours_nor_more_than_a_day_late(
    window: tuple[time, time], wished: datetime, zone: ZoneInfo
) -> None:
    hours = QuietHours(start=window[0], end=window[1])
    leaves = next_allowed_time(hours, wished, zone)
    if leaves is None:
        wall = wished.astimezone(zone).time()
        start, end = window
        assert not (start <= wall < end if start < end else (wall >= start or wall < end))
        return
    assert wished < leaves <= wished + timedelta(hours=26)
    # What the gateway reads is this very minute, or a later one: never still in the quiet hours.
    read = parse_date(format_date(leaves))
    assert read is not None
    assert read >= leaves


@given(MOMENTS, ZONES)
def test_a_window_repeats_every_day(wished: datetime, zone: ZoneInfo) -> None:
    assert (next_allowed_time(NIGHT, wished, zone) is None) != (
        next_allowed_time(QuietHours(start=NIGHT.end, end=NIGHT.start), wished, zone) is None
    )


def week(*windows: tuple[time, time | None]) -> WeeklyQuietHours:
    """Return a week whose days are all alike."""
    return WeeklyQuietHours(days=(windows,) * 7)


@given(MOMENTS, ZONES)
def test_the_same_night_as_windows_of_a_week_is_the_same_night(wished: datetime, zone: ZoneInfo) -> None:
    nights = week((time(0), time(7)), (time(22), None))
    assert next_allowed_time(nights, wished, zone) == next_allowed_time(NIGHT, wished, zone)
    assert not nights.is_endless_at(wished, zone)


def test_each_day_of_a_week_is_its_own() -> None:
    sunday = WeeklyQuietHours(days=((),) * 6 + (((time(9), time(12)), (time(14), time(16))),))
    assert next_allowed_time(sunday, at(2026, 6, 14, 10), PARIS) == at(2026, 6, 14, 12)
    assert next_allowed_time(sunday, at(2026, 6, 14, 13), PARIS) is None
    assert next_allowed_time(sunday, at(2026, 6, 15, 10), PARIS) is None


def test_what_is_quiet_for_days_ends_after_them_and_what_is_quiet_for_ever_does_not_begin() -> None:
    day = (((time(0), None)),)
    weekend = WeeklyQuietHours(days=(((time(0), time(6)),), (), (), (), (), day, day))
    assert next_allowed_time(weekend, at(2026, 6, 13, 10), PARIS) == at(2026, 6, 15, 6)
    always = week((time(0), None))
    assert next_allowed_time(always, at(2026, 6, 13, 10), PARIS) is None
    assert always.is_endless_at(at(2026, 6, 13, 10), PARIS)
